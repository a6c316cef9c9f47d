"""Random figures, lines and caps."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from bpodsl.terms import (
    Account,
    Change,
    Clause,
    Figure,
    Kind,
    Length,
    Line,
    Rounding,
    Target,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, LENGTH, NUMBER, SHARE, TEXT, YES_NO
from bpodsl.values import HOUR, ROUNDINGS, DayFrom, Grid
from tests.campaign import beyond, settings
from tests.campaign.formulas import Formulas
from tests.campaign.rows import group
from tests.campaign.scopes import WindowScope
from tests.campaign.world import MONEY, World

ODD_KEYS = ("units", "flag", "month", "planned_on", "planned", "rate", "amount")


class Sums:
    """Adds what is measured and what is paid to a world."""

    def __init__(self, world: World, formulas: Formulas) -> None:
        self.world = world
        self.draw = world.draw
        self.formulas = formulas

    def grid(self) -> Grid:
        """A grid; now and then an event tells where its windows lie, or from when on they count."""
        world, draw = self.world, self.draw
        grid = settings.grid(draw, world.effective, world.last)
        if grid.unit == "term" or draw.chance(0.88):
            return grid
        told = DayFrom(world.kind(draw.pick(["step_taken", "report_sent", "notice_given", "ticket_opened"])).name)
        if draw.chance(0.5):
            grid = evolve(grid, anchor=None, anchor_from=told, times=draw.pick([None, 1, 3, 8]))
        else:
            unit = draw.pick(["days", "weeks", "months", "years"])
            n = 0 if draw.chance(0.3) else draw.between(1, 30) if unit == "days" else 1
            grid = evolve(grid, begins_from=evolve(told, n=n, unit=unit))
        return grid

    def _going_on(self, grid: Grid) -> Grid:
        """Now and then a grid that has windows after the end too."""
        plain = grid.unit != "term" and grid == Grid(grid.unit, grid.n, grid.anchor)
        beside = self.draw.aside(f"after the end {len(self.world.figures)}")
        return evolve(grid, goes_on=True) if plain and beside.chance(0.5) else grid

    def figure(self, kind: Kind | None = None) -> str:
        world, draw, formulas = self.world, self.draw, self.formulas
        name = world.name("figure")
        kind = kind or draw.weighted({SHARE: 5, NUMBER: 4, MONEY: 3, LENGTH: 3, YES_NO: 0.8})
        grids = [f.grid for f in world.figures]
        grid = draw.pick(grids) if grids and draw.chance(0.6) else self.grid()
        if not grids and draw.chance(0.3):
            grid = Grid("month")
        grid = self._going_on(grid)
        by = self._groups()
        scope = WindowScope(grid, by, name, kind)
        if kind == YES_NO:
            value = formulas.condition(scope, 1)
        elif kind == SHARE and draw.chance(0.7):
            value = formulas.rows.share(scope)
        else:
            value = formulas.value(kind, scope, draw.weighted({0: 3, 1: 3, 2: 2}))
        if draw.chance(0.1):
            sources = formulas.rows.sources(scope)
            if sources:
                few = ex.Compare("<", ex.Aggregate("count", draw.pick(sources).rows), ex.Literal(2, NUMBER))
                value = ex.If(few, ex.Unmeasured("fewer than 2"), value)
        if draw.chance(0.12):
            value = self._by_branch(kind, scope, value)
        rounding = formulas.rounding(kind) if kind != YES_NO and draw.chance(0.3) else None
        target = minimum = None
        if kind in (SHARE, NUMBER, LENGTH, MONEY) and draw.chance(0.7 if kind == SHARE else 0.4):
            target = self._target(kind, scope)
            minimum = self._target(kind, scope) if draw.chance(0.4) else None
        shows = (("part", formulas.value(draw.pick([NUMBER, SHARE, LENGTH]), scope, 0)),) if draw.chance(0.12) else ()
        awaits = (formulas.value(MONEY, scope, 1),) if draw.chance(0.12) else ()
        lengths = [
            Length(48 * HOUR, "elapsed"),
            Length(3, "days"),
            Length(2, "working days", draw.pick(world.calendars).name),
            Length(1, "weeks"),
            Length(5 * HOUR, "elapsed"),
            Length(1, "months"),
            Length(10, "days"),
            Length(9 * HOUR, "open", draw.pick(world.calendars).name),
        ]
        world.figures.append(
            self._versions(Figure(
                name,
                Clause(name, "measure"),
                "measure",
                kind,
                grid,
                value,
                by=tuple(group(world, g, formulas.key_kind(g)) for g in by),
                rounding=rounding,
                target=target,
                minimum=minimum,
                shows=shows,
                awaits=awaits,
                settle_after=draw.pick(lengths) if draw.chance(0.15) else None,
                settle_latest=draw.pick(lengths) if draw.chance(0.3) else None,
            ))
        )
        return name

    def _by_branch(self, kind: Kind, scope: WindowScope, value: ex.Expression) -> ex.Expression:
        """A value of which one branch asks for another figure, or for outcomes that may be undecided."""
        draw, formulas = self.draw, self.formulas
        readable = [f for f in formulas.rows.readable(scope) if f.kind == kind]
        other = formulas.value(kind, scope, 1)
        if readable and draw.chance(0.8):
            other = ex.FigureAt(draw.pick(readable).name, ex.Same())
        parts = (formulas.condition(scope, 1), formulas.condition(scope, 1))
        condition = draw.pick([parts[0], ex.AllOf(parts), ex.AnyOf(parts)])
        match draw.weighted({"then": 4, "otherwise": 4, "table": 1, "given": 1}):
            case "then":
                return ex.If(condition, other, value)
            case "otherwise":
                return ex.If(condition, value, other)
            case "given":
                return ex.IfMeasured(value, other)
            case _:
                rows = (ex.Row(">=", formulas.literal(NUMBER), other),)
                return ex.Table(formulas.value(NUMBER, scope, 0), rows, value)

    def _versions(self, figure: Figure) -> Figure:
        """The figure, perhaps with another value since a change."""
        if not self.world.changes or self.draw.chance(0.3):
            return figure
        change = self.draw.pick(self.world.changes)
        twice = ex.Arithmetic("+", figure.value, figure.value)
        new = ex.Literal(True, YES_NO) if figure.kind == YES_NO else twice
        when = self.in_force(change, ex.WindowDay("first"))
        texts = [ex.Literal(word, TEXT) for word in (change.name, "original")]
        return evolve(figure, value=ex.If(when, new, figure.value), version=ex.If(when, *texts))

    def in_force(self, change: Change, day: ex.Expression) -> ex.Expression:
        """Whether a change is in force on a day."""
        return ex.AllOf((ex.Compare(">=", day, ex.Literal(change.effective, DAY)), ex.Signed(change.name)))

    def _groups(self) -> tuple[str, ...]:
        world, draw = self.world, self.draw
        tables = [world.norm_fields[n.name] for n in world.norms] + [world.fields(k) for k in world.kinds]
        known = [n for n in ("site", "priority", "reason", "ticket") if any(n in t for t in tables)]
        if draw.chance(0.12):
            known += [n for n in ODD_KEYS if any(n in t for t in tables)]
        if not known or draw.chance(0.6):
            return ()
        return tuple(draw.some(known, 1, draw.weighted({1: 5, 2: 1})))

    def _target(self, kind: Kind, scope: WindowScope) -> Target:
        draw = self.draw
        level = self.formulas.literal(kind) if draw.chance(0.8) else self.formulas.value(kind, scope, 0)
        rounding = self.formulas.rounding(kind) if draw.chance(0.2) else None
        return Target(draw.weighted({">=": 5, ">": 1, "<=": 2, "<": 1}), level, rounding)

    def line(self, figure: str | None) -> Line:
        draw = self.draw
        name = self.world.name("line")
        payer, payee = draw.pick([("acme", "beta"), ("beta", "acme")])
        step = draw.weighted({Fraction(1, 100): 4, 1: 1, Fraction(1, 20): 1})
        made = Line(name, Clause(name, "charge"), payer, payee, "GBP", Rounding(step, draw.pick(ROUNDINGS)), figure)
        self.world.lines.append(made)
        return made

    def charge(self) -> None:
        """A line on a sum of money, which is made if there is none."""
        amounts = [f.name for f in self.world.figures if f.kind == MONEY]
        figure = self.draw.pick(amounts) if amounts and self.draw.chance(0.6) else self._credit()
        self.line(figure)

    def _credit(self) -> str:
        world, draw = self.world, self.draw
        targeted = [f for f in world.figures if f.target is not None and f.kind != MONEY]
        if not targeted or draw.chance(0.4):
            return self.figure(MONEY)
        of = draw.pick(targeted)
        name = world.name("credit")
        literal = self.formulas.literal
        at = ex.FigureAt(of.name, ex.Same())
        if draw.chance(0.5):
            op = draw.pick([">=", "<"])
            bounds = sorted({literal(of.kind).value for _ in range(2)}, reverse=op == ">=")  # type: ignore[type-var]
            rows = tuple(ex.Row(op, ex.Literal(b, of.kind), literal(MONEY)) for b in bounds)
            value: ex.Expression = ex.Table(at, rows, literal(MONEY))
        else:
            value = ex.If(ex.Standing(of.name, "missed", ex.Same()), literal(MONEY), ex.Literal(0, MONEY))
        world.figures.append(Figure(name, Clause(name, "credit"), "credit", MONEY, of.grid, value, by=of.by))
        return name

    def account(self) -> None:
        world, draw = self.world, self.draw
        if not world.lines:
            self.charge()
        lines = draw.some(world.lines, 1, 3)
        draw.random.shuffle(lines)
        figures = [world.figure(n.figure) for n in lines if n.figure is not None]
        grid = self.grid()
        if figures and draw.chance(0.45):
            grid = figures[0].grid
        elif draw.chance(0.6):
            grid = draw.pick(
                [Grid("month", 12), Grid("month", 1, None, 3), Grid("month", 3), Grid("month", 12, world.effective)]
            )
        limit: ex.Expression = ex.Literal(
            draw.pick([5, 15, 100, Fraction(255, 2), 400, 1000, Fraction(2001, 100)]), MONEY
        )
        if draw.chance(0.15):
            limit = self.formulas.value(MONEY, WindowScope(grid, ()), 1)
        beside = draw.aside(f"a limit by what came before a sum {len(world.accounts)}")
        if beside.chance(0.4):
            limit = beyond.before_a_sum(world, beside, MONEY, limit)
        name = world.name("cap")
        step = draw.weighted({Fraction(1, 100): 4, 1: 1})
        world.accounts.append(
            Account(
                name,
                Clause(name, "cap"),
                grid,
                limit,
                tuple(n.name for n in lines),
                Rounding(step, draw.pick(ROUNDINGS)),
            )
        )
