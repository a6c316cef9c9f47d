"""Random expressions that are well typed in their scope."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from attrs import evolve

from bpodsl.terms import Kind, Rounding
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, YES_NO
from bpodsl.values import HOUR, MINUTE, ROUNDINGS
from tests.campaign import beyond
from tests.campaign.days import COMPARISONS, Days
from tests.campaign.rows import Rows
from tests.campaign.scopes import RowScope, Scope, WindowScope
from tests.campaign.world import MONEY, POOLS, World

COUNTABLE = ("number", "share", "money", "length")

class Formulas:
    """Draws expressions over what a world has so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.draw = world.draw
        self.days = Days(self)
        self.rows = Rows(self)
        self.beside = self.draw.aside("days of windows asked for")

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
            ways["beyond"] = 2 if scope.live and self.world.figures else 1.2
        if scope.outer is not None:
            ways["outer"] = 5
        if not ways:
            return ex.Compare("=", ex.Literal(1, NUMBER), ex.Literal(1, NUMBER))
        match draw.weighted(ways):
            case "reading":
                return ex.Compare(draw.pick(COMPARISONS), ex.Reading(), self.literal(LENGTH))
            case "day":
                return ex.Compare(draw.pick(COMPARISONS), self.days.day(scope), self.days.day(scope, 0))
            case "time":
                return self.days.of_the_clock(scope)
            case "calendar":
                return ex.InCalendar(draw.pick(self.world.calendars).name)
            case "state":
                return ex.InState(draw.pick(self.world.states).name)
            case "outer":
                return self._of_outer(scope)
            case "row":
                assert scope.figure is not None
                if self.beside.chance(0.2):
                    own = ex.WindowDay(self.beside.pick(["first", "last"]), own=True)
                    day = self.world.effective + timedelta(days=self.beside.between(0, 100))
                    return ex.Compare(self.beside.pick(COMPARISONS), own, ex.Literal(day, DAY))
                return ex.Compare(draw.pick(COMPARISONS), ex.RowValue(), self.literal(scope.figure.kind))
            case "beyond":
                kind = draw.pick([NUMBER, NUMBER, SHARE, MONEY])
                if scope.live and self.world.figures and draw.chance(0.6):
                    kind = draw.pick([f.kind for f in self.world.figures if f.kind != YES_NO] or [NUMBER])
                compared = self._beyond_row(kind, scope) or self.literal(kind)
                return ex.Compare(draw.pick(COMPARISONS), compared, self.literal(kind))
            case "standing":
                return ex.RowStanding(draw.pick(["met", "missed", "below minimum", "not measured"]))
        asked = [f for f in scope.fields.values() if f.ruled]
        found = draw.pick(asked if asked and draw.chance(0.5) else list(scope.fields.values()))
        if found.ruled or (found.optional and draw.chance(0.2)):
            if found.kind.base == "yes_no":
                return ex.Ruled(found.name)
            if found.kind.base != "period":
                return ex.Compare("=", ex.Ruled(found.name), self.literal(found.kind, found.name))
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

    def _of_outer(self, scope: RowScope) -> ex.Expression:
        """A row held against the row that asks for it."""
        draw, around = self.draw, scope.outer
        assert around is not None
        alike = [n for n, f in scope.fields.items() if n in around.fields and around.fields[n].kind == f.kind]
        if not alike or draw.chance(0.3):
            return ex.Compare(draw.pick(COMPARISONS), self.days.day(scope), ex.Outer(self.days.day(around)))
        name = draw.pick(alike)
        ordered = scope.fields[name].kind.base in (*COUNTABLE, "instant", "day")
        op = draw.pick(COMPARISONS) if ordered else draw.pick(["=", "!=", "!="])
        return ex.Compare(op, ex.FieldOf(name), ex.Outer(ex.FieldOf(name)))

    def _window_condition(self, scope: WindowScope, depth: int) -> ex.Expression:
        draw = self.draw
        targeted = [f for f in self.rows.readable(scope) if f.target is not None]
        if targeted and draw.chance(0.6):
            figure = draw.pick(targeted)
            ways = ["met", "missed", "missed", "not measured"] + (["below minimum"] if figure.minimum else [])
            return ex.Standing(figure.name, draw.pick(ways), self.rows.shift(figure, None))
        if scope.by and draw.chance(0.4):
            name = draw.pick(scope.by)
            kind = self.key_kind(name)
            return ex.Compare("=", ex.GroupKey(name), self.literal(kind, name))
        kind = draw.pick([NUMBER, NUMBER, SHARE, MONEY, LENGTH])
        return ex.Compare(draw.pick(COMPARISONS), self.value(kind, scope, depth - 1), self.literal(kind))

    def key_kind(self, name: str) -> Kind:
        return next(f.kind for k in self.world.kinds.values() for f in k.fields if f.name == name)

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
        if kind == MONEY and self.beside.chance(0.06):
            return beyond.interest(self, scope, value(kind, scope, deeper))
        if self.beside.chance(0.1) and (made := beyond.over_days(self, kind, scope)) is not None:
            return made
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
            if scope.instant and scope.figure is None and draw.chance(0.3):
                ways.append(beyond.lasted(self, "row"))
            if scope.instant and draw.chance(0.4):
                calendar = draw.pick(self.world.calendars).name
                ways.append(ex.OpenTime(calendar, self.days.instant(scope), self.days.instant(scope)))
                ways.append(ex.Arithmetic("-", self.days.instant(scope), self.days.instant(scope)))
        if kind.base == "number" and scope.instant:
            ways += [self.days.between(scope)] * 2
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
        ways = {"series": 3, "case": 2, "trail": 3, "outcomes": 2, "past": 4 if scope.live else 0}
        match self.draw.weighted(ways):
            case "series":
                return beyond.look(self, kind, scope)
            case "case":
                return beyond.of_case(self, kind, scope)
            case "past":
                return beyond.past(self, kind)
            case "outcomes":
                found = beyond.outcomes(self, scope)
                return None if found is None else self.rows.over(found[0], evolve(found[1], outer=scope), kind, 0)
        if self.world.states and self.draw.chance(0.25):
            rows, inside = beyond.intervals(self, "row")
            return self.rows.over(rows, evolve(inside, outer=scope), kind, 0)
        rows, word = beyond.rows(self, scope)
        return self.rows.over(rows, RowScope(self.world.fields(word), outer=scope), kind, 0)

    def _beyond_window(self, kind: Kind, scope: WindowScope, depth: int) -> ex.Expression | None:
        if self.world.series and self.draw.chance(0.7):
            return beyond.look(self, kind, scope)
        if self.world.states and self.draw.chance(0.3):
            return self.rows.over(*beyond.intervals(self, "window"), kind, depth)
        if self.draw.chance(0.3):
            trailed = beyond.outcomes_of_window(self, scope.by)
            return None if trailed is None else self.rows.over(*trailed, kind, depth)
        found = beyond.rows_of_window(self, scope.by)
        return None if found is None else self.rows.over(found[0], RowScope(self.world.fields(found[1])), kind, depth)

    def _window_value(self, kind: Kind, scope: WindowScope, depth: int) -> ex.Expression:
        draw = self.draw
        figures = [f for f in self.rows.readable(scope) if f.kind == kind]
        ways: dict[str, float] = {"literal": 0.5}
        if figures:
            ways["figure"] = 6
        if scope.own and scope.kind == kind and draw.chance(0.2):
            ways["past"] = 3
        if kind.base == "money" and self.rows.posted(scope):
            ways["posted"] = 4
        if kind.base == "number":
            ways |= {"days": 1.4, "between": 1.5}
        if kind.base == "length":
            ways["length"] = 3
        if kind.base == "share":
            ways |= {"availability": 1, "share": 3}
        if kind.base in COUNTABLE:
            ways |= {"aggregate": 5, "beyond": 4 if self.world.series else 1.2}
        match draw.weighted(ways):
            case "figure":
                figure = draw.pick(figures)
                return ex.FigureAt(figure.name, self.rows.shift(figure, kind))
            case "past":
                return ex.FigureAt(scope.own, ex.Back(draw.weighted({1: 4, 2: 1}), self.literal(kind)))
            case "posted":
                return ex.Posted(draw.pick(self.rows.posted(scope)))
            case "between":
                return self.days.between(scope)
            case "days":
                turned = [s.name for s in self.world.states if not (s.starts or s.intervals or s.by)]
                less = draw.pick(turned) if turned and draw.chance(0.85) else ""
                return ex.WindowLength(draw.chance(0.4), less)
            case "length":
                if draw.chance(0.2):
                    return beyond.lasted(self, "window")
                return ex.LengthOf(self.times())
            case "availability":
                span = draw.pick([ex.WindowTimes(), ex.CalendarTimes(draw.pick(self.world.calendars).name)])
                down = ex.LengthOf(ex.BothTimes((self.times(), span)))
                whole = ex.LengthOf(span)
                return ex.Arithmetic("/", ex.Arithmetic("-", whole, down), whole)
            case "share":
                return self.rows.share(scope)
            case "beyond":
                return self._beyond_window(kind, scope, depth) or self.literal(kind)
            case "aggregate":
                made = self.rows.aggregate(kind, scope, depth)
                return made if made is not None else self.literal(kind)
        return self.literal(kind)

    def times(self, depth: int = 2) -> ex.Times:
        """A set of times."""
        draw = self.draw
        if depth > 0 and draw.chance(0.55):
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
