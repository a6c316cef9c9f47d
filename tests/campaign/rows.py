"""Random rows to aggregate, and what is made of them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import frozen

from bpodsl.terms import Figure, Group, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE, YES_NO
from tests.campaign.scopes import RowScope, WindowScope
from tests.campaign.world import World

if TYPE_CHECKING:
    from tests.campaign.formulas import Formulas

DUTIES = ("obligation", "prohibition")


@frozen
class Source:
    """Rows that may be aggregated, and the scope of one of them."""

    rows: ex.Rows
    scope: RowScope


class Rows:
    """Draws aggregates over what a world has so far."""

    def __init__(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self.world = formulas.world
        self.draw = formulas.draw

    def share(self, scope: WindowScope) -> ex.Expression:
        """The share of some outcomes or events among others of the kind."""
        draw = self.draw
        sources = self.sources(scope)
        if not sources:
            return self.formulas.literal(SHARE)
        norms = [s for s in sources if isinstance(s.rows, ex.OutcomeRows)]
        source = draw.pick(norms) if norms and draw.chance(0.75) else draw.pick(sources)
        where = self.formulas.condition(source.scope, 1) if draw.chance(0.25) else None
        rows = source.rows
        if isinstance(rows, ex.OutcomeRows):
            good = draw.pick([("fulfilled",), ("fulfilled",), ("fulfilled", "cured"), ("missed",)])
            some: ex.Expression = ex.Aggregate("count", ex.OutcomeRows(rows.norm, good, rows.counted), where)
            raw: ex.Expression = ex.Aggregate(
                "count", ex.OutcomeRows(rows.norm, ("fulfilled", "missed"), rows.counted), where
            )
        else:
            more = self.formulas.condition(source.scope, 1)
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
            made = self.over(source.rows, source.scope, kind, depth)
            if made is not None:
                return made
        return None

    def over(self, rows: ex.Rows, scope: RowScope, kind: Kind, depth: int) -> ex.Aggregate | None:
        """One value of a kind out of some rows, or None if they give none."""
        draw = self.draw
        valued = kind.base == "length" and scope.reading
        valued |= any(f.kind == kind for f in scope.fields.values())
        valued |= scope.figure is not None and scope.figure.kind == kind
        valued |= scope.outstanding == kind
        ops: dict[str, float] = {"sum": 3, "mean": 2.5, "quantile": 2} if valued else {}
        ops |= dict.fromkeys(("min", "max", "first", "last"), 1.2) if valued else {}
        ops |= dict.fromkeys(("lowest", "highest"), 1.2) if valued else {}
        if kind.base == "number":
            ops["count"] = 5
        elif kind.base == "money":
            ops["sum"] = 3
        if not ops:
            return None
        op = draw.weighted(ops)
        where = self.formulas.condition(scope, 1) if draw.chance(0.35) else None
        value = None if op == "count" else self.formulas.value(kind, scope, min(depth, 1) if draw.chance(0.3) else 0)
        weighted = op in ("count", "sum", "mean", "quantile") and draw.chance(0.2)
        weight = self.weight(scope) if weighted else None
        if op in ("lowest", "highest"):
            weight = self.formulas.value(kind, scope, 0)
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
                by_period = kind.period if kind.period and draw.chance(0.65) else None
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
                waits = counted != "opened" or draw.chance(0.6)
                source = Source(ex.OutcomeRows(norm.name, statuses, counted, waits), outcome)
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
        first = self.formulas.literal(kind or YES_NO) if self.draw.chance(0.8) else ex.Unmeasured("the first window")
        return ex.Back(self.draw.weighted({1: 5, 2: 1, 3: 0.5}), first)

    def posted(self, scope: WindowScope) -> list[str]:
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


def group(draw: World, name: str, kind: Kind) -> Group:
    """A group by a field: all its members, some of them, or those seen."""
    if kind.base == "one_of" and draw.draw.chance(0.5):
        members = list(kind.detail)
        draw.draw.random.shuffle(members)
        return Group(name, tuple(members[: draw.draw.between(1, len(members))]))
    return Group(name)
