"""Random deadlines, and times in which a right may be exercised."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from bpodsl.terms import (
    ByTime,
    Due,
    EventField,
    Length,
    NthWeekday,
    OnEvent,
    Opening,
)
from bpodsl.values import HOUR, MINUTE
from tests.campaign import settings
from tests.campaign.world import World


class Deadlines:
    """Draws deadlines over a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draw = world.draw

    def due(self, fields: dict[str, EventField], periodic: bool, opening: tuple[Opening, ...]) -> Due | None:
        """Any deadline, some of them at a time of their last day."""
        found, draw = self._due(fields, periodic, opening), self.draw
        if found is None or (found.length is not None and found.length.by_clock) or draw.chance(0.75):
            return found
        time = draw.pick([0, 90 * MINUTE, 9 * HOUR, 12 * HOUR, 17 * HOUR, 20 * HOUR, None, None])
        calendar = draw.pick(self.world.calendars).name if time is None else None
        return evolve(found, time=ByTime(time, calendar, draw.weighted({"within": 3, "less than": 1.5})))

    def _weekday(self) -> NthWeekday:
        draw = self.draw
        of = draw.pick(["month", "month", "week", "following"])
        n = draw.pick([1, 2, 3, 4, -1]) if of == "month" else 1
        return NthWeekday(draw.between(0, 6), of, n, draw.pick([0, 1, 1, 2]) if of != "following" else 0)

    def _due(self, fields: dict[str, EventField], periodic: bool, opening: tuple[Opening, ...]) -> Due | None:
        """Any deadline, as days end or by a clock."""
        world, draw = self.world, self.draw
        edge = draw.weighted({"within": 3, "less than": 2})
        only_events = all(isinstance(way, OnEvent) for way in opening)
        anchors = (
            [f.name for f in fields.values() if f.kind.base in ("instant", "day", "period")] if only_events else []
        )
        ways = {"length": 8.0, "none": 0.6, "month day": 0.7, "fixed": 0.4, "weekday": 0.9, "today": 0.4}
        if anchors:
            ways |= {"field": 1.9, "after field": 1.2, "before field": 0.8}
        if periodic:
            ways |= {"period end": 4, "after period": 3, "month day": 2}
        roll = draw.pick(["following", "preceding"]) if draw.chance(0.25) else None
        rolled = {"roll": roll, "roll_calendar": draw.pick(world.calendars).name if roll else None}
        match draw.weighted(ways):
            case "none":
                return None
            case "month day":
                return Due(
                    edge,
                    anchor=draw.pick(["opening", "period end"]) if periodic else "opening",
                    day_of_month=draw.pick([1, 5, 15, 28, 29, 30, 31]),
                    months_on=draw.weighted({0: 2, 1: 4, 2: 1}),
                    **rolled,
                )
            case "weekday":
                anchor = draw.pick(["opening", "period end"]) if periodic else "opening"
                return Due(edge, anchor=anchor, weekday=self._weekday(), **rolled)
            case "today":
                return Due("within", time=ByTime(draw.pick([9, 12, 17, 23]) * HOUR))
            case "before field":
                length = settings.length(draw, world.calendars, 0)
                return Due(edge, length, "field", draw.pick(anchors), back=True, **rolled)
            case "fixed":
                return Due(edge, fixed=world.effective + timedelta(days=draw.between(-2, 60)), **rolled)
            case "field":
                return Due(edge, anchor="field", field=draw.pick(anchors))
            case "after field":
                due = self._counted(edge, "field", draw.pick(anchors), rolled)
                clocked = due.length is not None and due.length.by_clock
                return (
                    due
                    if not clocked or fields[due.field].kind.base == "instant"
                    else evolve(due, length=Length(2, "days"))
                )
            case "period end":
                return Due(edge, anchor="period end", **rolled)
            case "after period":
                return self._counted(edge, "period end", "", rolled)
            case _:
                return self._counted(edge, "opening", "", rolled)

    def _counted(self, edge: str, anchor: str, name: str, rolled: dict[str, str | None]) -> Due:
        length = settings.length(self.draw, self.world.calendars, 0.55)
        return Due(edge, length, anchor, name, **({} if length.by_clock else rolled))

    def window(self) -> Due | None:
        """The time in which a right may be exercised."""
        if self.draw.chance(0.15):
            return None
        return Due(
            self.draw.weighted({"within": 4, "less than": 1}), settings.length(self.draw, self.world.calendars, 0.2)
        )
