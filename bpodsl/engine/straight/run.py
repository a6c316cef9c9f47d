"""A run in which straight cases are decided by the loop, and all else by the general machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bpodsl.engine.straight.emitting import NotRoutine
from bpodsl.engine.straight.loop import Cases, of_day, parted, sound
from bpodsl.engine.straight.which import families
from bpodsl.lean import define
from bpodsl.record import BEGIN, Event, Ledger

if TYPE_CHECKING:
    from bpodsl.engine.engine import Engine
    from bpodsl.engine.program import Program
    from bpodsl.engine.straight.rows import Row

Sweep = Callable[[Sequence[Event], "Sequence[Row] | None"], "Engine | None"]
"""Sweeps events by the general machine, which finds these rows in its stores; None if it cannot do with them."""


@define
class Share:
    """How much of a run the loop decided. `parts`: in how many ways it was decided in parts as well, in tests, and
    `briefs`: told in short, and of them by the compiled machine `natives`."""

    cases: int = 0
    parts: int = 0
    briefs: int = 0
    natives: int = 0
    odd: int = 0
    entries: int = 0


def straight(
    program: Program, events: Sequence[Event], until: int, sweep: Sweep, share: Share | None = None,
    begun: Sequence[Cases] | None = None, taken: Callable[[int], None] | None = None,
) -> Ledger | None:  # fmt: skip
    """The ledger of events in order of time, all known before `until`; None: the general machine must do it all.

    `taken` is told how many events each case has, as it is decided. `begun`: cases of which some events have come in
    short already, and that make no routine entries (see `cases_of`).
    """
    every = begun or [Cases(program.contract, family) for family in families(program.contract, program.levels)]
    if not every or not sound(events):
        return None
    rest = parted(every, events)
    for cases in every:
        rest += cases.leave(lambda case: any(map(of_day, case.events)))
        rest += cases.run(until, taken)
    engine = sweep(in_time(rest), [row for cases in every for row in cases.rows])
    end = None if engine is None else engine.ended
    if end is not None and end < (until, BEGIN):
        if any(event.acts >= end[0] and cases.takes(event.kind) for event in rest for cases in every):
            return None
        # What an event after the end is told depends on the debts of all other cases.
        if any(cases.goes_beyond(end[0]) for cases in every):
            return None
        for cases in every:
            cases.end(end)
    if engine is None:
        return None
    if share is not None:
        for cases in every:
            share.cases += len(cases.cases)
            share.odd += cases.odd
            share.entries += len(cases.out)
    out = [posted for cases in every for posted in cases.out]
    return engine.ledger(until, out) if begun is None else engine.without_routine(until, out)


def cases_of(program: Program) -> list[Cases]:
    """The families of a program, for a run that leaves out what is routine."""
    return [Cases(program.contract, found, NotRoutine) for found in families(program.contract, program.levels)]


def in_time(events: Iterable[Event]) -> list[Event]:
    """As the engine takes them in."""
    return sorted(events, key=lambda event: event.known)
