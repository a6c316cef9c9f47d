"""States made of others, added to an agreement that stands: relief by them, norms that they open, rules that wait."""

from __future__ import annotations

from attrs import evolve

from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    Impose,
    Length,
    Norm,
    OnLasting,
    OnState,
    Raise,
    Rule,
    State,
    levels,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import TEXT
from bpodsl.values import HOUR, MINUTE
from tests.campaign import settings
from tests.campaign.draw import Draw
from tests.campaign.world import World

LENGTHS = (0, MINUTE, HOUR, 4 * HOUR, 24 * HOUR)


def with_made(draw: Draw, world: World, made: Contract) -> Contract:
    """The agreement, perhaps with states made of those it has."""
    if not made.states or not draw.chance(0.35):
        return made
    for number in range(draw.weighted({1: 5, 2: 3})):
        for found in _with_one(draw, world, made, f"made_{number + 1}"):
            try:
                levels(found)
            except ValueError:
                continue
            made = found
            break
    return _gaps_closed(draw, world, made) if draw.chance(0.25) else made


def _gaps_closed(draw: Draw, world: World, made: Contract) -> Contract:
    """With states of which one is found to last so long only after another was that is made of it: gaps between the
    times of a state that are short are closed, and what is left asked how long it lasts."""
    base = draw.pick(made.states)
    free, long, closed = f"{base.name}_free", f"{base.name}_apart", f"{base.name}_closed"
    least = Length(draw.pick(LENGTHS[1:]), "elapsed")
    part = ex.LessTimes(ex.WindowTimes(), ex.StateTimes(base.name))
    gaps = ex.LessTimes(ex.StateTimes(free), ex.StateTimes(long))
    states = [
        State(free, Clause(free, "state"), base.by, made=part),
        State(long, Clause(long, "state"), base.by, made=ex.StateTimes(free, least, draw.chance(0.3))),
        State(closed, Clause(closed, "state"), base.by, made=ex.UnionTimes((ex.StateTimes(base.name), gaps))),
    ]
    asked = Length(draw.pick([least.amount, *LENGTHS[1:]]), "elapsed")
    lasting = ex.StateTimes(closed, asked, draw.chance(0.3))
    last = State("at_length", Clause("at_length", "state"), base.by, made=lasting)
    for found in _used(draw, world, evolve(made, states=(*made.states, *states)), last):
        try:
            levels(found)
        except ValueError:
            continue
        return found
    return made


def _with_one(draw: Draw, world: World, made: Contract, name: str) -> list[Contract]:
    """With one more, used in one to three ways; then, if that goes round in a circle, in no way."""
    base = draw.pick(made.states)
    if draw.chance(0.3):
        calendar = draw.pick(made.calendars).name if made.calendars and draw.chance(0.3) else None
        least = Length(draw.pick(LENGTHS[1:]), "open" if calendar else "elapsed", calendar)
        long = ex.StateTimes(base.name, least, draw.chance(0.4))
        return _used(draw, world, made, State(name, Clause(name, "state"), base.by, made=long))
    by = tuple(draw.some(base.by, 0, len(base.by))) if draw.chance(0.7) else ()
    times = _times(draw, made, base.name, 2)
    members = ("leeds", "T1") if len(by) == 1 and draw.chance(0.2) else ()
    return _used(draw, world, made, State(name, Clause(name, "state"), by, made=times, members=members))


def _used(draw: Draw, world: World, made: Contract, state: State) -> list[Contract]:
    plain = evolve(made, states=(*made.states, state))
    used = plain
    for way in draw.some(["relief", "norm", "norm", "rule", "length"], 1, 3):
        match way:
            case "relief":
                used = evolve(used, norms=tuple(_relieved(draw, world, norm, state) for norm in used.norms))
            case "norm":
                used = _opened(draw, world, used, state)
            case "rule":
                used = _waiting(draw, used, state)
            case _:
                used = evolve(used, figures=tuple(_measured(draw, each, state) for each in used.figures))
    return [used, plain]


