"""Words that are nearly words of the language, and words of paper that are none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import understand, understand_text

HEAD = """\
agreement care "Care"
  client     northwind "Northwind plc"
  provider   meridian  "Meridian Ltd"
  effective  2026-04-01 for 36 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event asked from northwind
event replied from meridian
"""
DUTY = "obligation answer\n  meridian must replied for each asked\n"


def said(text: str) -> list[tuple[str, str, str | None]]:
    """What is said of the lines below a sound head: what was seen, the code, the next step."""
    _, problems = understand_text("care.bpo", HEAD + text)
    return [(p.span.text if p.span else "", p.code, p.hint()) for p in problems if p.code not in ("BPO205", "BPO314")]


@pytest.mark.parametrize("slip, meant", [("eahc month", "each"), ("ecah month", "each")])
def test_a_window_with_a_slip_is_no_value(slip: str, meant: str) -> None:
    word = slip.split()[0]
    assert said(f"measure m\n  {slip}\n  count of asked\n") == [(word, "BPO101", f"Did you mean `{meant}`?")]


def test_a_target_with_a_slip_is_no_value() -> None:
    lines = "measure m\n  each month\n  count of asked\n  traget at least 1\n"
    assert said(lines) == [("traget", "BPO101", "Did you mean `target`?")]


def test_two_values_are_two_values() -> None:
    # `target` is near, but a figure of that name is meant.
    lines = "amount tarket\n  each month\n  count of asked\namount m\n  each month\n  count of asked\n  tarket + 1\n"
    assert [code for _, code, _ in said(lines)] == ["BPO319"]


@pytest.mark.parametrize(
    "line, seen, step",
    [
        ("otherwise escalate ladder", "escalate", "failing that"),
        ("if missed then tell northwind", "missed", "failing that"),
        ("meridian shall replied for each asked", "shall", "`must`"),
        ("meridian may not replied", "may", "`must not`"),
    ],
)
def test_words_of_paper_are_told_how_they_are_said_here(line: str, seen: str, step: str) -> None:
    [(found, code, hint)] = said(DUTY + f"  {line}\n")
    assert (found, code) == (seen, "BPO101") and step in (hint or "")


def test_letters_in_another_order_are_a_slip_however_short() -> None:
    assert said("calendar c\n  mon-fir 08:00-17:00\n")[0][2] == "Did you mean `fri`?"
    assert said("obligation a\n  meridian must replied fro each asked\n")[0][2] == "Did you mean `for`?"


def test_an_hour_that_is_none_is_shown_as_written() -> None:
    _, problems = understand_text("care.bpo", HEAD + 'test "t"\n  2026-04-01T25:00 asked\n')
    [problem] = [p for p in problems if p.code == "BPO119"]
    assert "2026-04-01T25:00”" in problem.message()


def test_a_file_without_an_agreement_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.bpo").write_text("", "utf-8")
    made = understand(tmp_path / "empty.bpo")
    assert not made.headed
    [problem] = made.problems
    assert problem.code == "BPO208" and problem.span is not None and problem.span.place == (1, 1)


@pytest.mark.parametrize(
    "lines, seen, step",
    [
        (DUTY + "  in 4 hours\n", "in", "Did you mean `within`?"),
        ("obligation answer\n  meridian must replied for every asked\n", "every", "Did you mean `each`?"),
        (DUTY + "  within 4 hours\n  clock pauses from asked to replied\n", "pauses", "Did you mean `stops`?"),
        ("measure m\n  monthly\n  count of asked\n", "monthly", "Did you mean `each month`?"),
        ("measure m\n  quarterly, counted when due\n  count of asked\n", "quarterly", "Did you mean `each quarter`?"),
        ("measure m\n  each month, countd when due\n  count of asked\n", "countd", "Did you mean `counted`?"),
        ("amount m\n  each month\n  percentage of asked fulfilled\n", "percentage", "Did you mean `share`?"),
        ("trigger t\n  if asked\n  then tell \"x\"\n", "if", "Did you mean `when`?"),
        ("calendar c\n  monday-friday 08:00-17:00\n", "monday", "Did you mean `mon`?"),
        ("calendar c\n  mon-fri 9am-5.30pm\n", "9am-5.30pm", "Write `09:00-17:30`."),
        ("calendar c\n  mon-fri 12am-12pm\n", "12am-12pm", "Write `00:00-12:00`."),
        ("fee f\n  each month\n  northwind pays meridian 3 GBP\n", "fee", "Did you mean `charge`?"),
    ],
)  # fmt: skip
def test_words_of_paper_are_led_to_those_of_the_language(lines: str, seen: str, step: str) -> None:
    assert (seen, step) in [(found, hint) for found, _, hint in said(lines)]


def test_a_slip_in_a_clause_that_lost_its_value() -> None:
    found = said("measure m\n  each month\n  coutn off asked\n  traget at least 1\n")
    assert ("traget", "BPO101", "Did you mean `target`?") in found


def test_what_is_synonymous_is_never_mended_by_itself() -> None:
    _, problems = understand_text("care.bpo", HEAD + DUTY + "  in 4 hours\n")
    assert [p.edits() for p in problems if p.code == "BPO101"] == [()]
