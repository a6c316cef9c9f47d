"""What survives which end, and sums owed that may turn out to be others, added to an agreement that stands."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from attrs import evolve

from bpodsl.terms import (
    Accrue,
    AddsUp,
    Clause,
    Contract,
    Due,
    Effect,
    Figure,
    Length,
    Norm,
    OnEvent,
    Survival,
    Terminate,
    WhenImposed,
    walk,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import Grid
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import MONEY, World


def surviving(draw: Draw, world: World, made: Contract) -> Contract:
    """Norms that survive the ends that some clauses bring about, and for other times than after the rest."""
    terms = (*made.norms, *made.rules)
    ends = list(dict.fromkeys(t.name for t in terms if any(isinstance(part, Terminate) for part in walk(t))))

    def lasting(norm: Norm) -> Norm:
        if not ends or draw.chance(0.6):
            return norm
        found = tuple(
            (name, settings.day_length(draw, list(made.calendars)) if draw.chance(0.6) else None)
            for name in draw.some(ends, 1, 2)
        )
        return _everywhere(norm, survives_after=found)

    return _going_on(draw, evolve(made, norms=tuple(lasting(norm) for norm in made.norms)), ends)


def _going_on(draw: Draw, made: Contract, ends: list[str]) -> Contract:
    """Figures that survive the end, and caps that do."""
    if draw.chance(0.4):
        return made

    def length() -> Length | None:
        return settings.day_length(draw, list(made.calendars)) if draw.chance(0.8) else None

    ways = [Survival(length=length())]
    if ends:
        ways.append(Survival(draw.chance(0.4), length(), tuple((name, length()) for name in draw.some(ends, 1, 2))))

    def lasting(figure: Figure) -> Figure:
        if not _plain(figure.grid) or draw.chance(0.4):
            return figure
        found = draw.pick(ways)
        return evolve(figure, grid=evolve(figure.grid, goes_on=True, survives=found.name), survival=found)

    figures = tuple(lasting(figure) for figure in made.figures)
    names = [figure.grid.survives for figure in figures if figure.survival is not None]
    accounts = tuple(
        evolve(each, grid=evolve(each.grid, goes_on=True, survives=draw.pick(names)))
        if names and _plain(each.grid) and draw.chance(0.7) else each
        for each in made.accounts
    )  # fmt: skip
    return evolve(made, figures=figures, accounts=accounts)


def _plain(grid: Grid) -> bool:
    return grid.unit != "term" and evolve(grid, goes_on=False) == Grid(grid.unit, grid.n, grid.anchor)


def owing(draw: Draw, world: World, made: Contract) -> Contract:
    """Duties to do what an event says, in parts."""
    kinds = {kind.name: kind for kind in made.events}

    def in_parts(norm: Norm) -> Norm:
        opened = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
        plain = norm.form == "obligation" and norm.adds_up is None and norm.needs in ("any", "first")
        if not plain or len(opened) != len(norm.opening) or norm.reopening in ("continue", "restart"):
            return norm
        if norm.answers is not None or draw.chance(0.4):
            return norm
        numbers = [[f.name for f in kinds[name].fields if f.kind in (NUMBER, MONEY)] for name in opened]
        shared = [name for name in numbers[0] if all(name in each for each in numbers)] if numbers else []
        if not shared:
            return norm
        total = draw.pick(shared)
        kind = next(f.kind for f in kinds[opened[0]].fields if f.name == total)
        part = ex.Literal(draw.pick([1, 5, 20, 100]), kind)
        difference = Due("within", Length(draw.between(1, 20), "days")) if draw.chance(0.4) else None
        if kind == MONEY and draw.chance(0.7):
            norm = _everywhere(norm, after=tuple((outcome, _of_what_is_left(effect)) for outcome, effect in norm.after))
        return _everywhere(norm, adds_up=AddsUp(part, ex.FieldOf(total), kind), difference=difference)

    return evolve(made, norms=tuple(in_parts(norm) for norm in made.norms))


def sharing_acts(draw: Draw, world: World, made: Contract) -> Contract:
    """Duties of which one takes of an act what another leaves: a second one with the acts of the first."""
    norms = list(made.norms)
    for norm in made.norms:
        twins = norm.adds_up is not None and norm.answers is None and WhenImposed() not in norm.opening
        if twins and norm.adds_up is not None and draw.chance(0.7):
            name = world.name("rest")
            total = ex.Arithmetic("*", ex.Literal(draw.pick([1, 2, Fraction(1, 2)]), NUMBER), norm.adds_up.total)
            adds_up = evolve(norm.adds_up, after=(norm.name,), total=total)
            if draw.chance(0.3):
                adds_up = evolve(adds_up, value=ex.Arithmetic("*", ex.Literal(2, NUMBER), norm.adds_up.value))
            clause = Clause(name, norm.clause.word)
            norms.append(_everywhere(norm, name=name, clause=clause, adds_up=adds_up, after=()))
    return evolve(made, norms=tuple(norms))


def _of_what_is_left(effect: Effect) -> Effect:
    """A sum of no more than what is outstanding."""
    if not isinstance(effect, Accrue):
        return effect
    return evolve(effect, amount=ex.Smallest((effect.amount, ex.Outstanding())))


def _everywhere(norm: Norm, **changes: Any) -> Norm:
    variants = [evolve(v, terms=None if v.terms is None else evolve(v.terms, **changes)) for v in norm.variants]
    return evolve(norm, variants=tuple(variants), **changes)
