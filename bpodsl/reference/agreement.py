"""The term: beginning, renewal, end, and the windows that it is cut into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date
from functools import lru_cache

from attrs import define, evolve, field

from bpodsl.record import BEGIN, DETERMINE, OPEN, STRUCTURE, TERM_END, Entry, Event, Number, texts
from bpodsl.reference.calendar_days import after, calendar_of, counted, first_reach
from bpodsl.reference.index import Index
from bpodsl.reference.state import Cause, World
from bpodsl.terms import Begin, Length, Norm, Terminate
from bpodsl.values import LAST_DAY, Grid, Window, Zone, add_days, add_months, day_of, window_of_index, window_on

FAR = add_days(LAST_DAY, 1)


@lru_cache(maxsize=65536)
def window_of(grid: Grid, zone: Zone, first: date, end: date, number: int) -> Window | None:
    """`window_of_index`, remembered."""
    return window_of_index(grid, zone, first, end, number)


@lru_cache(maxsize=1024)
def whole(grid: Grid) -> Grid:
    """The grid that keeps the windows that the term cuts."""
    return evolve(grid, partial="inside", begins=None, times=None)


@define(eq=False)
class Agreement:
    """The term as known so far.

    `start`: its first instant. `last`: its last day. `renewed`: how often so far. `noticed`: the entry of a
    valid notice that stands against the next renewal. `planned`: the earliest end by act: instant, place and what it
    follows from. `ended`: the instant at which it ended; `ended_by`: the clause that ended it, by an act. `begun`: it
    is past the beginning.
    """

    index: Index
    start: int
    last: date | None
    renewed: int = 0
    noticed: str = ""
    planned: tuple[int, int, str] | None = None
    ended: int | None = None
    ended_by: str = ""
    begun: bool = False
    lapses: dict[str, int] = field(factory=dict)
    """After the end: when the norms cease that survive for a time."""
    over: dict[str, int] = field(factory=dict)
    """After the end: when the figures cease that survive, by the name that their grids give it."""
    _uncut: dict[Window, tuple[date, date]] = field(factory=dict)

    def copy(self) -> Agreement:
        """The same moment once more, to go on from in another way."""
        new = copy(self)
        new.lapses, new.over = dict(self.lapses), dict(self.over)
        return new

    @property
    def first(self) -> date:
        return self.index.contract.term.effective

    @property
    def in_force(self) -> bool:
        return self.begun and self.ended is None

    def lives(self, norm: Norm, now: int, place: int) -> bool:
        """Whether a norm goes on: in the term, and after the end if it survives and for as long."""
        if self.ended is None:
            return True
        lapse = self.lapses.get(norm.name)
        return norm.survival(self.ended_by)[0] and (lapse is None or (now, place) < (lapse, TERM_END))

    @property
    def renewable(self) -> bool:
        return self.last is not None and self.index.contract.term.renewal_after(self.renewed) is not None

    @property
    def end(self) -> int | None:
        """The instant at which the running term ends."""
        return None if self.last is None else after(self.index, self.last)

    def window(self, grid: Grid, number: int) -> Window | None:
        """The window with that index, in the term as known so far; None where there is none."""
        beyond = self.beyond(grid, number)
        if beyond is not None:
            return beyond
        return self._cut(grid, window_of(grid, self.index.zone, self.first, self._limit(grid), number))

    def beyond(self, grid: Grid, number: int) -> Window | None:
        """The window with that index of a grid that goes on, if its cell begins at the end or after it.

        The first begins with the end: what is left of the cell in which the agreement ended belongs to it. The last is
        cut where what has the grid survives no longer.
        """
        if self.ended is None or not grid.goes_on:
            return None
        window, before = self.natural(grid, number), self.natural(grid, number - 1)
        if window is None or window.start < self.ended:
            return None
        found = window
        if before is not None and before.start < self.ended < window.start:
            found = evolve(window, start=self.ended, first=self.index.zone.day(self.ended), whole=False)
        over = self.over[grid.survives] if grid.survives else found.end
        if found.start >= over:
            return None
        if over < found.end:
            found = evolve(found, end=over, last=self.index.zone.day(over - 1), whole=False)
        if found != window:
            found = evolve(found, days=(found.last - found.first).days + 1)
            self._uncut[found] = window.first, window.last
        return found

    def counts(self, names: Iterable[str], now: int) -> bool:
        """After the end: whether a grid of one of these names has windows still."""
        return any(now < self.over[name] for name in names)

    def window_on(self, grid: Grid, day: date) -> Window | None:
        """The window whose last cell holds a day."""
        if grid.goes_on and self.ended is not None:
            return self._after_the_end(grid, self.index.zone.start_of(day))
        return self._cut(grid, window_on(grid, self.index.zone, self.first, self._limit(grid), day))

    def window_at(self, grid: Grid, instant: int) -> Window | None:
        """The window whose last cell holds an instant."""
        if grid.goes_on and self.ended is not None:
            window = self._after_the_end(grid, instant)
        else:
            window = self.window_on(grid, self.index.zone.day(instant))
        return window if window is not None and window.start <= instant < window.end else None

    def _after_the_end(self, grid: Grid, instant: int) -> Window | None:
        """Of a grid that goes on the window whose cell holds an instant; what is left of the cell in which the
        agreement ended is of the next."""
        natural = window_on(whole(grid), self.index.zone, self.first, FAR, self.index.zone.day(instant))
        if natural is None or self.ended is None:
            return None
        return self.window(grid, natural.index + (natural.start < self.ended <= instant))

    def number_at(self, grid: Grid, instant: int) -> int:
        """The index of the window whose last cell holds an instant, in a term without end; -1 before it."""
        window = window_on(whole(grid), self.index.zone, self.first, FAR, self.index.zone.day(instant))
        return -1 if window is None else window.index

    def cell_at(self, grid: Grid, instant: int) -> int | None:
        """The number of the cell that holds an instant; None where none does, or none does any more after the end."""
        natural = window_on(whole(grid), self.index.zone, self.first, FAR, self.index.zone.day(instant))
        if natural is None or self.ended is None or instant < self.ended:
            return None if natural is None else natural.index
        return natural.index + (natural.start < self.ended) if grid.goes_on else None

    def natural(self, grid: Grid, number: int) -> Window | None:
        """The window with that index, as it would be in a term without end; None for that of the whole term."""
        if grid.unit == "term":
            return None
        return window_of(whole(grid), self.index.zone, self.first, FAR, number)

    def begun_before_end(self, grid: Grid, number: int) -> bool:
        """After the end: whether the cell with that index began before it."""
        natural = self.natural(grid, number)
        return natural is not None and self.ended is not None and natural.start < self.ended

    def remaining(self, grid: Grid, number: int) -> Iterator[Window]:
        """After the end: the windows begun, from an index on."""
        while self.beyond(grid, number) is None and self.window(whole(grid), number) is not None:
            window = self.window(grid, number)
            if window is not None:
                yield window
            number += 1

    def _limit(self, grid: Grid) -> date:
        """The day before which windows lie."""
        if self.ended is not None:
            return max(self.first, add_days(self.index.zone.day(self.ended - 1), 1))
        if self.last is None or (self.renewable and grid.unit != "term"):
            return FAR
        return add_days(self.last, 1)

    def uncut(self, window: Window) -> tuple[date, date]:
        """The first and last day of a window as if no term cut it."""
        return self._uncut.get(window, (window.first, window.last))

    def _cut(self, grid: Grid, window: Window | None) -> Window | None:
        if window is None:
            return None
        if self.ended is not None and window.end > self.ended:
            if grid.partial == "exclude" or window.start >= self.ended:
                return None
            window = evolve(window, end=self.ended, whole=False)
        natural = self.natural(grid, window.index)
        if window.days != window.whole_days and natural is not None:
            self._uncut[window] = add_days(natural.last, 1 - natural.whole_days), natural.last
        return window


# -------------------------------------------------------------------------------------- what happens to it
def entry(world: World, kind: str, place: int, **others: object) -> Entry:
    """An entry under the name of the contract."""
    return Entry(kind, world.index.contract.name, world.now, place, world.level("agreement"), **others)  # type: ignore[arg-type]


def begin(world: World) -> None:
    """The first instant of the term."""
    world.emit(entry(world, "Opened", BEGIN))


def note(world: World, event: Event, words: str, place: int = DETERMINE) -> None:
    world.emit(entry(world, "Noted", place, instance=event.ref, event_causes=(event.ref,), words=words))


def note_late(world: World, event: Event) -> None:
    """A claim or answer that comes too late has no effect; the question has the note."""
    name, why = event.late_for
    fields = world.index.fields(event)
    keys = next(each.keys for each in world.index.contract.questions if each.name == name)
    made = entry(
        world, "Noted", DETERMINE, instance=event.ref, key=texts((key, fields[key]) for key in keys if key in fields),
        event_causes=(event.ref,), words=why,
    )  # fmt: skip
    world.emit(evolve(made, clause=name))


def notice(world: World, event: Event) -> None:
    """A notice against renewal acts for the term running now."""
    agreement = world.agreement
    renewal = world.index.contract.term.renewal_after(agreement.renewed)
    if renewal is None or agreement.last is None:
        return
    last: date | None = agreement.last
    if renewal.notice is not None:
        last = counted(world.index, renewal.notice, agreement.last, -1)
    if last is not None and world.index.zone.day(world.now) <= last:
        number = Number("last", "day", agreement.last)
        made = world.emit(
            entry(world, "Noticed", OPEN, instance=event.ref, event_causes=(event.ref,), numbers=(number,))
        )  # fmt: skip
        agreement.noticed = agreement.noticed or made.name
    else:
        note(world, event, "too late", OPEN)


def term_over(world: World) -> bool:
    """The last day of the term has gone by: it is renewed, or the agreement is over (True)."""
    agreement = world.agreement
    renewal = world.index.contract.term.renewal_after(agreement.renewed)
    if not agreement.renewable or renewal is None or bool(agreement.noticed) != renewal.if_given:
        return True
    causes = (agreement.noticed,) if agreement.noticed else ()
    agreement.noticed = ""
    agreement.renewed += 1
    agreement.last = renewed_last(world.index, agreement.renewed)
    world.wake(agreement.end)
    number = Number("last", "day", agreement.last)
    name = f"term {agreement.renewed + 1}"
    world.emit(entry(world, "Extended", TERM_END, instance=name, entry_causes=causes, numbers=(number,)))
    return False


def renewed_last(index: Index, times: int) -> date | None:
    """The last day after so many renewals: each kind is counted from the day after the last before."""
    term = index.contract.term
    last = term.last
    for renewal in term.renewals:
        own = times if renewal.times is None else min(times, renewal.times)
        times -= own
        if own and last is not None:
            last = _renewed(index, last, renewal.length, own)
    return last


def _renewed(index: Index, last: date, length: Length, times: int) -> date | None:
    if length.unit in ("months", "years"):
        n = length.amount * (12 if length.unit == "years" else 1)
        return add_days(add_months(add_days(last, 1), n * times), -1)
    return counted(index, Length(length.amount * times, length.unit, length.calendar), last)


def terminate(world: World, effect: Terminate, cause: Cause) -> None:
    """An end by act is planned; the earliest wins."""
    agreement, now = world.agreement, world.now
    if agreement.ended is not None:
        return
    ends: tuple[int, int] | None = now, STRUCTURE
    numbers = [Number("ends", "instant", now)]
    if effect.notice is not None:
        ends, *numbers = end_of(world, effect, cause)
    name = world.emit(following(cause.entry, "Terminated", tuple(numbers))).name
    if ends is not None and (agreement.planned is None or ends < agreement.planned[:2]):
        agreement.planned = (*ends, name)
        world.wake(ends[0])


def end_of(world: World, effect: Terminate | Begin, cause: Cause) -> tuple[tuple[int, int] | None, *tuple[Number, ...]]:
    """Where a notice given now ends (instant and place; None: beyond all days), and how entries show it."""
    index, now, notice = world.index, world.now, effect.notice
    assert notice is not None
    if notice.by_clock:
        instant = first_reach(calendar_of(index, notice), now, notice.amount)
        return None if instant is None else (instant, STRUCTURE), Number("ends", "instant", instant)
    last = counted(index, notice, index.zone.day(now - 1 if world.place <= TERM_END else now))
    if effect.to is None and effect.earliest is None and effect.named is None:
        return None if last is None else (after(index, last), TERM_END), Number("ends", "day", last)
    after_all = [day for day in (effect.earliest, _named(world, effect, cause)) if day is not None]
    ends = None if last is None else max(last, *after_all) if after_all else last
    if ends is not None and effect.to is not None:
        cell = window_on(effect.to, index.zone, world.agreement.first, FAR, ends)
        ends = None if cell is None else cell.last
    shown = Number("ends", "day", ends), Number("notice", "day", last)
    return None if ends is None else (after(index, ends), TERM_END), *shown


def _named(world: World, effect: Terminate | Begin, cause: Cause) -> date | None:
    """The day that the act names, by which the norm was performed."""
    if effect.named is None:
        return None
    (act,) = (each for each in world.events if (each.source, each.id) in cause.origin)
    named = world.index.fields(act).get(effect.named)
    return day_of(named, world.index.zone) if isinstance(named, date | int) else None


def following(cause: Entry, kind: str, numbers: tuple[Number, ...] = (), words: str = "") -> Entry:
    """An entry that follows at once from another, with its clause, instance, period and key."""
    return Entry(
        kind, cause.clause, cause.at, cause.place, cause.level, cause.instance, cause.period, cause.key,
        entry_causes=(cause.name,), numbers=numbers, words=words,
    )  # fmt: skip
