"""What held when a row of a figure came about: a figure and a trigger give one answer, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

HEAD = """agreement desk
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event job from harbour
  job  key
event job_done from lantern
  job  key
event cost from harbour
  amount money
event paused, resumed from harbour
event task from harbour
  task key
event task_done from lantern
  task key
state step_in
state pause from paused to resumed
state either is step_in or pause
obligation go
  lantern must job_done for each job
  within 2 days
  when missed then step_in begins
  when late then step_in ends
obligation do_task
  lantern must task_done for each task
  within 2 days
amount costs
  each month
  sum of amount over cost where during STATE
trigger costed
  when cost where during STATE
  then harbour pays lantern amount as "cost"
amount misses
  each month, counted when decided
  count of do_task missed where during STATE
trigger missing
  when do_task is missed where during STATE
  then harbour pays lantern 1 GBP as "miss"
amount kept
  each month, counted when decided
  count of do_task fulfilled where during STATE
trigger keeping
  when do_task is fulfilled where during STATE
  then harbour pays lantern 1 GBP as "kept"
"""
BEGUN = "  2026-01-05T09:00 job job A\n"
ENDED = BEGUN + "  2026-01-09T12:00 job_done job A\n"
CASES = {
    # A consequence begins it at the first instant of 8 January, and ends it at noon of the 9th.
    "event as it begins": ("step_in", BEGUN + "  2026-01-08T00:00 cost amount 1 GBP\n", "cost", 0),
    "event a tick later": ("step_in", BEGUN + "  2026-01-08T00:00:00.000001 cost amount 1 GBP\n", "cost", 1),
    "event as it ends": ("step_in", ENDED + "  2026-01-09T12:00 cost amount 1 GBP\n", "cost", 1),
    "event a tick after its end": ("step_in", ENDED + "  2026-01-09T12:00:00.000001 cost amount 1 GBP\n", "cost", 0),
    "miss as it begins": ("step_in", BEGUN + "  2026-01-05T10:00 task task T\n", "miss", 0),
    "miss a day later": ("step_in", BEGUN + "  2026-01-06T10:00 task task T\n", "miss", 1),
    "made of others, as it begins": ("either", BEGUN + "  2026-01-08T00:00 cost amount 1 GBP\n", "cost", 0),
    "made of others, as it ends": ("either", ENDED + "  2026-01-09T12:00 cost amount 1 GBP\n", "cost", 1),
    # Events begin and end it: what comes after the starts of that instant sees it, what comes before them does not.
    "event as an event begins it": (
        "pause", "  2026-01-08T00:00 cost amount 1 GBP\n  2026-01-08T00:00 paused\n", "cost", 1
    ),
    "event as an event ends it": (
        "pause", "  2026-01-07T00:00 paused\n  2026-01-08T00:00 cost amount 1 GBP\n  2026-01-08T00:00 resumed\n",
        "cost", 0,
    ),
    "miss by date as an event begins it": (
        "pause", "  2026-01-05T10:00 task task T\n  2026-01-08T00:00 paused\n", "miss", 0
    ),
    "miss by date as an event ends it": (
        "pause", "  2026-01-05T10:00 task task T\n  2026-01-05T11:00 paused\n  2026-01-08T00:00 resumed\n", "miss", 1
    ),
    "performed as an event begins it": (
        "pause", "  2026-01-05T10:00 task task T\n  2026-01-06T10:00 paused\n  2026-01-06T10:00 task_done task T\n",
        "kept", 0,
    ),
    "performed as an event ends it": (
        "pause",
        "  2026-01-05T10:00 task task T\n  2026-01-05T11:00 paused\n  2026-01-06T10:00 resumed\n"
        "  2026-01-06T10:00 task_done task T\n",
        "kept", 1,
    ),
}  # fmt: skip
CLAUSES = {"cost": ("costs", "costed"), "miss": ("misses", "missing"), "kept": ("kept", "keeping")}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_figure_says_what_a_trigger_says(case):
    state, events, what, times = case
    figure, trigger = CLAUSES[what]
    shown = f"{times} GBP" if what == "cost" else str(times)
    text = f"""{HEAD.replace("STATE", state)}test "x"
{events}  until 2026-02-02
  expect {figure} in 2026-01 is {shown}
  expect {trigger} pays {times} GBP
"""
    contract, problems = understand_text("x.bpo", text)
    assert contract is not None, [problem.message() for problem in problems]
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    told, until = made(contract, contract.examples[0])
    assert evaluate(contract, told, until) == run(contract, told, until)
