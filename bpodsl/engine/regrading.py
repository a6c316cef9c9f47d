"""What is reclassified while it is open: it stands under other terms from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.dues import Deadline
from bpodsl.engine.expressions import holds
from bpodsl.engine.instances import Instance

if TYPE_CHECKING:
    from bpodsl.engine.norms import NormMachine

Names = tuple[str, ...]
_KEPT = ("terms", "facts", "laid", "since", "restarted", "gaps", "day", "start", "counted")
"""What is as it was, where what stood falls due later."""


class Regrading:
    """What reclassifies the instances of one norm."""

    def __init__(self, norm: NormMachine) -> None:
        self.norm = norm
        self._ways = [(each, holds(each.selector.where, norm.world.no_rows)) for each in norm.term.regraded]

    def happens(self, act: Act, place: int) -> None:
        """OPEN: an event reclassifies what is open for its key, or is noted."""
        for way, where in self._ways:
            if way.selector.event == act.event.kind and (where is None or where(act.scope()) is True):
                break
        else:
            return
        by = () if self.norm.term.matching == "all" else self.norm.by
        names = tuple(name for name in by if name in act.declared)
        found = [
            i for i in self.norm.live.agreeing(names, act.values(names))
            if not i.decided and i.passed_pos is None and i.differs is None and act.ref not in i.openers
        ]  # fmt: skip
        for instance in sorted(found, key=lambda i: (i.opened_pos, i.name)):
            self._regrade(instance, way.clock, act.fields, (act.ref,), (), place)
        if not found and self.norm.term.form != "level":
            self.norm.nothing(act, place, "nothing open")

    def reopened(
        self, instance: Instance, fields: Mapping[str, Any], events: Names, entries: Names, place: int
    ) -> None:
        """What has taken an instance up again says anew under which terms it stands."""
        if instance.live and not instance.decided and instance.passed_pos is None:
            self._regrade(instance, "kept", fields, events, entries, place)

    def _regrade(
        self, instance: Instance, clock: str, said: Mapping[str, Any], events: Names, entries: Names, place: int
    ) -> None:
        norm, world = self.norm, self.norm.world
        before = instance.terms.deadlines.of_resumed(instance, world.now) if clock == "later" else None
        was = {name: getattr(instance, name) for name in _KEPT}
        names = [name for name in instance.declared if name not in norm.by]
        given = {name: value for name in names if (value := said.get(name)) is not None}
        instance.laid = {**instance.laid, **given}
        fields = {**instance.fields, **instance.laid}
        norm.unwatch(instance)
        terms = norm.choose(fields, instance.declared, place)
        if terms is not None:
            instance.terms = terms
            instance.facts = norm.facts(terms, fields, instance.declared, place, None, instance.parent)
        if clock != "kept":
            norm.openings.restart(instance, world.now)
        self._settle(instance)
        if clock == "later":
            new = instance.terms.deadlines.of_resumed(instance, world.now)
            if new is not None and (before is None or _where(new, world.now) < _where(before, world.now)):
                for name, value in was.items():
                    setattr(instance, name, value)
                norm.openings.sources(instance)
        norm.watch(instance)
        norm.outcomes.schedule(instance, place)
        name = world.fresh_instance("Amended", norm.name, str(instance.name), "", instance.text)
        world.emit(
            "Amended", norm.name, place, norm.level, name, key=instance.text, event_causes=events,
            entry_causes=(*instance.openings, *entries), numbers=instance.shown,
        )  # fmt: skip

    def _settle(self, instance: Instance) -> None:
        """The states and the start of its clock, under its new terms."""
        self.norm.openings.sources(instance)
        if instance.restarted:
            instance.start = instance.counted = instance.since
        else:
            instance.terms.deadlines.start(instance, instance.since)


def _where(deadline: Deadline, now: int) -> tuple[int, bool]:
    """Where it falls due; one that has gone by, at the end of this instant."""
    return (now, True) if deadline.at <= now else (deadline.at, not deadline.early)
