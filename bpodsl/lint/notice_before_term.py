"""A notice against renewal that is due before the term begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar, Final

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.witness import Followed, Story
from bpodsl.terms import Contract, Length, Selector
from bpodsl.text import Problem, Severity, Trace
from bpodsl.values import DAY_TICKS, HOUR, add_days, further

_TERMS: Final = 10


@frozen
class NoticeBeforeTerm(Problem):
    """The last day for a notice against renewal lies before the term that it would end has begun.

    Then that term can never be prevented from being renewed once it runs. So it is too where a notice counts as given
    only so many days after it is sent that one of the first day comes too late.

    Not so:

        agreement care "Care"
          client     northwind "Northwind plc"
          provider   meridian "Meridian Ltd"
          effective  2026-04-01 for 6 months
          renews     for 6 months unless ended 200 days before expiry
          time zone  Europe/London
          currency   GBP, rounded half up to 0.01
        notice ended from northwind

    But so:

        agreement care "Care"
          client     northwind "Northwind plc"
          provider   meridian "Meridian Ltd"
          effective  2026-04-01 for 6 months
          renews     for 6 months unless ended 60 days before expiry
          time zone  Europe/London
          currency   GBP, rounded half up to 0.01
        notice ended from northwind

    Next: make the notice shorter than the term.
    """

    code: ClassVar[str] = "BPO411"
    severity: ClassVar[Severity] = Severity.WARNING

    first: date
    last: date
    latest: date
    delay: int = 0
    notice: str = ""
    events: Trace | None = None

    def message(self) -> str:
        if self.delay:
            return (
                f"A notice against the renewal of the term from {self.first} to {self.last} must be given by "
                f"{self.latest}, but `{self.notice}` counts as given only {self.delay} days after it is sent: one of "
                "the first day comes too late."
            )
        return (
            f"A notice against the renewal of the term from {self.first} to {self.last} must be given by "
            f"{self.latest}, before that term begins."
        )

    def part(self) -> tuple[str, ...]:
        return "", "renews"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Make the notice shorter than the term."


def show(facts: Facts, problem: NoticeBeforeTerm) -> Trace | None:
    """A notice on the first day of the term, with which it is renewed all the same."""
    for renewed in range(_TERMS):
        renewal = facts.contract.term.renewal_after(renewed)
        for selector in () if renewal is None else renewal.unless:
            model = facts.model("BPO411", facts.asked(selector))
            if model is None:
                continue
            story = Story(facts)
            story.now = story.zone.at(problem.first, 9 * HOUR)
            story.report(selector.event, model)
            last = story.zone.start_of(add_days(problem.last, 1))

            def goal(entries: Sequence[Followed], end: int = last) -> tuple[int, str] | None:
                if not any(entry.kind == "Extended" and entry.at == end for entry in entries):
                    return None
                return end, f"the agreement is renewed after {problem.last} all the same."

            return story.trace(goal, last + DAY_TICKS)
    return None


def find(contract: Contract) -> Iterator[Problem]:
    """The first term of the agreement's sequence for which that is so; the first ten are looked at."""
    term = contract.term
    first, last = term.effective, term.last
    for renewed in range(_TERMS):
        renewal = term.renewal_after(renewed)
        if last is None or renewal is None:
            return
        latest = None if renewal.notice is None else _moved(last, renewal.notice, -1)
        if renewal.unless and latest is not None and latest < first:
            span = None if renewal.clause is None else renewal.clause.span
            yield NoticeBeforeTerm(span or contract.clause.span, first, last, latest)
            return
        if renewal.unless and latest is not None and renewed == 0:
            delay, notice = _delay(contract, renewal.unless)
            # A later term may be ended by a notice that was sent in the term before it.
            if delay and add_days(first, delay) > latest:
                span = None if renewal.clause is None else renewal.clause.span
                yield NoticeBeforeTerm(span or contract.clause.span, first, last, latest, delay, notice)
                return
        first = add_days(last, 1)
        end = _moved(first, renewal.length, 1)
        last = None if end is None else add_days(end, -1)


def _delay(contract: Contract, notices: tuple[Selector, ...]) -> tuple[int, str]:
    """After how many days the quickest of some notices counts as given, at the least; and its name."""
    kinds = {kind.name: kind for kind in contract.events}
    found = [
        (min((row.plus_days for row in rows if row.effective), default=0), each.event)
        for each in notices for rows in [kinds[each.event].deemed if each.event in kinds else ()]
    ]  # fmt: skip
    return min(found, default=(0, ""))


def _moved(day: date, length: Length, way: int) -> date | None:
    """A day so much later or earlier; None where the length is none of plain days or months."""
    match length.unit:
        case "days" | "weeks" | "months" | "years":
            return further(day, way * length.amount, length.unit)
    return None
