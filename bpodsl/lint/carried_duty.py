"""Duties that go by the day on which a late record was reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract, OnEvent
from bpodsl.text import Problem, Severity


@frozen
class CarriedDuty(Problem):
    """An event that counts when it is reported, if it is reported too late, opens or performs a duty.

    With `later ones count when reported` a record that comes after its month has closed counts as if it had happened
    when it was reported. A duty that it performs is then missed though it was done in time, and one that it opens runs
    from the report.

    Not so:

        agreement m
          client     a "A"
          provider   b "B"
          effective  2026-01-01 for 12 months
          time zone  UTC
          currency   GBP, rounded half up to 0.01
          records close 10 days after the end of the month, later ones count when reported
        event collected from a
          parcel    key
        event delivered from b
          parcel    key
        obligation deliver
          b must delivered for each collected
          within 12 hours

    But so:

        agreement m
          client     a "A"
          provider   b "B"
          effective  2026-01-01 for 12 months
          time zone  UTC
          currency   GBP, rounded half up to 0.01
          records of delivered close 10 days after the end of the month, later ones count when reported
        event collected from a
          parcel    key
        event delivered from b
          parcel    key
          taken     instant
          done      instant
        measure in_time
          each month
          share of delivered where time from taken to done at most 12 hours
          target at least 90%

    Next: measure by fields that say when it was done, or let these records close without `later ones …`.
    """

    code: ClassVar[str] = "BPO436"
    severity: ClassVar[Severity] = Severity.WARNING

    norm: str
    event: str
    opens: bool

    def message(self) -> str:
        does = "opens" if self.opens else "performs"
        return (
            f"`{self.event}` {does} `{self.norm}`, but one that is reported after its records have closed counts as if "
            f"it had happened when it was reported: `{self.norm}` is then judged by that day."
        )

    def part(self) -> tuple[str, ...]:
        return self.norm, "duty"

    def hint(self) -> str | None:
        return (
            "Measure by fields of the event that say when it was done, or let its records close without `later ones "
            "count when reported`."
        )


def find(contract: Contract) -> Iterator[Problem]:
    """Duties by the events that may be carried into a later month."""
    named = {event for closing in contract.closings for event in closing.events}
    carried: set[str] = set()
    for closing in contract.closings:
        if closing.carried:
            carried |= set(closing.events) or {kind.name for kind in contract.events if kind.name not in named}
    lasting = {kind.name for kind in contract.events if kind.from_field}
    carried -= lasting
    for norm in contract.norms if carried else ():
        if norm.form not in ("obligation", "prohibition"):
            continue
        opening = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
        events = [(event, True) for event in opening] + [(act.event, False) for act in norm.acts]
        found = next(((event, opens) for event, opens in reversed(events) if event in carried), None)
        if found is not None and norm.clause.word == "obligation":
            yield CarriedDuty(norm.clause.span, norm.name, *found)
