"""Reports that stood until another of the same `rev` contradicted them: as known before, they count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bpodsl.lean import evolve
from bpodsl.record.event import Event
from bpodsl.record.history import History, Identity
from bpodsl.record.many import many


class Line(Protocol):
    """A line of input that may have been contradicted (see `gather`)."""

    events: tuple[Event, ...]
    void: int | None

    @property
    def stood(self) -> bool:
        """Whether it was sound for a time."""


@many
class _Report:
    """One revision, known from an instant and void from another (None: never)."""

    event: Event
    known: int
    void: int | None


def with_contradicted(
    lines: Iterable[Line], events: list[Event], broken: Mapping[Identity, int]
) -> list[Event]:
    """The events together with those that stood for a time.

    An event of which a report stood and is void from some instant has a version for each instant at which what is
    known of it changes, numbered 0, 1, 2 …; it is taken back while no report of it stands. `broken`: from when the
    first reports are known that were set aside.
    """
    stood = [line for line in lines if line.stood]
    if not stood:
        return events
    reports: dict[Identity, list[_Report]] = {(e.source, e.id): [] for line in stood for e in line.events}
    firsts = {(e.source, e.id): e.known for e in events if e.rev == 0 and (e.source, e.id) in reports}
    for line in stood:
        for event in line.events:
            identity = event.source, event.id
            # A correction waits for the first report, whatever became of that.
            first = event.known if event.rev == 0 else firsts.get(identity, broken.get(identity))
            if first is not None:
                reports[identity].append(_Report(event, max(first, event.known), line.void))
    others: list[Event] = []
    for event in events:
        if (event.source, event.id) in reports:
            reports[event.source, event.id].append(_Report(event, event.known, None))
        else:
            others.append(event)
    return others + [version for identity in sorted(reports) for version in _versions(reports[identity])]


def _versions(reports: list[_Report]) -> list[Event]:
    """At each instant the highest revision that is known and not void; numbered anew."""
    instants = {report.known for report in reports} | {r.void for r in reports if r.void is not None}
    found = History()
    for now in sorted(instants):
        standing = [r.event for r in reports if r.known <= now and (r.void is None or now < r.void)]
        if standing:
            found.add(max(standing, key=lambda event: event.rev), now)
        elif found.versions:
            found.add(evolve(found.versions[-1], retracts=True), now)
    return found.versions
