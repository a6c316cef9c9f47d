"""Where a history is put together: a contract, its times, and single events."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Contract, Due, EventKind, Norm, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import (
    DAY_TICKS,
    HOUR,
    MINUTE,
    SECOND,
    Calendar,
    Window,
    Zone,
    add_days,
    add_months,
    exact,
    last_day_of_month,
    period_of,
)
from bpodsl.values import times as sets
from tests.campaign.draw import Draw
from tests.campaign.horizon import FAR, clock_changes, forward_by, grids, term_ends, windows_of
from tests.campaign.world import POOLS

SHARED = ("ticket", "order", "site", "priority", "month", "quarter", "for_day")


class Stage:
    """A contract, the events so far, and the instants to draw from."""

    def __init__(self, draw: Draw, contract: Contract) -> None:
        self.draw = draw
        self.contract = contract
        self.zone = Zone.load(contract.zone)
        self.kinds = {k.name: k for k in contract.events}
        self.states = {s.name: s for s in contract.states}
        self.calendars = {c.name: c.calendar for c in contract.calendars}
        ends = term_ends(contract)
        self.begin = self.zone.start_of(contract.term.effective)
        self.end = self.zone.start_of(add_days(ends[0] if ends else add_days(contract.term.effective, 120), 1))
        self.final = self.zone.start_of(add_days(ends[-1], 1)) if ends else self.end
        self.events: list[Event] = []
        self.used: set[tuple[str, str]] = set()
        self.late = draw.chance(0.35)
        self.pool = self._pool(ends)
        self.counted = {p.event for f in contract.figures for p in walk(f.value) if isinstance(p, ex.EventRows)}
        self.ends = sorted({w.end for f in contract.figures for w in windows_of(contract, f.grid)})

    def _pool(self, ends: list[date]) -> list[list[int]]:
        """Instants at which something turns, by what turns."""
        draw, zone = self.draw, self.zone
        low, high = self.begin - 5 * DAY_TICKS, self.final + 20 * DAY_TICKS
        pools = [[self.begin], [zone.start_of(add_days(day, 1)) for day in ends]]
        for grid in grids(self.contract):
            pools.append([w.end for w in windows_of(self.contract, grid)])
        for calendar in self.calendars.values():
            start = draw.between(low, high)
            spans = calendar.open_spans(start, start + 12 * DAY_TICKS)
            pools.append([edge for span in spans for edge in span])
        changes = [t for t in clock_changes(zone) if low <= t <= high]
        pools.append([t + shift for t in changes for shift in (0, -HOUR, HOUR)])
        months = [add_months(self.contract.term.effective.replace(day=1), n) for n in range(6)]
        pools.append([zone.start_of(day) for day in months])
        pools.append(
            [zone.start_of(d) for d in (date(2024, 2, 29), date(2024, 3, 1)) if low <= zone.start_of(d) <= high]
        )
        renewal = self.contract.term.renewal
        if renewal is not None and renewal.notice is not None:
            unit, amount = renewal.notice.unit, renewal.notice.amount
            days = [forward_by(day, unit, -amount) for day in ends]
            pools += [[zone.start_of(d), zone.start_of(add_days(d, 1))] for d in days] * 2
        return [p for p in pools if p]

    def instant(self, low: int, high: int, odd: float = 0.35) -> int:
        """An instant of [low, high]; often one where something turns, or a tick from it."""
        draw = self.draw
        low, high = min(low, high), max(low, high)
        draw.times += 1
        if draw.chance(odd):
            for _ in range(4):
                found = draw.pick(draw.pick(self.pool)) + draw.weighted({0: 6, -1: 2, 1: 2})
                if low <= found <= high:
                    draw.boundary_times += 1
                    return found
        if self.events and draw.chance(0.1):
            found = draw.pick(self.events).acts
            if low <= found <= high:
                draw.boundary_times += 1
                return found
        step = draw.weighted({HOUR: 3, MINUTE: 3, SECOND: 1, 1: 1})
        return min(high, max(low, draw.between(low, high) // step * step))

    def near(self, edge: int) -> int:
        """An edge itself, or a tick from it."""
        self.draw.times += 1
        self.draw.boundary_times += 1
        return edge + self.draw.weighted({0: 4, -1: 2, 1: 2})

    def identity(self) -> tuple[str, str]:
        while True:
            number = self.draw.between(1, 999)
            found = self.draw.pick(["crm", "crm", "ops", "12"]), str(number) if self.draw.chance(0.7) else f"e{number}"
            if found not in self.used:
                self.used.add(found)
                return found

    def add(self, word: str, acts: int, like: dict[str, object] | None = None, length: int | None = None) -> Event:
        """An event of a kind; fields that it shares with `like` are taken from there."""
        draw, kind = self.draw, self.kinds[word]
        fields: dict[str, object] = {}
        for found in kind.fields:
            if found.ruled:
                continue
            if like is not None and found.name in like and (found.key or found.name in SHARED):
                fields[found.name] = like[found.name]
            elif not (found.optional and draw.chance(0.35)):
                fields[found.name] = self.value(kind, found.name, acts)
        ends = None
        if kind.from_field:
            ends = acts + length if length is not None else self.instant(acts, acts + 6 * DAY_TICKS)
            if length is None and draw.chance(0.06):
                ends = acts - draw.weighted({0: 2, HOUR: 1})
            fields[kind.from_field], fields[kind.to_field] = acts, ends
        time = acts
        if kind.happens:
            fields[kind.happens] = acts
            time = acts - draw.pick([0, HOUR, DAY_TICKS])
        source, identity = self.identity()
        day = self.zone.day(acts) if acts == self.zone.start_of(self.zone.day(acts)) and draw.chance(0.3) else None
        period = fields.get(kind.period) if kind.period else None
        effective = word != "notice_given" or not draw.chance(0.08)
        reporter = ""
        if kind.reporters:
            others = [each.new for each in self.contract.assignments if each.old in kind.reporters]
            reporter = draw.pick(["", *kind.reporters * 3, *others])
        event = Event(
            word, source, identity, time, time, acts, fields, ends, day, period, reporter=reporter, effective=effective  # type: ignore[arg-type]
        )  # fmt: skip
        self.events.append(event)
        return event

    def value(self, kind: EventKind, name: str, acts: int) -> object:
        draw = self.draw
        field = kind.field(name)
        assert field is not None
        match field.kind.base:
            case "number":
                return draw.weighted({1: 4, 2: 3, 0: 1, 5: 2, 10: 1, Fraction(5, 2): 1, 3: 1})
            case "share":
                return draw.pick([1, Fraction(19, 20), Fraction(1, 2), Fraction(9, 10), 0, Fraction(949, 1000)])
            case "money":
                value = draw.pick([Fraction(draw.between(-500, 20000), 100), 10, 100, Fraction(1005, 1000)])
                return exact(value) if isinstance(value, Fraction) else value
            case "length":
                return draw.pick([HOUR, 4 * HOUR, 90 * MINUTE, draw.between(0, DAY_TICKS)])
            case "instant":
                shift = draw.pick([0, 0, 1, -1, HOUR, -HOUR, 4 * HOUR, 3 * DAY_TICKS, -2 * DAY_TICKS])
                return acts + shift if draw.chance(0.7) else self.instant(acts, acts + 20 * DAY_TICKS)
            case "day":
                return add_days(self.zone.day(acts), draw.pick([0, 0, 1, 3, 7, -1, 20]))
            case "period":
                day = add_days(self.zone.day(acts), draw.pick([0, 0, -28, 14]))
                return period_of(day, field.kind.detail[0])  # type: ignore[arg-type]
            case "one_of":
                return draw.pick(field.kind.detail)
            case "yes_no":
                return draw.chance(0.6)
            case _:
                return draw.pick(POOLS.get(name, ("x", "y")))

    def deadline(
        self,
        norm: Norm | None,
        due: Due | None,
        start: int,
        fields: dict[str, object],
        holds: sets.TimeSet,
        window: Window | None = None,
    ) -> int | None:
        """About when an instance falls due: exactly, as long as nothing else holds it up."""
        if due is None:
            return None
        day = window.first if window is not None else self.zone.day(start)
        if due.anchor == "period end" and window is not None:
            start, day = window.end, window.last
        elif due.anchor == "field" and due.field in fields:
            found = fields[due.field]
            if isinstance(found, date):
                start, day = self.zone.start_of(found), found
            elif isinstance(found, int):
                start, day = found, self.zone.day(found)
        length = due.length
        if length is not None and length.by_clock:
            calendar = self.calendars[length.calendar] if length.calendar else None
            return _run(calendar, start, length.amount + (due.edge == "within"), holds, due.edge == "within")
        less = due.edge == "less than"
        if due.fixed is not None:
            day = due.fixed
        elif due.day_of_month is not None:
            month = add_months(day.replace(day=1), due.months_on)
            last = last_day_of_month(month.year, month.month)
            day = min(last, month + timedelta(days=due.day_of_month - 1))
        elif length is None:
            if (
                due.anchor == "field"
                and isinstance(fields.get(due.field), int)
                and not isinstance(fields.get(due.field), date)
            ):
                return start
        elif length.unit == "working days":
            found_day = self.calendars[length.calendar or ""].add_open_days(day, length.amount - less)
            day = found_day or day
            less = False
        else:
            unit, amount = ("months", length.amount * 12) if length.unit == "years" else (length.unit, length.amount)
            day = forward_by(day, unit, amount)
        if due.roll is not None and due.roll_calendar:
            day = self.calendars[due.roll_calendar].roll(day, due.roll) or day  # type: ignore[arg-type]
        return self.zone.start_of(day if less else add_days(day, 1))

    def until(self) -> int:
        draw = self.draw
        last = max([self.begin + DAY_TICKS, *(max(e.acts, e.known) for e in self.events)])
        match draw.weighted({"after": 7, "far": 3, "edge": 1.5, "window": 1.6, "event": 1.5, "middle": 1.5}):
            case "after":
                return last + draw.weighted({1: 4, DAY_TICKS: 1, 30 * DAY_TICKS: 2})
            case "far":
                return max(last, self.final) + draw.pick([1, DAY_TICKS, 40 * DAY_TICKS])
            case "edge":
                found = draw.pick(draw.pick(self.pool))
                return max(self.begin, found) + draw.weighted({0: 3, 1: 2, -1: 1})
            case "window" if self.ends:
                return draw.pick(self.ends)
            case "event":
                return self.near(draw.pick(self.events).acts) if self.events else last
            case _:
                return self.instant(self.begin, last)


def _run(calendar: Calendar | None, start: int, ticks: int, holds: sets.TimeSet, inclusive: bool) -> int | None:
    """The instant at which so much time has run, outside the holds."""
    far = start + FAR
    spans = ((start, far),) if calendar is None else calendar.open_spans(start, far)
    for begin, end in sets.less(spans, holds):
        if end - begin >= ticks:
            return begin + ticks - inclusive
        ticks -= end - begin
    return None
