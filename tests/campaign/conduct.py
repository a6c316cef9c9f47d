"""More of what parties do, added to an agreement that stands: rights that lapse, and counts by key.

It draws from a copy of the stream, so that an agreement without it, and all histories, stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from attrs import evolve, fields, has

from bpodsl.terms import (
    Accrue,
    Begin,
    Clause,
    Clock,
    Contract,
    Due,
    Effect,
    EventField,
    Impose,
    Lapse,
    Length,
    Members,
    Norm,
    Occasion,
    Once,
    OnHappens,
    OnOutcome,
    OnPeriod,
    Raise,
    Rule,
    Selector,
    Terminate,
    Variant,
    Waiver,
    WhenImposed,
    levels,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, money
from bpodsl.values import HOUR, MINUTE, Grid
from tests.campaign.answers import asking
from tests.campaign.clauses import KEYS
from tests.campaign.draw import Draw
from tests.campaign.ending import owing, sharing_acts, surviving
from tests.campaign.opening import by_member, worked_out
from tests.campaign.together import together
from tests.campaign.world import World

HAPPENS = ("step_taken", "notice_given", "ticket_resolved", "leak_reported", "report_sent", "order_paid")
OUTCOMES = ("fulfilled", "missed", "late", "excused", "waived")


def more(world: World, made: Contract) -> Contract:
    """The agreement with more in it, where it then still is one."""
    draw = Draw(0)
    draw.random.setstate(world.draw.random.getstate())
    if draw.chance(0.5):
        return made
    ways = (
        _counted_by_key, _lapsing, _waived, _put_off, _moving, _counted_as_waived, _moving_in_variants, by_member,
        worked_out, together, _named, _telling, _by_severity, _lasting, _asking, _reported, _often, _standing,
        surviving, owing, sharing_acts,
    )  # fmt: skip
    for way in ways:
        found = way(draw, world, made)
        try:
            levels(found)
        except ValueError:
            continue
        made = found
    return made


def _asking(draw: Draw, world: World, made: Contract) -> Contract:
    """Questions about outcomes and windows."""
    return asking(draw, world, made, _everywhere)


def _standing(draw: Draw, world: World, made: Contract) -> Contract:
    """Rights whose exercise stands whatever is learnt of its ground."""

    def standing(norm: Norm) -> Norm:
        if norm.form != "right" or draw.chance(0.4):
            return norm
        stands = evolve(norm, stands=True)
        variants = [evolve(v, terms=None if v.terms is None else evolve(v.terms, stands=True)) for v in norm.variants]
        return evolve(stands, variants=tuple(variants))

    return evolve(made, norms=tuple(standing(norm) for norm in made.norms))


def _counted_by_key(draw: Draw, world: World, made: Contract) -> Contract:
    """Rules that count what happens count it by a field."""

    def by(rule: Rule) -> Rule:
        match rule.on:
            case OnHappens(selector):
                fields = tuple(world.fields(selector.event))
            case OnOutcome(norm, _):
                fields = tuple(world.norm_fields[norm])
            case _:
                return rule
        if rule.recurrence is None or not fields or draw.chance(0.4):
            return rule
        likely = [name for name in fields if name in KEYS] or list(fields)
        return evolve(rule, recurrence=evolve(rule.recurrence, by=tuple(draw.some(likely, 1, 2))))

    return evolve(made, rules=tuple(by(rule) for rule in made.rules))


def _lapsing(draw: Draw, world: World, made: Contract) -> Contract:
    """Rights that something closes: a rule that there is, or one of its own."""
    rules, norms = list(made.rules), list(made.norms)
    for right in [norm for norm in made.norms if norm.form == "right"]:
        how = draw.weighted({"none": 1, "rule": 2, "outcome": 1, "own": 4})
        if how == "rule" and rules:
            at = draw.between(0, len(rules) - 1)
            rules[at] = evolve(rules[at], then=(*rules[at].then, Lapse(right.name)))
        elif how == "outcome":
            at = draw.between(0, len(norms) - 1)
            if not norms[at].variants:
                norms[at] = _then(norms[at], draw.pick(OUTCOMES[:2]), Lapse(right.name))
        elif how == "own":
            name = f"{right.name}_lapses"
            rules.append(Rule(name, Clause(name, "right"), _occasion(draw, world, made), then=(Lapse(right.name),)))
    return evolve(made, rules=tuple(rules), norms=tuple(norms))


def _then(norm: Norm, outcome: str, effect: Effect) -> Norm:
    return evolve(norm, after=(*norm.after, (outcome, effect)))


def _occasion(draw: Draw, world: World, made: Contract) -> Occasion:
    kinds = {kind.name for kind in made.events}
    words = [word for word in HAPPENS if word in kinds]
    duties = [norm.name for norm in made.norms if norm.form == "obligation"]
    if words and (not duties or draw.chance(0.6)):
        return OnHappens(Selector(draw.pick(words)))
    return OnOutcome(draw.pick(duties), draw.pick(OUTCOMES))


def _waived(draw: Draw, world: World, made: Contract) -> Contract:
    """Duties that the other side may waive."""

    def waived(norm: Norm) -> Norm:
        words = [word for word in HAPPENS if any(kind.name == word for kind in made.events)]
        if norm.form not in ("obligation", "prohibition") or not words or draw.chance(0.4):
            return norm
        found = []
        for word in draw.some(words, 1, 2):
            period = ""
            if any(isinstance(way, OnPeriod) for way in norm.opening) and draw.chance(0.7):
                period = next((name for name in ("month", "quarter") if name in world.fields(word)), "")
            found.append(Waiver(Selector(word), draw.chance(0.5), period))
        after = norm.after
        if draw.chance(0.3) and not norm.variants:
            after = (*after, ("waived", draw.pick([Raise("waived"), *(effect for _, effect in norm.after)])))
        return evolve(norm, waivers=tuple(found), after=after)

    return evolve(made, norms=tuple(waived(norm) for norm in made.norms))


def _put_off(draw: Draw, world: World, made: Contract) -> Contract:
    """Notices that end with a month or the like, or not before some day."""

    def later(effect: Effect) -> Effect:
        if not isinstance(effect, Terminate | Begin) or effect.notice is None or effect.notice.by_clock:
            return effect
        grids = [Grid("week"), Grid("month"), Grid("month", 3), Grid("month", 12, world.effective), None]
        earliest = world.effective + timedelta(days=draw.between(0, 60)) if draw.chance(0.5) else None
        return evolve(effect, to=draw.pick(grids), earliest=earliest)

    rules = tuple(evolve(rule, then=tuple(map(later, rule.then))) for rule in made.rules)
    norms = tuple(
        norm if norm.variants else evolve(norm, after=tuple((o, later(effect)) for o, effect in norm.after))
        for norm in made.norms
    )
    return evolve(made, rules=rules, norms=norms)


def _named(draw: Draw, world: World, made: Contract) -> Contract:
    """Notices that name a day of their own, in a field that the acts of a right have."""
    states = [s.name for s in made.states if not (s.starts or s.intervals or s.by)]
    telling: set[str] = set()

    def named(norm: Norm) -> Norm:
        if norm.variants or norm.form != "right" or norm.needs != "any" or draw.chance(0.4):
            return norm
        telling.update(act.event for act in norm.acts)
        length = Length(draw.between(0, 40), "days")
        earliest = world.effective + timedelta(days=draw.between(0, 60)) if draw.chance(0.2) else None
        to = draw.pick([None, None, Grid("week"), Grid("month")])
        ends: Effect = Terminate(length, to, earliest, named="ends_on")
        if states and draw.chance(0.5):
            ends = Begin(draw.pick(states), length, to, earliest, named="ends_on")
        return evolve(norm, after=(*norm.after, ("fulfilled", ends)))

    norms = tuple(map(named, made.norms))
    ends_on = EventField("ends_on", draw.pick([DAY, INSTANT]), optional=True)
    events = tuple(
        evolve(kind, fields=(*kind.fields, ends_on)) if kind.name in telling and kind.field("ends_on") is None else kind
        for kind in made.events
    )
    return evolve(made, norms=norms, events=events)


def _telling(draw: Draw, world: World, made: Contract) -> Contract:
    """What follows from an exercise reads a field of the act: sums, and duties told apart by it."""
    lines = [line.name for line in made.lines if line.figure is None]
    words = [word for word in HAPPENS if any(kind.name == word for kind in made.events)]
    telling: set[str] = set()
    duties: list[Norm] = []

    def told(norm: Norm) -> Norm:
        if norm.variants or norm.form != "right" or not lines or not words or draw.chance(0.3):
            return norm
        telling.update(act.event for act in norm.acts)
        after: list[tuple[str, Effect]] = [("fulfilled", Accrue(draw.pick(lines), ex.FieldOf("price")))]
        if draw.chance(0.6):
            name, act = f"{norm.name}_price", Selector(draw.pick(words))
            due = Due("within", Length(draw.between(1, 6), "days"))
            duties.append(Norm(
                name, Clause(name, "obligation"), "obligation", "must", ("beta",), ("acme",), (WhenImposed(),), (act,),
                by=("price",), due=due, after=(("missed", Accrue(draw.pick(lines), ex.FieldOf("price"))),),
            ))
            world.norm_fields[name] = {"price": price}
            after.append(("fulfilled", Impose(name)))
        return evolve(norm, after=(*norm.after, *after))

    price = EventField("price", money("GBP"), optional=draw.chance(0.5))
    norms = tuple(map(told, made.norms))
    events = tuple(
        evolve(kind, fields=(*kind.fields, price)) if kind.name in telling and kind.field("price") is None else kind
        for kind in made.events
    )
    return evolve(made, norms=(*norms, *duties), events=events)


def _by_severity(draw: Draw, world: World, made: Contract) -> Contract:
    """Levels whose time differs with a field of what led to them."""

    def timed(norm: Norm) -> Norm:
        words = [f for f in world.norm_fields[norm.name].values() if f.kind.base == "one_of"]
        if norm.form != "level" or norm.variants or not words or draw.chance(0.4):
            return norm
        field = draw.pick(words)
        found = []
        for word in draw.some(list(field.kind.detail), 1, 2):
            due = None if draw.chance(0.1) else Due("within", Length(draw.between(1, 40) * HOUR, "elapsed"))
            when = ex.Compare("=", ex.FieldOf(field.name), ex.Literal(word, field.kind))
            found.append(Variant(when, evolve(norm, due=due, clock=Clock())))
        return evolve(norm, variants=tuple(found))

    return evolve(made, norms=tuple(map(timed, made.norms)))


def _often(draw: Draw, world: World, made: Contract) -> Contract:
    """Rights at will that are exercised more than once: each time anew, so often, or so often in each window."""

    def often(norm: Norm) -> Norm:
        if norm.form != "right" or norm.by or norm.variants or not any(isinstance(way, Once) for way in norm.opening):
            return norm
        uses = Members("no.", tuple(str(n + 1) for n in range(draw.between(2, 3)))) if draw.chance(0.5) else None
        found = evolve(norm, members=uses, by=() if uses is None else ("no.",), matching="oldest" if uses else "key")
        match draw.weighted({"at will": 3, "so often": 1, "in windows": 2}):
            case "at will":
                return evolve(norm, lasting=True, due=None, needs="any")
            case "so often":
                return found
            case _:
                grid = Grid("month", draw.between(1, 2), draw.pick([None, world.effective]))
                return evolve(found, opening=(OnPeriod(grid),), due=Due("within", None, "period end"))

    return evolve(made, norms=tuple(map(often, made.norms)))


def _reported(draw: Draw, world: World, made: Contract) -> Contract:
    """Notices and waivers that more than one party may report, or only another than the one whose act it is."""
    acts = {act.event for norm in made.norms if norm.form == "right" for act in norm.acts}
    acts |= {each.event for norm in made.norms for each in norm.waiving}
    norms = tuple(evolve(norm, personal=norm.form == "obligation" and draw.chance(0.2)) for norm in made.norms)
    acts |= {act.event for norm in norms if norm.personal for act in norm.acts}
    reporters = [("acme", "beta"), ("acme", "beta"), ("acme", "beta"), ("acme",), ("beta",)]
    return evolve(
        made,
        norms=norms,
        events=tuple(
            evolve(kind, reporters=draw.pick(reporters)) if kind.name in acts and draw.chance(0.4) else kind
            for kind in made.events
        ),
    )


def _moving(draw: Draw, world: World, made: Contract) -> Contract:
    """Dates that a suspension moves."""

    def moving(norm: Norm) -> Norm:
        dated = norm.due is not None and (norm.due.length is None or norm.due.back)
        if norm.form != "obligation" or norm.due is None or not dated or norm.variants:
            return norm
        states = [state.name for state in made.states if set(state.by) <= set(world.norm_fields[norm.name])]
        suspended = norm.suspended_during or tuple(draw.some(states, 1, 2)) if states else norm.suspended_during
        return evolve(norm, due=evolve(norm.due, moves=True), suspended_during=suspended)

    return evolve(made, norms=tuple(moving(norm) for norm in made.norms))


def _lasting(draw: Draw, world: World, made: Contract) -> Contract:
    """Times of states that last so long on end."""

    def lasting(part: Any) -> Any:
        if not isinstance(part, ex.StateTimes) or draw.chance(0.5):
            return part
        calendar = draw.pick(made.calendars).name if made.calendars and draw.chance(0.3) else None
        amount = draw.pick([MINUTE, 5 * MINUTE, HOUR, 8 * HOUR, 24 * HOUR])
        least = Length(amount, "open" if calendar else "elapsed", calendar)
        return ex.StateTimes(part.state, least, draw.chance(0.3))

    return evolve(made, figures=_everywhere(made.figures, lasting))


def _counted_as_waived(draw: Draw, world: World, made: Contract) -> Contract:
    """Outcomes of duties that may be waived are counted as waived."""
    waived = {norm.name for norm in made.norms if norm.waivers}

    def counted(part: Any) -> Any:
        if not isinstance(part, ex.OutcomeRows | ex.TrailOutcomes) or part.norm not in waived or draw.chance(0.5):
            return part
        return evolve(part, statuses=("waived",) if draw.chance(0.4) else (*part.statuses, "waived"))

    return _everywhere(made, counted) if waived else made  # type: ignore[no-any-return]


def _moving_in_variants(draw: Draw, world: World, made: Contract) -> Contract:
    """Terms of variants have dates that a suspension moves."""

    def moving(part: Any) -> Any:
        if not isinstance(part, Variant) or part.terms is None or part.terms.due is None:
            return part
        due = part.terms.due
        if not part.terms.suspended_during or not (due.length is None or due.back) or draw.chance(0.5):
            return part
        return evolve(part, terms=evolve(part.terms, due=evolve(due, moves=True)))

    return evolve(made, norms=_everywhere(made.norms, moving))


def _everywhere(value: Any, change: Callable[[Any], Any]) -> Any:
    """A term with every part changed, from the inside out."""
    if isinstance(value, tuple):
        return tuple(_everywhere(part, change) for part in value)
    if not has(type(value)):
        return value
    parts = {each.name: getattr(value, each.name) for each in fields(type(value)) if each.init}
    changed = {name: _everywhere(part, change) for name, part in parts.items()}
    found = {name: part for name, part in changed.items() if part is not parts[name] and part != parts[name]}
    return change(evolve(value, **found) if found else value)