def _times(draw: Draw, made: Contract, base: str, deep: int) -> ex.Times:
    part: ex.Times = ex.StateTimes(base)
    if deep == 0 or draw.chance(0.15):
        how = draw.weighted({"state": 5, "many": 1, "calendar": 2.5 if made.calendars else 0, "window": 1})
        state = base if deep == 2 else draw.pick(made.states).name
        match how:
            case "calendar":
                return ex.CalendarTimes(draw.pick(made.calendars).name)
            case "window":
                return ex.WindowTimes()
            case "many":
                return ex.ManyTimes(state, draw.between(1, 2))
            case _:
                return ex.StateTimes(state)
    other = _times(draw, made, base, deep - 1)
    match draw.weighted({"or": 2, "and": 3, "less": 2, "not": 3}):
        case "or":
            return ex.UnionTimes((part, other))
        case "and":
            return ex.BothTimes((part, other))
        case "less":
            return ex.LessTimes(part, other)
        case _:
            return ex.LessTimes(other, part)


def _relieved(draw: Draw, world: World, norm: Norm, state: State) -> Norm:
    if norm.name not in world.norm_fields or not set(state.by) <= set(world.norm_fields[norm.name]):
        return norm
    if norm.variants or norm.form == "prohibition" or draw.chance(0.4):
        return norm
    match draw.weighted({"stops": 2, "suspended": 1, "excused": 2}):
        case "stops":
            clock = norm.clock
            return evolve(norm, clock=evolve(clock, stops_during=(*clock.stops_during, state.name)))
        case "suspended":
            return evolve(norm, suspended_during=(*norm.suspended_during, state.name))
        case _:
            return evolve(norm, excused_during=(*norm.excused_during, state.name))


def _opened(draw: Draw, world: World, made: Contract, state: State) -> Contract:
    """A duty that the state opens and whose end performs it; perhaps with what its outcomes impose."""
    name, calendars = f"kept_{len(made.norms)}", world.calendars
    due: Due | None = Due("within", Length(draw.pick(LENGTHS), "elapsed"))
    if draw.chance(0.5):
        due = Due(draw.pick(["within", "within", "less than"]), settings.length(draw, calendars, 0.4))
    if draw.chance(0.1):
        due = None
    cure = Due("within", settings.length(draw, calendars, 0.4)) if due is not None and draw.chance(0.4) else None
    on = draw.pick([state, state, *made.states])
    others = [n.name for n in made.norms if n.form == "obligation" and n.by and set(n.by) <= set(on.by)]
    after = []
    if draw.chance(0.3):
        after.append((draw.pick(["missed", "fulfilled", "late"]), Raise("it is kept, or not")))
    if others and draw.chance(0.3):
        after.append((draw.pick(["missed", "late"]), Impose(draw.pick(others))))
    states = [s.name for s in made.states if set(s.by) <= set(on.by) and s.name != on.name]
    suspended = (draw.pick(states),) if states and draw.chance(0.2) else ()
    excused = (draw.pick(states),) if states and draw.chance(0.25) else ()
    norm = Norm(
        name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (OnState(on.name),), (),
        by=on.by if draw.chance(0.85) else (), due=due, cure=cure, suspended_during=suspended, excused_during=excused,
        after=tuple(after), survives=draw.chance(0.15),
    )  # fmt: skip
    world.norm_fields[name] = {field: EventField(field, TEXT) for field in on.by}
    return evolve(made, norms=(*made.norms, norm))


def _waiting(draw: Draw, made: Contract, state: State) -> Contract:
    name = f"long_{len(made.rules)}"
    again = Length(draw.pick([5, 24, 31]) * HOUR, "elapsed") if draw.chance(0.4) else None
    on = OnLasting(state.name, Length(draw.pick(LENGTHS[1:]), "elapsed"), draw.pick(["at least", "more than"]), again)
    beside = draw.aside(f"most of {name}")
    if again is not None and beside.chance(0.5):
        on = evolve(on, most=beside.between(2, 4))
    return evolve(made, rules=(*made.rules, Rule(name, Clause(name, "trigger"), on, then=(Raise("it has lasted"),))))


def _measured(draw: Draw, figure: object, state: State) -> object:
    """A figure that shows how long it held."""
    if draw.chance(0.5):
        return figure
    many = ex.ManyTimes(state.name, 2) if draw.chance(0.2) else ex.StateTimes(state.name)
    return evolve(figure, shows=(*figure.shows, (f"while {state.name}", ex.LengthOf(many))))  # type: ignore[attr-defined]
