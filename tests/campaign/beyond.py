"""Random formulas that reach beyond the window: series, cases, stretches of time, windows asked for by a row."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bpodsl.terms import Clause, Kind, Length, Point, Rounding, Series
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, NUMBER, SHARE, one_of
from bpodsl.values import BASES, ROUNDINGS, WEEKDAYS, Every, period_of
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.scopes import RowScope
from tests.campaign.world import SITES, World

if TYPE_CHECKING:
    from tests.campaign.formulas import Formulas
    from tests.campaign.scopes import Scope

EVERY: tuple[Every, ...] = (
    "", "day", "month", "quarter", "year", "calendar month", "calendar quarter", "calendar year",
)  # fmt: skip
FINDS = ("exact", "exact", "latest", "latest", "interpolated")


def series(world: World) -> None:
    """A series, written, fed by events, or both."""
    draw, kind = world.draw, world.kind("index_published")
    fields = {f.name: f for f in kind.fields}
    value = draw.pick([name for name in ("rate", "units") if name in fields])
    unit = draw.weighted({"day": 3, "month": 4, "quarter": 1})
    at = draw.pick([name for name in ("month", "for_day", "") if name in fields or not name])
    by = ("site",) if "site" in fields and draw.chance(0.5) else ()
    fed = draw.chance(0.85)
    name = world.name("series")
    points = tuple(_point(draw, world.effective, fields[value].kind, unit, by) for _ in range(draw.between(not fed, 4)))
    world.series.append(
        Series(
            name, Clause(name, "series"), fields[value].kind, unit, by, points,
            *((kind.name, value, at) if fed else ()), where=_where(draw, fields[value].kind, value) if fed else None,
        )
    )  # fmt: skip


def _where(draw: Draw, kind: Kind, value: str) -> ex.Expression | None:
    """Which events count: by what they say, or by when they act."""
    aside = draw.aside("which points")
    if aside.chance(0.6):
        return None
    if aside.chance(0.3):
        return ex.Compare("!=", ex.Weekday(ex.Moment("row", True)), ex.Literal("mon", one_of(*WEEKDAYS)))
    return ex.Compare(aside.pick(["<=", ">", "!="]), ex.FieldOf(value), ex.Literal(aside.pick([1, 2]), kind))


def _point(draw: Draw, first: date, kind: Kind, unit: str, by: tuple[str, ...]) -> Point:
    at = first + timedelta(days=draw.between(-45, 75))
    if unit != "day":
        at = period_of(at, unit).first  # type: ignore[arg-type]
    published = first + timedelta(days=draw.between(-5, 100)) if draw.chance(0.4) else None
    values = [1, 2, Fraction(3, 2), Fraction(1, 20)] if kind == NUMBER else [Fraction(1, 20), Fraction(1, 10), 1]
    return Point(at, draw.pick(values), tuple(draw.pick(SITES) for _ in by), published)


# ------------------------------------------------------------------------------------ look-ups
def look(formulas: Formulas, kind: Kind, scope: Scope) -> ex.Expression | None:
    """A look-up in a series of this kind, or None if there is none."""
    draw, world = formulas.draw, formulas.world
    found = [s for s in world.series if s.kind == kind]
    if not found:
        if not world.series or draw.chance(0.4):
            return None
        of = draw.pick(world.series).kind
        factor = look(formulas, of, scope)
        return None if factor is None else ex.Arithmetic("*", formulas.literal(kind), factor)
    term = draw.pick(found)
    key = tuple(_key(formulas, name, scope) for name in term.by)
    published = _day(formulas, scope) if draw.chance(0.2) else None
    find = draw.pick(FINDS) if kind in (NUMBER, SHARE) and term.unit == "day" else draw.pick(FINDS[:4])
    return ex.SeriesAt(term.name, _day(formulas, scope), find, key, published)


def _day(formulas: Formulas, scope: Scope) -> ex.Expression:
    draw = formulas.draw
    fields = getattr(scope, "fields", {})
    names = [f.name for f in fields.values() if f.kind.base in ("day", "instant", "period")]
    if names and draw.chance(0.7):
        return ex.FieldOf(draw.pick(names))
    return formulas.days.day(scope) if draw.chance(0.6) else formulas.literal(DAY)


def _key(formulas: Formulas, name: str, scope: Scope) -> ex.Expression:
    draw = formulas.draw
    if name in getattr(scope, "fields", {}) and draw.chance(0.7):
        return ex.FieldOf(name)
    if name in getattr(scope, "by", ()) and draw.chance(0.7):
        return ex.GroupKey(name)
    return formulas.literal(formulas.key_kind(name), name)


def interest(formulas: Formulas, scope: Scope, on: ex.Expression) -> ex.Expression:
    """Interest on a sum, at a rate that may be that of each day."""
    draw = formulas.beside
    rate: ex.Expression = ex.Literal(draw.pick([Fraction(1, 10), Fraction(73, 200), 0, Fraction(-1, 50)]), SHARE)
    found = [s for s in formulas.world.series if s.kind == SHARE]
    if found and draw.chance(0.6):
        term = draw.pick(found)
        key = tuple(_key(formulas, name, scope) for name in term.by)
        find = draw.pick(FINDS) if term.unit == "day" else draw.pick(FINDS[:4])
        rate = ex.Arithmetic("+", ex.SeriesAt(term.name, ex.EachDay(), find, key), rate)
    first = formulas.days.day(scope)
    last = formulas.days.day(scope) if draw.chance(0.5) else ex.DayAfter(first, Length(draw.between(0, 70), "days"), 1)
    rounding = Rounding(draw.pick([Fraction(1, 100), Fraction(1, 100), 1]), draw.pick(ROUNDINGS))
    return ex.Interest(on, first, last, rate, draw.pick(BASES), draw.pick(EVERY), rounding)


def over_days(formulas: Formulas, kind: Kind, scope: Scope) -> ex.Expression | None:
    """The mean or sum of a series of this kind over some days, or None if there is none."""
    draw, world = formulas.beside, formulas.world
    found = [each for each in world.series if each.kind == kind]
    if not found:
        return None
    term = draw.pick(found)
    key = tuple(_key(formulas, name, scope) for name in term.by)
    find = draw.pick(FINDS) if kind in (NUMBER, SHARE) and term.unit == "day" else draw.pick(FINDS[:4])
    value = ex.SeriesAt(term.name, ex.EachDay(), find, key)
    months = term.unit != "day" and draw.chance(0.6)
    length = Length(draw.between(1, 4), "months") if months else Length(draw.between(0, 40), "days")
    unit = term.unit if months else "day"
    day = formulas.days.day(scope)
    last = ex.DayAfter(day, Length(1, "days"), -1) if draw.chance(0.8) else formulas.days.day(scope)
    calendar = draw.pick(world.calendars).name if draw.chance(0.5) and world.calendars else None
    return ex.OverDays(draw.pick(["mean", "sum"]), value, ex.DayAfter(day, length, -1), last, unit, calendar)


# ------------------------------------------------------------------------------------ cases
def of_case(formulas: Formulas, kind: Kind, scope: RowScope) -> ex.Expression | None:
    """A field that another event of the case gives, or None if there is none of this kind."""
    found = []
    for other in formulas.world.kinds.values():
        keys = other.keys
        if keys and all(name in scope.fields for name in keys):
            found += [ex.CaseField(other.name, f.name, keys) for f in other.fields if f.kind == kind and not f.key]
    return formulas.draw.pick(found) if found else None


# ------------------------------------------------------------------------------------ stretches of time
def rows(formulas: Formulas, scope: RowScope) -> tuple[ex.TrailRows, str]:
    """Events in a stretch of time before or after a row, and their kind."""
    draw, world = formulas.draw, formulas.world
    word = draw.pick(list(world.kinds))
    fields = world.fields(word)
    shared = [n for n, f in scope.fields.items() if n in fields and fields[n].kind == f.kind]
    same = tuple(draw.some(shared, 0, 2)) if draw.chance(0.7) else ()
    reach = draw.weighted({"all": 1, "so far": 3, "last": 4, "next": 1.5})
    length = settings.length(draw, world.calendars) if reach in ("last", "next") else None
    since = ""
    if reach == "so far" and draw.chance(0.4):
        others = [k.name for k in world.kinds.values() if all(k.field(name) for name in same)]
        since = draw.pick(others) if others else ""
    return ex.TrailRows(word, reach, "row", length, same, _before(formulas, scope, reach), since), word


def _before(formulas: Formulas, scope: RowScope, reach: str) -> ex.Expression | None:
    """A field of the row before which a stretch of time ends."""
    days = [n for n, f in scope.fields.items() if f.kind in (DAY, INSTANT)]
    return ex.FieldOf(formulas.draw.pick(days)) if reach == "last" and days and formulas.draw.chance(0.5) else None


def rows_of_window(formulas: Formulas, by: tuple[str, ...]) -> tuple[ex.TrailRows, str] | None:
    """Events in a stretch of time that ends with a window, or before it."""
    draw, world = formulas.draw, formulas.world
    fitting = [k.name for k in world.kinds.values() if all(n in {f.name for f in k.fields} for n in by)]
    if not fitting:
        return None
    word = draw.pick(fitting)
    of = draw.pick(["window", "window", "before the window"])
    length = settings.length(draw, world.calendars) if of != "window" or draw.chance(0.7) else None
    since = draw.pick(fitting) if length is None and draw.chance(0.4) else ""
    return ex.TrailRows(word, "so far" if length is None else "last", of, length, since=since), word


def outcomes(formulas: Formulas, scope: RowScope) -> tuple[ex.TrailOutcomes, RowScope] | None:
    """Outcomes in a stretch of time before or after a row, and their scope; None if there are no norms."""
    draw, world = formulas.draw, formulas.world
    if not world.norms:
        return None
    norm = draw.pick(world.norms)
    fields = world.norm_fields[norm.name]
    shared = [n for n, f in scope.fields.items() if n in fields and fields[n].kind == f.kind]
    same = tuple(draw.some(shared, 0, 2)) if draw.chance(0.5) else ()
    reach = draw.weighted({"so far": 3, "last": 4, "all": 0 if scope.live else 0.7, "next": 0 if scope.live else 1})
    length = settings.length(draw, world.calendars) if reach in ("last", "next") else None
    before = _before(formulas, scope, reach)
    since = _since(formulas, same) if reach == "so far" else ""
    found = ex.TrailOutcomes(norm.name, _statuses(formulas), reach, "row", length, same, before, since)
    return found, RowScope(fields, reading=True, outcome=True, live=scope.live)


def outcomes_of_window(formulas: Formulas, by: tuple[str, ...]) -> tuple[ex.TrailOutcomes, RowScope] | None:
    """Outcomes in a stretch of time that ends with a window, or before it."""
    draw, world = formulas.draw, formulas.world
    fitting = [n.name for n in world.norms if set(by) <= set(world.norm_fields[n.name])]
    if not fitting:
        return None
    name, of = draw.pick(fitting), draw.pick(["window", "window", "before the window"])
    length = settings.length(draw, world.calendars) if of != "window" or draw.chance(0.7) else None
    reach = "so far" if length is None else "last"
    since = _since(formulas, by) if length is None else ""
    found = ex.TrailOutcomes(name, _statuses(formulas), reach, of, length, since=since)
    return found, RowScope(world.norm_fields[name], reading=True, outcome=True)


def _since(formulas: Formulas, same: tuple[str, ...]) -> str:
    """A kind of events since the last of which outcomes count, or "" for all so far."""
    fitting = [kind.name for kind in formulas.world.kinds.values() if all(kind.field(name) for name in same)]
    beside = formulas.beside
    return beside.pick(fitting) if fitting and beside.chance(0.5) else ""


def _statuses(formulas: Formulas) -> tuple[str, ...]:
    known = ["fulfilled", "missed", "missed", "excused", "late", "cured", "opened"]
    found = [formulas.draw.pick(known) for _ in range(formulas.draw.weighted({1: 4, 2: 1}))]
    breached = [how if how != "cured" or formulas.beside.chance(0.5) else "breached" for how in found]
    return tuple(dict.fromkeys(breached))


def intervals(formulas: Formulas, of: str) -> tuple[ex.TrailIntervals, RowScope]:
    """Intervals of a state that overlap a stretch of time before a row, or of a window; and their scope."""
    draw, world = formulas.draw, formulas.world
    term = draw.pick(world.states)
    reach = draw.weighted({"last": 4, "so far": 1, "window": 0 if of == "row" else 3})
    if of == "window" and reach == "last":
        of = draw.pick(["window", "before the window"])
    length = settings.length(draw, world.calendars) if reach == "last" else None
    if length is not None and length.unit == "open":
        length = Length(length.amount, "elapsed")
    least = settings.clock_length(draw, world.calendars) if draw.chance(0.5) else None
    if least is not None and draw.chance(0.6):
        least = Length(draw.pick([1, 600_000_000, 3_600_000_000, 86_400_000_000]), "elapsed")
    tables = [world.fields(s.event) for s in (term.starts or term.intervals)] or [{}]
    fields = {n: f for n, f in tables[0].items() if all(n in t for t in tables)}
    return ex.TrailIntervals(term.name, reach, of, length, least, draw.chance(0.3)), RowScope(fields, reading=True)


def lasted(formulas: Formulas, of: str) -> ex.Expression:
    """How much of a set of times lies in a stretch of time before a row, or of a window."""
    draw, world = formulas.draw, formulas.world
    if of == "window":
        of = draw.pick(["window", "before the window"])
    length = None if of != "before the window" and draw.chance(0.25) else settings.length(draw, world.calendars)
    if length is not None and length.unit == "open":
        length = Length(length.amount, "elapsed")
    return ex.TrailLength(formulas.times(1), "so far" if length is None else "last", of, length)


def past(formulas: Formulas, kind: Kind) -> ex.Expression | None:
    """A value out of the last windows of a figure of this kind, or None if there is none."""
    draw = formulas.draw
    found = [f for f in formulas.world.figures if f.kind == kind]
    if not found:
        return None
    before = formulas.literal(DAY) if draw.chance(0.4) else None
    op = draw.pick(["sum", "mean", "last", "max"])
    return ex.Aggregate(op, ex.PastRows(draw.pick(found).name, draw.between(1, 3), before), None, ex.RowValue())


def before_a_sum(world: World, draw: Draw, kind: Kind, else_: ex.Expression) -> ex.Expression:
    """A limit by what came before the sum that it cuts: windows of a figure, or events in a stretch of time."""
    day = draw.weighted({ex.Moment("row", True): 5, ex.Moment("opened", True): 2, ex.Moment("row", False): 1})
    found = [f for f in world.figures if f.kind == kind]
    if found and draw.chance(0.7):
        rows: ex.Rows = ex.PastRows(draw.pick(found).name, draw.between(1, 4), day if draw.chance(0.85) else None)
        value: ex.Expression = ex.Aggregate(draw.pick(["sum", "mean", "last", "max"]), rows, None, ex.RowValue())
    else:
        length = settings.length(draw, world.calendars)
        rows = ex.TrailRows(draw.pick(list(world.kinds)), "last", "row", length, before=day)
        if world.norms and draw.chance(0.3):
            rows = ex.TrailOutcomes(draw.pick(world.norms).name, ("missed",), "last", "row", length, before=day)
        value = ex.Arithmetic("*", ex.Literal(draw.pick([5, 40, 400]), kind), ex.Aggregate("count", rows))
    value = ex.OfSum(value)
    return ex.IfMeasured(value, else_) if draw.chance(0.5) else value
