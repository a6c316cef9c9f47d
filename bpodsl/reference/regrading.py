"""What is reclassified while it is open: it stands under other terms from then on."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Entry, Event, Number, texts
from bpodsl.reference.due import deadline
from bpodsl.reference.evaluate import selected
from bpodsl.reference.instances import schedule
from bpodsl.reference.norms import NOTHING, facts_of, terms_of, version_of
from bpodsl.reference.rows import event_row
from bpodsl.reference.state import Instance, Row, World
from bpodsl.terms import Norm, Regrade


def regrade(world: World, norm: Norm, event: Event) -> None:
    """OPEN: an event reclassifies what is open for its key, or is noted."""
    found = next((each for each in norm.regraded if selected(world, (each.selector,), event)), None)
    if found is None:
        return
    row = event_row(world.index, event)
    names = () if norm.matching == "all" else [name for name in norm.by if name in row.declared]
    met = [
        i for i in world.instances.get(norm.name, ())
        if i.undecided and not i.passed and i.hidden is None and not i.differs
        and (event.source, event.id) not in i.origin
        and all(i.key.get(name) == row.fields.get(name) for name in names)
    ]  # fmt: skip
    for instance in sorted(met, key=lambda i: i.rank):
        _regrade(world, instance, found, row, event)
    if not met:
        key = texts((name, row.fields[name]) for name in norm.by if name in row.fields and name in row.declared)
        level = world.level(f"decision:{norm.name}")
        words = "nothing open"
        world.emit(
            Entry("Noted", norm.name, world.now, world.place, level, event.ref, "", key, (event.ref,), words=words)
        )  # fmt: skip


def _regrade(world: World, instance: Instance, how: Regrade, row: Row, event: Event) -> None:
    before, was = deadline(world, instance), (instance.norm, instance.facts, instance.laid)
    began = instance.ground, instance.restarted, instance.trigger
    given = [name for name in instance.declared if name in row.fields and name not in instance.norm.by]
    instance.laid = {**instance.laid, **{name: row.fields[name] for name in given}}
    fields = {**instance.fields, **instance.laid}
    seen = evolve(NOTHING, fields=fields, declared=instance.declared, instance=instance.parent)
    terms = terms_of(world, world.index.norms[instance.norm.name], seen)
    if terms is not None:
        instance.norm, instance.facts = terms, facts_of(world, terms, seen)
    if how.clock != "kept":
        instance.ground, instance.restarted, instance.trigger = world.now, True, world.today
    if how.clock == "later":
        now = deadline(world, instance)
        if now is not None and (before is None or (now.instant, not now.early) < (before.instant, not before.early)):
            instance.norm, instance.facts, instance.laid = was
            instance.ground, instance.restarted, instance.trigger = began
    schedule(world, instance)
    dues: tuple[Number, ...] = () if instance.deadline is None else (instance.deadline.number,)
    name = instance.norm.name
    world.emit(
        Entry(
            "Amended", name, world.now, world.place, world.level(f"decision:{name}"), instance.name,
            key=instance.texts, event_causes=(event.ref,), entry_causes=instance.openings,
            numbers=(*dues, *version_of(instance)),
        )
    )  # fmt: skip
