"""What reclassifies open instances, added to an agreement that stands."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import Contract, Norm, OnEvent, Regrade, Selector, Variant, levels
from bpodsl.terms import expressions as ex
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import World


def regraded(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement, perhaps with duties that an event reclassifies."""
    if not draw.chance(0.35):
        return made

    def of(norm: Norm) -> Norm:
        if norm.form != "obligation" or not norm.acts or draw.chance(0.4):
            return norm
        fitting = [each.name for each in made.events if {f.name for f in each.fields} & set(norm.by or ("ticket",))]
        opening = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
        words = draw.some([*fitting, *opening, "step_taken", "ticket_held"], 1, 2)
        known = {each.name for each in made.events}
        ways = tuple(Regrade(Selector(word), draw.pick(CLOCKS)) for word in words if word in known)
        return _with_terms(draw, world, evolve(norm, regraded=ways))

    found = evolve(made, norms=tuple(map(of, made.norms)))
    try:
        levels(found)
    except ValueError:
        return made
    return found


CLOCKS = ("kept", "anew", "later")


def _with_terms(draw: Draw, world: World, norm: Norm) -> Norm:
    """With other terms for a value of a field, where it has none."""
    fields = world.norm_fields.get(norm.name, {})
    choices = [f for f in fields.values() if f.kind.base == "one_of" and f.name not in norm.by]
    if norm.variants or not choices or norm.due is None or draw.chance(0.25):
        return norm
    field = draw.pick(choices)
    value = ex.Literal(draw.pick(field.kind.detail), field.kind)
    length = settings.length(draw, world.calendars, 0.6)
    due = evolve(norm.due, length=length) if norm.due.length is not None else norm.due
    clock = evolve(norm.clock, calendar=length.calendar if length.by_clock else norm.clock.calendar)
    terms = evolve(norm, due=due, clock=clock)
    return evolve(norm, variants=(Variant(ex.Compare("=", ex.FieldOf(field.name), value), terms),))
