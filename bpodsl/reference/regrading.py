"""What is reclassified while it is open: it stands under other terms from then on."""

from __future__ import annotations

from bpodsl.record import Entry, Event, texts
from bpodsl.reference.chosen import regraded
from bpodsl.reference.evaluate import selected
from bpodsl.reference.rows import event_row
from bpodsl.reference.state import World
from bpodsl.terms import Norm


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
        regraded(world, instance, found.clock, row, (event.ref,))
    if not met and norm.form != "level":
        key = texts((name, row.fields[name]) for name in norm.by if name in row.fields and name in row.declared)
        level = world.level(f"decision:{norm.name}")
        words = "nothing open"
        world.emit(
            Entry("Noted", norm.name, world.now, world.place, level, event.ref, "", key, (event.ref,), words=words)
        )  # fmt: skip
