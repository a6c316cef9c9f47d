"""Waivers: the other side gives up what an instance owes, or what followed from its miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.engine.acts import Act
from bpodsl.engine.expressions import holds
from bpodsl.engine.instances import Instance
from bpodsl.record import DETERMINE, REST, texts
from bpodsl.terms import Waiver, WhenImposed
from bpodsl.values import Period

if TYPE_CHECKING:
    from bpodsl.engine.norms import NormMachine
    from bpodsl.engine.world import World

Waiting = tuple[Act, Waiver]


class Waivers:
    """What waives the instances of one norm. All of them are kept."""

    def __init__(self, norm: NormMachine) -> None:
        self.norm = norm
        world = norm.world
        self.all: list[Instance] = []
        self._waivers = [(each, holds(each.selector.where, world.no_rows)) for each in norm.term.waivers]

    def waive(self, act: Act, place: int) -> None:
        """DETERMINE: an event waives what was open or missed before; else it is offered again at REST."""
        for waiver, where in self._waivers:
            if waiver.selector.event == act.event.kind and (where is None or where(act.scope()) is True):
                break
        else:
            return
        if not self._meet(act, waiver, DETERMINE):
            norm = self.norm
            norm.world.push(REST, norm.level, norm.name, act.instance, act.order, self._again, (act, waiver))

    def _again(self, waiting: Waiting, place: int) -> None:
        act, waiver = waiting
        norm = self.norm
        if self._meet(act, waiver, REST):
            return
        if not norm.world.later(act, REST, norm.level, norm.name, self._again, waiting):
            key = act.key(tuple(name for name in norm.by if name in act.declared))
            words = f"not for {act.event.reporter} to do" if self._meant(act, waiver) else "nothing to waive"
            norm.world.note(norm.name, REST, norm.level, act.ref, words, texts(key.items()), (act.ref,))

    def _meet(self, act: Act, waiver: Waiver, place: int) -> bool:
        found = [i for i in self._meant(act, waiver) if act.of(i.terms.term.counterparty, i)]
        if place == DETERMINE:
            here = (self.norm.world.now, DETERMINE)
            found = [i for i in found if i.opened_pos < here]
        found.sort(key=lambda i: (i.opened_pos, i.name))
        for instance in found[:1] if self.norm.term.matching == "oldest" and not waiver.period_field else found:
            self._waive(instance, act, waiver, place)
        return bool(found)

    def _meant(self, act: Act, waiver: Waiver) -> list[Instance]:
        """The instances that the event means, whoever reports it."""
        return [i for i in self.all if act.ref not in i.openers and self._agrees(i, act, waiver)]

    def _agrees(self, instance: Instance, act: Act, waiver: Waiver) -> bool:
        """Whether an instance can be waived and is one that the event means."""
        if instance.waived_pos is not None or instance.resolved is not None:
            return False
        if not (instance.decided == "missed" or (instance.live and not instance.decided)):
            return False
        if waiver.period_field:
            period = act.fields.get(waiver.period_field)
            label = period.label if isinstance(period, Period) else str(period)
            of = self.norm.term.members
            mine = of is None or instance.key.get(of.name) == act.fields.get(of.name)
            return mine and instance.about is not None and instance.about.label == label
        by = () if self.norm.term.matching == "all" else self.norm.by
        return all(instance.key.get(n) == act.fields.get(n) for n in by if n in act.declared)

    def _waive(self, instance: Instance, act: Act, waiver: Waiver, place: int) -> None:
        norm, world = self.norm, self.norm.world
        instance.waived_pos = (world.now, place)
        if not instance.decided:
            norm.outcomes.excuse(instance, act, place)
            return
        instance.as_met = waiver.as_met
        if waiver.as_met:
            norm.close(instance)
            instance.gone = world.now
        world.rows.cure_over(instance, place)
        name = world.emit(
            "Waived", norm.name, place, norm.level, instance.name, key=instance.text, event_causes=(act.ref,),
            entry_causes=(instance.decided_name,), words="as if met" if waiver.as_met else "",
        )  # fmt: skip
        world.forgiving.forgive(instance, name, act.ref, place)
        norm.outcomes.follow(instance, "waived", name, place, act.ref)


class Forgiving:
    """What followed from misses that were waived, and has not been used, is no more; rules no longer count them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._forgiven: set[str] = set()
        # By the entry of a firing on outcomes: how many it needs, and those that it counted.
        self.firings: dict[str, tuple[int, tuple[str, ...]]] = {}

    def forgive(self, instance: Instance, waived: str, opener: str, place: int) -> None:
        """A miss has been waived; `waived` is that entry."""
        world = self.world
        names = {f"{instance.norm.name}/{kind}/{instance.name}" for kind in ("Missed", "Breached")}
        self._forgiven |= names
        for rules in instance.norm.outcomes.rules.values():
            for rule in rules:
                rule.forget(names)
        for norm in world.norms.values():
            if any(isinstance(way, WhenImposed) for way in norm.term.opening):
                world.push(place, norm.level, norm.name, "", (), self._close, (norm, waived, opener))

    def _close(self, what: tuple[NormMachine, str, str], place: int) -> None:
        norm, waived, opener = what
        for instance in sorted(norm.live.all, key=lambda i: (i.opened_pos, i.name)):
            if not instance.decided and instance.grounds and all(map(self._is_gone, instance.grounds)):
                if norm.term.form == "right":
                    norm.outcomes.close(instance, waived, opener, place)
                else:
                    norm.ended(instance, place, waived)

    def _is_gone(self, ground: str) -> bool:
        if ground in self._forgiven:
            return True
        firing = self.firings.get(ground)
        return firing is not None and sum(name not in self._forgiven for name in firing[1]) < firing[0]
