"""Waivers: the other side gives up what an instance owes, or what followed from its miss."""

from __future__ import annotations

from functools import partial

from bpodsl.record import DETERMINE, REST, Entry, Event, texts
from bpodsl.reference.evaluate import selected
from bpodsl.reference.instances import close, end, ensue, entitled, waived
from bpodsl.reference.rows import event_row
from bpodsl.reference.state import Cause, Instance, Row, World
from bpodsl.terms import Norm, Waiver, WhenImposed
from bpodsl.values import Period


def waive(world: World, norm: Norm, event: Event) -> None:
    """DETERMINE: an event waives what was open or missed before; if it finds nothing it is offered again at REST."""
    waiver = next((each for each in norm.waivers if selected(world, (each.selector,), event)), None)
    if waiver is None:
        return
    if not _meet(world, norm, waiver, event):
        again = partial(waive_again, world, norm, waiver, event)
        world.push(REST, f"decision:{norm.name}", event.identity, again)


def waive_again(world: World, norm: Norm, waiver: Waiver, event: Event) -> None:
    """REST: it is offered again."""
    if not _meet(world, norm, waiver, event) and not world.later(event, "waiver", norm, waiver):
        row = event_row(world.index, event)
        key = texts((name, row.fields[name]) for name in norm.by if name in row.fields and name in row.declared)
        level = world.level(f"decision:{norm.name}")
        words = f"not for {event.reporter} to do" if _meant(world, norm, waiver, event) else "nothing to waive"
        world.emit(Entry("Noted", norm.name, world.now, REST, level, event.ref, "", key, (event.ref,), words=words))


def _meet(world: World, norm: Norm, waiver: Waiver, event: Event) -> bool:
    found = [i for i in _meant(world, norm, waiver, event) if entitled(world, i, i.norm.counterparty, event)]
    if world.place == DETERMINE:
        found = [i for i in found if (i.at, i.place) < (world.now, DETERMINE)]
    found.sort(key=lambda i: i.rank)
    for instance in found[:1] if norm.matching == "oldest" and not waiver.period_field else found:
        _waive(world, instance, waiver, event)
    return bool(found)


def _meant(world: World, norm: Norm, waiver: Waiver, event: Event) -> list[Instance]:
    """The instances that the event means, whoever reports it."""
    found = [i for i in world.instances.get(norm.name, ()) if _agrees(norm, waiver, i, event_row(world.index, event))]
    return [i for i in found if (event.source, event.id) not in i.origin]


def _agrees(norm: Norm, waiver: Waiver, instance: Instance, row: Row) -> bool:
    """Whether an instance can be waived and is one that the event means."""
    if instance.waived is not None or instance.hidden is not None:
        return False
    if not (instance.undecided or instance.decided == "missed"):
        return False
    fields, declared = row.fields, row.declared
    if waiver.period_field:
        period = fields.get(waiver.period_field)
        label = period.label if isinstance(period, Period) else str(period)
        if instance.about is None or instance.about.label != label:
            return False
        return norm.members is None or instance.key.get(norm.members.name) == fields.get(norm.members.name)
    names = () if norm.matching == "all" else [name for name in norm.by if name in declared]
    return all(instance.key.get(name) == fields.get(name) for name in names)


def _waive(world: World, instance: Instance, waiver: Waiver, event: Event) -> None:
    origin = frozenset({(event.source, event.id)})
    if not instance.decided:
        waived(world, instance, event.ref, origin)
        return
    instance.waived, instance.as_met = (world.now, world.place), waiver.as_met
    if waiver.as_met:
        instance.live, instance.gone = False, world.now
    assert instance.decision is not None
    name = instance.norm.name
    made = world.emit(
        Entry(
            "Waived", name, world.now, world.place, world.level(f"decision:{name}"), instance.name, key=instance.texts,
            event_causes=(event.ref,), entry_causes=(instance.decision.name,),
            words="as if met" if waiver.as_met else "",
        )
    )  # fmt: skip
    _forgive(world, instance, made, origin)
    ensue(world, instance, "waived", made, origin)


# ------------------------------------------------------------------------------------------- what it forgives
def _forgive(world: World, instance: Instance, made: Entry, origin: frozenset[tuple[str, str]]) -> None:
    """What followed from the miss, and has not been used, is no more; rules no longer count it."""
    names = {f"{instance.norm.name}/{kind}/{instance.name}" for kind in ("Missed", "Breached")}
    world.forgiven |= names
    for key, occurred in world.occurrences.items():
        world.occurrences[key] = [o for o in occurred if not names & set(o.entries)]
    for rule, marks in world.counted_once.items():
        world.counted_once[rule] = {mark: entries for mark, entries in marks.items() if not names & set(entries)}
    for norm in world.index.contract.norms:
        if any(isinstance(way, WhenImposed) for way in norm.opening):
            act = partial(_close, world, norm, Cause(made, instance.key, None, origin=origin))
            world.push(world.place, f"decision:{norm.name}", "", act)


def _close(world: World, norm: Norm, cause: Cause) -> None:
    for instance in sorted(world.instances.get(norm.name, ()), key=lambda i: i.rank):
        grounds = instance.grounds
        if instance.undecided and instance.hidden is None and grounds and all(_is_gone(world, g) for g in grounds):
            if norm.form == "right":
                close(world, instance, cause)
            else:
                end(world, instance, cause.entry.name)


def _is_gone(world: World, ground: str) -> bool:
    """Whether a ground is a miss that has been waived, or a firing on too few others."""
    if ground in world.forgiven:
        return True
    firing = world.firings.get(ground)
    return firing is not None and sum(name not in world.forgiven for name in firing[1]) < firing[0]
