"""What holds of every text: it is read without an exception, in time, and all places lie inside it."""

from __future__ import annotations

import random
import re
from pathlib import Path

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


@pytest.mark.parametrize(
    "text",
    [
        "amount a\n  " + " + ".join(["b"] * 20_000),
        "amount a\n  " + "(" * 200_000,
        "amount a\n  " + "not " * 50_000 + "b",
        "state s from " + " or ".join(["a"] * 20_000) + " to b",
        "measure m\n" + "  foo bar baz\n" * 20_000,
        "foo\n" * 100_000,
        '"\n' * 100_000,
        "[" * 500_000,
        "amount a\n  " + "1" * 500_000,
        "amount a\n  " + " 111" * 100_000,
        "credit c\n" + "  | at least 1% | 2% |\n" * 2_000,
        "amount a\n  1\n" + "    + 1\n" * 20_000,
    ],
    ids=lambda text: text[:30],
)
def test_large_and_hostile_texts_can_be_read(text):
    # Were the work not in proportion to the text, this would not end.
    read(text)
