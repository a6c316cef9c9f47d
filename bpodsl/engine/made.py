"""States that are made of others: looked at where what they are made of may have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from bpodsl.engine.intervals import Interval, Values
from bpodsl.engine.states import StateMachine
from bpodsl.engine.takebacks import Remake, Superseded
from bpodsl.record import EARLY, LATE, SETTLE_LATE, START, texts
from bpodsl.terms import State, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import show_utc

if TYPE_CHECKING:
    from bpodsl.engine.world import World

LONG = ">"
"""In place of an act: that an interval lasts so long is found as what is taken back is."""

Holds = Callable[[Values], bool]


class MadeMachine(StateMachine):
    """A state made of others. It knows the keys that it may hold for, and which of them to look at.

    A key is the values of `by`; a part of fewer keys is asked for those that it has of them.
    """

    def __init__(self, world: World, term: State, level: int) -> None:
        super().__init__(world, term, level)
        assert term.made is not None
        # What it is made of may change at the end of an instant.
        self.known: dict[Values, None] = dict.fromkeys((each,) for each in term.members) if term.by else {(): None}
        self.waiting: dict[Values, None] = {}
        self.queued: int | None = None
        self.parts = {
            part.state: None for part in walk(term.made) if isinstance(part, ex.StateTimes | ex.ManyTimes)
        }  # fmt: skip
        self.calendars = [
            world.calendars[part.calendar] for part in walk(term.made) if isinstance(part, ex.CalendarTimes)
        ]  # fmt: skip
        # A value may occur first in what a part is made of.
        self.every = {each: None for name in self.parts for each in (name, *world.states.machines[name].every)}
        for name in self.every:
            world.states.machines[name].feeds.append(self)
        self._holds = self._made(term.made)
        world.push_at(world.windows.begin, START, level, self.name, "", self._again, None)

    # ------------------------------------------------------------------ when to look
    def part_changed(self, part: StateMachine, interval: Interval, place: int) -> None:
        """An interval of a part has begun or ended: it is looked at for the keys that this concerns."""
        if self.by and set(self.by) <= set(part.by):
            values = tuple(interval.key.get(name) for name in self.by)
            self.known.setdefault(values)
            self.waiting.setdefault(values)
        else:
            shared = [(n, interval.key.get(name)) for n, name in enumerate(self.by) if name in part.by]
            for values in self.known:
                if all(values[n] == value for n, value in shared):
                    self.waiting.setdefault(values)
        place = max(place, START)
        if self.queued != place and self.world.term.begun:
            self.queued = place
            self.world.push(place, self.level, self.name, "", (), self._look, None)

    def _again(self, _: None, place: int) -> None:
        """The term begins, or a calendar opens or closes."""
        self.waiting.update(self.known)
        self._look(None, place)
        changes = [calendar.next_change(self.world.now) for calendar in self.calendars]
        found = [change for change in changes if change is not None]
        if found:
            self.world.push_at(min(found), START, self.level, self.name, "", self._again, None)

    def _look(self, _: None, place: int) -> None:
        self.queued = None
        waiting, self.waiting = self.waiting, {}
        for values in waiting:
            interval, holds = self.current.get(values), self._holds(values)
            key = {name: value for name, value in zip(self.by, values, strict=True) if value is not None}
            if holds and interval is None:
                name = "/".join((show_utc(self.world.now), *(text for _, text in texts(key.items()))))
                new = Interval(self.fresh(name), key, self.world.now, key)
                new.declared = self.by
                self.begin(new, values, place, (), tuple(self._premises(values)))
            elif interval is not None and not holds:
                self.finish(interval, values, place, (), tuple(self._premises(values)))

    # ------------------------------------------------------------------ whether it holds
    def _made(self, times: ex.Times) -> Holds:
        world = self.world
        match times:
            case ex.StateTimes(name):
                view, places = self._asked(name)
                return lambda values: view.holds_now(tuple([values[n] for n in places]))
            case ex.ManyTimes(name, n):
                view, places = self._asked(name)
                return lambda values: view.open.get(tuple([values[n] for n in places]), 0) >= n
            case ex.CalendarTimes(name):
                calendar = world.calendars[name]
                return lambda values: calendar.is_open(world.now)
            case ex.WindowTimes():
                return lambda values: True
            case ex.UnionTimes(several):
                any_of = [self._made(part) for part in several]
                return lambda values: any(part(values) for part in any_of)
            case ex.BothTimes(several):
                all_of = [self._made(part) for part in several]
                return lambda values: all(part(values) for part in all_of)
            case _:
                kept, cut = self._made(times.of), self._made(times.less)
                return lambda values: kept(values) and not cut(values)

    def _asked(self, name: str) -> tuple[Any, tuple[int, ...]]:
        """The view of a part by the keys that it shares with this, and where these are among its own."""
        machine = self.world.states.machines[name]
        view = machine.view(tuple(each for each in machine.by if each in self.by))
        return view, tuple(self.by.index(each) for each in view.fields)

    def _premises(self, values: Values) -> Iterator[str]:
        """The beginnings of the intervals of its parts that hold, the ends of those that ended now."""
        now = self.world.now
        for name in self.parts:
            view, places = self._asked(name)
            for interval in view.lists.get(tuple([values[n] for n in places]), ()):
                if interval.end is None:
                    yield interval.opened
                elif interval.end == now and interval.start < now:
                    yield f"{name}/Closed/{interval.name}"


class LongMachine(StateMachine):
    """The intervals of another state that last so long, whole.

    That they do is known when they have: then the outcome is made anew, with that known from its beginning. What
    adjoins is one: of it the first interval gives the name by which it is known.
    """

    def __init__(self, world: World, term: State, level: int) -> None:
        super().__init__(world, term, level)
        assert term.long is not None and term.long.least is not None
        self.least, self.more = term.long.least, term.long.more
        part = world.states.machines[term.long.state]
        self.every = {part.name: None, **part.every}
        part.feeds.append(self)
        # The first of those that adjoin, and where the last of them ended, by key.
        self.first: dict[Values, tuple[str, int]] = {}
        self.ended: dict[Values, int] = {}
        self._borne_out: set[Superseded] = set()
        self.expect()

    def expect(self) -> None:
        """At the instant at which something was found it is to be found again."""
        world = self.world
        for found, at in world.superseded.items():
            to_come = at > world.now and (found, at) not in world.unfounded
            if found[0] == f"state:{self.name}" and found[2] == LONG and to_come:
                world.push_at(at, SETTLE_LATE, self.level, self.name, found[1], self.hold, found)

    def part_changed(self, part: StateMachine, interval: Interval, place: int) -> None:
        """An interval begins or ends."""
        self.world.push(place, self.level, self.name, "", (), self._mirror, (part, interval, interval.end))
        values = tuple(interval.key.get(name) for name in self.by)
        if interval.end is not None:
            # Told at once: the next may begin before this is taken over.
            self.ended[values] = interval.end
            return
        if self.ended.get(values) != interval.start:
            self.first[values] = interval.name, interval.start
        start = self.first[values][1]
        calendar = None if self.least.calendar is None else self.world.calendars[self.least.calendar]
        at: int | None = start + self.least.amount
        if calendar is not None:
            reach = calendar.last_within if self.more else calendar.first_reach
            at = reach(start, self.least.amount)
        if at is not None and at >= self.world.now + (not self.more):
            there, first = LATE if self.more else EARLY, self.first[values][0]
            self.world.push_at(at, there, self.level, self.name, first, self._reached, (interval, first))

    def _reached(self, what: tuple[Interval, str], place: int) -> None:
        """It has lasted so long, if it has not ended before."""
        interval, first = what
        found = self._found(first)
        if interval.end is None and self.world.taken_back(found) != self.world.now:
            raise Remake(f"times of {self.name} that have lasted", found, self.world.now)
        if interval.end is None:
            self._borne_out.add(found)

    def hold(self, found: Superseded, place: int) -> None:
        """What was found now, when less was known of what it is made of, may not last so long after all."""
        if found not in self._borne_out:
            raise Remake(f"times of {self.name} that did not last so long", found, self.world.now, unfounded=True)

    def _found(self, first: str) -> Superseded:
        return f"state:{self.name}", first, LONG

    def _mirror(self, what: tuple[StateMachine, Interval, int | None], place: int) -> None:
        part, interval, end = what
        values = tuple(interval.key.get(name) for name in self.by)
        own = self.current.get(values)
        if end is not None:
            if own is not None:
                self.finish(own, values, place, (), (f"{part.name}/Closed/{interval.name}",))
        elif own is None and self.world.taken_back(self._found(self.first[values][0])) is not None:
            new = Interval(self.fresh(interval.name), interval.key, self.world.now, interval.fields)
            new.declared = interval.declared
            self.begin(new, values, place, (), (interval.opened,))
