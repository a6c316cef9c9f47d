"""What is answered, at an instant, to a question about an event."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from bpodsl.lean import field
from bpodsl.record.conditions import EventScope, holds
from bpodsl.record.dates import day_after
from bpodsl.record.event import Event
from bpodsl.record.many import changing, many
from bpodsl.record.shapes import Ground, reporting
from bpodsl.terms import Answer, Limit, NotMeasured, Question
from bpodsl.values import Period, add_days, day_of, show_instant

Identity = tuple[str, str]
Concerning = Callable[[str], Iterable[Event]]
"""The events of a kind that concern the event, as known at the instant; in the order in which they came to be known."""

ANSWERED, NOT_ASKED, CLAIMED, NOT_THEIRS, NOT_CLAIMED = (
    "was answered before", "does not arise", "was claimed before", "is for another party to claim or to answer",
    "was not claimed in time",
)  # fmt: skip


@many
class End:
    """When a time is over: at `instant`, which still belongs to it if `included`."""

    instant: int
    included: bool

    def told(self, ground: Ground) -> str:
        """The last day on which it is in time, or the last instant if that is none of midnight."""
        day = ground.zone.day(self.instant if self.included else self.instant - 1)
        whole = ground.zone.day(self.instant) != day
        return day.isoformat() if whole else show_instant(self.instant, ground.zone)

    def in_time(self, at: int) -> bool:
        return at <= self.instant if self.included else at < self.instant


@changing
class Ruling:
    """The answer (None: there is none yet; not measured: it is not asked), the events that give it, those that do not
    count and why, those among them that come too late for it, the instants at which it may change without any event,
    and those of them at which a time in days is over with the day before."""

    value: object = None
    by: list[Event] = field(factory=list)
    refused: dict[Identity, str] = field(factory=dict)
    late: dict[Identity, str] = field(factory=dict)
    awaits: list[int] = field(factory=list)
    ends_of_days: set[int] = field(factory=set)

    def wait(self, end: End) -> None:
        """It may change when a time is over."""
        self.awaits.append(end.instant)
        if not end.included:
            self.ends_of_days.add(end.instant)

    def refuse(self, events: Iterable[Event], why: str) -> None:
        for event in events:
            self.refused[event.source, event.id] = why

    def comes_late(self, events: Iterable[Event], why: str) -> None:
        """These are no mistakes of who reports them: they have no effect, since a time is over."""
        for event in events:
            self.late[event.source, event.id] = why


def ruling(
    question: Question, event: Event, since: int, known: int, concerning: Concerning, ground: Ground
) -> Ruling:
    """What is answered at `known` to a question about an event that is known `since` then."""
    found = Ruling()
    scope = EventScope(event.fields, event.acts, ground.zone, ground.calendars)
    if question.where is not None and not holds(question.where, scope):
        for kind in _kinds(question):
            found.refuse(concerning(kind), NOT_ASKED)
        found.value = NotMeasured(NOT_ASKED)
        return found
    start = event
    if question.claimed:
        claim = _claimed(question, found, event, since, known, concerning, ground)
        if claim is None:
            _without_claim(question, found, event, since, concerning, ground)
            return found
        start, since = claim, max(since, claim.known)
    if not question.answers:
        found.value = "claimed"
        return found
    end = None if question.limit is None else end_of(question.limit, start, since, ground)
    for rank in sorted({answer.rank for answer in question.answers}, reverse=True):
        given = list(_answers(question, rank, found, concerning, ground))
        if rank == 0 and end is not None and question.otherwise is not None:
            too_late = [each for each, _ in given if not end.in_time(each.acts)]
            found.comes_late(too_late, f"was to be answered by {end.told(ground)}")
            given = [(each, value) for each, value in given if end.in_time(each.acts)]
        for each, value in given[:1]:
            if found.value is None:
                found.value = value
                found.by.append(each)
        found.refuse((each for each, _ in given[1:]), ANSWERED)
    if found.value is None and end is not None and question.otherwise is not None:
        if known >= end.instant:
            found.value = question.otherwise
        else:
            found.wait(end)
    return found


def _kinds(question: Question) -> list[str]:
    kinds = dict.fromkeys(answer.event for answer in question.answers)
    return [*kinds, *([question.claimed] if question.claimed else [])]


def _claimed(
    question: Question, found: Ruling, event: Event, since: int, known: int, concerning: Concerning, ground: Ground
) -> Event | None:
    """The claim that stands: the first in time. None if there is none; then it may have lapsed."""
    end = None if question.claim_limit is None else end_of(question.claim_limit, event, since, ground)
    claims = _own(found, question.claimants, concerning(question.claimed), ground)
    if end is not None:
        late = (each for each in claims if not end.in_time(each.acts))
        found.comes_late(late, f"was to be claimed by {end.told(ground)}")
        claims = [each for each in claims if end.in_time(each.acts)]
    found.refuse(claims[1:], CLAIMED)
    if claims:
        found.by.append(claims[0])
        return claims[0]
    if end is not None:
        if known >= end.instant:
            found.value = "lapsed"
        else:
            found.wait(end)
    return None


def _without_claim(
    question: Question, found: Ruling, event: Event, since: int, concerning: Concerning, ground: Ground
) -> None:
    """There is nothing to answer; an answer given when the time to claim is over comes too late, as a claim would."""
    end = None if question.claim_limit is None else end_of(question.claim_limit, event, since, ground)
    for kind in dict.fromkeys(answer.event for answer in question.answers):
        for each in concerning(kind):
            if end is None or end.in_time(each.acts):
                found.refuse((each,), NOT_ASKED)
            else:
                found.comes_late((each,), NOT_CLAIMED)


def _own(found: Ruling, parties: tuple[str, ...], events: Iterable[Event], ground: Ground) -> list[Event]:
    """The events that come from one of these parties, or from whoever stands in its place; also those of nobody."""
    own = []
    for event in events:
        if event.reporter and parties and event.reporter not in _standing(parties, event, ground):
            found.refuse((event,), NOT_THEIRS)
        else:
            own.append(event)
    return own


def _standing(parties: tuple[str, ...], event: Event, ground: Ground) -> tuple[str, ...]:
    return reporting(ground.assignments, parties, event.day or ground.zone.day(event.acts))


def _answers(
    question: Question, rank: int, ruled: Ruling, concerning: Concerning, ground: Ground
) -> Iterable[tuple[Event, object]]:
    """The answers of one rank, in the order in which they came to be known."""
    found: list[tuple[Event, object]] = []
    for answer in question.answers:
        if answer.rank == rank:
            for event in _own(ruled, answer.by, concerning(answer.event), ground):
                value = _value(answer, event)
                if value is not None:
                    found.append((event, value))
    return sorted(found, key=lambda each: (each[0].known, each[0].order))


def _value(answer: Answer, event: Event) -> object:
    if not answer.field:
        return answer.value
    value = event.fields.get(answer.field)
    return dict(answer.values).get(value) if answer.values else value


# -------------------------------------------------------------------------------------- limits
def end_of(limit: Limit, event: Event, since: int, ground: Ground) -> End | None:
    """When the time is over; None if it never is."""
    start: Any = event.fields.get(limit.field) if limit.field else event.acts
    if isinstance(start, Period):
        start = start.last
    if start is None:
        return None
    zone, length = ground.zone, limit.length
    if length.by_clock:
        instant = max(zone.start_of(start) if isinstance(start, date) else start, since)
        if length.calendar is None:
            return End(instant + length.amount, True)
        last = ground.calendars[length.calendar].last_within(instant, length.amount)
        return None if last is None else End(last, True)
    last_day = day_after(max(day_of(start, zone), zone.day(since)), length, ground.calendars)
    return None if last_day is None else End(zone.start_of(add_days(last_day, 1)), False)

