"""Random rules: when they fire, and how often it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import evolve

from bpodsl.terms import (
    Clause,
    EventField,
    Length,
    Occasion,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Recurrence,
    Rule,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO
from bpodsl.values import HOUR
from tests.campaign import settings
from tests.campaign.scopes import RowScope, WindowScope

if TYPE_CHECKING:
    from tests.campaign.clauses import Clauses


class Rules:
    """Adds rules to a world."""

    def __init__(self, clauses: Clauses) -> None:
        self.world = clauses.world
        self.draw = clauses.draw
        self.formulas = clauses.formulas
        self.states = clauses.states
        self.effects = clauses.effects

    def rule(self) -> None:
        world, draw = self.world, self.draw
        ways: dict[str, float] = {"happens": 1.5, "lasting": 1.5}
        if world.figures:
            ways["settled"] = 8
        if world.norms:
            ways["outcome"] = 3
        made: Callable[
            [],
            tuple[
                Occasion, ex.Expression | None, Recurrence | None, RowScope | WindowScope | None, dict[str, EventField]
            ],
        ]
        made = {
            "settled": self._on_settled,
            "happens": self._on_happens,
            "outcome": self._on_outcome,
            "lasting": self._on_lasting,
        }[draw.weighted(ways)]
        on, when, recurrence, scope, fields = made()
        then = tuple(self.effects.effect(scope, fields) for _ in range(draw.weighted({1: 5, 2: 1, 0: 0.3})))
        name = world.name("rule")
        world.rules.append(Rule(name, Clause(name, "trigger"), on, when, recurrence, then))

    def _on_settled(self):
        world, draw = self.world, self.draw
        targeted = [f for f in world.figures if f.target is not None]
        figure = draw.pick(targeted) if targeted and draw.chance(0.8) else draw.pick(world.figures)
        by = tuple(g.name for g in figure.by)
        scope = WindowScope(figure.grid, by)
        if figure.target is not None and draw.chance(0.75):
            how = draw.weighted(
                {"missed": 5, "met": 1, "below minimum": 2 if figure.minimum else 0, "not measured": 0.5}
            )
            when: ex.Expression = ex.Standing(figure.name, how, ex.Same())
            if draw.chance(0.15):
                when = ex.AllOf((when, self.formulas.condition(scope, 1)))
        elif figure.kind == YES_NO:
            when = ex.FigureAt(figure.name, ex.Same())
        else:
            op = draw.weighted({">=": 4, ">": 2, "<": 1, "<=": 2})
            when = ex.Compare(op, ex.FigureAt(figure.name, ex.Same()), self.formulas.literal(figure.kind))
        recurrence = None
        if draw.chance(0.6):
            n = draw.weighted({2: 5, 3: 2, 1: 1})
            m = draw.pick([None, n, n + 1, n + 2, n + 4])
            recurrence = Recurrence(
                n,
                m,
                None,
                draw.pick(["counting", "each", "becoming"]),
                draw.pick(["breaks", "skipped"]),
                draw.chance(0.4),
            )
        fields = {name: EventField(name, self.formulas.key_kind(name), key=True) for name in by}
        return OnSettled(figure.name), when, recurrence, scope, fields

    def _spanned(self) -> Recurrence | None:
        draw = self.draw
        if not draw.chance(0.5):
            return None
        span = draw.pick(
            [
                Length(48 * HOUR, "elapsed"),
                Length(10, "days"),
                Length(30, "days"),
                Length(720 * HOUR, "elapsed"),
                Length(1, "days"),
                Length(2, "weeks"),
            ]
        )
        return Recurrence(
            draw.weighted({2: 5, 3: 2, 1: 0.5}),
            None,
            None if draw.chance(0.12) else span,
            draw.pick(["counting", "each", "becoming"]),
            resets=draw.chance(0.4),
        )

    def _on_happens(self):
        word = self.draw.pick(list(self.world.kinds) or ["leak_reported"])
        selector = self.states.selector(word, 0.5)
        fields = dict(self.world.fields(word))
        scope = RowScope(fields, live=True)
        when = self.formulas.condition(scope, 1) if self.draw.chance(0.35) else None
        return OnHappens(selector), when, self._spanned(), scope, fields

    def _on_outcome(self):
        norm = self.draw.pick(self.world.norms)
        ways = {"missed": 5, "fulfilled": 2, "opened": 1.5, "excused": 1, "late": 1.5}
        if norm.cure is not None:
            ways |= {"cured": 2, "breached": 4}
        outcome = self.draw.weighted(ways)
        if norm.form == "prohibition" and outcome not in ("missed", "excused"):
            outcome = "missed"
        fields = dict(self.world.norm_fields[norm.name])
        reading = outcome not in ("opened", "excused") and norm.form != "prohibition"
        scope = RowScope(fields, reading=reading, outcome=True, live=True)
        when = self.formulas.condition(scope, 1) if self.draw.chance(0.2) else None
        return OnOutcome(norm.name, outcome), when, self._spanned(), scope, fields

    def _on_lasting(self):
        name = self.states.state()
        state = self.world.state(name)
        length = settings.length(self.draw, self.world.calendars, 0.7)
        if length.unit not in ("elapsed", "open", "days"):
            length = Length(self.draw.between(1, 5), "days")
        fields = {f.name: f for f in self.states.common([s.event for s in (*state.starts, *state.intervals)])}
        when = self.formulas.condition(RowScope(fields, live=True), 0) if fields and self.draw.chance(0.15) else None
        kept = {n: f for n, f in fields.items() if n in state.by}
        again = None
        if self.draw.chance(0.35):
            again = evolve(length, amount=max(1, length.amount // self.draw.between(1, 3)))
            again = evolve(again, amount=max(again.amount, 12 * HOUR)) if length.by_clock else again
        return OnLasting(name, length, self.draw.pick(["at least", "more than"]), again), when, None, None, kept
