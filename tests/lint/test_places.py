"""Where a doubt stands: at the row, level or condition that it is about; where it may be allowed."""

from __future__ import annotations

import pytest

from tests.lint.test_rules import doubts

MEASURE = """measure m{}
  each month, counted when decided
  share of restore fulfilled
  target   at least 90%{}
  minimum  at least 95%
"""


def underlined(text):
    return [
        (each.code, each.span.source.text[each.span.start : each.span.end], [
            other.span.source.text[other.span.start : other.span.end] for other in each.related()
        ])
        for each in doubts(text)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "place", "others"),
    [
        (MEASURE.format("", ""), "BPO403", "target   at least 90%", ["minimum  at least 95%"]),
        ('trigger t\n  when on_time at least 5% and\n    on_time more than 100%\n  then tell "t"\n', "BPO440",
         "on_time at least 5% and\n    on_time more than 100%", []),
        ('trigger t\n  when on_time is met or (on_time more than 100%)\n  then tell "t"\n', "BPO440",
         "on_time more than 100%", []),
        ("credit c for on_time, of fee\n  | at least 95% | 5% |\n  | otherwise    | 0% |\n", "BPO402",
         "| otherwise    | 0% |", []),
        ('trigger t\n  when not (on_time at most 100%)\n  then tell "t"\n', "BPO440",
         "not (on_time at most 100%)", []),
    ],
)  # fmt: skip
def test_the_part_that_it_is_about(text, code, place, others):
    assert [each[1:] for each in underlined(text) if each[0] == code] == [(place, others)]


@pytest.mark.parametrize(
    ("heading", "line"),
    [("  # allow BPO403: on purpose", ""), ("", "  # allow BPO403: on purpose")],
)
def test_it_is_allowed_there_or_at_the_heading(heading, line):
    assert doubts(MEASURE.format(heading, line)) == []
