"""An event in the sweep: what the machines ask of it, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.engine.ordered import Ordered
from bpodsl.engine.scopes import NO_READING, Evaluator, Scope
from bpodsl.record import DETERMINE, Event
from bpodsl.values import Period

if TYPE_CHECKING:
    from bpodsl.engine.instances import Instance
    from bpodsl.engine.program import KindPlan
    from bpodsl.engine.world import World


class Act:
    """An event at its acting instant. `fields` has the defaults filled in; `declared` are the fields of its kind."""

    __slots__ = ("_order", "adjoins", "declared", "event", "fields", "instance", "plan", "ref", "taken", "world")

    def __init__(self, world: World, event: Event, plan: KindPlan) -> None:
        self.world = world
        self.event = event
        self.plan = plan
        self.instance = Ordered(event.identity)
        self.ref = event.ref if event.rev else str(self.instance)
        self.declared = plan.declared
        self.fields: Mapping[str, Any] = {**plan.defaults, **event.fields} if plan.defaults else event.fields
        self._order: tuple[Any, ...] | None = None
        # The states of which it was seen, as their interval ended, that it goes on with it.
        self.adjoins: set[str] = set()
        # What duties that share it have taken of it, by the names of them all.
        self.taken: dict[tuple[str, ...], Any] = {}

    @property
    def order(self) -> tuple[Any, ...]:
        """Order among events of one instant."""
        if self._order is None:
            self._order = self.event.order
        return self._order

    def values(self, names: tuple[str, ...]) -> tuple[Any, ...]:
        """The values of fields, None where absent."""
        return tuple(map(self.fields.get, names))

    def key(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The values of fields by name, without the absent."""
        get = self.fields.get
        return {name: value for name in names if (value := get(name)) is not None}

    def selected(self, selectors: Mapping[str, list[Evaluator | None]]) -> bool:
        """Whether one of the selectors by kind selects it, now."""
        found = selectors.get(self.event.kind)
        if not found:
            return False
        return any(where is None or where(self.scope()) is True for where in found)

    def over(self, by_period: str) -> bool:
        """Whether the period that it reports on had ended before it acts."""
        period = self.fields.get(by_period)
        return isinstance(period, Period) and self.world.zone.start_of(period.after) <= self.event.acts

    def began(self, by_period: str, end: int) -> bool:
        """Whether the period that it reports on began before an end."""
        period = self.fields.get(by_period)
        return isinstance(period, Period) and self.world.zone.start_of(period.first) < end

    def of(self, parties: tuple[str, ...], instance: Instance) -> bool:
        """Whether it is an act of one of these parties, concerning an instance, as who reports it tells."""
        reporter, reporters = self.event.reporter, self.plan.reporters
        if not reporter or (reporters and reporters.isdisjoint(parties)):
            return True
        world = self.world
        opened = world.day_of(instance.opened_pos)
        return reporter in world.program.contract.holders(parties, opened, world.zone.day(world.now))

    def scope(self) -> Scope:
        """The event as a row."""
        at = self.event.acts
        scope = Scope(self.world, (at, DETERMINE), self.fields, self.declared, at)
        scope.act = self
        return scope

    def row_of(self, scope: Scope) -> Scope:
        """The event as a row of an aggregate."""
        row = scope.row(self.fields, self.declared, self.event.acts, NO_READING)
        row.act = self
        return row
