"""Agreements of a portfolio in a store that need not be evaluated again are not, and nobody can tell."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from bpodsl.cli import exits, members
from bpodsl.portfolio.stood import Stood, from_bytes, to_bytes
from bpodsl.record.latest import SKEW, after_the_latest, no_gap, thinned
from tests.store.test_portfolio_kept import LINES, NAMES, at_once, data, here, keep, ledger, ledgers, rows, say, write
from tests.test_cli import ran
from tests.test_portfolio import agreement, line

__all__ = ["here"]

UNTIL = ("--until", "2026-05-01")
LATER = [line(8000, "south", "asked", "2026-05-03T08:00:00Z", case="N")]


@pytest.fixture
def evaluated(monkeypatch) -> list[str]:
    """The names of those that are evaluated, as they are."""
    found, ran_before = list[str](), members.evaluate_and_due

    def counted(contract, worlds, until):
        found.append(contract.name)
        return ran_before(contract, worlds, until)

    monkeypatch.setattr(members, "evaluate_and_due", counted)
    return found


@pytest.fixture
def sorted_out(monkeypatch) -> list[str]:
    """The names of those whose lines are read and mapped."""
    found, before = list[str](), members.sorted_out

    def counted(intake, *given):
        found.append(intake.contract.name)
        return before(intake, *given)

    monkeypatch.setattr(members, "sorted_out", counted)
    return found


def again(evaluated: list[str]) -> list[str]:
    found = sorted(evaluated)
    evaluated.clear()
    return found


def everything(*names: str) -> list[str]:
    """What a portfolio shows when all of it is evaluated."""
    with sqlite3.connect("s.db") as db:
        db.execute("DELETE FROM stood")
    return [ran("run", "all", *names, "--store", "s.db", "--format", form).stdout for form in ("text", "json", "csv")]


def shown(*names: str) -> list[str]:
    return [keep(*names, "--format", form).stdout for form in ("text", "json", "csv")]


def test_only_those_that_got_lines_are_evaluated(here, evaluated, sorted_out):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    assert again(evaluated) == sorted(NAMES)
    again(sorted_out)
    found = shown(*UNTIL)
    assert again(evaluated) == [] and again(sorted_out) == []
    assert everything(*UNTIL) == found
    again(evaluated), again(sorted_out)
    # One in April is known late, and counts at once.
    keep(write("b.jsonl", [LATER[0].replace("05-03", "04-03")]), *UNTIL)
    assert again(evaluated) == ["south"] and again(sorted_out) == ["south"]
    assert ledgers() == at_once("a.jsonl", "b.jsonl", *UNTIL)


def test_time_moves_on_without_evaluating_while_nothing_falls_due(here, evaluated, sorted_out):
    """Each has a window of a month, which is settled at the first instant of the next."""
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    keep("--until", "2026-05-31T23:59:59.999999")
    assert again(evaluated) == []
    found = shown("--until", "2026-05-31T23:59:59.999999")
    assert everything("--until", "2026-05-31T23:59:59.999999") == found
    assert ledgers() == at_once("a.jsonl", "--until", "2026-05-31T23:59:59.999999")
    again(evaluated)
    keep("--until", "2026-06-01")
    assert again(evaluated) == sorted(NAMES)
    assert ledgers() == at_once("a.jsonl", "--until", "2026-06-01")


def test_a_deadline_is_something_that_falls_due(here, evaluated):
    write("a.jsonl", [*LINES, *LATER])
    keep("a.jsonl", "--until", "2026-05-03T08:00:01")
    again(evaluated)
    keep("--until", "2026-05-03T09:59:59.999999")
    assert again(evaluated) == []
    keep("--until", "2026-05-03T10:00:00.000001")
    assert again(evaluated) == ["south"]
    assert ledgers() == at_once("a.jsonl", "--until", "2026-05-03T10:00:00.000001")
    assert '"kind":"Missed"' in ledger("south").splitlines()[-1]


def test_a_line_that_waits_for_its_time_is_known_then(here, evaluated):
    write("a.jsonl", [*LINES, *LATER])
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    keep("--until", "2026-05-03T08:00")
    assert again(evaluated) == []
    assert "1 waiting" in keep("--until", "2026-05-03T08:00").stdout
    keep("--until", "2026-05-03T08:00:00.000001")
    assert again(evaluated) == ["south"]
    assert ledgers() == at_once("a.jsonl", "--until", "2026-05-03T08:00:00.000001")


def test_one_line_of_one_moves_the_time_of_all(here, evaluated, sorted_out):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    again(evaluated), again(sorted_out)
    keep(write("b.jsonl", [LATER[0].replace("05-03", "02-20")]))
    assert again(evaluated) == ["south"]
    # Once for its instants, once to be evaluated.
    assert again(sorted_out) == ["south", "south"]
    assert ledgers() == at_once("a.jsonl", "b.jsonl")
    # One that lies years ahead is not the latest, which takes the instants of all.
    keep(write("c.jsonl", [LATER[0].replace("2026-05-03", "2029-05-03").replace("8000", "8001")]), code=exits.EVENTS)
    assert "south" in again(evaluated)
    ahead = at_once("a.jsonl", "b.jsonl", "c.jsonl", code=exits.EVENTS)
    assert ledgers() == ahead
    # Of what lies too far ahead it is told until when time is known.
    keep("--until", "2026-02-21", code=exits.EVENTS)
    assert "south" in again(evaluated)


def test_a_correction_an_amendment_and_requeued_lines_are_evaluated(here, evaluated):
    stray = line(9001, "west", "unheard", "2026-02-01T08:00:00Z", case="S")
    write("a.jsonl", [*LINES, stray])
    keep("a.jsonl", *UNTIL, "--quarantine", "q.jsonl", code=exits.EVENTS)
    again(evaluated)
    found = keep(*UNTIL, code=exits.EVENTS)
    assert again(evaluated) == [] and "EVT123" in found.stderr
    told = next(each for each in map(json.loads, LINES) if each["subject"] == "north")
    keep(write("b.jsonl", [json.dumps(told | {"rev": 1, "time": "2026-01-05T07:00:00Z"}) + "\n"]), *UNTIL,
         code=exits.EVENTS)  # fmt: skip
    assert again(evaluated) == ["north"]
    change = '\nchange sooner "Amendment 1" effective 2026-05-01 signed 2026-05-01\n  answer: within 1 hour\n'
    say("south", agreement("south") + change)
    keep(*UNTIL, code=exits.EVENTS)
    assert again(evaluated) == ["south"]
    mended = [json.loads(each) for each in Path("q.jsonl").read_text("utf-8").splitlines()]
    for each in mended:
        each["raw"] = each["raw"].replace("unheard", "asked").replace("maker", "buyer")
    ran("requeue", write("m.jsonl", [json.dumps(each) + "\n" for each in mended]), "--store", "s.db")
    assert again(evaluated) == ["west"]
    right = stray.replace("unheard", "asked").replace("maker", "buyer")
    write("all.jsonl", [*LINES, right])
    others = ("north", "west")
    assert ledgers(others) == at_once("all.jsonl", "b.jsonl", *UNTIL, names=others)
    for name in NAMES:
        assert "It verifies." in ran("verify", "s.db", "--agreement", name).stdout


def test_what_was_not_evaluated_is_published(here, evaluated):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    keep(*UNTIL, "--publish")
    assert again(evaluated) == []
    assert rows("SELECT count(*) FROM agreement WHERE published = until AND stands > 0") == [(len(NAMES),)]
    stood, before = ledgers(), ledger("south", "--as-known-at", "2026-04-30")
    # A late line counts from then on, of its agreement alone.
    keep(write("b.jsonl", [LATER[0].replace("05-03", "01-03")]), "--until", "2026-05-02")
    assert again(evaluated) == ["south"]
    assert all(ledger(name).startswith(stood[name]) for name in NAMES)
    assert ledger("south", "--as-known-at", "2026-04-30") == before
    assert "STO112" in keep("--until", "2026-04-01", code=exits.USAGE).stderr


def test_what_a_run_writes_or_shows_as_of_then_is_made_anew(here, evaluated):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    for more in (("--out", "two"), ("--as-known-at", "2026-02-01")):
        keep(*UNTIL, *more)
        assert again(evaluated) == sorted(NAMES)
    ran("run", "all", "a.jsonl", *UNTIL, "--out", "one")
    files = {path.relative_to("one"): path.read_bytes() for path in Path("one").rglob("*") if path.is_file()}
    assert files == {path.relative_to("two"): path.read_bytes() for path in Path("two").rglob("*") if path.is_file()}


@pytest.mark.parametrize("asked", [
    "UPDATE stood SET told = x'00'", "UPDATE stood SET seal = ''", "UPDATE stood SET made_of = 'other'",
])  # fmt: skip
def test_what_was_kept_and_is_not_as_it_was_is_made_anew(here, evaluated, asked):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    found = shown(*UNTIL)
    again(evaluated)
    with sqlite3.connect("s.db") as db:
        db.execute(asked)
    assert shown(*UNTIL) == found
    assert again(evaluated) == sorted(NAMES)
    keep(*UNTIL)
    assert again(evaluated) == []


def test_postings_that_somebody_else_wrote_are_found_though_nothing_is_evaluated(here, evaluated):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    whole, posted = data(), ledgers()
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Opened', 'Closed') WHERE sequence = 3")
    assert "STO106" in keep(*UNTIL, code=exits.VERIFY).stderr
    assert again(evaluated) == []
    # A chain that ends elsewhere is not the one of then, though it holds together.
    Path("s.db").write_bytes(whole)
    with sqlite3.connect("s.db") as db:
        db.execute("DELETE FROM posting WHERE agreement = (SELECT id FROM agreement WHERE name = 'south')")
        db.execute("DELETE FROM head WHERE agreement = (SELECT id FROM agreement WHERE name = 'south')")
    keep(*UNTIL)
    assert again(evaluated) == ["south"] and ledgers() == posted


def test_another_program_evaluates_all(here, evaluated, monkeypatch):
    write("a.jsonl", LINES)
    keep("a.jsonl", *UNTIL)
    again(evaluated)
    monkeypatch.setattr("bpodsl.portfolio.stood.this_program", lambda: "another")
    keep(*UNTIL)
    assert again(evaluated) == sorted(NAMES)
    monkeypatch.setattr("bpodsl.portfolio.stood.this_program", lambda: "")
    for _ in range(2):
        keep(*UNTIL)
        assert again(evaluated) == sorted(NAMES)


def test_bytes_that_are_something_else_are_none(here):
    keep(write("a.jsonl", LINES), *UNTIL)
    for (told,) in rows("SELECT told FROM stood"):
        found = from_bytes(told)
        assert isinstance(found, Stood) and to_bytes(found) == told
        for place in range(0, len(told), 7):
            other = from_bytes(told[:place] + bytes([told[place] ^ 1]) + told[place + 1 :])
            assert other is None or isinstance(other, Stood)
        assert from_bytes(told[:-1]) is None and from_bytes(b"\xc0") is None and from_bytes(b"\x90") is None


def test_thinned_instants_tell_the_latest_of_all():
    day = SKEW // 366
    many = list(range(0, 5 * SKEW, day))
    for known in ([], [5], [0, 1, 2], many, [0, SKEW // 2, SKEW], [0, SKEW + 1], [7, 7 + SKEW]):
        few = thinned(known)
        assert set(few) <= set(known) and len(few) <= 25
        assert no_gap(few) == no_gap(known)
        if no_gap(few):
            assert after_the_latest(few) == after_the_latest(known)
