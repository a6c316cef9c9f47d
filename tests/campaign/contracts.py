"""A random agreement of related clauses."""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve

from bpodsl.terms import (
    Assignment,
    Change,
    Clause,
    Contract,
    Due,
    Length,
    Norm,
    OnEvent,
    Party,
    Renewal,
    Selector,
    levels,
)  # fmt: skip
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import HOUR
from tests.campaign import beyond, conduct, lendings, relations, settings
from tests.campaign.clauses import Clauses
from tests.campaign.draw import Draw
from tests.campaign.in_place import replaced
from tests.campaign.made import with_made
from tests.campaign.world import World


class Rejected(Exception):
    """What was drawn is no agreement: its clauses go round in a circle."""


def contract(draw: Draw) -> Contract:
    """One agreement, or `Rejected`."""
    zone = draw.weighted(settings.ZONES)
    effective = settings.first_day(draw)
    last = settings.last_day(draw, effective) if draw.chance(0.92) else None
    world = World(draw, zone, effective, last, None, settings.calendars(draw, zone))
    if draw.chance(0.3):
        for number in range(draw.weighted({1: 3, 2: 1})):
            first = effective + timedelta(days=draw.between(0, 45))
            signed = first + timedelta(days=draw.weighted({-7: 3, 0: 1, 1: 1, 12: 3, 40: 1}))
            name = f"change_{number + 1}"
            world.changes.append(Change(name, Clause(name, "change"), first, signed, draw.chance(0.45)))
    clauses = Clauses(world)
    wanted = draw.between(3, 8)
    if draw.chance(0.6):
        for _ in range(draw.between(1, 2)):
            beyond.series(world)
    for _ in range(draw.weighted({0: 6, 1: 3, 2: 1})):
        relations.relating(world)
    for _ in range(draw.weighted({0: 6, 1: 3, 2: 1})):
        relations.question(world)
    opened, acts = clauses._flow()
    clauses.case(opened, acts)
    while world.size < wanted:
        match draw.weighted({"duty": 3.5, "figure": 4, "charge": 2.8, "account": 1.7, "rule": 4.5}):
            case "duty":
                clauses.duty()
            case "figure":
                clauses.sums.figure()
            case "charge":
                clauses.sums.charge()
            case "account":
                clauses.sums.account()
            case "rule":
                clauses.rules.rule()
    if last is not None and draw.chance(0.35):
        world.renewal = _renewal(draw, clauses)
    made = counted(draw.aside("counts"), assigned(draw.aside("assignments"), world.contract()))
    made = replaced(draw.aside("in place"), made)
    try:
        levels(made)
    except ValueError:
        raise Rejected from None
    made = with_made(draw.aside("made states"), world, conduct.more(world, made))
    return lendings.lent(draw.aside("lent fields"), made)


def assigned(draw: Draw, made: Contract) -> Contract:
    """The agreement, perhaps with parties that take the places of others."""
    if not draw.chance(0.15):
        return made
    found: list[Assignment] = []
    for number in range(draw.weighted({1: 3, 2: 1})):
        name = f"handover_{number + 1}"
        old, new = draw.pick(["acme", "beta", *(each.new for each in found)]), ("coast", "dunes")[number]
        day = made.term.effective + timedelta(days=draw.between(-3, 60)) if draw.chance(0.55) else None
        event = "" if day is not None else draw.pick(sorted(event.name for event in made.events))
        found.append(Assignment(name, Clause(name, "assignment"), old, new, day, event, draw.chance(0.5)))
    others = (Party("coast", "Coast", "other"), Party("dunes", "Dunes", "other"))
    return evolve(made, assignments=tuple(found), parties=(*made.parties, *others))


def counted(draw: Draw, made: Contract) -> Contract:
    """The agreement, perhaps with deadlines whose length a field of the opening event says."""
    fields = {event.name: [f.name for f in event.fields if f.kind == NUMBER] for event in made.events}

    def due(norm: Norm, found: Due | None) -> Due | None:
        names = [name for way in norm.opening if isinstance(way, OnEvent) for name in fields[way.selector.event]]
        if found is None or found.length is None or not names or not draw.chance(0.4):
            return found
        unit = {"elapsed": HOUR, "open": HOUR}.get(found.length.unit, 1)
        return evolve(found, count=draw.pick(names), length=evolve(found.length, amount=unit))

    def terms(norm: Norm) -> Norm:
        variants = [evolve(v, terms=None if v.terms is None else terms(v.terms)) for v in norm.variants]
        return evolve(norm, due=due(norm, norm.due), variants=tuple(variants))

    return evolve(made, norms=tuple(map(terms, made.norms)))


def _renewal(draw: Draw, clauses: Clauses) -> Renewal:
    length = draw.weighted({("months", 1): 4, ("months", 2): 2, ("days", 10): 1, ("weeks", 3): 1, ("days", 31): 1})
    unless: tuple[Selector, ...] = ()
    notice = None
    if draw.chance(0.75):
        unless = (clauses.states.selector("notice_given", 0.3),)
        unit = draw.pick(["days", "days", "weeks", "months", None])
        notice = None if unit is None else Length(draw.between(1, {"days": 20, "weeks": 3, "months": 1}[unit]), unit)
    times = draw.weighted({1: 4, 2: 3, 3: 1, None: 1})
    then = _renewal(draw, clauses) if times is not None and draw.chance(0.4) else None
    if_given = bool(unless) and draw.chance(0.3)
    return Renewal(Length(length[1], length[0]), unless, notice, times, then=then, if_given=if_given)
