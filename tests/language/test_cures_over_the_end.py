"""A window in which cured misses count waits for the cure, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

TEXT = """\
agreement circuits "Circuits"
  client     docks "Dock Company"
  provider   carrier "Carrier Ltd"
  effective  2026-01-01 for 3 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

event fault, mended from carrier
  circuit   key
event waived_by_docks from docks
  circuit   key

obligation restore "Restore"
  carrier must mended for each fault
  within 30 minutes
  cured within 2 days
  waived by waived_by_docks

measure with_cures "Restored, or cured"
  each month, counted when opened
  share of restore fulfilled
  counts cured as fulfilled
measure by_decision "Restored, or cured, by the day of the miss"
  each month, counted when decided
  share of restore fulfilled
  counts cured as fulfilled
measure plain "Restored"
  each month, counted when opened
  share of restore fulfilled
measure cut_off "Restored, or cured by the end of the month"
  each month, counted when opened
  share of restore fulfilled
  counts cured as fulfilled
  settled at the latest 1 day after the end
amount cured_ones
  each month, counted when due
  count of restore cured

test "cured on the second of February"
  2026-01-31T20:00 fault  circuit N5
  2026-02-02T12:00 mended circuit N5
  until 2026-02-02T12:01
  expect restore for N5 cured at 2026-02-02T12:00
  expect plain in 2026-01 is 0%
  expect with_cures in 2026-01 is 100%
  expect by_decision in 2026-01 is 100%
  expect cured_ones in 2026-01 is 1
  expect cut_off in 2026-01 is 0%

test "not cured: the window settles when the time for it is over"
  2026-01-31T20:00 fault  circuit N5
  until 2026-02-03
  expect restore for N5 breached on 2026-02-02
  expect with_cures in 2026-01 is 0%
  expect by_decision in 2026-01 is 0%
  expect cured_ones in 2026-01 is 0

test "while it may be cured nothing has settled"
  2026-01-31T20:00 fault  circuit N5
  until 2026-02-02T20:00
  expect plain in 2026-01 is 0%

test "waived: nobody waits for a cure"
  2026-01-31T20:00 fault  circuit N5
  2026-02-01T12:00 waived_by_docks circuit N5
  until 2026-02-01T12:01
  expect with_cures in 2026-01 is 0%

test "missed in the last hours of the agreement, cured after its end"
  2026-03-31T20:00 fault  circuit N5
  2026-04-01T12:00 mended circuit N5
  until 2026-04-05
  expect with_cures in 2026-03 is 100%
"""
CONTRACT, PROBLEMS = understand_text("circuits.bpo", TEXT)
assert CONTRACT is not None, [problem.message() for problem in PROBLEMS]


@pytest.mark.parametrize("number", range(len(CONTRACT.examples)))
def test_both_evaluators_say_the_same(number):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_while_it_may_be_cured_nothing_has_settled():
    events, until = made(CONTRACT, CONTRACT.examples[2])
    settled = {e.clause for e in evaluate(CONTRACT, events, until).outcome if e.kind == "Settled"}
    assert "plain" in settled and settled.isdisjoint({"with_cures", "by_decision", "cured_ones"})
