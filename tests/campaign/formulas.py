"""Random expressions that are well typed in their scope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

from attrs import frozen

from bpodsl.terms import EventField, Figure, Group, Kind, Length, NotMeasured, Rounding
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, TIME, YES_NO, one_of
from bpodsl.values import HOUR, MINUTE, ROUNDINGS, WEEKDAYS, Grid
from tests.campaign import beyond
from tests.campaign.world import MONEY, POOLS, World

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
DUTIES = ("obligation", "prohibition")
COUNTABLE = ("number", "share", "money", "length")


@frozen
class RowScope:
    """A row: its fields, and whether it has a reading, an instant, is a row of a figure, or an outcome.

    `live`: it is looked at as it comes, not when a window settles.
    """

    fields: Mapping[str, EventField]
    reading: bool = False
    instant: bool = True
    figure: Figure | None = None
    outcome: bool = False
    outstanding: Kind | None = None
    live: bool = False


@frozen
class WindowScope:
    """A window of a grid and a group. `own`: the figure being made, which may read its own past."""

    grid: Grid
    by: tuple[str, ...]
    own: str = ""
    kind: Kind | None = None


Scope = RowScope | WindowScope


@frozen
class Source:
    """Rows that may be aggregated, and the scope of one of them."""

    rows: ex.Rows
    scope: RowScope


class Formulas:
    """Draws expressions over what a world has so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draw = world.draw

    # -------------------------------------------------------------------------------- literals
    def literal(self, kind: Kind, name: str = "") -> ex.Literal:
        draw = self.draw
        match kind.base:
            case "number":
                value: object = draw.weighted(
                    {1: 3, 2: 3, 3: 2, 0: 1, 5: 1, 10: 1, Fraction(1, 3): 0.5, Fraction(5, 2): 1}
                )
            case "share":
                value = draw.pick(
                    [Fraction(19, 20), Fraction(1, 2), Fraction(9, 10), 1, Fraction(2, 3), 0, Fraction(1, 8)]
                )
            case "money":
                value = draw.pick([10, 100, Fraction(255, 2), Fraction(1, 3), 1000, Fraction(10005, 1000), 0, -5])
            case "length":
                value = draw.pick([HOUR, 4 * HOUR, 24 * HOUR, 30 * MINUTE, 8 * HOUR, 72 * HOUR])
            case "instant":
                value = self.world.place.start_of(self.world.effective + timedelta(days=draw.between(0, 40)))
            case "day":
                value = self.world.effective + timedelta(days=draw.between(-3, 60))
            case "one_of":
                value = draw.pick(kind.detail)
            case "yes_no":
                value = draw.chance(0.5)
            case _:
                value = draw.pick(POOLS.get(name, ("x", "y")))
        return ex.Literal(value, kind)

    def rounding(self, kind: Kind) -> Rounding:
        steps = {
            "share": [Fraction(1, 1000), Fraction(1, 100)],
            "money": [Fraction(1, 100), 1, Fraction(1, 20)],
            "length": [HOUR, MINUTE],
        }.get(kind.base, [1, Fraction(1, 10)])
        return Rounding(self.draw.pick(steps), self.draw.pick(ROUNDINGS))

    # -------------------------------------------------------------------------------- conditions
    def condition(self, scope: Scope, depth: int = 2) -> ex.Expression:
        """A yes/no."""
        draw = self.draw
        if depth > 0 and draw.chance(0.3):
            parts = tuple(self.condition(scope, depth - 1) for _ in range(draw.between(2, 3)))
            match draw.weighted({"all": 4, "any": 5, "not": 2, "if": 0.7, "given": 0.7}):
                case "all":
                    return ex.AllOf(parts)
                case "any":
                    return ex.AnyOf(parts)
                case "not":
                    return ex.Not(parts[0])
                case "given":
                    return ex.IfMeasured(parts[0], self.literal(YES_NO))
                case _:
                    return ex.If(*(*parts, self.literal(YES_NO))[:3])
        return self._row_condition(scope) if isinstance(scope, RowScope) else self._window_condition(scope, depth)

    def _row_condition(self, scope: RowScope) -> ex.Expression:
        draw = self.draw
        ways: dict[str, float] = {}
        if scope.fields:
            ways["field"] = 6
        if scope.reading:
            ways["reading"] = 2
        if scope.instant:
            ways |= {"calendar": 1, "day": 1.5, "time": 1}
            if self.world.states:
                ways["state"] = 1.2
        if scope.figure is not None:
            ways |= {"row": 2, "standing": 2}
        else:
            ways["beyond"] = 1.2
        if not ways:
            return ex.Compare("=", ex.Literal(1, NUMBER), ex.Literal(1, NUMBER))
        match draw.weighted(ways):
            case "reading":
                return ex.Compare(draw.pick(COMPARISONS), ex.Reading(), self.literal(LENGTH))
            case "day":
                return ex.Compare(draw.pick(COMPARISONS), self.day(scope), self.day(scope, 0))
            case "time":
                return self._of_the_clock(scope)
            case "calendar":
                return ex.InCalendar(draw.pick(self.world.calendars).name)
            case "state":
                return ex.InState(draw.pick(self.world.states).name)
            case "row":
                assert scope.figure is not None
                return ex.Compare(draw.pick(COMPARISONS), ex.RowValue(), self.literal(scope.figure.kind))
            case "beyond":
                kind = draw.pick([NUMBER, NUMBER, SHARE, MONEY])
                compared = self._beyond_row(kind, scope) or self.literal(kind)
                return ex.Compare(draw.pick(COMPARISONS), compared, self.literal(kind))
            case "standing":
                return ex.RowStanding(draw.pick(["met", "missed", "below minimum", "not measured"]))
        found = draw.pick(list(scope.fields.values()))
        if found.kind.base == "yes_no" and draw.chance(0.6):
            return ex.FieldOf(found.name)
        if found.optional and draw.chance(0.3):
            given = ex.Compare("=", ex.FieldOf(found.name), ex.FieldOf(found.name))
            return ex.IfMeasured(given, ex.Literal(False, YES_NO))
        name = found.name
        alike = [f for f in scope.fields.values() if f.kind == found.kind and f.name != found.name]
        if found.kind.base == "period":
            return ex.Compare(draw.pick(["=", "!="]), ex.FieldOf(found.name), ex.FieldOf(found.name))
        right = ex.FieldOf(draw.pick(alike).name) if alike and draw.chance(0.2) else self.literal(found.kind, name)
        ordered = found.kind.base in (*COUNTABLE, "instant", "day")
        op = draw.pick(COMPARISONS) if ordered else draw.weighted({"=": 2, "!=": 3})
        return ex.Compare(op, ex.FieldOf(found.name), right)

    def _window_condition(self, scope: WindowScope, depth: int) -> ex.Expression:
        draw = self.draw
        targeted = [f for f in self.readable(scope) if f.target is not None]
        if targeted and draw.chance(0.6):
            figure = draw.pick(targeted)
            ways = ["met", "missed", "missed", "not measured"] + (["below minimum"] if figure.minimum else [])
            return ex.Standing(figure.name, draw.pick(ways), self.shift(figure, None))
        if scope.by and draw.chance(0.15):
            name = draw.pick(scope.by)
            kind = self.key_kind(name)
            return ex.Compare("=", ex.GroupKey(name), self.literal(kind, name))
        kind = draw.pick([NUMBER, NUMBER, SHARE, MONEY, LENGTH])
        return ex.Compare(draw.pick(COMPARISONS), self.value(kind, scope, depth - 1), self.literal(kind))

    def key_kind(self, name: str) -> Kind:
        return next(f.kind for k in self.world.kinds.values() for f in k.fields if f.name == name)

    # -------------------------------------------------------------------------------- days and instants
    def day(self, scope: Scope, depth: int = 1) -> ex.Expression:
        """A day: of the row, the window, the term or a field, or so long before or after one."""
        draw = self.draw
        if depth > 0 and draw.chance(0.35):
            return ex.DayAfter(self.day(scope, depth - 1), self._length_in_days(), draw.pick([1, 1, -1]))
        ways: list[ex.Expression] = [self.literal(DAY)]
        if isinstance(scope, RowScope):
            if scope.instant:
                ways += [ex.Moment("row", True)] * 2 + [ex.DayOf(self.instant(scope, 0), "first")]
            if scope.outcome:
                ways += [ex.Moment(of, True) for of in ("opened", "due", "decided", "performed") for _ in "ab"]
            for found in scope.fields.values():
                if found.kind.base in ("day", "period"):
                    of = ex.FieldOf(found.name)
                    ways.append(of if found.kind == DAY else ex.DayOf(of, draw.pick(["first", "last"])))
        else:
            ways += [ex.WindowDay("first"), ex.WindowDay("last"), ex.TermEnd()]
        return draw.pick(ways)

    def instant(self, scope: RowScope, depth: int = 1) -> ex.Expression:
        """An instant of a row."""
        draw = self.draw
        if depth > 0 and draw.chance(0.3):
            calendar = draw.pick(self.world.calendars).name if draw.chance(0.5) else None
            length = self.literal(LENGTH)
            if calendar is None and draw.chance(0.4):
                length = ex.Arithmetic("/", length, ex.Literal(-7, NUMBER))
            return ex.InstantAfter(self.instant(scope, depth - 1), length, calendar)
        ways: list[ex.Expression] = [self.literal(INSTANT), ex.Moment("row", False)]
        if scope.outcome:
            ways += [ex.Moment(of, False) for of in ("opened", "due", "decided", "performed")]
        ways += [ex.FieldOf(f.name) for f in scope.fields.values() if f.kind == INSTANT]
        return draw.pick(ways)

    def _length_in_days(self) -> Length:
        draw = self.draw
        unit = draw.pick(["days", "days", "weeks", "months", "years", "working days"])
        if unit == "working days":
            return Length(draw.between(1, 6), unit, draw.pick(self.world.calendars).name)
        return Length(draw.pick([1, 2, 3, 12, 30, 4000]), unit)

    def _of_the_clock(self, scope: RowScope) -> ex.Expression:
        draw, at = self.draw, self.instant(scope)
        if draw.chance(0.6):
            time = draw.pick([0, HOUR, 9 * HOUR, 12 * HOUR, 17 * HOUR, 23 * HOUR + 59 * MINUTE])
            return ex.Compare(draw.pick(COMPARISONS), ex.TimeOfDay(at), ex.Literal(time, TIME))
        day = ex.DayOf(at, "first") if draw.chance(0.5) else self.day(scope)
        return ex.Compare("=", ex.Weekday(day), ex.Literal(draw.pick(WEEKDAYS), one_of(*WEEKDAYS)))

    def between(self, scope: Scope) -> ex.Expression:
        """How many days or months lie between two days."""
        draw = self.draw
        unit = draw.pick(["days", "days", "working days", "months", "calendar months", "30/360"])
        calendar = draw.pick(self.world.calendars).name if unit == "working days" else None
        return ex.Between(unit, self.day(scope), self.day(scope), unit != "30/360" and draw.chance(0.4), calendar)

    # -------------------------------------------------------------------------------- values
    def value(self, kind: Kind, scope: Scope, depth: int = 2) -> ex.Expression:
        """A value of a kind."""
        draw = self.draw
        if depth > 0 and draw.chance(0.35) and kind.base in COUNTABLE:
            return self._compound(kind, scope, depth)
        if isinstance(scope, RowScope):
            return self._row_value(kind, scope)
        return self._window_value(kind, scope, depth)

    def _compound(self, kind: Kind, scope: Scope, depth: int) -> ex.Expression:
        draw = self.draw
        value, deeper = self.value, depth - 1
        match draw.weighted(
            {
                "sum": 3,
                "product": 3,
                "if": 2,
                "or": 2,
                "least": 1.5,
                "most": 1.5,
                "round": 1.5,
                "share out": 0.8 if kind.base in ("money", "number") else 0,
                "table": 2,
                "bands": 2,
                "nothing": 0.3,
                "quotient": 1.5,
            }
        ):
            case "sum":
                return ex.Arithmetic(draw.pick("+-"), value(kind, scope, deeper), value(kind, scope, deeper))
            case "product":
                return ex.Arithmetic("*", value(kind, scope, deeper), value(draw.pick([NUMBER, SHARE]), scope, deeper))
            case "quotient":
                if kind.base in ("number", "share"):
                    unit = draw.pick([MONEY, LENGTH, NUMBER])
                    return ex.Arithmetic("/", value(unit, scope, deeper), value(unit, scope, deeper))
                return ex.Arithmetic("/", value(kind, scope, deeper), value(NUMBER, scope, deeper))
            case "if":
                return ex.If(self.condition(scope, deeper), value(kind, scope, deeper), value(kind, scope, deeper))
            case "or":
                return ex.IfMeasured(value(kind, scope, deeper), self.literal(kind))
            case "least":
                return ex.Smallest(tuple(value(kind, scope, deeper) for _ in range(2)))
            case "most":
                return ex.Largest(tuple(value(kind, scope, deeper) for _ in range(2)))
            case "round":
                return ex.Rounded(value(kind, scope, deeper), self.rounding(kind))
            case "share out":
                weights = tuple(value(NUMBER, scope, deeper) for _ in range(draw.between(1, 3)))
                own = ex.Literal(draw.between(0, len(weights) - 1), NUMBER)
                return ex.SharedOut(value(kind, scope, deeper), weights, own, self.rounding(kind))
            case "nothing":
                return ex.IfMeasured(ex.Unmeasured("nothing agreed"), value(kind, scope, deeper))
            case "table":
                return self._table(kind, scope, deeper)
            case _:
                return self._bands(kind, scope, deeper)

    def _table(self, kind: Kind, scope: Scope, depth: int) -> ex.Expression:
        draw = self.draw
        subject = draw.pick([NUMBER, SHARE, MONEY])
        op = draw.pick([">=", ">", "<=", "<"])
        bounds = sorted({self.literal(subject).value for _ in range(3)}, reverse=op.startswith(">"))  # type: ignore[type-var]
        rows = tuple(ex.Row(op, ex.Literal(b, subject), self.literal(kind)) for b in bounds)
        otherwise = self.value(kind, scope, depth) if draw.chance(0.8) else None
        return ex.Table(self.value(subject, scope, depth), rows, otherwise)

    def _bands(self, kind: Kind, scope: Scope, depth: int) -> ex.Expression:
        bounds = sorted({b for b in (self.literal(NUMBER).value for _ in range(2)) if b}) or [2]  # type: ignore[type-var]
        bands = [ex.Band(ex.Literal(b, NUMBER), self.literal(kind)) for b in bounds]
        bands.append(ex.Band(None, self.literal(kind)))
        return ex.Bands(self.value(NUMBER, scope, depth), tuple(bands))

    def _row_value(self, kind: Kind, scope: RowScope) -> ex.Expression:
        draw = self.draw
        ways: list[ex.Expression] = [ex.FieldOf(f.name) for f in scope.fields.values() if f.kind == kind]
        if kind.base == "length":
            if scope.reading:
                ways.append(ex.Reading())
            instants = [f.name for f in scope.fields.values() if f.kind == INSTANT]
            if len(instants) > 1:
                ways.append(ex.Arithmetic("-", ex.FieldOf(instants[0]), ex.FieldOf(instants[1])))
            if scope.instant and draw.chance(0.4):
                calendar = draw.pick(self.world.calendars).name
                ways.append(ex.OpenTime(calendar, self.instant(scope), self.instant(scope)))
                ways.append(ex.Arithmetic("-", self.instant(scope), self.instant(scope)))
        if kind.base == "number" and scope.instant:
            ways += [self.between(scope)] * 2
        if scope.figure is not None and scope.figure.kind == kind:
            ways += [ex.RowValue()] * 3
        if scope.outstanding == kind:
            ways += [ex.Outstanding()] * 4
        if draw.chance(0.25) and scope.figure is None:
            found = self._beyond_row(kind, scope)
            if found is not None:
                return found
        if ways and draw.chance(0.85):
            return draw.pick(ways)
        if kind.base in ("number", "share") and scope.reading and draw.chance(0.3):
            return ex.Arithmetic("/", ex.Reading(), ex.Literal(HOUR, LENGTH))
        return self.literal(kind)

    def _beyond_row(self, kind: Kind, scope: RowScope) -> ex.Expression | None:
        """A value that a row finds elsewhere: in a series, in its case, in a stretch of time, in past windows."""
        match self.draw.weighted({"series": 3, "case": 2, "trail": 3, "past": 2 if scope.live else 0}):
            case "series":
                return beyond.look(self, kind, scope)
            case "case":
                return beyond.of_case(self, kind, scope)
            case "past":
                return beyond.past(self, kind)
        rows, word = beyond.rows(self, scope)
        return self._over(rows, RowScope(self.world.fields(word)), kind, 0)

    def _beyond_window(self, kind: Kind, scope: WindowScope, depth: int) -> ex.Expression | None:
        if self.world.series and self.draw.chance(0.7):
            return beyond.look(self, kind, scope)
        found = beyond.rows_of_window(self, scope.by)
        return None if found is None else self._over(found[0], RowScope(self.world.fields(found[1])), kind, depth)

    def _window_value(self, kind: Kind, scope: WindowScope, depth: int) -> ex.Expression:
        draw = self.draw
        figures = [f for f in self.readable(scope) if f.kind == kind]
        ways: dict[str, float] = {"literal": 0.5}
        if figures:
            ways["figure"] = 6
        if scope.own and scope.kind == kind and draw.chance(0.2):
            ways["past"] = 3
        if kind.base == "money" and self._posted(scope):
            ways["posted"] = 4
        if kind.base == "number":
            ways |= {"days": 0.7, "between": 1.5}
        if kind.base == "length":
            ways["length"] = 3
        if kind.base == "share":
            ways |= {"availability": 1, "share": 3}
        if kind.base in COUNTABLE:
            ways |= {"aggregate": 5, "beyond": 2.5 if self.world.series else 1.2}
        match draw.weighted(ways):
            case "figure":
                figure = draw.pick(figures)
                return ex.FigureAt(figure.name, self.shift(figure, kind))
            case "past":
                return ex.FigureAt(scope.own, ex.Back(draw.weighted({1: 4, 2: 1}), self.literal(kind)))
            case "posted":
                return ex.Posted(draw.pick(self._posted(scope)))
            case "between":
                return self.between(scope)
            case "days":
                turned = [s.name for s in self.world.states if not (s.starts or s.intervals or s.by)]
                less = draw.pick(turned) if turned and draw.chance(0.5) else ""
                return ex.WindowLength(draw.chance(0.4), less)
            case "length":
                return ex.LengthOf(self.times())
            case "availability":
                span = draw.pick([ex.WindowTimes(), ex.CalendarTimes(draw.pick(self.world.calendars).name)])
                down = ex.LengthOf(ex.BothTimes((self.times(), span)))
                whole = ex.LengthOf(span)
                return ex.Arithmetic("/", ex.Arithmetic("-", whole, down), whole)
            case "share":
                return self.share(scope)
            case "beyond":
                return self._beyond_window(kind, scope, depth) or self.literal(kind)
            case "aggregate":
                made = self.aggregate(kind, scope, depth)
                return made if made is not None else self.literal(kind)
        return self.literal(kind)

    def share(self, scope: WindowScope) -> ex.Expression:
        """The share of some outcomes or events among others of the kind."""
        draw = self.draw
        sources = self.sources(scope)
        if not sources:
            return self.literal(SHARE)
        norms = [s for s in sources if isinstance(s.rows, ex.OutcomeRows)]
        source = draw.pick(norms) if norms and draw.chance(0.75) else draw.pick(sources)
        where = self.condition(source.scope, 1) if draw.chance(0.25) else None
        rows = source.rows
        if isinstance(rows, ex.OutcomeRows):
            good = draw.pick([("fulfilled",), ("fulfilled",), ("fulfilled", "cured"), ("missed",)])
            some: ex.Expression = ex.Aggregate("count", ex.OutcomeRows(rows.norm, good, rows.counted), where)
            raw: ex.Expression = ex.Aggregate(
                "count", ex.OutcomeRows(rows.norm, ("fulfilled", "missed"), rows.counted), where
            )
        else:
            more = self.condition(source.scope, 1)
            some = ex.Aggregate("count", rows, more if where is None else ex.AllOf((where, more)))
            raw = ex.Aggregate("count", rows, where)
        share = ex.Arithmetic("/", some, raw)
        if draw.chance(0.2):
            few = ex.Compare("<", raw, ex.Literal(draw.between(1, 3), NUMBER))
            return ex.If(few, ex.Unmeasured("too few"), share)
        return share

    def aggregate(self, kind: Kind, scope: WindowScope, depth: int = 1) -> ex.Aggregate | None:
        """One value out of many rows."""
        draw = self.draw
        sources = self.sources(scope)
        draw.random.shuffle(sources)
        for source in sources:
            made = self._over(source.rows, source.scope, kind, depth)
            if made is not None:
                return made
        return None

    def _over(self, rows: ex.Rows, scope: RowScope, kind: Kind, depth: int) -> ex.Aggregate | None:
        """One value of a kind out of some rows, or None if they give none."""
        draw = self.draw
        valued = kind.base == "length" and scope.reading
        valued |= any(f.kind == kind for f in scope.fields.values())
        valued |= scope.figure is not None and scope.figure.kind == kind
        valued |= scope.outstanding == kind
        ops = (
            {"sum": 3, "mean": 2.5, "quantile": 2, "min": 1.2, "max": 1.2, "first": 1.2, "last": 1.2} if valued else {}
        )
        if kind.base == "number":
            ops["count"] = 5
        elif kind.base == "money":
            ops["sum"] = 3
        if not ops:
            return None
        op = draw.weighted(ops)
        where = self.condition(scope, 1) if draw.chance(0.35) else None
        value = None if op == "count" else self.value(kind, scope, min(depth, 1) if draw.chance(0.3) else 0)
        weighted = op in ("count", "sum", "mean", "quantile") and draw.chance(0.2)
        weight = self.weight(scope) if weighted else None
        q = (
            draw.pick([Fraction(1, 2), Fraction(19, 20), Fraction(9, 10), 1, Fraction(1, 4)])
            if op == "quantile"
            else None
        )
        return ex.Aggregate(op, rows, where, value, weight, q)

    def weight(self, scope: RowScope) -> ex.Expression:
        """A weight: never below zero."""
        if "units" in scope.fields:
            return ex.FieldOf("units")
        return ex.Literal(self.draw.pick([1, 2, Fraction(1, 2)]), NUMBER)

    def sources(self, scope: WindowScope) -> list[Source]:
        """All rows that have the fields of the group in scope."""
        draw, world = self.draw, self.world
        found = []
        for kind in world.kinds.values():
            fields = {f.name: f for f in kind.fields}
            if all(name in fields for name in scope.by):
                by_period = kind.period if kind.period and draw.chance(0.5) else None
                found.append(Source(ex.EventRows(kind.name, by_period), RowScope(fields)))
        for norm in world.norms:
            fields = world.norm_fields[norm.name]
            if all(name in fields for name in scope.by) and (norm.form in DUTIES or draw.chance(0.3)):
                statuses = draw.pick(
                    [
                        ("fulfilled",),
                        ("missed",),
                        ("fulfilled", "missed"),
                        ("cured",),
                        ("late",),
                        ("excused",),
                        ("fulfilled", "missed", "excused", "undecided", "not measurable"),
                    ]
                )
                counted = draw.weighted({"opened": 3, "due": 3, "decided": 4, "performed": 2})
                outcome = RowScope(fields, reading=True, outcome=True)
                source = Source(ex.OutcomeRows(norm.name, statuses, counted), outcome)
                found += [source] * 3
                if norm.form == "obligation":
                    owes = None if norm.adds_up is None else norm.adds_up.kind
                    row = RowScope(fields, reading=True, outstanding=owes)
                    found += [Source(ex.StandingRows(norm.name, draw.chance(0.4)), row)] * (1 if owes is None else 4)
        for state in world.states:
            selectors = state.starts or state.intervals
            tables = [world.fields(s.event) for s in selectors] or [{}]
            fields = {n: f for n, f in tables[0].items() if all(n in t for t in tables)}
            if all(name in fields for name in scope.by):
                found.append(Source(ex.StateRows(state.name), RowScope(fields, reading=True)))
        for figure in world.figures:
            if set(scope.by) <= {g.name for g in figure.by}:
                last = draw.between(1, 4) if draw.chance(0.4) else None
                if last is None and figure.grid == scope.grid and draw.chance(0.5):
                    last = draw.between(1, 3)
                found += [Source(ex.FigureRows(figure.name, last), RowScope({}, instant=False, figure=figure))] * 2
        return found

    def readable(self, scope: WindowScope) -> list[Figure]:
        """Figures that may be read in the same window and group."""
        figures = self.world.figures
        return [f for f in figures if f.grid == scope.grid and {g.name for g in f.by} <= set(scope.by)]

    def shift(self, figure: Figure, kind: Kind | None) -> ex.Shift:
        if self.draw.chance(0.8):
            return ex.Same()
        first = self.literal(kind or YES_NO) if self.draw.chance(0.8) else ex.Unmeasured("the first window")
        return ex.Back(self.draw.weighted({1: 5, 2: 1, 3: 0.5}), first)

    def _posted(self, scope: WindowScope) -> list[str]:
        found = []
        for line in self.world.lines:
            if line.figure is None:
                if not scope.by:
                    found.append(line.name)
            else:
                figure = self.world.figure(line.figure)
                if figure.grid == scope.grid and {g.name for g in figure.by} == set(scope.by):
                    found.append(line.name)
        return found

    # -------------------------------------------------------------------------------- times
    def times(self, depth: int = 2) -> ex.Times:
        """A set of times."""
        draw = self.draw
        if depth > 0 and draw.chance(0.4):
            parts = tuple(self.times(depth - 1) for _ in range(2))
            match draw.pick(["or", "and", "less"]):
                case "or":
                    return ex.UnionTimes(parts)
                case "and":
                    return ex.BothTimes(parts)
                case _:
                    return ex.LessTimes(*parts)
        if self.world.states and draw.chance(0.75):
            return ex.StateTimes(draw.pick(self.world.states).name)
        return draw.pick([ex.WindowTimes(), ex.CalendarTimes(draw.pick(self.world.calendars).name)])


def group(draw: World, name: str, kind: Kind) -> Group:
    """A group by a field: all its members, some of them, or those seen."""
    if kind.base == "one_of" and draw.draw.chance(0.5):
        members = list(kind.detail)
        draw.draw.random.shuffle(members)
        return Group(name, tuple(members[: draw.draw.between(1, len(members))]))
    return Group(name)


__all__ = ["DAY", "Formulas", "NotMeasured", "RowScope", "Source", "WindowScope", "group"]
