"""Series: the points that have come, and what was asked of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bpodsl.engine.scopes import Scope, Value
from bpodsl.engine.takebacks import Remake
from bpodsl.record import DETERMINE, SETTLE, SETTLE_LATE, Event, texts
from bpodsl.record.conditions import EventScope, holds
from bpodsl.record.many import many
from bpodsl.terms import NotMeasured, Pending, Series
from bpodsl.values import add_days, day_of, exact, period_of

if TYPE_CHECKING:
    from bpodsl.engine.world import World

Key = tuple[str, ...]


@many
class Dated:
    """A point, ordered by when it came: `acts` (-1: since ever), then written ones, then events in their order."""

    acts: int
    order: tuple[Any, ...]
    value: Value
    day: date
    ref: str = ""

    def __lt__(self, other: Dated) -> bool:
        return (self.acts, self.order) < (other.acts, other.order)


@many
class Found:
    """An answer, and the refs of the events that gave it."""

    value: Value
    refs: tuple[str, ...]


@many
class Asked:
    """A question: which day, found how, and published by when."""

    day: date
    find: str
    published: date | None


class Points:
    """The points of one key: by period or day, those published for it one after another."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.by_day: dict[date, list[Dated]] = {}
        self.asked: dict[Asked, Found | None] = {}

    def add(self, at: date, point: Dated) -> None:
        """One more point."""
        if at not in self.by_day:
            self.by_day[at] = []
            insort(self.days, at)
        insort(self.by_day[at], point)

    def answer(self, asked: Asked, by: int | None = None) -> Found | None:
        """What answers a question; `by`: of the points that act by then."""
        point = self._standing(asked.day, asked, by)
        if point is not None:
            return Found(point.value, _refs(point))
        if asked.find == "exact":
            return None
        low, before = None, bisect_left(self.days, asked.day)
        while low is None and before > 0:
            before -= 1
            low = self._standing(self.days[before], asked, by)
        if low is None:
            return None
        if asked.find == "latest":
            return Found(low.value, _refs(low))
        high, after = None, bisect_right(self.days, asked.day)
        while high is None and after < len(self.days):
            high = self._standing(self.days[after], asked, by)
            after += 1
        if high is None:
            return None
        first, last = self.days[before], self.days[after - 1]
        gone = Fraction((asked.day - first).days, (last - first).days)
        return Found(exact(low.value + (high.value - low.value) * gone), (*_refs(low), *_refs(high)))

    def _standing(self, at: date, asked: Asked, by: int | None) -> Dated | None:
        for point in reversed(self.by_day.get(at, ())):
            if (by is None or point.acts <= by) and (asked.published is None or point.day <= asked.published):
                return point
        return None


def _refs(point: Dated) -> tuple[str, ...]:
    return (point.ref,) if point.ref else ()


