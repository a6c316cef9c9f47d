"""One instant: what lies before its events, the events in five passes, and what lies after them."""

from __future__ import annotations

from functools import partial
from typing import Any

from bpodsl.record import (
    BEGIN,
    DETERMINE,
    EARLY,
    LATE,
    OPEN,
    PERFORM,
    REST,
    SETTLE,
    SETTLE_LATE,
    START,
    STRUCTURE,
    TERM_END,
    Event,
)
from bpodsl.reference import agreement, figures, instances, made, norms, regrading, rules, states, waivers
from bpodsl.reference.calendar_days import after, counted
from bpodsl.reference.evaluate import selected
from bpodsl.reference.index import selectors
from bpodsl.reference.rows import event_row
from bpodsl.reference.state import World
from bpodsl.terms import Norm, Once, OnHappens, OnPeriod, State
from bpodsl.values import LAST as FOREVER

BEFORE, LAST = TERM_END, STRUCTURE


def before_events(world: World, t: int) -> None:
    """Places 0-2: early deadlines, windows that end, a term that ends by date."""
    world.now, world.place = t, EARLY
    instances.due_now(world, early=True)
    lasting(world, early=True)
    made.reached(world, early=True)
    if world.agreement.start <= t:
        figures.close(world)
    if world.agreement.start <= t and world.agreement.ended is None:
        planned = world.agreement.planned
        if t == world.agreement.end or (planned is not None and planned[:2] == (t, TERM_END)):
            world.push(TERM_END, "agreement", "", partial(end_by_date, world))
    for norm in world.index.contract.norms:
        if world.agreement.lapses.get(norm.name) == t:
            world.push(TERM_END, f"decision:{norm.name}", "", partial(end_norm, world, norm))
    figures.offer(world, SETTLE)
    turning(world, TERM_END)
    world.work(BEFORE)


def from_events(world: World) -> None:
    """All other places: beginnings, events, late deadlines, settlement, an end by act."""
    t, world.place = world.now, BEGIN
    if t == world.agreement.start:
        world.agreement.begun = True
        world.push(BEGIN, "agreement", "", partial(agreement.begin, world))
    if world.agreement.in_force:
        for change in world.index.contract.changes:
            if world.index.zone.start_of(change.effective) == t and world.signed(change.name):
                world.push(BEGIN, "agreement", change.name, partial(norms.amend, world, change))
        for assignment in world.index.contract.assignments:
            if assignment.day is not None and world.index.zone.start_of(assignment.day) == t:
                world.push(BEGIN, "agreement", assignment.name, partial(norms.assign, world, assignment))
        begin(world)
    for found in world.differences.pop(t, ()):
        world.push(BEGIN, f"opening:{found.norm.name}", found.name, partial(norms.open_difference, world, found))
    for interval in [i for each in world.intervals.values() for i in each if not i.closed and i.end == t]:
        node = f"state:{interval.state.name}"
        world.push(PERFORM, node, interval.instance, partial(states.span_over, world, interval))
    for awaited in [each for each in world.awaited if each.at == t]:
        node = f"state:{awaited.state.name}"
        world.push(START, node, awaited.source.name, partial(states.notice_over, world, awaited))
    made.offer(world)
    for event in world.acting.get(t, ()):
        offer(world, event)
    for unmet in world.unmet.get(t, ()):
        offer_again(world, *unmet)
    instances.due_now(world, early=False)
    lasting(world, early=False)
    made.reached(world, early=False)
    figures.offer(world, SETTLE_LATE)
    turning(world, STRUCTURE)
    world.work(SETTLE_LATE)
    planned = world.agreement.planned
    if world.agreement.in_force and planned is not None and planned[:2] <= (t, STRUCTURE):
        world.place = STRUCTURE
        end_agreement(world, STRUCTURE, planned[2])
    world.work(LAST)
    made.hold_found(world)


def turning(world: World, place: int) -> None:
    """The states that begin now at the end of a notice."""
    for instant, there, turn in world.planned:
        if (instant, there) == (world.now, place):
            world.turning(turn, place)


def lasting(world: World, early: bool) -> None:
    """The states that have held so long now."""
    place = EARLY if early else LATE
    for interval in [i for each in world.intervals.values() for i in each if not i.closed]:
        for rule, instant, before, times, firings in interval.crossings:
            if (instant, before) == (world.now, early):
                act = partial(rules.on_lasting, world, rule, interval, early, times, firings)
                world.push(place, f"rule:{rule.name}", interval.instance, act)


