"""Under which terms an instance stands: as it opens, and when it is reclassified."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import TERM_END, Entry, Number
from bpodsl.reference.due import deadline
from bpodsl.reference.evaluate import evaluate, holds
from bpodsl.reference.instances import schedule
from bpodsl.reference.scope import Scope
from bpodsl.reference.state import Instance, Row, World
from bpodsl.terms import Norm, NotMeasured

NOTHING = Row(0, (), {}, frozenset(), NotMeasured("no reading"))


def version_of(instance: Instance) -> tuple[Number, ...]:
    """The version of its terms, if changes touch them."""
    version = instance.norm.version
    return (Number("version", "text", version),) if version else ()


def terms_of(world: World, norm: Norm, row: Row) -> Norm | None:
    """The terms of an instance that opens now: of the first variant whose condition holds, else the norm's own.

    `row`: the event that opens it; only such a row has its place among events."""
    scope = _at_opening(world, row)
    return next((variant.terms for variant in norm.variants if holds(variant.when, scope)), norm)


def facts_of(world: World, terms: Norm, row: Row) -> dict[str, object]:
    """What the terms of an instance that opens now have worked out; what is not measured is left out."""
    found = {fact.name: evaluate(fact.value, _at_opening(world, row)) for fact in terms.facts}
    return {name: value for name, value in found.items() if not isinstance(value, NotMeasured)}


def _at_opening(world: World, row: Row) -> Scope:
    early = world.place <= TERM_END
    return Scope(world, row=evolve(row, instant=world.now, early=early, instance=None, parent=row.instance))


def regraded(
    world: World, instance: Instance, clock: str, row: Row, events: tuple[str, ...], entries: tuple[str, ...] = ()
) -> None:
    """An instance stands under the terms that it would have if it opened now, with what the row says of it."""
    before, was = _falls_due(world, instance), (instance.norm, instance.facts, instance.laid)
    began = instance.ground, instance.restarted, instance.trigger
    given = [name for name in instance.declared if name in row.fields and name not in instance.norm.by]
    instance.laid = {**instance.laid, **{name: row.fields[name] for name in given}}
    fields = {**instance.fields, **instance.laid}
    seen = evolve(NOTHING, fields=fields, declared=instance.declared, instance=instance.parent)
    terms = terms_of(world, world.index.norms[instance.norm.name], seen)
    if terms is not None:
        instance.norm, instance.facts = terms, facts_of(world, terms, seen)
    if clock != "kept":
        instance.ground, instance.restarted, instance.trigger = world.now, True, world.today
    if clock == "later":
        new = _falls_due(world, instance)
        if new is not None and (before is None or new < before):
            instance.norm, instance.facts, instance.laid = was
            instance.ground, instance.restarted, instance.trigger = began
    schedule(world, instance)
    dues: tuple[Number, ...] = () if instance.deadline is None else (instance.deadline.number,)
    name = instance.norm.name
    world.emit(
        Entry(
            "Amended", name, world.now, world.place, world.level(f"decision:{name}"), instance.name,
            key=instance.texts, event_causes=events, entry_causes=(*instance.openings, *entries),
            numbers=(*dues, *version_of(instance)),
        )
    )  # fmt: skip


def _falls_due(world: World, instance: Instance) -> tuple[int, bool] | None:
    """The instant at which it falls due, and whether late, if all states ended now; one gone by at the end of this."""
    ended = {
        name: [each if each.closed else evolve(each, end=world.now, closed=True) for each in intervals]
        for name, intervals in world.intervals.items()
    }
    found = deadline(evolve(world, intervals=ended), instance)
    if found is None:
        return None
    return (world.now, True) if found.instant <= world.now else (found.instant, not found.early)
