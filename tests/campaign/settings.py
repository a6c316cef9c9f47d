"""Where and when a random agreement lives: zone, term, calendars, grids, lengths."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from random import Random

from bpodsl.terms import CalendarTerm, Clause, Length
from bpodsl.values import (
    DAY_TICKS,
    HOUR,
    MINUTE,
    Calendar,
    Closure,
    DayRange,
    Grid,
    Opening,
    WeeklyHours,
    Zone,
    add_months,
)
from tests.campaign.draw import Draw

ZONES = {"UTC": 3, "Europe/London": 4, "America/New_York": 3, "America/Santiago": 2, "Asia/Beirut": 2}

# Days on which something about time is odd: clock changes, leap days, ends of months and years.
ODD_DAYS = (
    date(2024, 2, 29),
    date(2024, 3, 31),
    date(2024, 3, 10),
    date(2024, 4, 7),
    date(2024, 10, 27),
    date(2024, 11, 3),
    date(2024, 9, 8),
    date(2023, 2, 28),
    date(2023, 12, 31),
    date(2024, 1, 31),
    date(2025, 1, 30),
    date(2025, 3, 30),
)
WEEKDAYS = (0, 1, 2, 3, 4)


def first_day(draw: Draw) -> date:
    """The day an agreement begins: often an odd one, or one from which an odd one is near."""
    odd = draw.pick(ODD_DAYS)
    how = draw.weighted({"month": 4, "odd": 2, "near": 3})
    if how == "month":
        return add_months(odd.replace(day=1), -draw.between(0, 2))
    return odd if how == "odd" else odd - timedelta(days=draw.between(1, 60))


def last_day(draw: Draw, first: date) -> date:
    """The last day of the first term: whole months, or a number of days."""
    if draw.chance(0.6):
        return add_months(first, draw.weighted({1: 2, 2: 4, 3: 4, 4: 2, 6: 2, 12: 1})) - timedelta(days=1)
    return first + timedelta(days=draw.between(9, 130))


@lru_cache(maxsize=512)
def calendar_of(zone: str, recipe: int) -> Calendar:
    """One of the stock of calendars of a zone. Shared, so that each is laid out once in a process."""
    random = Random(f"{zone}/{recipe}")
    place = Zone.load(zone)
    if recipe == 0:
        return Calendar.always(place)
    kind = random.choices(["plain", "special", "algebra"], [4, 5, 3])[0] if recipe > 2 else "special"
    if kind == "algebra":
        parts = [calendar_of(random.choice([zone, zone, "Europe/London"]), random.randint(1, 2)) for _ in range(2)]
        first = calendar_of(zone, 1)
        how = random.choice([Calendar.together, Calendar.both, Calendar.without])
        made = how(first, *parts[: random.randint(1, 2)])
        return made if made.worked(place.start_of(ODD_DAYS[0]), place.start_of(ODD_DAYS[1])) else first
    hours = _hours(random)
    if kind == "plain":
        return Calendar.weekly(place, hours)
    days = [date(year, month, random.randint(1, 28)) for year in (2023, 2024, 2025) for month in range(1, 13)]
    odd = [d for d in ODD_DAYS if random.random() < 0.4]
    holidays = sorted({d for d in days if random.random() < 0.3} | set(odd))
    overrides: list[Closure | Opening] = []
    for day in random.sample(days, 8):
        match random.randint(0, 3):
            case 0:
                overrides.append(Closure((day,), 12 * HOUR, random.choice([14 * HOUR, 18 * HOUR, DAY_TICKS])))
            case 1:
                overrides.append(Closure(DayRange(day, day + timedelta(days=random.randint(1, 5)))))
            case _:
                overrides.append(Opening(random.choice([day, *holidays]), 10 * HOUR, 14 * HOUR))
    return Calendar.weekly(place, hours, holidays, overrides)


def _hours(random: Random) -> list[WeeklyHours]:
    match random.randint(0, 4):
        case 0:
            return [WeeklyHours(WEEKDAYS, 8 * HOUR, 20 * HOUR), WeeklyHours((5,), 9 * HOUR, 17 * HOUR)]
        case 1:
            return [WeeklyHours(WEEKDAYS, 9 * HOUR, 17 * HOUR)]
        case 2:
            return [WeeklyHours((0, 1, 2, 3, 4, 5), 8 * HOUR, 12 * HOUR), WeeklyHours(WEEKDAYS, 13 * HOUR, 17 * HOUR)]
        case 3:
            return [WeeklyHours((0, 2, 4, 6), 22 * HOUR, 6 * HOUR)]
        case _:
            return [WeeklyHours(WEEKDAYS, 0, DAY_TICKS), WeeklyHours((6,), 90 * MINUTE, 150 * MINUTE)]


def calendars(draw: Draw, zone: str) -> list[CalendarTerm]:
    """One to three named calendars."""
    found = []
    for name in ("support", "office", "nights")[: draw.weighted({1: 5, 2: 4, 3: 1})]:
        where = zone if draw.chance(0.8) else draw.weighted(ZONES)
        made = calendar_of(where, draw.between(0, 9) if draw.chance(0.9) else 0)
        found.append(CalendarTerm(name, Clause(name, "calendar"), made))
    return found


def grid(draw: Draw, first: date, last: date | None) -> Grid:
    """A grid of which the term has a bearable number of windows."""
    days = ((last or first + timedelta(days=150)) - first).days + 1
    anchored = draw.chance(0.2)
    weights: dict[tuple[str, int], float] = {("month", 1): 7, ("month", 3): 2.5, ("month", 12): 4}
    if days <= 200:
        weights |= {("week", 1): 5, ("week", 2): 1, ("day", 10): 3, ("day", 28): 1}
    if days <= 40:
        weights |= {("day", 1): 1.5, ("day", 2): 1, ("day", 7): 1}
    if days > 100:
        weights |= {("month", 12): 7, ("month", 2): 3, ("month", 5): 1}
    if last is not None:
        weights |= {("term", 1): 3.4}
    unit, n = draw.weighted(weights)
    anchor = None
    if anchored and unit != "term":
        anchor = draw.pick(
            [
                first,
                first,
                first - timedelta(days=draw.between(1, 40)),
                first.replace(day=1),
                first + timedelta(days=draw.between(1, 12)),
                date(2023, 1, 31),
            ]
        )
    span = draw.weighted({1: 12, 2: 1, 3: 1.5}) if unit != "term" else 1
    begins = first + timedelta(days=draw.between(0, 60)) if unit != "term" and draw.chance(0.07) else None
    partial = "exclude" if draw.chance(0.12) else "inside"
    beside = draw.aside(f"cells of {unit} {n} {anchor} {span}")
    times = beside.between(1, 5) if anchor is not None and beside.chance(0.5) else None
    if unit != "term" and beside.chance(0.08):
        return listed(beside, first, span, partial)
    return Grid(unit, n, anchor, span, partial, begins, times)  # type: ignore[arg-type]


def listed(draw: Draw, first: date, span: int = 1, partial: str = "inside") -> Grid:
    """Periods that are written out: they begin before the term, with it or after it, and end where they end."""
    edges = [first + timedelta(days=draw.between(-30, 20) if draw.chance(0.7) else 0)]
    for _ in range(draw.between(span, 7)):
        edges.append(edges[-1] + timedelta(days=draw.pick([1, 7, 28, 28, 30, 35, draw.between(2, 40)])))
    labels = tuple(f"P{number:02d}" for number in range(1, len(edges)))
    return Grid("listed", 1, edges[0], span, partial, None, len(labels), edges=tuple(edges), labels=labels)  # type: ignore[arg-type]


def clock_length(draw: Draw, calendars: list[CalendarTerm]) -> Length:
    """A length that a clock measures."""
    ticks = draw.weighted(
        {
            4 * HOUR: 4,
            2 * HOUR: 2,
            8 * HOUR: 3,
            24 * HOUR: 3,
            30 * MINUTE: 1,
            72 * HOUR: 2,
            1: 0.2,
            90 * MINUTE + 1: 0.5,
            12 * HOUR: 2,
            240 * HOUR: 1,
        }
    )
    if draw.chance(0.45):
        return Length(ticks, "open", draw.pick(calendars).name)
    return Length(ticks, "elapsed")


def day_length(draw: Draw, calendars: list[CalendarTerm]) -> Length:
    """A length counted in days or longer."""
    unit = draw.weighted({"days": 5, "working days": 4, "weeks": 1.5, "months": 2, "years": 1.4})
    amount = {"days": (1, 12), "working days": (1, 6), "weeks": (1, 2), "months": (1, 2), "years": (1, 1)}[unit]
    named = draw.pick(calendars).name if unit == "working days" else None
    return Length(draw.between(*amount), unit, named)


def length(draw: Draw, calendars: list[CalendarTerm], clock: float = 0.5) -> Length:
    """Any length; `clock` is the share of those that a clock measures."""
    return clock_length(draw, calendars) if draw.chance(clock) else day_length(draw, calendars)
