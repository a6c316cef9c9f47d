"""What holds of every text: it is read without an exception, in time, and all places lie inside it."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.language import ast, parse
from bpodsl.language.grammar import CLAUSES, tables
from bpodsl.text import Source, render_all

SAMPLE = (Path(__file__).parent / "kitchen_sink.bpo").read_text(encoding="utf-8")
SMALL = """\
agreement care "Customer care"
  client    northwind "Northwind Retail plc"
  effective 2026-04-01 for 36 months
  currency  GBP, rounded half up to 0.01   # as usual
event opened, closed from northwind
  ticket   key
  priority one of P1, P2
calendar support
  mon-fri 08:00-20:00
obligation restore "Restore" [Sch C 2.1]
  northwind must closed for each opened where priority is P1
  within 4 hours of support
measure on_time
  each month, counted when decided
  share of restore fulfilled, or 100% if not measured
  target at least 95%
credit late for on_time, of base
  | at least 95% |  0% |
  | otherwise    | 15% |
test "in time"
  2026-04-07T19:00 opened ticket T1, priority P1
  expect restore for T1 missed on 2026-04-08
"""
PIECES = re.findall(r"\S+|\n\s*", SAMPLE)


def read(text: str) -> ast.File:
    """Parse a text and look at all that came out."""
    source = Source("<any>", text)
    file, problems = parse(source)
    for clause in file.clauses:
        assert 0 <= clause.span.start < clause.span.end <= len(text)
        assert clause.span.source is source
    for problem in problems:
        assert problem.span is not None
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        assert problem.message()
        for related in problem.related():
            assert 0 <= related.span.start <= related.span.end <= len(text)
    starts = [problem.span.start for problem in problems if problem.span]
    assert starts == sorted(starts)
    drawn = render_all(problems, limit=5)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", drawn)
    return file


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_can_be_read(text):
    read(text)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*sorted(tables().keywords), *sorted(tables().marks), *PIECES, "\n", "\n  "]), max_size=60)
)
def test_any_words_of_the_language_can_be_read(words):
    read(" ".join(words))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CLAUSES), st.text(max_size=40), st.lists(st.text(max_size=30), max_size=6))
def test_any_clause_can_be_read(word, head, lines):
    read("\n  ".join([f"{word} {head}", *lines]))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 40), st.text(max_size=4))
def test_a_sample_with_a_stretch_replaced_can_be_read(at, length, text):
    read(SAMPLE[max(0, at - 600) : at] + text + SAMPLE[at + length : at + 600])


@pytest.mark.parametrize(
    ("text", "step"), [(SMALL, 1), (SAMPLE, 97)], ids=["each of a small one", "many of a large one"]
)
def test_every_truncation_of_a_sample_can_be_read(text, step):
    for end in range(0, len(text), step):
        read(text[:end])


def test_the_order_of_clauses_changes_none_of_them():
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", SAMPLE, flags=re.M))
    written = read("\n".join(blocks)).clauses
    shuffled = blocks[:]
    random.Random(7).shuffle(shuffled)
    again = read("\n".join(shuffled)).clauses
    assert sorted(map(repr, written)) == sorted(map(repr, again))


LARGE = {
    "a long sum": lambda n: "amount a\n  " + " + ".join(["b"] * n),
    "open brackets": lambda n: "amount a\n  " + "(" * (10 * n),
    "many times not": lambda n: "amount a\n  " + "not " * n + "b",
    "a long list": lambda n: "state s from " + " or ".join(["a"] * n) + " to b",
    "lines of nothing": lambda n: "measure m\n" + "  foo bar baz\n" * n,
    "clauses of nothing": lambda n: "foo\n" * (10 * n),
    "open quotes": lambda n: '"\n' * (10 * n),
    "open references": lambda n: "[" * (100 * n),
    "one long number": lambda n: "amount a\n  " + "1" * (100 * n),
    "many numbers": lambda n: "amount a\n  " + " 111" * n,
    "a long table": lambda n: "credit c for m\n" + "  | at least 1% | 2% |\n" * n,
    "a sum over many lines": lambda n: "amount a\n  1\n" + "    + 1\n" * n,
    "soft words": lambda n: "amount a\n  " + " + ".join(["month"] * n),
    "many clauses": lambda n: "amount a\n  each month\n  1 + b\n" * n,
    "many comments": lambda n: "# a\n" * n + "amount a\n  1 # b\n",
}


@pytest.mark.parametrize("large", LARGE)
def test_large_and_hostile_texts_can_be_read(large):
    read(LARGE[large](5_000))


def work(text: str) -> int:
    """How many lines of Python it takes to read a text: a measure that no other load on the machine changes."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> Callable[..., object]:
        nonlocal count
        count += event == "line"
        return trace

    source = Source("<any>", text)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        parse(source)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("large", LARGE)
def test_twice_the_text_is_twice_the_work(large):
    # The first reading makes what is made once. Where the problems told come to their limit it may be less than twice.
    make, n = LARGE[large], 300
    work(make(10))
    once, twice = work(make(n)), work(make(2 * n))
    assert twice < 2.5 * once
