"""How problems are drawn."""

from __future__ import annotations

from typing import ClassVar

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.text import Problem, Related, Severity, Source, Span, in_order, render, render_all, summary


@frozen
class Wrong(Problem):
    code: ClassVar[str] = "BPO999"

    words: str = "Something is wrong."
    advice: str | None = None
    others: tuple[Related, ...] = ()

    def message(self) -> str:
        return self.words

    def hint(self) -> str | None:
        return self.advice

    def related(self) -> tuple[Related, ...]:
        return self.others


@frozen
class Doubtful(Wrong):
    code: ClassVar[str] = "BPO998"
    severity: ClassVar[Severity] = Severity.WARNING


def span(text: str, part: str, name: str = "a.bpo", nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return Span(Source(name, text), start, start + len(part))


def drawn(problem: Problem) -> str:
    return "\n" + render(problem) + "\n"


def test_a_problem_underlines_its_place():
    text = "measure m\n  target at last 95%\n"
    assert (
        drawn(Wrong(span(text, "last"), "`last` is wrong.", "Did you mean `least`?"))
        == """
error[BPO999]: `last` is wrong.
 --> a.bpo:2:13
  |
2 |   target at last 95%
  |             ^^^^
  = hint: Did you mean `least`?
"""
    )


def test_a_problem_without_a_place_has_only_words():
    assert render(Doubtful(None, "No agreement.", "Write one.\nSoon.")) == (
        "warning[BPO998]: No agreement.\n  = hint: Write one.\n          Soon."
    )


def test_an_empty_place_has_one_mark():
    text = "within 4\n"
    assert (
        drawn(Wrong(Span(Source("a.bpo", text), 8, 8)))
        == """
error[BPO999]: Something is wrong.
 --> a.bpo:1:9
  |
1 | within 4
  |         ^
"""
    )


def test_related_places_are_drawn_in_order_of_the_text():
    text = "".join(f"line {n}\n" for n in range(1, 13))
    problem = Wrong(
        span(text, "line 10"),
        others=(Related(span(text, "12"), "and here"), Related(span(text, "line 2"), "it begins here")),
    )
    assert (
        drawn(problem)
        == """
error[BPO999]: Something is wrong.
  --> a.bpo:10:1
   |
 2 | line 2
   | ------ it begins here
 …
10 | line 10
   | ^^^^^^^
11 | line 11
12 | line 12
   |      -- and here
"""
    )


def test_related_places_of_another_file_have_their_own_heading():
    problem = Wrong(span("a b\n", "b"), others=(Related(span("c d\n", "d", "b.bpo"), "declared here"),))
    assert (
        drawn(problem)
        == """
error[BPO999]: Something is wrong.
 --> a.bpo:1:3
  |
1 | a b
  |   ^
 ::: b.bpo:1:3
  |
1 | c d
  |   - declared here
"""
    )


def test_two_marks_on_one_line():
    text = "charge base, base\n"
    problem = Wrong(span(text, "base", nth=1), others=(Related(span(text, "base"), "first"),))
    assert (
        drawn(problem)
        == """
error[BPO999]: Something is wrong.
 --> a.bpo:1:14
  |
1 | charge base, base
  |        ---- first
  |              ^^^^
"""
    )


def test_a_stretch_of_lines():
    text = "a\nbb cc\n  dd\nee ff\n"
    assert (
        drawn(Wrong(span(text, "cc\n  dd\nee")))
        == """
error[BPO999]: Something is wrong.
 --> a.bpo:2:4
  |
2 | bb cc
  |    ^^
3 |   dd
  |   ^^
4 | ee ff
  | ^^
"""
    )


def test_of_a_long_stretch_the_ends_are_shown():
    text = "\n".join(f"line {n}" for n in range(1, 30))
    assert (
        drawn(Wrong(Span(Source("a.bpo", text), 0, len(text))))
        == """
error[BPO999]: Something is wrong.
  --> a.bpo:1:1
   |
 1 | line 1
   | ^^^^^^
 2 | line 2
   | ^^^^^^
 …
29 | line 29
   | ^^^^^^^
"""
    )


@pytest.mark.parametrize(
    ("line", "shown", "under"),
    [
        ("\tmon x", "    mon x", "        ^"),
        ("a\tx", "a   x", "    ^"),
        ('"東京" x', '"東京" x', "       ^"),
        ('"e\u0301" x', '"e\u0301" x', "    ^"),
        ('"\x1b[31m" x', '"\ufffd[31m" x', "        ^"),
        ('"\u202e" x', '"\ufffd" x', "    ^"),
    ],
)
def test_marks_stand_under_their_characters(line, shown, under):
    lines = render(Wrong(span(line + "\n", "x"))).split("\n")
    assert lines[3] == f"1 | {shown}"
    assert lines[4] == f"  | {under}"


def test_a_wide_character_has_a_wide_mark():
    assert render(Wrong(span("a 東 b\n", "東"))).split("\n")[4] == "  |   ^^"


def test_of_a_long_line_the_part_around_the_mark_is_shown():
    text = "x" * 1000 + " here " + "y" * 1000 + "\n"
    shown = render(Wrong(span(text, "here"))).split("\n")
    assert all(len(line) < 200 for line in shown)
    assert shown[4].index("^") == shown[3].index("here")
    assert shown[4].strip(" |") == "^^^^"


def test_a_line_end_of_windows_is_not_shown():
    assert render(Wrong(span("a b\r\nc\r\n", "b"))).split("\n")[3] == "1 | a b"


def test_control_characters_of_messages_and_names_are_not_obeyed():
    problem = Wrong(span("x\n", "x", "a\x1b[2J.bpo"), "bad \x1b]0;title\x07 \u202e name\nsecond", "do\x00 it")
    assert "\x1b" not in render(problem) and "\x07" not in render(problem) and "\u202e" not in render(problem)
    assert len(render(problem).split("\n")) == 6


def test_colours_only_when_asked():
    problem = Wrong(span("a b\n", "b"), advice="x")
    assert "\x1b" not in render(problem)
    coloured = render(problem, colour=True)
    assert "\x1b[1;31m" in coloured
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(problem)


# ------------------------------------------------------------------------------------ many
def test_problems_stand_in_order_of_their_places():
    text = "one two three\n"
    late, early = Wrong(span(text, "three")), Wrong(span(text, "one"))
    warning, other = Doubtful(span(text, "three")), Wrong(span(text, "two", "0.bpo"))
    nowhere = Wrong(None)
    assert in_order([late, early, warning, other, nowhere]) == [nowhere, other, early, warning, late]


def test_equal_places_stay_as_they_came():
    text = "one\n"
    first, second = Wrong(span(text, "one"), "first"), Wrong(span(text, "one"), "second")
    assert in_order([second, first]) == [second, first]


def test_the_sum_of_problems():
    error, warning = Wrong(None), Doubtful(None)
    assert summary([error, warning, error]) == "2 errors, 1 warning"
    assert summary([warning]) == "1 warning"
    assert summary([]) == "no problems"


def test_at_most_a_hundred_are_drawn():
    text = render_all([Wrong(None, f"no {n}") for n in range(120)])
    assert text.count("error[BPO999]") == 100
    assert text.endswith("… and 20 more.\n\n120 errors")
    assert render_all([Wrong(None)], limit=0) == "… and 1 more.\n\n1 error"


@given(st.text(), st.integers(0, 50), st.integers(0, 50), st.booleans())
def test_any_place_can_be_drawn(text, start, length, colour):
    start = min(start, len(text))
    place = Span(Source("a", text), start, min(len(text), start + length))
    out = render(Wrong(place, text, text, (Related(place, text),)), colour)
    assert "^" in out
    assert all(c.isprintable() or c in "\n\x1b\u00a0\u202f\u3000" for c in out)
