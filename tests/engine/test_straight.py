"""Straight cases: which there are, and that the loop decides them as the general machine does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bpodsl.engine import Share, plan_contract, run
from bpodsl.engine.straight import families, reasons
from bpodsl.pipeline import understand, understand_text
from bpodsl.store import read_events
from bpodsl.terms import levels
from tests.benchmarks.w1 import made
from tests.campaign.__main__ import drawn
from tests.campaign.compare import canonical, related, shared

W1 = Path(made.__file__).parent
NEVER = 1 << 60

HEAD = """
agreement desk "Desk"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR

event opened from anyone
  ticket  key
event solved from anyone
  ticket  key
event seen from anyone
  ticket  key
event lost from anyone
"""
DUTY = """
obligation restore "Restore"
  beta must solved for each opened
  within 4 hours
"""


def contract(text):
    found, problems = understand_text("desk.bpo", text)
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def w1(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w1")
    made.write(folder, 2_000, 10, 3)
    shutil.copy(W1 / "w1.bpo", folder)
    found = understand(folder / "w1.bpo").contract
    return found, read_events(found, [folder / "events.jsonl"])


def test_what_is_straight_in_w1(w1):
    (family,) = families(w1[0], levels(w1[0]))
    assert family.keys == ("contract", "ticket")
    assert {norm.name for norm in family.norms} == {"acknowledge", "restore", "ladder.1", "ladder.2"}
    assert [state.name for state in family.states] == ["restore.held"]
    assert [rule.name for rule in family.rules] == ["late"]
    assert family.counted == {"restore"}


def test_w1_comes_out_the_same(w1):
    program, taken, share = plan_contract(w1[0]), w1[1], Share()
    general = run(program, taken.events, taken.until, loop_from=NEVER)
    ledger = run(program, taken.events, taken.until, loop_from=0, share=share)
    assert canonical(ledger) == canonical(general)
    assert ledger.outcome == general.outcome
    assert share.cases > 400 and share.odd == 0


@pytest.mark.parametrize("index", range(40))
def test_random_cases_come_out_the_same(index):
    case, _, _ = drawn(4, index, 1)
    shared(case.contract, related(case.contract, case.events, case.until), case.until)


def test_a_duty_told_apart_by_its_key_is_straight():
    found = contract(HEAD + DUTY)
    (family,) = families(found, levels(found))
    assert [norm.name for norm in family.norms] == ["restore"]
    assert "event:lost" not in reasons(found)


@pytest.mark.parametrize(
    ("more", "node", "why"),
    [
        ("  cured within 2 hours\n", "decision:restore", "it has a cure, parts, waivers"),
        ("measure load\n  each month\n  count of opened\n", "event:opened", "it is counted, or asked for, by itself"),
        (
            "measure open\n  each month, counted when opened\n  share of restore fulfilled\n",
            "decision:restore", "its outcomes are counted by when it opened",
        ),
        (
            "trigger often\n  when restore is missed 3 times in any 30 days\n  does not reset\n  then tell \"so\"\n",
            "decision:restore", "rule:often reads it",
        ),
    ],
)  # fmt: skip
def test_why_a_duty_is_not_straight(more, node, why):
    found = contract(HEAD + DUTY + more)
    assert not families(found, levels(found))
    assert reasons(found)[node].startswith(why)
