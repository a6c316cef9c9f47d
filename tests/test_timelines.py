"""Timelines say of an instance what the ledger says, and their pictures are the same everywhere."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bpodsl.pipeline import evaluate_worlds
from bpodsl.remembered import understand
from bpodsl.report.pictures import SIGNS, timeline
from bpodsl.report.timelines import MOST_HOURS, Timelines
from bpodsl.store import read_events
from tests.conftest import ROOT

EXAMPLES = {
    "customer_care": ("events.jsonl",), "it_service_desk": ("desk.jsonl", "calls.csv"),
    "claims_administration": ("claims_system.csv", "office.jsonl"), "payroll_hr": ("payroll.jsonl", "hr_desk.csv"),
    "accounts_payable": ("desk.jsonl", "invoices.csv"), "image_processing": ("desk.jsonl", "tracker.csv"),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(EXAMPLES))
def told(request):
    folder: Path = ROOT / "examples" / request.param
    contract = understand(folder / f"{request.param}.bpo", running=True).contract
    taken = read_events(contract, [folder / name for name in EXAMPLES[request.param]])
    world, ledger = evaluate_worlds(contract, taken.worlds, taken.until)[0]
    events = {event.ref: event for event in dict(taken.worlds)[world]}
    return Timelines(contract, ledger, events)


def test_a_clock_ran_as_long_as_the_ledger_reads(told):
    """What is drawn as run is the reading with which the instance was performed."""
    compared = 0
    for verdict in told.verdicts:
        read = [e for e in verdict.entries if e.kind in ("Fulfilled", "Late", "Cured") and e.number("reading")]
        done = read[0] if read else None
        shown = told.of(verdict)
        ran = [piece for piece in shown.pieces if piece.kind == "ran"]
        again = any(e.kind in ("Opened", "Renewed") for e in verdict.entries[1:])
        norm = next(norm for norm in told.contract.norms if norm.name == verdict.norm)
        # The reading is of the clock; hours of a deadline in days are drawn for the eye alone.
        if done is None or not ran or again or not norm.clock.calendar or norm.reopening in ("continue", "restart"):
            continue
        length = sum(min(piece.end, done.at) - piece.start for piece in ran if piece.start < done.at)
        assert length == done.number("reading"), (verdict.norm, verdict.instance)
        compared += 1
    plain = [n for n in told.contract.norms if n.clock.calendar and n.form == "obligation"]
    plain = [n for n in plain if n.reopening not in ("continue", "restart")]
    if plain:
        assert compared


def test_every_instance_has_its_marks(told):
    for verdict in told.verdicts:
        shown = told.of(verdict)
        kinds = [mark.kind for mark in shown.marks]
        assert set(kinds) <= set(SIGNS)
        assert ("due" in kinds) == (verdict.due is not None)
        assert ("missed" in kinds) == any(entry.kind in ("Missed", "Lapsed") for entry in verdict.entries)
        assert all(shown.start <= mark.at <= shown.end for mark in shown.marks)
        assert all(shown.start <= piece.start < piece.end <= shown.end for piece in shown.pieces)
        assert sum(piece.kind == "hours" for piece in shown.pieces) <= MOST_HOURS


def test_a_picture_is_sound_and_says_in_words_what_it_shows(told):
    for verdict in told.verdicts[:: max(1, len(told.verdicts) // 40)]:
        shown = told.of(verdict)
        root = ElementTree.fromstring(timeline(shown, told.words.show))
        label = root.get("aria-label")
        assert all(f"{mark.when} {mark.kind}" in label for mark in shown.marks)
        assert len(root.findall(".//g")) == len(shown.marks)


def test_pauses_and_reliefs_are_named():
    folder = ROOT / "examples" / "customer_care"
    contract = understand(folder / "customer_care.bpo", running=True).contract
    taken = read_events(contract, [folder / "events.jsonl"])
    ((_, ledger),) = evaluate_worlds(contract, taken.worlds, taken.until)
    told = Timelines(contract, ledger, {event.ref: event for event in taken.events})
    found = {piece.says for shown in told.every() for piece in shown.pieces if piece.kind in ("pause", "relief")}
    assert found == {
        "Force majeure [§17]", "Outage of the client's systems", "Restore P1 service: held [Sch C 2.1]",
    }  # fmt: skip
