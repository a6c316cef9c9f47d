"""Rules: when they fire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import Questions, evaluator, holds
from bpodsl.engine.instances import Pairs
from bpodsl.engine.intervals import Interval
from bpodsl.engine.recurrences import Firing, Judge
from bpodsl.engine.scopes import Scope
from bpodsl.engine.settling import Cell, row_source
from bpodsl.engine.stores import Group
from bpodsl.engine.takebacks import Remake
from bpodsl.engine.windows import FAR
from bpodsl.lean import evolve
from bpodsl.record import EARLY, LATE, TERM_END, Number, texts
from bpodsl.terms import (
    Effect,
    Length,
    NotMeasured,
    OnAny,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Raise,
    Recurrence,
    Rule,
    outcomes_of,
)  # fmt: skip
from bpodsl.values import Grid, add_days, window_on

if TYPE_CHECKING:
    from bpodsl.engine.figures import FigureMachine
    from bpodsl.engine.world import World


def conditional(term: Rule, world: World) -> Callable[[Callable[[], Scope]], tuple[Effect, ...]]:
    """The function that says what follows from a firing in a scope."""
    if not any(only is not None for only in term.only):
        return lambda scope: term.then
    parts = [(effect, holds(only, world.no_rows)) for effect, only in term.conditional]

    def chosen(scope: Callable[[], Scope]) -> tuple[Effect, ...]:
        s = scope()
        return tuple(effect for effect, only in parts if only is None or only(s) is True)

    return chosen


class WindowRule:
    """A rule on each settled window of a figure."""

    def __init__(self, world: World, term: Rule, level: int, figure: FigureMachine) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.level = level
        self.figure = figure
        self._when = None if term.when is None else evaluator(
            term.when, lambda rows: row_source(world, rows, figure.grid, figure.by)
        )
        weight = None if term.recurrence is None else term.recurrence.weight
        self._weight = None if weight is None else evaluator(
            weight, lambda rows: row_source(world, rows, figure.grid, figure.by)
        )
        self._judges: dict[Group, Judge] = {}
        self._fired: dict[Group, dict[int, tuple[Firing, list[str]]]] = {}
        self._only_raises = all(isinstance(effect, Raise) for effect in term.then)
        self._then = conditional(term, world)
        self.seen_by: list[OccurrenceRule] = []
        figure.rules.append(self)

    def settled(self, cell: Cell, place: int) -> None:
        """At the place of a settlement."""
        judge = self._judges.get(cell.group)
        if judge is None:
            judge = self._judges[cell.group] = self._judge(cell.group)
        for firing in judge.settled(
            cell.window.index, cell, self._held(cell), (self.world.now, place), self._weighs(cell)
        ):
            self._fire(cell.group, firing, place)

    def restate(self, figure: FigureMachine, group: Group) -> None:
        """A figure that it rests on was settled anew: judge the group from the beginning, and post what differs."""
        if figure is not self.figure:
            for each in list(self._judges):
                self._restate(each)
        elif figure.name == self.figure.name:
            self._restate(group)

    def _restate(self, group: Group) -> None:
        judge = self._judge(group)
        cells = [c for (_, g), c in self.figure.settled.items() if g == group]
        firings: dict[int, Firing] = {}
        for cell in sorted(cells, key=lambda c: (c.pos, c.window.end, c.window.index)):
            for firing in judge.settled(cell.window.index, cell, self._held(cell), cell.pos, self._weighs(cell)):
                firings[firing.cell.window.index] = firing
        self._judges[group] = judge
        known = self._fired.setdefault(group, {})
        for index in sorted({*known, *firings}):
            old, new = known.get(index), firings.get(index)
            if old is not None and new is not None and old[0].same(new):
                known[index] = (new, old[1])
                continue
            if not self._only_raises or self.seen_by:
                raise Remake(f"firings of {self.name} have changed that something follows from")
            if old is not None:
                for name in old[1]:
                    self.world.forget(name)
                del known[index]
            if new is not None:
                self._fire(group, new, new.pos[1])

    def _judge(self, group: Group) -> Judge:
        waits: Callable[[int], bool] = lambda index: self._awaited(index, group)  # noqa: E731
        return Judge(self.term.recurrence, waits, self._cell)

    def _cell(self, index: int) -> int | None:
        """Where windows are counted in each contract year, or the like: the one in which a window ends."""
        window = self.world.windows.window(self.figure.grid, index)
        assert self.term.recurrence is not None and self.term.recurrence.within is not None
        if window is None or outside(self.world, self.term.recurrence, window.last):
            return None
        return cell_of(self.world, self.term.recurrence.within, window.last)

    def _awaited(self, index: int, group: Group) -> bool:
        figure = self.figure
        if index not in figure.closed:
            return self.world.windows.window(figure.grid, index) is not None
        return group in figure.groups(index)

    def _held(self, cell: Cell) -> bool | None:
        """Whether the condition held in a window; None where it was not measured."""
        if self._when is None:
            found: Any = True
        else:
            found = self._when(self._scope(cell))
        if found is True:
            return True
        if isinstance(found, NotMeasured) or isinstance(cell.value, NotMeasured):
            return None
        return False

    def _weighs(self, cell: Cell) -> int | Fraction:
        """What a window adds to the count, if the condition holds."""
        if self._weight is None:
            return 1
        found: Any = self._weight(self._scope(cell))
        return 0 if isinstance(found, NotMeasured) else found

    def _scope(self, cell: Cell) -> Scope:
        return Scope(self.world, cell.pos).of_window(
            cell.window, self.figure.grid, dict(zip(self.figure.by, cell.group, strict=True))
        )

    def _fire(self, group: Group, firing: Firing, place: int) -> None:
        world, cell = self.world, firing.cell
        assert cell.entry is not None
        label, key = cell.window.label, cell.entry.key
        numbers = () if self.term.recurrence is None else (Number("count", "number", firing.total),)
        name = world.emit(
            "Fired", self.name, place, self.level, "", label, key, entry_causes=tuple(c.name for c in firing.counted),
            numbers=numbers, at=firing.pos[0],
        )  # fmt: skip
        names = [name]
        if firing.pos == (world.now, place):
            values = dict(zip(self.figure.by, group, strict=True))
            cause = Cause(
                self.name, self.level, name, "", label, key, values, {}, (), "", lambda: self._scope(cell),
                about=cell.window,
            )  # fmt: skip
            known = world.posted_count()
            world.effects.apply(self._then(lambda: self._scope(cell)), cause, place)
            names += world.posted_since(known)
            for rule in self.seen_by:
                rule.queue(_as_row(world, cause, place), place)
        else:
            for effect in self._then(lambda: self._scope(cell)):
                assert isinstance(effect, Raise)
                instance = world.fresh_instance("Raised", self.name, "", label, key)
                names.append(
                    world.emit(
                        "Raised", self.name, place, self.level, instance, label, key, entry_causes=(name,),
                        words=effect.words, at=firing.pos[0],
                    )
                )  # fmt: skip
        self._fired.setdefault(group, {})[cell.window.index] = (firing, names)


def cell_of(world: World, grid: Grid, day: date) -> int:
    """The window that holds a day; before the first day of the term there is none, which is -1."""
    window = window_on(grid, world.zone, world.program.contract.term.effective, FAR, day)
    return -1 if window is None else window.index


def outside(world: World, recurrence: Recurrence, day: date) -> bool:
    """Whether a day lies in none of the periods, written out, within which it is counted."""
    within = recurrence.within
    return within is not None and within.unit == "listed" and cell_of(world, within, day) < 0


def _as_row(world: World, cause: Cause, place: int) -> Cause:
    """A firing for a window as those see it who wait for it: the group is its row."""

    def scope() -> Scope:
        found = Scope(world, (world.now, place), cause.values, tuple(cause.values), world.now)
        found.early = place <= TERM_END
        return found

    fields, declared = cause.values, tuple(cause.values)
    return evolve(cause, instance=cause.base, period="", fields=fields, declared=declared, scope=scope, about=None)


class OccurrenceRule:
    """A rule on events, or on outcomes of a norm, or on states that last."""

    def __init__(self, world: World, term: Rule, level: int) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.level = level
        self.when = holds(term.when, world.no_rows)
        self._then = conditional(term, world)
        self._keys = term.keys
        self.seen_by: list[OccurrenceRule] = []
        # What occurred, by the key that it is counted by: when, and its event ref or entry.
        self._occurred: dict[Pairs, list[tuple[int, str, str]]] = {}
        # Where one of a kind counts once in a month or the like: by key, what counts there, and its entry.
        self._once: dict[Pairs, dict[tuple[str, date], str]] = {}
        # Where it is counted within windows: the window of the last one, by key.
        self._cells: dict[Pairs, int] = {}
        selected = term.on.selector.where if isinstance(term.on, OnHappens) else None
        self._where = holds(selected, world.no_rows)
        self._asked = Questions((selected, term.when), world.no_rows)

    def forget(self, entries: set[str]) -> None:
        """Outcomes that it no longer counts."""
        for key, occurred in self._occurred.items():
            self._occurred[key] = [each for each in occurred if each[2] not in entries]
        for key, marks in self._once.items():
            self._once[key] = {mark: entry for mark, entry in marks.items() if entry not in entries}

    def happens(self, act: Act, place: int) -> None:
        """OPEN: an event."""
        if self._where is not None and self._where(act.scope()) is not True:
            self.provisional(act.ref, act.scope(), place)
            return
        if self.when is not None and self.when(act.scope()) is not True:
            self.provisional(act.ref, act.scope(), place)
            return
        cause = Cause(
            self.name, self.level, "", act.ref, "", (), {}, act.fields, act.declared, act.ref,
            act.scope,
        )  # fmt: skip
        self.occurred(cause, act.ref, "", place)

    def queue(self, cause: Cause, place: int) -> None:
        """An outcome: the rule follows at its place."""
        self.world.push(place, self.level, self.name, cause.instance, (), self.outcome, cause)

    def outcome(self, cause: Cause, place: int) -> None:
        """At the place of the outcome."""
        if isinstance(self.term.on, OnAny):
            # Instances of several norms may have one name.
            cause = evolve(cause, instance=f"{cause.clause}/{cause.instance}")
        if self.when is None or self.when(cause.scope()) is True:
            self.occurred(cause, "", cause.entry, place)
        else:
            self.provisional(cause.instance, cause.scope(), place)

    def provisional(self, instance: str, scope: Scope, place: int) -> None:
        """It does not fire for want of answers: that is said."""
        names = self._asked.open(scope)
        if names:
            self.world.emit("Provisional", self.name, place, self.level, instance, words=", ".join(names))

    def occurred(self, cause: Cause, ref: str, entry: str, place: int) -> None:
        """One more occurrence: fire if there are enough of them."""
        world, recurrence = self.world, self.term.recurrence
        events: tuple[str, ...] = (ref,) if ref else ()
        entries: tuple[str, ...] = () if ref else (entry,)
        numbers: tuple[Number, ...] = ()
        told: dict[str, Any] = {}
        if self._keys:
            have = {**cause.fields, **cause.values}
            told = {name: have[name] for name in self._keys if have.get(name) is not None}
        key: Pairs = texts(told.items())
        if recurrence is not None:
            if outside(world, recurrence, world.day_of((world.now, place))):
                return
            if recurrence.once:
                of = cause.clause if entry else ""
                marks = self._once.setdefault(key, {})
                mark = of, _first_day(world.day_of((world.now, place)), recurrence.once)
                if mark in marks:
                    return
                marks[mark] = entry
            occurred = self._occurred.setdefault(key, [])
            since = None if recurrence.span is None else self._since(recurrence.span)
            if recurrence.within is not None:
                cell = cell_of(world, recurrence.within, world.day_of((world.now, place)))
                if self._cells.get(key) != cell:
                    # A window begins, and with it the count.
                    self._cells[key], self._occurred[key] = cell, []
                    occurred = self._occurred[key]
            occurred.append((world.now, ref, entry))
            counted = [o for o in occurred if since is None or since(o[0])]
            if since is not None:
                self._occurred[key] = counted
            if len(counted) < recurrence.n or (recurrence.fires == "becoming" and len(counted) - 1 >= recurrence.n):
                return
            if recurrence.resets:
                self._occurred[key] = []
            events = tuple(o[1] for o in counted if o[1])
            entries = tuple(o[2] for o in counted if o[2])
            numbers = (Number("count", "number", len(counted)),)
        name = world.emit(
            "Fired", self.name, place, self.level, cause.instance, key=key, event_causes=events, entry_causes=entries,
            numbers=numbers,
        )  # fmt: skip
        if outcomes_of(self.term.on):
            world.forgiving.firings[name] = 1 if recurrence is None else recurrence.n, entries
        fired = Cause(
            self.name, self.level, name, cause.instance, "", key, cause.values, cause.fields, cause.declared,
            cause.opener, cause.scope, about=cause.about, told=told,
        )  # fmt: skip
        world.effects.apply(self._then(cause.scope), fired, place)
        for rule in self.seen_by:
            rule.queue(fired, place)


    def _since(self, span: Length) -> Callable[[int], bool]:
        """Whether an instant lies in the trailing span that ends now."""
        world = self.world
        now = world.now
        if span.unit == "elapsed":
            return lambda t: t > now - span.amount
        if span.unit == "open":
            calendar = world.calendars[span.calendar or ""]
            return lambda t: calendar.worked(t, now) < span.amount
        first = world.days.after(world.zone.day(now), span, -1)
        after: date = date.min if first is None else first
        return lambda t: world.zone.day(t) > after


def _first_day(day: date, cell: str) -> date:
    """The first day of the day, week, month, quarter or year that a day lies in."""
    match cell:
        case "day":
            return day
        case "week":
            return add_days(day, -day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case _:
            return date(day.year, 1, 1)


class LastingRule(OccurrenceRule):
    """A rule on states that have held for a time."""

    def __init__(self, world: World, term: Rule, level: int, on: OnLasting) -> None:
        super().__init__(world, term, level)
        self.on = on
        world.states.machines[on.state].lasting.append(self)

    def began(self, interval: Interval) -> None:
        """An interval begins: see to it when it has lasted."""
        self._await(interval, 0, 0)

    def _await(self, interval: Interval, times: int, fired: int) -> None:
        """See to it when it has lasted, and lasted again, so often; `fired`: how often it fired for this interval."""
        world, length = self.world, self.on.after(times)
        early = self.on.edge == "at least"
        at: int | None
        if length.unit == "elapsed":
            at = interval.start + length.amount
        elif length.unit == "open":
            calendar = world.calendars[length.calendar or ""]
            reach = calendar.first_reach if early else calendar.last_within
            at = reach(interval.start, length.amount)
        else:
            day = world.days.after(world.zone.day(interval.start), length)
            at = None if day is None else world.zone.start_of(day.fromordinal(day.toordinal() + 1))
        if at is not None:
            place = EARLY if early else LATE
            world.push_at(at, place, self.level, self.name, interval.name, self.lasted, (interval, times, fired))

    def lasted(self, what: tuple[Interval, int, int], place: int) -> None:
        """The time is reached; if the state still holds, it has lasted."""
        world, (interval, times, fired) = self.world, what
        if interval.end is not None or world.term.ended is not None:
            return

        def scope() -> Scope:
            at = world.now
            found = Scope(world, (at, place), interval.fields, interval.declared, at, at - interval.start)
            found.early = place == EARLY
            return found

        fires = world.term.in_force and (self.when is None or self.when(scope()) is True)
        if self.on.again is not None and (self.on.most is None or fired + fires < self.on.most):
            self._await(interval, times + 1, fired + fires)
        if not fires:
            return
        name = f"{interval.name}+{times}" if times else interval.name
        cause = Cause(
            self.name, self.level, "", name, "", (), interval.key, interval.fields,
            interval.declared, "", scope,
        )  # fmt: skip
        self.occurred(cause, "", interval.opened, place)


class RuleBook:
    """All rules, each where it listens."""

    def __init__(self, world: World) -> None:
        self.windows: dict[str, WindowRule] = {}
        self.events: dict[str, OccurrenceRule] = {}
        outcomes: dict[str, OccurrenceRule] = {}
        lasting: dict[str, OccurrenceRule] = {}
        watching: dict[str, OccurrenceRule] = {}
        for term in world.program.contract.rules:
            level = world.program.levels[f"rule:{term.name}"]
            match term.on:
                case OnSettled(figure):
                    self.windows[term.name] = WindowRule(world, term, level, world.figures.machines[figure])
                case OnHappens():
                    self.events[term.name] = OccurrenceRule(world, term, level)
                case OnOutcome() | OnAny():
                    made = outcomes[term.name] = OccurrenceRule(world, term, level)
                    for each in outcomes_of(term.on):
                        world.norms[each.norm].outcomes.rules.setdefault(each.outcome, []).append(made)
                case OnLasting():
                    lasting[term.name] = LastingRule(world, term, level, term.on)
                case _:
                    watching[term.name] = OccurrenceRule(world, term, level)
        seen: dict[str, OccurrenceRule] = {**self.events, **outcomes, **lasting, **watching}
        for term in world.program.contract.rules:
            if isinstance(term.on, OnFired):
                (seen.get(term.on.rule) or self.windows[term.on.rule]).seen_by.append(watching[term.name])


