"""How an instance of a norm is decided: performed, missed, excused, cured or breached; and what follows."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from attrs import evolve

from bpodsl.record import LATE, TERM_END, Entry, Event, Number
from bpodsl.record.sides import sides
from bpodsl.reference.answers import answer
from bpodsl.reference.due import clock_start, cure_deadline, deadline, in_time, reading, stopping
from bpodsl.reference.effects import follow
from bpodsl.reference.intervals import holding
from bpodsl.reference.rows import outcome_row
from bpodsl.reference.rules import on_outcome
from bpodsl.reference.state import Cause, Deadline, Identity, Instance, Row, World
from bpodsl.terms import NotMeasured, OnOutcome, outcomes_of
from bpodsl.values import exact

FULFILLED = {"right": "Exercised", "level": "Closed"}
MISSED = {"right": "Lapsed", "level": "Lapsed"}


def node(instance: Instance) -> str:
    return f"decision:{instance.norm.name}"


# ------------------------------------------------------------------------------------------- deadlines
def schedule(world: World, instance: Instance) -> None:
    """Work out anew when an instance falls due: then, or at the late place of this instant if that has gone by."""
    if instance.undecided and not instance.passed:
        instance.deadline = deadline(world, instance)
        _await(world, instance, instance.deadline)
    elif _curable(instance):
        instance.cure = cure_deadline(world, instance)
        _await(world, instance, instance.cure)


def reschedule(world: World, state: str) -> None:
    """A state has begun or ended: what stands during it falls due at other times."""
    for norm in world.index.contract.norms:
        for instance in world.instances.get(norm.name, ()):
            terms = instance.norm
            if state in terms.clock.stops_during or state in terms.suspended_during:
                schedule(world, instance)


def due_now(world: World, early: bool) -> None:
    """Put on the agenda what falls due in this instant, before its events or after them."""
    for instances in world.instances.values():
        for instance in instances:
            waits = _awaited(instance)
            if waits is not None and waits.instant == world.now and waits.early == early:
                world.push(0 if early else LATE, node(instance), instance.name, partial(fire, world, instance, waits))


def _awaited(instance: Instance) -> Deadline | None:
    """The deadline that an instance has to fear now: its own, or that of its cure."""
    return instance.deadline if instance.undecided else instance.cure if _curable(instance) else None


def _curable(instance: Instance) -> bool:
    missed = instance.norm.cure is not None and instance.decided == "missed"
    # Where the last performance counts, one that is cured is still live.
    return instance.live and missed and not instance.breached and not instance.cured


def _await(world: World, instance: Instance, deadline: Deadline | None) -> None:
    if deadline is None:
        return
    if deadline.instant > world.now:
        world.wake(deadline.instant)
    else:
        world.push(LATE, node(instance), instance.name, partial(fire, world, instance, deadline))


def fire(world: World, instance: Instance, waits: Deadline) -> None:
    """A deadline has come, of the instance or of its cure, if it has not been worked out anew since."""
    if _awaited(instance) is not waits or (instance.undecided and instance.passed):
        return
    if instance.decided:
        instance.breached = True
        if instance.waived is not None:
            return
        instance.breach = world.now, world.place
        made = _entry(world, instance, "Breached", entries=_decision(instance), numbers=(waits.number,))
        ensue(world, instance, "breached", made)
    elif instance.norm.unperformed == "not measured":
        instance.passed, instance.due = True, waits
    else:
        _undone(world, instance, waits)


def _undone(world: World, instance: Instance, waits: Deadline) -> None:
    norm = instance.norm
    instance.reading, instance.due = reading(world, instance, waits.instant), waits
    excusing = holding(world, norm.excused_during, outcome_row(instance, world.now))
    if excusing:
        names = (*instance.openings, *(i.entry.name for i in excusing))
        _decide(world, instance, "excused", _entry(world, instance, "Excused", entries=names, numbers=(waits.number,)))
        return
    kind = MISSED.get(norm.form, "Missed")
    instance.live = norm.form not in MISSED
    numbers = (waits.number, *_parts(instance))
    unmet = world.index.norms[norm.name].unmet(norm, instance.met)
    made = _entry(world, instance, kind, entries=_premises(world, instance), numbers=numbers, words=unmet)
    _decide(world, instance, "missed", made)


def close(world: World, instance: Instance, cause: Cause) -> None:
    """A right is closed before its time."""
    instance.reading, instance.due, instance.live = reading(world, instance, world.now), instance.deadline, False
    numbers = () if instance.due is None else (instance.due.number,)
    names = *instance.openings, cause.entry.name
    made = _entry(world, instance, MISSED.get(instance.norm.form, "Missed"), entries=names, numbers=numbers)
    _decide(world, instance, "missed", made, cause.origin)


def waived(world: World, instance: Instance, ref: str, origin: frozenset[Identity]) -> None:
    """An event gives up what is owed before it is missed: it is excused, and done with."""
    instance.reading = reading(world, instance, world.now)
    if not instance.passed:
        instance.due = instance.deadline
    instance.live, instance.gone, instance.waived = False, world.now, (world.now, world.place)
    numbers = () if instance.due is None else (instance.due.number,)
    made = _entry(world, instance, "Excused", (ref,), instance.openings, numbers, "waived")
    _decide(world, instance, "excused", made, origin)
    ensue(world, instance, "waived", made, origin)


def _decide(
    world: World, instance: Instance, outcome: str, entry: Entry, origin: frozenset[Identity] = frozenset(),
    act: Identity | None = None,
) -> None:  # fmt: skip
    instance.decided, instance.decision = outcome, entry
    if outcome in ("fulfilled", "missed"):
        answer(world, instance, act)
    if _curable(instance):
        instance.cure_ground = world.first(entry.name, world.now)
        schedule(world, instance)
    ensue(world, instance, outcome, entry, origin)


# ------------------------------------------------------------------------------------------- performance
NOBODY: Identity = "", ""


def fulfils(world: World, instance: Instance) -> bool:
    """Whether a performance now is in time."""
    return not instance.decided and not instance.passed and in_time(world, instance, instance.norm.due, world.now)


def perform(
    world: World, instance: Instance, act: Identity, refs: tuple[str, ...], origin: frozenset[Identity] | None = None,
    ended: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """An instance is performed now, by acts with these refs; by `NOBODY` if nothing was owed as `origin` led to it, or
    by the end of the state that opened it."""
    norm, now, origin = instance.norm, world.now, frozenset({act}) if origin is None else origin
    instance.performed, instance.performance, instance.performed_place = now, act, world.place
    instance.live = norm.needs == "last"
    read = reading(world, instance, now)
    number = Number("reading", "length", read)
    if instance.decided:
        cured = instance.decided == "missed" and norm.cure is not None and not instance.breached
        cured = cured and in_time(world, instance, norm.cure, now, instance.cure_ground)
        instance.cured, instance.reading = cured, read
        kind = "Cured" if cured else "Late"
        made = _entry(world, instance, kind, refs, (*_decision(instance), *ended), (number, *_parts(instance)))
        if norm.answers is not None and norm.answers.missed is None:
            answer(world, instance, act)
        ensue(world, instance, kind.lower(), made, origin)
        return
    due = instance.due if instance.passed else instance.deadline
    instance.reading, instance.due = read, due
    dues, parts = () if due is None else (due.number,), _parts(instance)
    if fulfils(world, instance):
        kind = FULFILLED.get(norm.form, "Fulfilled")
        premises = (*_premises(world, instance), *ended)
        made = _entry(world, instance, kind, refs, premises, (number, *dues, *parts))
        _decide(world, instance, "fulfilled", made, origin, act)
    else:
        kind = MISSED.get(norm.form, "Missed")
        premises = (*_premises(world, instance), *ended)
        made = _entry(world, instance, kind, refs, premises, (*dues, number, *parts))
        instance.breached = True
        _decide(world, instance, "missed", made, origin)


def count(world: World, instance: Instance, act: Identity, ref: str, amount: int | Fraction) -> int | Fraction:
    """An act counts towards the total of an instance, which is performed once that is reached; what it leaves over."""
    adds_up = instance.norm.adds_up
    assert adds_up is not None
    owed = instance.outstanding(world.now + 1)
    taken = amount if isinstance(owed, NotMeasured) else min(amount, owed)
    instance.parts.append((world.now, taken, ref))
    left = instance.outstanding(world.now + 1)
    if left == 0:
        perform(world, instance, act, tuple(dict.fromkeys(ref for _, _, ref in instance.parts)))
    else:
        base = adds_up.kind.base
        numbers = Number("amount", base, exact(taken)), Number("outstanding", base, left)
        _entry(world, instance, "Counted", (ref,), instance.openings, numbers)
    return amount - taken


def _parts(instance: Instance) -> tuple[Number, ...]:
    """What has been paid of what, of an instance performed in parts."""
    adds_up = instance.norm.adds_up
    if adds_up is None:
        return ()
    paid = exact(sum(amount for _, amount, _ in instance.parts))
    return Number("paid", adds_up.kind.base, paid), Number("total", adds_up.kind.base, instance.total)


def end(world: World, instance: Instance, with_state: str = "") -> None:
    """The agreement has ended, and the norm does not survive it; or the state has begun with which it ends.

    A debt that was missed before goes on, and with it what is conditional on it.
    """
    if instance.is_owed:
        return
    instance.live, instance.ended, instance.gone = False, True, world.now
    _entry(world, instance, "Ended", entries=(*instance.openings, with_state))


# ------------------------------------------------------------------------------------------- what follows
def ensue(
    world: World, instance: Instance, outcome: str, entry: Entry, origin: frozenset[Identity] = frozenset()
) -> None:
    """The effects of an outcome, and the rules that watch it."""
    row = outcome_row(instance, world.now, world.place <= TERM_END, world.place)
    if instance.norm.adds_up is not None:
        row = evolve(row, outstanding=instance.outstanding(world.now + 1))
    if instance.norm.form == "right" and outcome == "fulfilled":
        row = _exercised(world, row, instance.performance)
    cause = Cause(entry, instance.key, row, origin=origin)
    follow(world, [effect for name, effect in instance.norm.after if name == outcome], cause)
    for rule in world.index.contract.rules:
        if OnOutcome(instance.norm.name, outcome) in outcomes_of(rule.on):
            world.push(world.place, f"rule:{rule.name}", instance.name, partial(on_outcome, world, rule, cause))


def _exercised(world: World, row: Row, act: Identity | None) -> Row:
    """The exercise of a right has also the fields of the act by which it was exercised."""
    for event in world.events:
        if (event.source, event.id) == act:
            fields, declared = world.index.fields(event), world.index.declared(event)
            return evolve(row, fields={**row.fields, **fields}, declared=row.declared | declared)
    return row


def _premises(world: World, instance: Instance) -> tuple[str, ...]:
    """What opened and renewed it, and the intervals that stopped or suspended it since the start of its reading."""
    start, now = clock_start(world, instance), world.now
    stood = [i for i in stopping(world, instance) if i.start < now and i.start != i.end and start <= now]
    return *instance.openings, *(i.entry.name for i in stood if not i.closed or i.end is None or i.end > start)


def _decision(instance: Instance) -> tuple[str, ...]:
    return () if instance.decision is None else (instance.decision.name,)


def entitled(world: World, instance: Instance, parties: tuple[str, ...], event: Event) -> bool:
    """Whether an event is an act of one of these parties, as who reports it tells."""
    kind = world.index.kinds.get(event.kind)
    reporters = () if kind is None else kind.reporters
    if not event.reporter or (reporters and not set(reporters) & set(parties)):
        return True
    opened = world.index.zone.day(instance.at - 1 if instance.place <= TERM_END else instance.at)
    return event.reporter in world.index.contract.holders(parties, opened, world.today)


def between(world: World, instance: Instance) -> tuple[Number, ...]:
    """Its parties now, where assignments concern them."""
    opened = world.index.zone.day(instance.at - 1 if instance.place <= TERM_END else instance.at)
    return sides(world.index.contract, instance.norm, opened, world.today)


def _entry(
    world: World,
    instance: Instance,
    kind: str,
    events: tuple[str, ...] = (),
    entries: tuple[str, ...] = (),
    numbers: tuple[Number, ...] = (),
    words: str = "",
) -> Entry:
    if kind != "Ended":
        numbers = (*numbers, *between(world, instance))
    return world.emit(
        Entry(
            kind, instance.norm.name, world.now, world.place, world.level(node(instance)), instance.name,
            key=instance.texts, event_causes=events, entry_causes=tuple(filter(None, entries)), numbers=numbers,
            words=words,
        )
    )  # fmt: skip
