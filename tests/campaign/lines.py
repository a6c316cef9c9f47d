"""Drawn histories as files have them, and what one run over a file says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from io import BytesIO

from bpodsl.pipeline import evaluate_worlds
from bpodsl.record import Event
from bpodsl.report.formats import ledger_lines
from bpodsl.store import Feed, read_events
from bpodsl.terms import Contract
from bpodsl.values import Period, show_utc
from tests.campaign.cases import Case


def lines_of(case: Case) -> list[str]:
    """The history as a file has it."""
    events = sorted(case.events, key=lambda each: (each.known, each.rev))
    return [line_of(event, case.contract) for event in events]


def at_once(contract: Contract, lines: Sequence[str], until: int) -> list[str]:
    """The ledger of one run over all lines."""
    taken = read_events(contract, [Feed("all.jsonl", BytesIO("".join(lines).encode()))], until)
    ledgers = evaluate_worlds(contract, taken.worlds, until)
    return [line for world, ledger in ledgers for line in ledger_lines(contract, ledger.posted, world)]


def line_of(event: Event, contract: Contract) -> str:
    """An event as a file has it."""
    kind = next(each for each in contract.events if each.name == event.kind)
    told = {field.name: field.kind.base for field in kind.fields if field.reported}
    data = {name: _text(told[name], value) for name, value in event.fields.items() if name in told}
    envelope: dict[str, object] = {"id": event.id, "source": event.source, "type": event.kind}
    envelope["time"] = show_utc(event.time) if event.day is None or kind.happens else event.day.isoformat()
    if event.known > event.time:
        envelope["recordedtime"] = show_utc(event.known)
    if event.rev:
        envelope |= {"rev": event.rev, "retract": event.retracts}
    if event.reporter:
        envelope["reporter"] = event.reporter
    return json.dumps(envelope | {"data": data}) + "\n"


def _text(base: str, value: object) -> object:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Period):
        return value.label
    assert isinstance(value, int | Fraction)
    if base == "instant":
        return show_utc(int(value))
    number = Fraction(value, 1_000_000) if base == "length" else Fraction(value)
    whole, rest = divmod(abs(number), 1)
    text = f"{'-' * (number < 0)}{whole}.{int(rest * 10**9):09}"
    return f"{text} s" if base == "length" else text
