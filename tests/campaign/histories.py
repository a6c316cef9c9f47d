"""A random history for a contract: plausible lifecycles that end near their deadlines, and noise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from attrs import evolve, frozen

from bpodsl.record import Event
from bpodsl.terms import Contract, Due, EventKind, Figure, Norm, OnEvent, OnPeriod, State, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import (
    DAY_TICKS,
    HOUR,
    MINUTE,
    SECOND,
    Calendar,
    Grid,
    Window,
    Zone,
    add_days,
    add_months,
    exact,
    last_day_of_month,
    period_of,
    windows,
)
from bpodsl.values import times as sets
from tests.campaign.draw import Draw
from tests.campaign.world import POOLS

FAR = 420 * DAY_TICKS


@frozen
class History:
    """Events in the order in which they are handed over, and the instant up to which time is known."""

    events: tuple[Event, ...]
    until: int
    late: bool


def history(draw: Draw, contract: Contract) -> History:
    """One history."""
    return _Stage(draw, contract).play()


# ------------------------------------------------------------------------------------ boundaries
@lru_cache(maxsize=16)
def clock_changes(zone: Zone) -> tuple[int, ...]:
    """The instants from 2023 to 2025 at which a zone changes its offset."""
    found = []
    day = date(2023, 1, 1)
    while day.year < 2026:
        start, end = zone.start_of(day), zone.start_of(add_days(day, 1))
        if zone.offset(start - 1) != zone.offset(end - 1):
            low, high = start - 1, end - 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if zone.offset(middle) == zone.offset(low) else (low, middle)
            found.append(high)
        day = add_days(day, 1)
    return tuple(found)


def grids(contract: Contract) -> list[Grid]:
    """Every grid of a contract."""
    found = [f.grid for f in contract.figures] + [a.grid for a in contract.accounts]
    found += [way.grid for n in contract.norms for way in n.opening if isinstance(way, OnPeriod)]
    return list(dict.fromkeys(found))


def term_ends(contract: Contract) -> list[date]:
    """The last days of the first terms."""
    term = contract.term
    if term.last is None:
        return []
    found = [term.last]
    if term.renewal is not None:
        for n in range(1, min(3, term.renewal.times or 3) + 1):
            found.append(_forward(add_days(term.last, 1), term.renewal.length.unit, n * term.renewal.length.amount))
            found[-1] = add_days(found[-1], -1)
    return found


def _forward(day: date, unit: str, amount: int) -> date:
    if unit == "months":
        return add_months(day, amount)
    return add_days(day, amount * (7 if unit == "weeks" else 1))


def windows_of(contract: Contract, grid: Grid, most: int = 40) -> list[Window]:
    """The first windows of a grid."""
    ends = term_ends(contract)
    last = ends[0] if ends else add_days(contract.term.effective, 200)
    found = []
    for window in windows(grid, Zone.load(contract.zone), contract.term.effective, add_days(last, 1)):
        found.append(window)
        if len(found) == most:
            break
    return found


class _Stage:
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

    # ---------------------------------------------------------------------------- times
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
            days = [_forward(day, unit, -amount) for day in ends]
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

    # ---------------------------------------------------------------------------- events
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
        event = Event(word, source, identity, time, time, acts, fields, ends, day, period, effective=effective)  # type: ignore[arg-type]
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

    # ---------------------------------------------------------------------------- deadlines
    def deadline(
        self,
        norm: Norm,
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
            day = _forward(day, unit, amount)
        if due.roll is not None and due.roll_calendar:
            day = self.calendars[due.roll_calendar].roll(day, due.roll) or day  # type: ignore[arg-type]
        return self.zone.start_of(day if less else add_days(day, 1))

    # ---------------------------------------------------------------------------- lifecycles
    def play(self) -> History:
        draw = self.draw
        wanted = draw.between(10, 52)
        ways: list[tuple[float, object]] = []
        for norm in self.contract.norms:
            if any(isinstance(way, OnEvent) for way in norm.opening):
                ways.append((4, norm))
            elif any(isinstance(way, OnPeriod) for way in norm.opening):
                ways.append((2, norm))
            else:
                ways.append((2.7 if norm.form == "right" else 1, norm))
        ways += [(1, state) for state in self.contract.states]
        ways += [(3, figure) for figure in self.contract.figures]
        ways += [(1.2 if k.name in ("reading", "notice_given") else 0.4, k) for k in self.contract.events]
        for norm in self.contract.norms:
            if any(isinstance(way, OnEvent) for way in norm.opening):
                self.lifecycle(norm)
        while len(self.events) < wanted and ways:
            what = draw.random.choices([w for _, w in ways], [w for w, _ in ways])[0]
            match what:
                case Norm():
                    self.act_on(what)
                case State():
                    self.toggle(what)
                case Figure():
                    self.series(what)
                case EventKind():
                    for _ in range(draw.between(1, 3)):
                        self.add(what.name, self.instant(self.begin - 3 * DAY_TICKS, self.final + 5 * DAY_TICKS))
        if self.late:
            self.learn_late()
        else:
            self.forward()
        draw.random.shuffle(self.events)
        return History(tuple(self.events), self.until(), self.late)

    def act_on(self, norm: Norm) -> None:
        """Something for a norm to chew on."""
        draw = self.draw
        if any(isinstance(way, OnEvent) for way in norm.opening):
            self.lifecycle(norm)
        elif any(isinstance(way, OnPeriod) for way in norm.opening):
            grid = next(way.grid for way in norm.opening if isinstance(way, OnPeriod))
            found = windows_of(self.contract, grid)
            if found:
                window = draw.pick(found)
                named = {
                    "month": period_of(window.last, "month"),
                    "quarter": period_of(window.last, "quarter"),
                    "for_day": window.last,
                }
                self.perform(norm, window.start, named, (), window)
        elif norm.acts:
            like = draw.pick(self.events).fields if self.events else {}
            start = draw.pick(self.events).acts if self.events else self.begin
            if draw.chance(0.5):
                start = self.begin
            self.perform(norm, start, like if draw.chance(0.7) else {}, ())

    def series(self, figure: Figure) -> None:
        """Something to count in each of some windows in a row."""
        draw = self.draw
        found = windows_of(self.contract, figure.grid)
        rows = [p for p in walk((figure.value, figure.target)) if isinstance(p, ex.EventRows | ex.OutcomeRows)]
        if not found or not rows:
            return
        norms = {n.name: n for n in self.contract.norms}
        start = draw.between(0, max(0, len(found) - 2))
        for window in found[start : start + draw.between(2, 6)]:
            row = draw.pick(rows)
            norm = norms[row.norm] if isinstance(row, ex.OutcomeRows) else None
            if isinstance(row, ex.EventRows):
                for _ in range(draw.between(1, 2)):
                    self.add(row.event, self.instant(window.start, window.end, 0.2))
            elif norm is not None and any(isinstance(way, OnEvent) for way in norm.opening):
                self.lifecycle(norm, (window.start, window.end - draw.between(0, 1)))
            elif norm is not None and norm.form == "prohibition":
                self.add(norm.acts[0].event, self.instant(window.start, window.end, 0.2))

    def lifecycle(self, norm: Norm, within: tuple[int, int] | None = None) -> None:
        """A case opened, held up, performed about when it is due, and perhaps opened again."""
        draw = self.draw
        way = draw.pick([way for way in norm.opening if isinstance(way, OnEvent)])
        late = self.final if draw.chance(0.2) else self.end
        low, high = self.begin - draw.pick([0] * 9 + [DAY_TICKS]), late + draw.pick([0] * 9 + [3 * DAY_TICKS])
        start = self.instant(*(within or (low, high)))
        opened = self.add(way.selector.event, start)
        fields = opened.fields
        guess = self.deadline(norm, norm.due, start, fields, ()) or start + 3 * DAY_TICKS
        holds: list[tuple[int, int]] = []
        for name in dict.fromkeys((*norm.clock.stops_during, *norm.suspended_during, *norm.excused_during)):
            if draw.chance(0.55):
                held = self.hold(self.states[name], start, guess, fields)
                if held is not None and name not in norm.excused_during:
                    holds.append(held)
        done = self.perform(norm, start, fields, sets.normal(holds))
        if draw.chance(0.2):
            when = (
                done if done is not None and draw.chance(0.4) else self.instant(start, (done or guess) + 2 * DAY_TICKS)
            )
            again = self.add(way.selector.event, when, fields)
            if draw.chance(0.7):
                self.perform(norm, when, again.fields, ())

    def hold(self, state: State, start: int, due: int, fields: dict[str, object]) -> tuple[int, int] | None:
        """A state that begins and ends about when an instance opens, or falls due."""
        draw = self.draw
        where = draw.weighted({"before": 1.5, "open": 2, "inside": 4, "due": 2, "around": 1.5})
        match where:
            case "before":
                begin = start - draw.pick([1, HOUR, DAY_TICKS])
            case "open":
                begin = self.near(start)
            case "inside":
                begin = self.instant(start, due, 0.2)
            case "due":
                begin = self.near(due)
            case _:
                begin = due - draw.pick([1, HOUR, DAY_TICKS])
        how = draw.weighted({"some": 4, "none": 1, "due": 2, "tick": 0.7, "open": 0.7, "never": 0.7})
        end = {
            "some": begin + draw.pick([HOUR, 4 * HOUR, DAY_TICKS, 3 * DAY_TICKS]),
            "none": begin,
            "due": due,
            "tick": begin + 1,
            "open": start,
            "never": begin + FAR,
        }[how]
        end = max(begin, end)
        if state.intervals:
            self.add(draw.pick(state.intervals).event, begin, fields, end - begin)
        elif state.starts:
            self.add(draw.pick(state.starts).event, begin, fields)
            if how != "never" and state.ends:
                self.add(draw.pick(state.ends).event, end, fields)
        return (begin, end) if begin < end else None

    def perform(
        self, norm: Norm, start: int, fields: dict[str, object], holds: sets.TimeSet, window: Window | None = None
    ) -> int | None:
        """Acts that perform an instance opened then, or fail to; the last of their instants."""
        draw = self.draw
        if not norm.acts:
            return None
        due = self.deadline(norm, norm.due, start, fields, holds, window)
        how = draw.weighted(
            {"inside": 7, "edge": 9.5, "late": 2.5, "at once": 0.8, "cure": 2.5 if norm.cure else 0, "never": 1.5}
        )
        if how == "never":
            return None
        limit = due if due is not None else start + 5 * DAY_TICKS
        match how:
            case "inside":
                when = self.instant(start, max(start, limit), 0.15)
            case "edge":
                when = self.near(limit)
            case "late":
                when = self.instant(limit, limit + draw.pick([HOUR, DAY_TICKS, 10 * DAY_TICKS]))
            case "cure":
                cured = self.deadline(
                    norm, norm.cure, max(limit - (limit == self.zone.start_of(self.zone.day(limit))), start), fields, ()
                )
                when = (
                    self.near(cured)
                    if cured is not None and draw.chance(0.6)
                    else self.instant(limit, cured or limit + DAY_TICKS)
                )
            case _:
                when = self.near(start)
        selectors = norm.acts if norm.needs == "all" and draw.chance(0.85) else [draw.pick(norm.acts)]
        for i, selector in enumerate(selectors):
            at = when if i == len(selectors) - 1 or draw.chance(0.3) else self.instant(min(start, when), when, 0.1)
            self.add(selector.event, at, fields)
        if (norm.needs == "last" and draw.chance(0.7)) or draw.chance(0.06):
            for _ in range(draw.between(1, 2)):
                self.add(draw.pick(norm.acts).event, self.instant(start, max(start, limit) + 3 * DAY_TICKS), fields)
        return when

    def toggle(self, state: State) -> None:
        """A state that begins, and perhaps ends."""
        draw = self.draw
        like = draw.pick(self.events).fields if self.events and draw.chance(0.6) else {}
        begin = self.instant(self.begin - 4 * DAY_TICKS, self.final)
        if state.intervals:
            event = self.add(draw.pick(state.intervals).event, begin, like)
            if draw.chance(0.35) and event.ends is not None:
                start = draw.pick([event.ends, event.ends + 1, begin, self.instant(begin, max(begin, event.ends))])
                self.add(draw.pick(state.intervals).event, start, event.fields)
            return
        if not state.starts:
            return
        first = self.add(draw.pick(state.starts).event, begin, like)
        if state.ends and draw.chance(0.85):
            self.add(draw.pick(state.ends).event, self.instant(begin, begin + 8 * DAY_TICKS), first.fields)

    # ---------------------------------------------------------------------------- knowledge
    def forward(self) -> None:
        """All is known when it acts, some of it before."""
        for i, event in enumerate(self.events):
            if event.time == event.acts and self.draw.chance(0.06):
                early = event.acts - self.draw.pick([1, HOUR, 3 * DAY_TICKS, 20 * DAY_TICKS])
                self.events[i] = evolve(event, time=early, known=early)

    def learn_late(self) -> None:
        """Some of it is known late, corrected, or taken back."""
        draw = self.draw
        self.bill_late()
        share = draw.pick([0.06, 0.15, 0.3])
        for i, event in enumerate(self.events):
            if draw.chance(share):
                self.events[i] = evolve(event, known=self.later(event.acts))
        counted = [e for e in self.events if e.kind in self.counted]
        for event in draw.some(counted if counted and draw.chance(0.5) else self.events, 0, 4):
            known = self.later(max(event.known, event.acts if draw.chance(0.8) else event.known))
            settled = [t for t in self.ends if t >= known]
            if settled and draw.chance(0.4):
                known = settled[0]
            self.events.append(self.correction(event, 1, known))
            if draw.chance(0.25):
                self.events.append(self.correction(event, 2, self.later(known)))

    def bill_late(self) -> None:
        """More of what a sum owed counts, learnt after the sum was posted."""
        draw = self.draw
        figures = {f.name: f for f in self.contract.figures}
        for figure in [figures[line.figure] for line in self.contract.lines if line.figure is not None]:
            read = [figures[p.figure].value for p in walk(figure.value) if isinstance(p, ex.FigureAt | ex.Standing)]
            words = self.counting((figure.value, *read))
            for window in windows_of(self.contract, figure.grid):
                counted = [e for e in self.events if e.kind in words and window.start <= e.acts < window.end]
                if counted and draw.chance(0.9):
                    like = draw.pick(counted)
                    more = self.add(like.kind, self.instant(window.start, window.end - 1), like.fields)
                    self.events[-1] = evolve(more, known=self.later(max(more.known, window.end)))

    def counting(self, parts: object) -> set[str]:
        """The kinds of events that some expressions count, or whose cases they count."""
        norms = {n.name: n for n in self.contract.norms}
        found = {p.event for p in walk(parts) if isinstance(p, ex.EventRows)}
        for norm in {p.norm: norms[p.norm] for p in walk(parts) if isinstance(p, ex.OutcomeRows)}.values():
            found |= {way.selector.event for way in norm.opening if isinstance(way, OnEvent)}
        return found

    def later(self, than: int) -> int:
        """When something is learnt that happened then."""
        draw = self.draw
        if draw.chance(0.1):
            return than + draw.weighted({0: 1, 1: 1, SECOND: 1})
        return self.instant(than, than + draw.pick([DAY_TICKS, 10 * DAY_TICKS, 40 * DAY_TICKS, 100 * DAY_TICKS]), 0.5)

    def correction(self, event: Event, rev: int, known: int) -> Event:
        """A later revision: taken back, moved, or with other fields."""
        draw = self.draw
        how = draw.weighted({"retract": 3, "move": 3, "fields": 3, "same": 0.3})
        changed = evolve(event, rev=rev, known=known, retracts=how == "retract", fields=dict(event.fields))
        kind = self.kinds[event.kind]
        if how == "move" and not kind.happens:
            shift = draw.pick([1, -1, HOUR, -HOUR, DAY_TICKS, -3 * DAY_TICKS, 9 * HOUR, 35 * DAY_TICKS])
            moved = {
                n: t + shift
                for n, t in ((kind.from_field, event.acts), (kind.to_field, event.ends))
                if n and t is not None
            }
            ends = None if event.ends is None else event.ends + shift
            return evolve(
                changed,
                time=event.time + shift,
                acts=event.acts + shift,
                ends=ends,
                day=None,
                fields=changed.fields | moved,
            )
        if how == "fields":
            for field in kind.fields:
                if field.name not in (kind.from_field, kind.to_field, kind.happens) and draw.chance(0.5):
                    changed.fields[field.name] = self.value(kind, field.name, event.acts)
            if kind.period:
                changed = evolve(changed, period=changed.fields.get(kind.period))
        return changed

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


def shared(events: Iterable[Event]) -> int:
    """How many events act at an instant at which another one does."""
    instants = [e.acts for e in events]
    return sum(instants.count(t) > 1 for t in instants)


SHARED = ("ticket", "order", "site", "priority", "month", "quarter", "for_day")
