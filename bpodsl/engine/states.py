"""States: when they begin and end, for each value of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import holds
from bpodsl.engine.intervals import Interval, Values, View
from bpodsl.engine.scopes import Evaluator, Scope
from bpodsl.lean import evolve
from bpodsl.record import OPEN, PERFORM, REST, START, STRUCTURE, Number, texts
from bpodsl.terms import Selector, State

if TYPE_CHECKING:
    from bpodsl.engine.made import LongMachine, MadeMachine
    from bpodsl.engine.norms import NormMachine
    from bpodsl.engine.world import World


LAST_OF_PLACE = 1 << 30
"""A level above all others: what comes when nothing else of its place is left."""


class StateMachine:
    """One state: its open intervals by key, and the views that others asked for."""

    def __init__(self, world: World, term: State, level: int) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.level = level
        self.by = term.by
        self.current: dict[Values, Interval] = {}
        self.views: dict[tuple[str, ...], View] = {}
        self.full = self.view(term.by)
        self.lasting: list[Any] = []
        # Whether consequences begin or end it; then their intervals may be called as others are.
        self.structural = term.name in world.program.structural or term.made is not None
        self._used: dict[str, int] = {}
        # The norms that end with it.
        self.ending: list[NormMachine] = []
        # The norms that its intervals open, and the states that are made of it.
        self.opening: list[NormMachine] = []
        self.feeds: list[MadeMachine | LongMachine] = []
        # The states that it is made of, those that they are made of, and so on.
        self.every: dict[str, None] = {}
        self.begun = False
        self._starts = self._selectors(term.starts)
        self._ends = self._selectors(term.ends)
        self._intervals = self._selectors(term.intervals)

    def _selectors(self, selectors: tuple[Selector, ...]) -> dict[str, list[Evaluator | None]]:
        found: dict[str, list[Evaluator | None]] = {}
        for s in selectors:
            found.setdefault(s.event, []).append(holds(s.where, self.world.no_rows))
        return found

    def view(self, fields: tuple[str, ...]) -> View:
        """The intervals by the values of these keys."""
        found = self.views.get(fields)
        if found is None:
            found = self.views[fields] = View(fields, fields == self.by)
            for lists in self.full.lists.values() if fields != self.by else ():
                for interval in lists:
                    found.add(interval)
                    if interval.end is not None:
                        found.close(interval)
            for entries in found.lists.values():
                entries.sort(key=lambda i: i.start)
        return found

    # ------------------------------------------------------------------ by start and end
    def end_opened_before(self, act: Act, place: int) -> None:
        """PERFORM: an end closes what was open; if nothing was, it is offered again at REST, unless it starts anew."""
        if not act.selected(self._ends):
            return
        values = act.values(self.by)
        interval = self.current.get(values)
        if interval is not None:
            self.finish(interval, values, PERFORM, (act.ref,))
        elif not act.selected(self._starts):
            self.world.push(REST, self.level, self.name, act.instance, act.order, self.end_opened_now, act)

    def end_opened_now(self, act: Act, place: int) -> None:
        """REST: an end that found nothing closes what another event opened in this instant."""
        values = act.values(self.by)
        interval = self.current.get(values)
        if interval is None or act.ref in interval.refs:
            if not self.world.later(act, REST, self.level, self.name, self.end_opened_now, act):
                self._note(act, REST, "nothing open")
        else:
            self.finish(interval, values, REST, (act.ref,))

    def start(self, act: Act, place: int) -> None:
        """START."""
        if not act.selected(self._starts):
            return
        values = act.values(self.by)
        if values in self.current:
            self._note(act, START, "already open")
        else:
            self._opened_by(act, values)

    # ------------------------------------------------------------------ by interval events
    def interval(self, act: Act, place: int) -> None:
        """START of an event that lasts: it begins an interval, or extends the one that is open."""
        if self.name not in act.adjoins and not act.selected(self._intervals):
            return
        ends = act.event.ends
        if ends is None or ends <= act.event.acts:
            self._note(act, START, "nothing open")
            return
        values = act.values(self.by)
        interval = self.current.get(values)
        if interval is None:
            interval = self._opened_by(act, values)
            interval.ends, interval.at_end = ends, [act.ref]
        else:
            interval.refs.append(act.ref)
            if ends == interval.ends:
                interval.at_end.append(act.ref)
            elif interval.ends is None or ends > interval.ends:
                interval.ends, interval.at_end = ends, [act.ref]
            assert interval.entry is not None
            interval.entry = evolve(interval.entry, event_causes=tuple(interval.refs))
            self.world.post(interval.entry)
            if interval.ends != ends:
                return
        interval.version += 1
        self.world.push_at(
            interval.ends, PERFORM, self.level, self.name, interval.name, self.interval_over,
            (interval, values, interval.version),
        )  # fmt: skip

    def interval_over(self, waiting: tuple[Interval, Values, int], place: int) -> None:
        """PERFORM of the end, unless an event that acts now adjoins it."""
        interval, values, version = waiting
        if interval.version != version or interval.end is not None:
            return
        adjoining = False
        for act in self.world.acts:
            ends = act.event.ends
            if (
                ends is not None and ends > act.event.acts and act.event.kind in self._intervals
                and act.values(self.by) == values and act.selected(self._intervals)
            ):  # fmt: skip
                adjoining = True
                act.adjoins.add(self.name)
        if not adjoining:
            self.finish(interval, values, PERFORM, tuple(interval.at_end))

    # ------------------------------------------------------------------ by consequence
    def turn(self, begins: bool, cause: Cause, place: int, day: date) -> None:
        """A consequence begins it, or ends it, for the keys of its cause; `day`: that of its cause."""
        fields = {**cause.fields, **cause.values}
        key = {name: value for name in self.by if (value := fields.get(name)) is not None}
        values = tuple(key.get(name) for name in self.by)
        interval = self.current.get(values)
        if begins and interval is None:
            interval = Interval(self.fresh(cause.base), key, self.world.now, fields)
            interval.declared = tuple(dict.fromkeys((*cause.declared, *cause.values)))
            self.begin(interval, values, place, (), (cause.entry,))
        elif interval is not None and not begins:
            self.finish(interval, values, place, (), (cause.entry,))
        else:
            words = "already open" if begins else "nothing open"
            self.world.note(self.name, place, self.level, cause.base, words, texts(key.items()), (), (cause.entry,))

    def fresh(self, base: str) -> str:
        """A name for an interval; one used before gets `~2`."""
        if not self.structural:
            return base
        name, n = base, 1
        while name in self._used:
            n += 1
            name = f"{base}~{n}"
        self._used[name] = n
        return name

    # ------------------------------------------------------------------ both
    def _opened_by(self, act: Act, values: Values) -> Interval:
        interval = Interval(self.fresh(act.ref), act.key(self.by), self.world.now, act.fields)
        interval.declared = act.declared
        interval.refs.append(act.ref)
        self.begin(interval, values, START, (act.ref,))
        return interval

    def begin(
        self, interval: Interval, values: Values, place: int, events: tuple[str, ...], entries: tuple[str, ...] = ()
    ) -> None:
        """An interval begins."""
        world = self.world
        interval.began_last = place >= STRUCTURE
        self.current[values] = interval
        for view in self.views.values():
            view.add(interval)
        interval.opened = world.emit(
            "Opened", self.name, place, self.level, interval.name, key=texts(interval.key.items()),
            event_causes=events, entry_causes=entries,
        )  # fmt: skip
        interval.entry = world.entries[interval.opened]
        self.world.rows.state_row(self.name, interval)
        for rule in self.lasting:
            rule.began(interval)
        self._changed(interval, place)
        self.begun = True
        for norm in self.ending:
            norm.over(interval.opened, place)
        for norm in self.opening:
            opens = norm.openings.by_state
            world.push(max(place, OPEN), norm.opening_level, norm.name, interval.name, (), opens, interval)

    def finish(
        self, interval: Interval, values: Values, place: int, refs: tuple[str, ...], entries: tuple[str, ...] = ()
    ) -> None:
        """An interval ends now."""
        world = self.world
        interval.end, interval.ended_last = world.now, place >= STRUCTURE
        if world.acts:
            interval.day_ended = self._ended_on_a_day(refs, entries)
        del self.current[values]
        for view in self.views.values():
            view.close(interval)
        world.emit(
            "Closed", self.name, place, self.level, interval.name, key=texts(interval.key.items()),
            event_causes=refs, entry_causes=(interval.opened, *entries),
            numbers=(Number("length", "length", interval.end - interval.start),),
        )  # fmt: skip
        self._changed(interval, place)
        for norm in self.opening:
            what = f"{self.name}/Closed/{interval.name}", interval.name
            world.push(max(place, OPEN), norm.level, norm.name, interval.name, (), norm.state_over, what)

    def _ended_on_a_day(self, refs: tuple[str, ...], entries: tuple[str, ...]) -> bool:
        """Whether an event that acts now and has only a day is among the causes, or those of an entry among them."""
        days = {act.ref for act in self.world.acts if act.event.day is not None}
        if not days:
            return False
        behind = (self.world.entries.get(name) for name in entries)
        return not days.isdisjoint(refs) or any(e is not None and not days.isdisjoint(e.event_causes) for e in behind)

    def _changed(self, interval: Interval, place: int) -> None:
        for view in self.views.values():
            for instance in view.watched(interval):
                instance.norm.state_changed(instance, place)
        for made in self.feeds:
            made.part_changed(self, interval, place)

    def _note(self, act: Act, place: int, words: str) -> None:
        key = texts(act.key(self.by).items())
        self.world.note(self.name, place, self.level, act.ref, words, key, (act.ref,))


Turn = tuple[bool, str, Cause, bool]
"""Whether it begins, the state, what it follows from, and whether that lies before the events of its instant."""


class StateBook:
    """All states by name."""

    def __init__(self) -> None:
        self.machines: dict[str, StateMachine] = {}
        self._shared: dict[tuple[str, tuple[str, ...]], View] = {}
        self._turns: dict[tuple[int, int], list[Turn]] = {}

    # ------------------------------------------------------------------ by consequence
    def turning(self, world: World, begins: bool, state: str, cause: Cause, place: int, early: bool = False) -> None:
        """Let a state begin or end when all else of a place is done; `early`: its cause lies before the events."""
        place = max(place, world.place)
        turns = self._turns.get((world.now, place))
        if turns is None:
            turns = self._turns[world.now, place] = []
            world.push(place, LAST_OF_PLACE, "", "", (), self._turn, world)
        turns.append((begins, state, cause, early))

    def noticed(self, what: tuple[World, str, Cause], place: int) -> None:
        """A notice has come to its end."""
        world, state, cause = what
        self.turning(world, True, state, cause, place)

    def _turn(self, world: World, place: int) -> None:
        """First all ends, then all beginnings, each in the order of its state and its cause."""
        turns = self._turns.pop((world.now, place))
        ordered = {(each[0], each[1].encode(), each[2].entry.encode()): each for each in turns}
        for order in sorted(ordered):
            begins, state, cause, early = ordered[order]
            day = world.zone.day(world.now - 1 if early else world.now)
            self.machines[state].turn(begins, cause, place, day)

    def shared(self, state: str, declared: tuple[str, ...]) -> View:
        """The view of a state by those of its keys that are among the fields declared."""
        view = self._shared.get((state, declared))
        if view is None:
            machine = self.machines[state]
            view = machine.view(tuple(name for name in machine.by if name in declared))
            self._shared[state, declared] = view
        return view

    def holds_in(self, state: str, scope: Scope) -> bool:
        """Whether a state holds for the row in scope."""
        view = self.shared(state, scope.declared)
        values = tuple(scope.fields.get(name) for name in view.fields)
        if scope.past:
            instant, place = scope.position
            if scope.at <= instant:
                return view.seen_from(values, scope.at, scope.stands)
            # The row lies ahead of where it is looked at: what holds there goes on.
            return view.held_before(values, instant) if place < START else view.holds_at(values, instant)
        world = scope.world
        return view.held_before(values, world.now) if world.place <= PERFORM else view.holds_now(values)

    def overlapping(self, state: str, group: Mapping[str, Any], start: int, end: int) -> list[Interval]:
        """The intervals, over all keys that agree with the group, that overlap [start, end)."""
        view = self.shared(state, tuple(group))
        return view.within(tuple(group.get(name) for name in view.fields), start, end)
