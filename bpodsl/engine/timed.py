"""States that begin when a notice is over, or end by themselves after a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.causes import Cause
from bpodsl.engine.intervals import Interval, Values
from bpodsl.engine.states import StateMachine
from bpodsl.lean import evolve
from bpodsl.record import PERFORM, REST, START, Number, texts
from bpodsl.record.many import many
from bpodsl.terms import Length, State
from bpodsl.values import LAST, LAST_DAY, add_days

if TYPE_CHECKING:
    from bpodsl.engine.world import World


WITHDRAWN = "withdrawn before it began"


@many(eq=False)
class Start:
    """What begins it for a key: what an interval is called, its fields, and what it follows from.

    `day`: the day on which it begins, from which days are counted.
    """

    name: str
    values: Values
    key: Mapping[str, Any]
    fields: Mapping[str, Any]
    declared: tuple[str, ...]
    events: tuple[str, ...]
    entries: tuple[str, ...]
    day: date


class TimedMachine(StateMachine):
    """A state with a notice, or that lasts so long.

    `awaited`: the starts whose notice runs, by key. An interval that ends by itself knows when (`ends`) and by which
    events (`at_end`); whoever puts that off raises its `version`.
    """

    def __init__(self, world: World, term: State, level: int) -> None:
        super().__init__(world, term, level)
        self.awaited: dict[Values, list[Start]] = {}

    # ------------------------------------------------------------------ by start and end
    def start(self, act: Act, place: int) -> None:
        """START."""
        if act.selected(self._starts):
            day = self.world.zone.day(self.world.now)
            key = act.key(self.by)
            self._comes(Start(act.ref, act.values(self.by), key, act.fields, act.declared, (act.ref,), (), day), place)

    def end_opened_before(self, act: Act, place: int) -> None:
        """PERFORM: an end withdraws the notices that run, and closes what is open."""
        if not act.selected(self._ends):
            return
        values = act.values(self.by)
        interval, withdrawn = self.current.get(values), self._withdraw(act, values, place)
        if interval is not None:
            self.finish(interval, values, place, (act.ref,))
        elif not withdrawn and not act.selected(self._starts):
            self.world.push(REST, self.level, self.name, act.instance, act.order, self.end_opened_now, act)

    def end_opened_now(self, act: Act, place: int) -> None:
        """REST: the same of what other events began in this instant."""
        values = act.values(self.by)
        interval, withdrawn = self.current.get(values), self._withdraw(act, values, place)
        if interval is not None and act.ref not in interval.refs:
            self.finish(interval, values, place, (act.ref,))
        elif not withdrawn and not self.world.later(act, REST, self.level, self.name, self.end_opened_now, act):
            self._note(act, place, "nothing open")

    # ------------------------------------------------------------------ by consequence
    def turn(self, begins: bool, cause: Cause, place: int, day: date) -> None:
        """A consequence begins it or gives the notice, or ends it or withdraws what runs."""
        fields = {**cause.fields, **cause.values}
        key = {name: value for name in self.by if (value := fields.get(name)) is not None}
        values = tuple(key.get(name) for name in self.by)
        if begins:
            declared = tuple(dict.fromkeys((*cause.declared, *cause.values)))
            self._comes(Start(cause.base, values, key, fields, declared, (), (cause.entry,), day), place)
            return
        interval, found = self.current.get(values), self.awaited.pop(values, [])
        if found:
            noticed = (each.entries[-1] for each in found)
            self._noted(cause.base, place, WITHDRAWN, key, (), (cause.entry, *noticed))
        if interval is not None:
            self.finish(interval, values, place, (), (cause.entry,))
        elif not found:
            self._noted(cause.base, place, "nothing open", key, (), (cause.entry,))

    # ------------------------------------------------------------------ the notice
    def _comes(self, start: Start, place: int) -> None:
        """It begins, or its notice runs."""
        after, world = self.term.after, self.world
        if after is None:
            self._takes_hold(start, place)
            return
        length = after.given(start.fields.get)
        at = self._over(length, start.day)
        if at is not None and at <= world.now:
            self._takes_hold(start, place)
            return
        shown: tuple[Number, ...] = ()
        day = start.day
        if at is not None and length is not None:
            in_days = Number("begins", "day", world.zone.day(at))
            shown = (Number("begins", "instant", at) if length.by_clock else in_days,)
            # Of days the day is the last of them.
            day = world.zone.day(at if length.by_clock else at - 1)
        instance = world.fresh_instance("Noticed", self.name, start.name, "", ())
        noticed = world.emit(
            "Noticed", self.name, place, self.level, instance, key=texts(start.key.items()), event_causes=start.events,
            entry_causes=start.entries, numbers=shown,
        )  # fmt: skip
        begins = evolve(start, entries=(*start.entries, noticed), day=day)
        self.awaited.setdefault(start.values, []).append(begins)
        if at is not None:
            world.push_at(at, START, self.level, self.name, start.name, self._notice_over, begins)

    def _notice_over(self, start: Start, place: int) -> None:
        """START, unless it was withdrawn."""
        found = self.awaited.get(start.values, [])
        if start in found:
            found.remove(start)
            self._takes_hold(start, place)

    def _withdraw(self, act: Act, values: Values, place: int) -> bool:
        """An end withdraws the notices that run, but for its own; whether there were any."""
        running = self.awaited.get(values)
        found = [each for each in running if act.ref not in each.events] if running else []
        if not found:
            return False
        self.awaited[values] = [each for each in running or () if act.ref in each.events]
        self._noted(act.ref, place, WITHDRAWN, act.key(self.by), (act.ref,), tuple(each.entries[-1] for each in found))
        return True

    # ------------------------------------------------------------------ the time that it lasts
    def _takes_hold(self, start: Start, place: int) -> None:
        """It begins, lasts longer, or stays as it was."""
        lasts, world, values = self.term.lasts, self.world, start.values
        ends = None if lasts is None else self._over(lasts.given(start.fields.get), start.day)
        interval = self.current.get(values)
        if interval is None and ends is not None and ends <= world.now:
            self._noted(start.name, place, "nothing open", start.key, start.events, start.entries)
        elif interval is None:
            interval = Interval(self.fresh(start.name), start.key, world.now, start.fields)
            interval.declared, interval.refs = start.declared, list(start.events)
            interval.ends, interval.at_end = ends, list(start.events)
            self.begin(interval, values, place, start.events, start.entries)
            self._await_end(interval, values)
        elif self.term.prolonged:
            self._prolong(interval, start, ends)
        else:
            self._noted(start.name, place, "already open", start.key, start.events, start.entries)

    def _prolong(self, interval: Interval, start: Start, ends: int | None) -> None:
        entry = interval.entry
        assert entry is not None
        interval.refs += start.events
        interval.entry = evolve(
            entry, event_causes=(*entry.event_causes, *start.events), entry_causes=(*entry.entry_causes, *start.entries)
        )
        self.world.post(interval.entry)
        if interval.ends is None or ends is None:
            interval.ends, interval.at_end = None, []
            interval.version += 1
        elif ends == interval.ends:
            interval.at_end += start.events
        elif ends > interval.ends:
            interval.ends, interval.at_end = ends, list(start.events)
            self._await_end(interval, start.values)

    def _await_end(self, interval: Interval, values: Values) -> None:
        interval.version += 1
        if interval.ends is not None:
            what = interval, values, interval.version
            self.world.push_at(interval.ends, PERFORM, self.level, self.name, interval.name, self._ended, what)

    def _ended(self, what: tuple[Interval, Values, int], place: int) -> None:
        """PERFORM: its time is over, unless it was ended or prolonged."""
        interval, values, version = what
        if interval.end is None and interval.version == version:
            self.finish(interval, values, place, tuple(interval.at_end))

    def _over(self, length: Length | None, day: date) -> int | None:
        """When a length is over that is counted from now, or from a day; None: never."""
        world = self.world
        if length is None:
            return None
        if length.by_clock:
            calendar = None if length.calendar is None else world.calendars[length.calendar]
            at = world.now + length.amount if calendar is None else calendar.first_reach(world.now, length.amount)
            return None if at is None or at >= LAST else at
        last = world.days.after(day, length)
        return None if last is None or last > LAST_DAY else world.zone.start_of(add_days(last, 1))

    def _noted(
        self, base: str, place: int, words: str, key: Mapping[str, Any], events: tuple[str, ...],
        entries: tuple[str, ...],
    ) -> None:  # fmt: skip
        """What comes to nothing, or withdraws what was to come."""
        self.world.note(self.name, place, self.level, base, words, texts(key.items()), events, entries)
