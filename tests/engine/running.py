"""Runs of the engine for tests: the ledger, and how often the outcome was made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bpodsl.engine import Engine, plan_contract
from bpodsl.record import Entry, Event, Ledger
from bpodsl.terms import Contract
from tests.reference.build import at


def swept(contract: Contract, events: Iterable[Event], until: str | int, careful: bool = False) -> tuple[Ledger, int]:
    """The ledger, and how often the outcome was made anew."""
    engine = Engine(plan_contract(contract), careful)
    limit = at(until) if isinstance(until, str) else until
    for event in sorted(events, key=lambda e: e.known):
        if event.known < limit:
            engine.advance(event.known)
            engine.feed(event)
    return engine.close(limit), engine.remade


def ledger(contract: Contract, events: Iterable[Event], until: str) -> Ledger:
    return swept(contract, events, until)[0]


def entries(found: Ledger, clause: str, *kinds: str) -> list[tuple[str, str, str]]:
    """(kind, instance or period, local text of nothing else) of the entries of a clause that stand."""
    return [
        (e.kind, e.instance or e.period, e.words)
        for e in found.outcome if e.clause == clause and (not kinds or e.kind in kinds)
    ]  # fmt: skip


def numbers(entry: Entry) -> dict[str, Any]:
    return {n.name: n.value for n in entry.numbers}


def posted(found: Ledger, clause: str) -> list[tuple[str, str, int, int]]:
    """(kind of posting, id, known, half) of all that was posted of a clause."""
    return [(p.kind, p.id, p.known, p.half) for p in found if p.entry.clause == clause]
