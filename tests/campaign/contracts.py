"""A random agreement of related clauses."""

from __future__ import annotations

from datetime import timedelta

from bpodsl.terms import Change, Clause, Contract, Length, Renewal, Selector, levels
from tests.campaign import beyond, conduct, settings
from tests.campaign.clauses import Clauses
from tests.campaign.draw import Draw
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
    made = world.contract()
    try:
        levels(made)
    except ValueError:
        raise Rejected from None
    return conduct.more(world, made)


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
    return Renewal(Length(length[1], length[0]), unless, notice, times, then=then)