# ------------------------------------------------------------------------------------------- beginning and end
def begin(world: World) -> None:
    """What opens once, and for the windows that begin now."""
    for norm in world.index.contract.norms:
        for number, way in enumerate(norm.opening):
            if isinstance(way, Once) and world.now == world.agreement.start:
                world.push(BEGIN, f"opening:{norm.name}", "", partial(norms.open_once, world, norm))
            elif isinstance(way, OnPeriod):
                begin_windows(world, norm, number, way)


def begin_windows(world: World, norm: Norm, number: int, way: OnPeriod) -> None:
    key, term = (norm.name, number), world.agreement
    at = world.next_opening.setdefault(key, 0)
    while window := term.natural(way.grid, at) or (term.window(way.grid, at) if way.grid.unit == "term" else None):
        if window.start > world.now:
            world.wake(window.start)
            break
        own = term.window(way.grid, at)
        if own is not None and own.start == world.now:
            world.push(BEGIN, f"opening:{norm.name}", "", partial(norms.open_by_period, world, norm, own))
        at += 1
    world.next_opening[key] = at


def end_by_date(world: World) -> None:
    """The last day has gone by: of a notice, or of the term, which may be renewed."""
    planned = world.agreement.planned
    if planned is not None and planned[:2] == (world.now, TERM_END):
        end_agreement(world, TERM_END, planned[2])
    elif agreement.term_over(world):
        end_agreement(world, TERM_END, world.agreement.noticed)


def end_agreement(world: World, place: int, act: str) -> None:
    """The agreement ends, with it all that does not survive; windows begun are cut and settle."""
    world.agreement.ended, world.agreement.ended_by = world.now, act.partition("/")[0]
    world.emit(agreement.entry(world, "Ended", place, entry_causes=(act,) if act else ()))
    last = world.index.zone.day(world.now - 1)
    for norm in world.index.contract.norms:
        survives, time = norm.survival(world.agreement.ended_by)
        if not survives:
            end_norm(world, norm)
        elif time is not None and (day := counted(world.index, time, last)) is not None:
            lapse = world.agreement.lapses[norm.name] = after(world.index, day)
            world.wake(lapse)
    for name, survival in world.index.contract.survivals.items():
        survives, time = survival.of(world.agreement.ended_by)
        day = None if time is None else counted(world.index, time, last)
        over = FOREVER if day is None else after(world.index, day)
        world.agreement.over = {**world.agreement.over, name: over if survives else world.now}
        world.wake(world.agreement.over[name])
    figures.cut(world)
    figures.offer(world, place)


def end_norm(world: World, norm: Norm) -> None:
    """A norm goes on no more."""
    for instance in world.instances.get(norm.name, ()):
        if instance.live:
            instances.end(world, instance)


# ------------------------------------------------------------------------------------------- events
def offer(world: World, event: Event) -> None:
    """Each clause takes its own part of an event, in the pass of that part."""
    term, index, name = world.agreement, world.index, event.identity
    at_all = event.kind in index.named
    if event.late_for[0]:
        world.push(DETERMINE, "agreement", name, partial(agreement.note_late, world, event))
        return
    if not event.effective:
        if at_all:
            world.push(DETERMINE, "agreement", name, partial(agreement.note, world, event, "no effect"))
        return
    if event.kind in index.giving:
        world.push(DETERMINE, "agreement", name, partial(acted, world, event))
    for state in index.contract.states:
        node = f"state:{state.name}"
        if any(s.event == event.kind for s in state.ends):
            world.push(PERFORM, node, name, partial(states.end, world, state, event))
        if any(s.event == event.kind for s in state.starts):
            world.push(START, node, name, partial(states.start, world, state, event))
        if any(s.event == event.kind for s in state.intervals):
            world.push(START, node, name, partial(states.span, world, state, event))
    started, over = term.begun, term.ended is not None
    if not started and at_all:
        world.push(DETERMINE, "agreement", name, partial(agreement.note, world, event, "before the start"))
    if over and _is_left_out(world, event):
        world.push(DETERMINE, "agreement", name, partial(agreement.note, world, event, "after the end"))
    if not started:
        return
    kept = [how for kind, _, how in index.counted_after if kind == event.kind]
    if not over or event.kind in index.period_fields or term.counts(kept, world.now):
        world.push(DETERMINE, "agreement", name, partial(happened, world, event))
    if not over:
        in_force(world, event)
    for norm in index.contract.norms:
        if term.lives(norm, world.now, BEGIN):
            to_norm(world, norm, event)
        elif _owes(world, norm):
            to_debts(world, norm, event)


