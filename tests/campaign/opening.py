"""Duties for each member, and deadlines that rest on what is worked out, added to an agreement that stands."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import Contract, Due, EventField, Fact, Members, Norm, Once, OnPeriod, WhenImposed
from bpodsl.terms.kinds import LENGTH, NUMBER, one_of
from bpodsl.values import HOUR
from tests.campaign.draw import Draw
from tests.campaign.formulas import Formulas
from tests.campaign.scopes import RowScope
from tests.campaign.states import KEYS
from tests.campaign.world import POOLS, SITES, World


def by_member(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement with duties by period, or once, for each member of a list."""

    def of_each(norm: Norm) -> Norm:
        alone = all(isinstance(way, OnPeriod | Once) for way in norm.opening)
        shared = [
            field for field in world.fields(norm.acts[0].event).values()
            if field.name in KEYS and field.kind.base in ("text", "one_of")
            and all(world.fields(act.event).get(field.name) == field for act in norm.acts)
        ]  # fmt: skip
        if not alone or not norm.opening or norm.form != "obligation" or draw.chance(0.3):
            return norm
        # Acts that do not name the member mean all.
        field = draw.pick([*shared, *shared, EventField("site", one_of(*SITES), key=True)])
        world.norm_fields[norm.name] = {field.name: field}
        members = Members(field.name, tuple(draw.some(list(POOLS.get(field.name) or field.kind.detail), 1, 3)))

        def terms(of: Norm) -> Norm:
            return evolve(of, by=(field.name,), members=members)

        variants = tuple(evolve(v, terms=None if v.terms is None else terms(v.terms)) for v in norm.variants)
        return evolve(terms(norm), variants=variants)

    return evolve(made, norms=tuple(map(of_each, made.norms)))


def worked_out(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement with deadlines whose length, or anchor, is worked out."""
    state = world.draw.random.getstate()
    world.draw.random.setstate(draw.random.getstate())
    formulas = Formulas(world)

    def worked(norm: Norm) -> Norm:
        variants = tuple(evolve(v, terms=None if v.terms is None else worked(v.terms)) for v in norm.variants)
        norm = evolve(norm, variants=variants)
        due = norm.due
        if norm.form not in ("obligation", "right") or due is None or draw.chance(0.5):
            return norm
        # What follows from an outcome may ask when that was due.
        imposed = any(isinstance(way, WhenImposed) for way in norm.opening)
        scope = RowScope(world.norm_fields[norm.name], outcome=imposed and draw.chance(0.7))
        facts: list[Fact] = []
        if due.length is not None and not due.count and draw.chance(0.6):
            due = _length(draw, due, facts, formulas, scope)
        if _anchored(due) and draw.chance(0.4):
            clocked = due.length is not None and due.length.by_clock
            value = formulas.days.instant(scope) if clocked or draw.chance(0.5) else formulas.days.day(scope)
            facts.append(Fact("(anchor)", value))
            due = evolve(due, anchor="field", field="(anchor)")
            if clocked and draw.chance(0.7):
                norm = evolve(norm, clock=evolve(norm.clock, from_field="(anchor)"))
        return evolve(norm, due=due, facts=tuple(facts))

    norms = tuple(map(worked, made.norms))
    world.draw.random.setstate(state)
    return evolve(made, norms=norms)


def _length(draw: Draw, due: Due, facts: list[Fact], formulas: Formulas, scope: RowScope) -> Due:
    assert due.length is not None
    kind, amount = NUMBER, 1
    if due.length.by_clock:
        kind, amount = (LENGTH, 1) if draw.chance(0.5) else (NUMBER, HOUR)
    facts.append(Fact("(length)", formulas.value(kind, scope, 1)))
    return evolve(due, count="(length)", length=evolve(due.length, amount=amount))


def _anchored(due: Due) -> bool:
    """Whether it may be counted from another day, or be another day."""
    return due.anchor in ("opening", "field") and due.fixed is None and due.day_of_month is None and due.weekday is None
