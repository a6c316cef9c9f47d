"""The life of one instance in time: when it was open, when its clock ran and stood, and what came when.

It is read off the ledger: the pauses are the times of its states, and the hours those of its calendar. Nothing of it
says when something is due; that is what the ledger says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from attrs import field, frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.record.entry import texts
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.terms import Contract, Norm, NotMeasured
from bpodsl.values import Calendar, add_days

MOST_HOURS: Final = 400
"""Of a span with more opening hours than that they are not drawn: nobody could tell them apart."""

_RIGHTS: Final = {"undecided": "open", "fulfilled": "exercised", "missed": "lapsed", "not measurable": "ended"}
_LEVELS: Final = {"undecided": "open", "fulfilled": "closed", "missed": "went on", "not measurable": "ended"}
_DUTIES: Final = {"undecided": "open"}
_MARKS: Final = {
    "Opened": "opened", "Escalated": "opened", "RightOpened": "opened", "Renewed": "renewed", "Fulfilled": "performed",
    "Closed": "performed", "Exercised": "performed", "Missed": "missed", "Lapsed": "missed", "Late": "late",
    "Cured": "late", "Breached": "breached", "Excused": "excused", "Waived": "excused", "Ended": "ended",
}  # fmt: skip


@frozen
class Piece:
    """A stretch of time. `kind`: "hours" (its calendar is open), "ran" (its clock ran), "pause" (it stood), "relief"
    (a state holds that excuses a miss). `says` names the state, "" of hours."""

    start: int
    end: int
    kind: str
    says: str = ""


@frozen
class Mark:
    """Something that came at an instant. `kind`: opened, due, performed, missed, late, breached, excused, … `when`: the
    instant, or the day of a deadline in days."""

    at: int
    kind: str
    says: str
    when: str


@frozen
class Timeline:
    """One instance from `start` to `end` (ticks). `calendar`: whose hours are drawn, "" for none. `name`: of its first
    entry. `status` in the words of its kind: a right is open, exercised, lapsed; a duty open, fulfilled, missed …"""

    norm: str
    instance: str
    name: str
    clause: str
    which: str
    status: str
    says: str
    start: int
    end: int
    calendar: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    opened: int
    live: bool


@frozen
class Timelines:
    """Tells the instances of one run. `events` by ref."""

    contract: Contract
    ledger: Ledger
    events: Mapping[str, Event]
    words: Words = field(init=False)
    verdicts: tuple[Verdict, ...] = field(init=False)
    _norms: Mapping[str, Norm] = field(init=False)
    _calendars: Mapping[str, Calendar] = field(init=False)
    _held: Mapping[str, list[tuple[Entry, int | None]]] = field(init=False)

    @words.default
    def _find_words(self) -> Words:
        return Words(Show(self.contract))

    @verdicts.default
    def _judged(self) -> tuple[Verdict, ...]:
        return tuple(judge(self.contract, self.ledger.outcome))

    @_norms.default
    def _by_name(self) -> Mapping[str, Norm]:
        return {norm.name: norm for norm in self.contract.norms}

    @_calendars.default
    def _named(self) -> Mapping[str, Calendar]:
        return {each.name: each.calendar for each in self.contract.calendars}

    @_held.default
    def _intervals(self) -> Mapping[str, list[tuple[Entry, int | None]]]:
        """The times of each state: its opening, and when it ended."""
        states = {state.name for state in self.contract.states}
        mine = [e for e in self.ledger.outcome if e.clause in states]
        ends = {(e.clause, e.instance): e.at for e in mine if e.kind == "Closed"}
        found: dict[str, list[tuple[Entry, int | None]]] = {}
        for entry in mine:
            if entry.kind == "Opened":
                found.setdefault(entry.clause, []).append((entry, ends.get((entry.clause, entry.instance))))
        return found

    def every(self) -> Iterator[Timeline]:
        """All instances, in the order of norms, then of opening."""
        yield from map(self.of, self.verdicts)

    def status(self, verdict: Verdict) -> str:
        """How an instance stands, in the words of its kind."""
        form = self._norms[verdict.norm].form
        return {"right": _RIGHTS, "level": _LEVELS}.get(form, _DUTIES).get(verdict.status, verdict.status)

    def of(self, verdict: Verdict) -> Timeline:
        """One instance."""
        norm, show = self._norms[verdict.norm], self.words.show
        first = verdict.entries[0]
        event = next((self.events[ref] for ref in first.event_causes if ref in self.events), None)
        terms = self._terms(norm, event, verdict.opened)
        marks = tuple(self._marks(verdict))
        until = self.ledger.until
        ended = max([mark.at for mark in marks if mark.kind != "due"], default=verdict.opened)
        start = verdict.opened
        began = event.fields.get(terms.clock.from_field) if terms is not None and event is not None else None
        if isinstance(began, int):
            start = min(start, began)
        last = until if verdict.live else ended
        end = max([mark.at for mark in marks] + [last, start + 1])
        name = self._calendar(terms)
        pieces = tuple(self._pieces(norm, verdict, event, terms, start, last, end, name))
        of = self.words.of(first)
        status = self.status(verdict)
        later = ("cured" if verdict.cured else "", "breached" if verdict.breached else "",
                 "waived" if verdict.waived else "")  # fmt: skip
        says = ", ".join(filter(None, (status, *later)))
        says += f", due {show.when(verdict.due)}" if verdict.due is not None else ""
        return Timeline(
            verdict.norm, verdict.instance, first.name, self.words.clause(verdict.norm), of, status, says, start, end,
            name if any(piece.kind == "hours" for piece in pieces) else "", pieces, marks, verdict.opened, verdict.live,
        )  # fmt: skip

    # ------------------------------------------------------------------ which terms
    def _terms(self, norm: Norm, event: Event | None, at: int) -> Norm | None:
        """The terms under which it stands; None where the ledger does not tell it and they differ in their clock."""
        if not norm.variants:
            return norm
        alike = {(each.clock, self._calendar(each)) for each in norm.versions}
        if len(alike) == 1:
            return norm
        if event is None:
            return None
        scope = EventScope(event.fields, at, self.words.show.zone, self._calendars)
        for variant in norm.variants:
            so = evaluate(variant.when, scope)
            if isinstance(so, NotMeasured):
                return None
            if so is True:
                return variant.terms
        return norm

    def _calendar(self, terms: Norm | None) -> str:
        """The calendar whose hours or days its time is counted in, "" if none."""
        if terms is None:
            return ""
        due = terms.due
        of_due = "" if due is None else (due.length.calendar if due.length else None) or due.roll_calendar or ""
        return terms.clock.calendar or of_due

    # ------------------------------------------------------------------ what came, and when
    def _marks(self, verdict: Verdict) -> Iterator[Mark]:
        for entry in verdict.entries:
            if entry.kind in _MARKS:
                yield Mark(entry.at, _MARKS[entry.kind], self.words.entry(entry), self.words.show.instant(entry.at))
        if verdict.due is not None:
            when = self.words.show.when(verdict.due)
            yield Mark(self._due(verdict.due), "due", f"due {when}", when)

    def _due(self, due: int | date) -> int:
        """A deadline in days ends with its day."""
        return due if isinstance(due, int) else self.words.show.zone.start_of(add_days(due, 1))

    def _pieces(
        self, norm: Norm, verdict: Verdict, event: Event | None, terms: Norm | None, start: int, last: int, end: int,
        calendar: str,
    ) -> Iterator[Piece]:  # fmt: skip
        own = terms or norm
        stops = dict.fromkeys((*own.clock.stops_during, *own.suspended_during))
        pauses = list(self._during(stops, verdict, event, start, last))
        hours: list[tuple[int, int]] = [(start, end)]
        if calendar in self._calendars:
            hours = list(self._calendars[calendar].open_spans(start, end))
            if len(hours) <= MOST_HOURS:
                yield from (Piece(a, b, "hours") for a, b in hours)
        if terms is not None and len(hours) <= MOST_HOURS:
            yield from (Piece(a, b, "ran") for a, b in _without(_within(hours, start, last), pauses))
        yield from pauses
        for piece in self._during(dict.fromkeys(own.excused_during), verdict, event, start, last):
            yield Piece(piece.start, piece.end, "relief", piece.says)

    def _during(
        self, states: Iterable[str], verdict: Verdict, event: Event | None, start: int, last: int
    ) -> Iterator[Piece]:  # fmt: skip
        """The times of states that concern an instance: those with no other value of a key that both have."""
        have = dict(texts(event.fields.items())) if event is not None else {}
        have |= dict(verdict.key)
        for state in states:
            for opened, closed in self._held.get(state, ()):
                until = last if closed is None else min(closed, last)
                if max(opened.at, start) < until and all(have.get(name, text) == text for name, text in opened.key):
                    yield Piece(max(opened.at, start), until, "pause", self.words.clause(state))


def _within(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    return [(max(a, start), min(b, end)) for a, b in spans if max(a, start) < min(b, end)]


def _without(spans: list[tuple[int, int]], pauses: Iterable[Piece]) -> list[tuple[int, int]]:
    """Spans less the pauses."""
    for pause in pauses:
        spans = [
            part for a, b in spans for part in ((a, min(b, pause.start)), (max(a, pause.end), b)) if part[0] < part[1]
        ]
    return spans