def _owes(world: World, norm: Norm) -> bool:
    """Whether debts of a norm go on that is itself over."""
    return any(instance.live for instance in world.instances.get(norm.name, ()))


def _is_left_out(world: World, event: Event) -> bool:
    """Whether something that is over would have taken an event that comes after the end."""
    index, ended = world.index, world.agreement.ended
    assert ended is not None
    if event.kind in (index.named_beside if index.counts_for(event, ended) else index.named_at_all):
        return True
    for kind, period, how in index.counted_after:
        over = world.agreement.over[how]
        if kind == event.kind and event.acts >= over and not (period and index.counts_for(event, over)):
            return True
    return any(_takes_no_more(world, norm, event) for norm in index.contract.norms)


def _takes_no_more(world: World, norm: Norm, event: Event) -> bool:
    """Whether a norm that is over would have taken an event; of one whose debts go on only as an opening."""
    if world.agreement.lives(norm, world.now, BEGIN):
        return False
    beside = (*selectors(norm), *norm.regrading)
    taken = beside if _owes(world, norm) else (*beside, *norm.acts, *norm.waiving)
    return any(event.kind == s.event for s in taken)


def offer_again(world: World, what: str, term: Norm | State, event: Event, told: Any) -> None:
    """The end of the day of an event that has only a day: what found nothing at its start."""
    name = event.identity
    match what, term:
        case "end", State():
            world.push(REST, f"state:{term.name}", name, partial(states.end_again, world, term, event))
        case "act", Norm():
            world.push(REST, f"decision:{term.name}", name, partial(norms.act_again, world, term, event, told))
        case "exercise", Norm():
            world.push(OPEN, f"decision:{term.name}", name, partial(norms.exercise, world, term, event, told))
        case _, Norm():
            world.push(REST, f"decision:{term.name}", name, partial(waivers.waive_again, world, term, told, event))


def in_force(world: World, event: Event) -> None:
    """The parts of an event that no norm takes."""
    index, name = world.index, event.identity
    for rule in index.contract.rules:
        if isinstance(rule.on, OnHappens) and rule.on.selector.event == event.kind:
            world.push(OPEN, f"rule:{rule.name}", name, partial(rules.on_happens, world, rule, event))
    if any(s.event == event.kind for renewal in index.contract.term.renewals for s in renewal.unless):
        world.push(OPEN, "agreement", name, partial(notice, world, event))


def happened(world: World, event: Event) -> None:
    """The event is a row of figures from now on; after the end, only by a period that it counts for."""
    world.happened.setdefault(event.kind, []).append((event, event_row(world.index, event)))


def acted(world: World, event: Event) -> None:
    """Later events of its case see the fields of the event from now on, whether the agreement is in force or not."""
    world.acted.setdefault(event.kind, []).append((event, event_row(world.index, event)))


def notice(world: World, event: Event) -> None:
    renewal = world.index.contract.term.renewal_after(world.agreement.renewed)
    if renewal is not None and selected(world, renewal.unless, event):
        agreement.notice(world, event)


def to_norm(world: World, norm: Norm, event: Event) -> None:
    """What an event is to a norm: an opening, an act, or what must not be."""
    if any(s.event == event.kind for s in selectors(norm)):
        world.push(OPEN, f"opening:{norm.name}", event.identity, partial(norms.open_by_event, world, norm, event))
    if any(s.event == event.kind for s in norm.regrading):
        world.push(OPEN, f"decision:{norm.name}", event.identity, partial(regrading.regrade, world, norm, event))
    to_debts(world, norm, event)


def to_debts(world: World, norm: Norm, event: Event) -> None:
    """What an event is to what is open of a norm: a waiver, or an act."""
    name = event.identity
    if any(s.event == event.kind for s in norm.waiving):
        world.push(DETERMINE, f"decision:{norm.name}", name, partial(waivers.waive, world, norm, event))
    if any(s.event == event.kind for s in norm.acts):
        prohibition = norm.modality == "must not" or norm.form == "prohibition"
        place = OPEN if prohibition or norm.form == "right" else PERFORM
        take = norms.prohibited if prohibition else norms.act
        world.push(place, f"decision:{norm.name}", name, partial(take, world, norm, event))