class SeriesMachine:
    """One series. Points that act by `upto` are there from the start."""

    def __init__(self, world: World, term: Series, events: Iterable[Event], upto: int) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.upto = upto
        self.level = world.program.levels[f"series:{term.name}"]
        kind = world.program.kinds.get(term.event)
        self._defaults = {} if kind is None else dict(kind.defaults)
        self._told = world.zone, {each.name: each.calendar for each in world.program.contract.calendars}
        self.keys: dict[Key, Points] = {}
        self._awaited: set[int] = set()
        for number, point in enumerate(term.points):
            since = -1 if point.published is None else world.zone.start_of(point.published)
            dated = Dated(since, (0, number), point.value, point.published or date.min)
            if since <= upto:
                self._of(point.key).add(point.at, dated)
            if since >= 0:
                what = point.key, point.at, dated
                world.push_at(since, DETERMINE, self.level, self.name, "", self._published, what)
        for event in events:
            if event.kind == term.event and event.effective and event.acts <= upto:
                found = self._point(event)
                if found is not None:
                    self._of(found[0]).add(*found[1:])

    def _of(self, key: Key) -> Points:
        return self.keys.setdefault(key, Points())

    def _point(self, event: Event) -> tuple[Key, date, Dated] | None:
        term = self.term
        fields = {**self._defaults, **event.fields}
        given = {name: value for name, value in fields.items() if value is not None}
        if term.where is not None and not holds(term.where, EventScope(given, event.acts, *self._told)):
            return None
        value = fields.get(term.value_field)
        at = fields.get(term.at_field) if term.at_field else event.acts
        if value is None or at is None or any(fields.get(name) is None for name in term.by):
            return None
        key = tuple(text for _, text in texts((name, fields[name]) for name in term.by))
        dated = Dated(event.acts, (1, event.order), value, self.world.zone.day(event.acts), event.ref)
        return key, self.place(day_of(at, self.world.zone)), dated

    def place(self, day: date) -> date:
        """The day under which a point of a day is kept."""
        unit = self.term.unit
        return day if unit == "day" else period_of(day, unit).first  # type: ignore[arg-type]

    # ------------------------------------------------------------------ as they come
    def comes(self, event: Event) -> None:
        """An event that acts now."""
        found = None if event.acts <= self.upto else self._point(event)
        if found is not None:
            self._add(*found)

    def _published(self, what: tuple[Key, date, Dated], place: int) -> None:
        if what[2].acts > self.upto:
            self._add(*what)
        self.world.series.retry(self.name)

    def _no_more(self, _: None, place: int) -> None:
        """A day is over by which something was to be published."""
        self.world.series.retry(self.name, place)

    def _add(self, key: Key, at: date, point: Dated) -> None:
        points = self._of(key)
        points.add(at, point)
        if any(points.answer(asked) != answer for asked, answer in points.asked.items()):
            raise Remake(f"a point of {self.name} was asked for before it came")

    # ------------------------------------------------------------------ as they are asked for
    def look(
        self, day: Value, find: str, key: tuple[Value, ...], published: Value | None, s: Scope
    ) -> Found | NotMeasured:
        """The answer to a question; pending where the scope lets it be, nothing that answers has come by now, and
        something still may: what is to be published by some day comes by the end of it or not at all."""
        zone = self.world.zone
        asked = Asked(self.place(day_of(day, zone)), find, None if published is None else day_of(published, zone))
        points = self._of(tuple(text for _, text in texts(zip(self.term.by, key, strict=True))))
        now, place = s.position
        over = None if asked.published is None else zone.start_of(add_days(asked.published, 1))
        pends = not s.final and (over is None or now < over)
        if pends and points.answer(asked, now if place >= DETERMINE else now - 1) is None:
            if over is not None and over not in self._awaited:
                self._awaited.add(over)
                self.world.push_at(over, SETTLE, self.level, self.name, "", self._no_more, None)
            return Pending(f"{self.name} not recorded")
        found = points.asked[asked] = points.answer(asked)
        return found or NotMeasured(f"{self.name} not recorded")


class SeriesBook:
    """All series, and the figures that may wait for their points."""

    def __init__(self, world: World, events: Iterable[Event], upto: int) -> None:
        self.world = world
        feeding = {term.event for term in world.program.contract.series}
        given = [event for event in events if event.kind in feeding]
        self.machines: dict[str, SeriesMachine] = {}
        self.fed: dict[str, list[SeriesMachine]] = {}
        for term in world.program.contract.series:
            machine = self.machines[term.name] = SeriesMachine(world, term, given, upto)
            if term.event:
                self.fed.setdefault(term.event, []).append(machine)

    def comes(self, event: Event) -> None:
        """An event that acts now gives points."""
        for machine in self.fed[event.kind]:
            machine.comes(event)
            self.retry(machine.name)

    def retry(self, name: str, place: int = SETTLE_LATE) -> None:
        """A point has come, or none will: windows that wait for it may settle."""
        world = self.world
        for figure in world.figures.machines.values():
            if name in figure.plan.series:
                for index in list(figure.waiting):
                    world.push(place, figure.level, figure.name, "", (), figure.try_window, index)
