"""Straight cases: which there are, and that the loop decides them as the general machine does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli.explain import command as explain
from bpodsl.cli.run import command
from bpodsl.engine import Share, plan_contract, run
from bpodsl.engine.straight import families, reasons
from bpodsl.lean import parts_of
from bpodsl.pipeline import run_plain, understand, understand_text
from bpodsl.store import read_events
from bpodsl.terms import Clock, Due, EventField, EventKind, Norm, Rule, Selector, State, levels
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


# ------------------------------------------------------------------------------------ without the routine, in blocks
ROUTINE = {"Opened", "Closed", "Fulfilled", "Noted", "Ended"}


def ran(folder, *more):
    files = str(folder / "w1.bpo"), str(folder / "events.jsonl")
    found = CliRunner().invoke(command, [*files, "--format", "jsonl", *more])
    assert found.exit_code in (0, 4), found.output
    return found.stdout.splitlines(), found.stderr


def bodies(lines):
    """The lines that are no routine, without their numbers."""
    kept = [line for line in lines if not ((of := json.loads(line))["of"] in ROUTINE and of["instance"])]
    return [line.partition(",")[2] for line in kept]


@pytest.fixture
def desk(tmp_path):
    made.write(tmp_path, 600, 5, 9)
    shutil.copy(W1 / "w1.bpo", tmp_path)
    return tmp_path


def one(number, change):
    """The lines with one of them changed."""

    def spoil(lines):
        lines[number] = change(lines[number])
        return lines

    return spoil


SPOILT = {
    "plain": list,
    "a name twice": one(100, lambda line: line.replace('"actor":', '"ticket":')),
    "a name twice that is not asked for": one(100, lambda line: line.replace('"actor"', '"actor":"x","actor"')),
    "an escape": one(100, lambda line: line.replace("ticket.", "tick\\u0065t.", 1)),
    "an accent": one(100, lambda line: line.replace('"actor":"', '"actor":"\u00e9')),
    "an offset": one(100, lambda line: line.replace('Z"', '+01:00"', 1)),
    "cut off": one(100, lambda line: line[:-20]),
    "other words": one(100, lambda line: line.replace('"actor"', '"actress"')),
    "more words": one(100, lambda line: line.replace('"actor"', '"more":1,"actor"')),
    "another kind": one(100, lambda line: line.replace("ticket.", "tocket.", 1)),
    "no id": one(100, lambda line: line.replace('"id":"e', '"id":"","was":"e')),
    "a blank line": one(100, lambda line: ""),
    "no such instant": one(100, lambda line: line.replace('"ts":"2025-01', '"ts":"2025-13')),
    "not ours": one(100, lambda line: '{"type":"weather"}'),
    "the same line twice": lambda lines: [*lines, lines[105]],
    "backwards": lambda lines: lines[::-1],
    "opened twice": lambda lines: [*lines, again(lines)],
}


def again(lines):
    first = json.loads(lines[90])
    first["type"], first["priority"] = "ticket.opened", "P1"
    return json.dumps(first | {"id": "again"}, separators=(",", ":"))


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_without_routine_is_the_full_ledger_without_it(desk, spoil):
    same_without_routine(desk, spoil)


def test_events_that_wait_are_read_as_ever(desk):
    same_without_routine(desk, list, "--until", "2025-06-01")


def same_without_routine(desk, spoil, *more):
    events = desk / "events.jsonl"
    events.write_text("\n".join(spoil(events.read_text().splitlines())) + "\n")
    full, said = ran(desk, *more)
    short, told = ran(desk, "--no-routine", *more)
    assert [line.partition(",")[2] for line in short] == bodies(full)
    assert [json.loads(line)["sequence"] for line in short] == list(range(1, len(short) + 1))
    kept = [line for line in said.splitlines() if "counts for nothing" not in line]
    assert kept == told.splitlines()


def test_the_blocks_are_used(desk):
    contract = understand(desk / "w1.bpo").contract
    taken, ledger = run_plain(contract, [desk / "events.jsonl"])
    assert len(taken.events) == 65  # Those from which the others are learned, and the one that closes the books.
    assert taken.account.applied == taken.account.lines == 601
    assert ledger.posted


def test_a_routine_line_that_was_left_out_can_still_be_explained(desk):
    kept = next(line for line in ran(desk)[0] if json.loads(line)["kind"] == "Fulfilled")
    ticket = json.loads(kept)["key"]["ticket"]
    assert not any(ticket in line and "Fulfilled" in json.loads(line)["kind"] for line in ran(desk, "--no-routine")[0])
    found = CliRunner().invoke(
        explain, [str(desk / "w1.bpo"), str(desk / "events.jsonl"), "--of", json.loads(kept)["clause"], "--for", ticket]
    )
    assert found.exit_code == 0 and "fulfilled in time" in found.output


# What of each class of terms `which` has been made for. Whoever adds a part says there whether a case may have it.
KNOWN = {
    Norm: "name clause form modality bearer counterparty opening acts by matching period_field needs unperformed clock "
    "due suspended_during excused_during barred_during ends_with reopening cure after roles survives survives_for "
    "ladder level adds_up variants version waivers facts members answers personal lasting stands "
    "difference survives_after regraded reopens_anew",
    State: "name clause by starts ends intervals made members after lasts prolonged",
    Rule: "name clause on when recurrence then only by",
    Due: "edge length anchor field day_of_month months_on fixed roll roll_calendar weekday back time moves count",
    Clock: "calendar from_field stops_during",
    Selector: "event where said",
    EventKind: "name clause fields reporters happens from_field to_field period deemed relates",
    EventField: "name kind key optional default ruled worked",
}


@pytest.mark.parametrize("term", KNOWN, ids=lambda term: term.__name__)
def test_nothing_was_added_to_a_term_that_the_loop_does_not_know_of(term):
    assert set(parts_of(term)) == set(KNOWN[term].split())
