"""Series: what points there are in an outcome, and which of them answers a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from attrs import frozen

from bpodsl.record import DETERMINE, Event
from bpodsl.reference.index import Index
from bpodsl.reference.rows import event_row, show
from bpodsl.reference.state import World
from bpodsl.terms import NotMeasured, Pending, Series
from bpodsl.values import add_days, day_of, exact, period_of


@frozen
class Dated:
    """A point: since when it is there (`acts`, -1: since ever), its place among points, the event that gave it."""

    at: date
    value: object
    key: tuple[str, ...]
    acts: int
    order: tuple[object, ...]
    day: date
    ref: str = ""


@frozen
class Found:
    """The answer to a question, and the events that gave the points."""

    value: object
    refs: tuple[str, ...]


def instants(index: Index) -> Iterator[int]:
    """When points written in the agreement are published."""
    for series in index.contract.series:
        yield from (index.zone.start_of(p.published) for p in series.points if p.published is not None)


def points(world: World, series: Series) -> list[Dated]:
    """All points of an outcome, in the order in which they were published."""
    found: list[Dated] | None = world.points.get(series.name)
    if found is None:
        every = [*_written(world.index, series), *_reported(world, series)]
        found = world.points[series.name] = sorted(every, key=lambda point: (point.acts, point.order))
    return [point for point in found if point.acts <= world.upto]


def _written(index: Index, series: Series) -> Iterator[Dated]:
    for number, point in enumerate(series.points):
        since = -1 if point.published is None else index.zone.start_of(point.published)
        yield Dated(point.at, point.value, point.key, since, (0, number), point.published or date.min)


def _reported(world: World, series: Series) -> Iterator[Dated]:
    for event in world.events:
        if event.kind == series.event and event.effective:
            point = _point(world.index, series, event) if _counts(world, series, event) else None
            if point is not None:
                yield point


def _counts(world: World, series: Series, event: Event) -> bool:
    from bpodsl.reference.evaluate import holds
    from bpodsl.reference.scope import Scope

    return series.where is None or holds(series.where, Scope(world, row=event_row(world.index, event)))


def _point(index: Index, series: Series, event: Event) -> Dated | None:
    fields = index.fields(event)
    value: object = fields.get(series.value_field)
    given: Any = fields.get(series.at_field) if series.at_field else event.acts
    if value is None or given is None or any(name not in fields for name in series.by):
        return None
    at = day_of(given, index.zone)
    if series.unit != "day":
        at = period_of(at, series.unit).first  # type: ignore[arg-type]
    key = tuple(show(fields[name]) for name in series.by)
    return Dated(at, value, key, event.acts, (1, event.order), index.zone.day(event.acts), event.ref)


# ------------------------------------------------------------------------------------------- questions
def look(
    world: World, series: Series, day: date, find: str, key: tuple[str, ...], published: date | None, final: bool
) -> Found | NotMeasured:
    """The value of a series for a day; unless `final`, `Pending` where no point that answers has come by now, and one
    still may: what is to be published by some day comes by the end of it or not at all."""
    every = [
        p for p in points(world, series) if p.key == key and (published is None or p.day <= published)
    ]  # fmt: skip
    now = world.now if world.place >= DETERMINE else world.now - 1
    found = _answer(series, every, day, find)
    over = published is not None and world.now >= world.index.zone.start_of(add_days(published, 1))
    if final or over:
        return found or NotMeasured(f"{series.name} not recorded")
    if _answer(series, [p for p in every if p.acts <= now], day, find) is None or found is None:
        if published is not None:
            world.wake(world.index.zone.start_of(add_days(published, 1)))
        return Pending(f"{series.name} not recorded")
    return found


def _answer(series: Series, every: list[Dated], day: date, find: str) -> Found | None:
    """Of points of one period or day the last published stands."""
    standing = {point.at: point for point in every}
    wanted = day if series.unit == "day" else period_of(day, series.unit).first  # type: ignore[arg-type]
    exactly = standing.get(wanted)
    if exactly is not None:
        return Found(exactly.value, _refs(exactly))
    before = max((at for at in standing if at < wanted), default=None)
    if find == "exact" or before is None:
        return None
    low = standing[before]
    if find == "latest":
        return Found(low.value, _refs(low))
    after = min((at for at in standing if at > wanted), default=None)
    if after is None:
        return None
    high = standing[after]
    gone = Fraction((wanted - before).days, (after - before).days)
    value = low.value + (high.value - low.value) * gone  # type: ignore[operator]
    return Found(exact(value), (*_refs(low), *_refs(high)))


def _refs(point: Dated) -> tuple[str, ...]:
    return (point.ref,) if point.ref else ()
