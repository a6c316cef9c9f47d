"""What reclassifies open instances, added to an agreement that stands."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import Clock, Contract, Norm, OnEvent, Regrade, Selector, Variant, levels
from bpodsl.terms import expressions as ex
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import World


def regraded(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement, perhaps with duties that an event reclassifies."""
    if not draw.chance(0.35):
        return made

    paths: dict[str, Norm] = {}

    def of(norm: Norm) -> Norm:
        if norm.form == "level" and norm.ladder in paths and draw.chance(0.8):
            like = paths[norm.ladder]
            return _with_terms(draw, world, evolve(norm, regraded=like.regraded, clock=_stopping(draw, made, norm)))
        if norm.reopening in ("continue", "restart") and draw.chance(0.5):
            norm = _with_terms(draw, world, evolve(norm, reopens_anew=True))
        if norm.form not in ("obligation", "level") or not norm.acts or draw.chance(0.4):
            return norm
        fitting = [each.name for each in made.events if {f.name for f in each.fields} & set(norm.by or ("ticket",))]
        opening = [way.selector.event for way in norm.opening if isinstance(way, OnEvent)]
        words = draw.some([*fitting, *opening, "step_taken", "ticket_held"], 1, 2)
        known = {each.name for each in made.events}
        ways = tuple(Regrade(Selector(word), draw.pick(CLOCKS)) for word in words if word in known)
        found = _with_terms(draw, world, evolve(norm, regraded=ways))
        if norm.form == "level":
            paths[norm.ladder] = found = evolve(found, suspended_during=_pauses(draw, made))
        return found

    found = evolve(made, norms=tuple(map(of, made.norms)))
    try:
        levels(found)
    except ValueError:
        return made
    return found


CLOCKS = ("kept", "anew", "later")


def _pauses(draw: Draw, made: Contract) -> tuple[str, ...]:
    """States that suspend, perhaps none."""
    names = [state.name for state in made.states]
    return tuple(draw.some(names, 0, 1)) if names and draw.chance(0.5) else ()


def _stopping(draw: Draw, made: Contract, norm: Norm) -> Clock:
    """The clock of a level, which a state may stop."""
    by_clock = norm.due is not None and norm.due.length is not None and norm.due.length.by_clock
    return evolve(norm.clock, stops_during=_pauses(draw, made)) if by_clock else norm.clock


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
