"""Performances taken back: by a later one where the last counts, or by a reopening.

What the performance changed is undone in place where nothing but figures, lines and firings that only state
something depend on it; else the outcome is made anew, with the performance left out from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bpodsl.engine import clocks
from bpodsl.engine.instances import Instance
from bpodsl.engine.scopes import NO_READING, Position
from bpodsl.record import EARLY

if TYPE_CHECKING:
    from bpodsl.engine.world import World

Superseded = tuple[str, str, str]
"""A norm, an instance, and the ref of the act that performed it for a while."""

Since = Mapping[Superseded, int]
"""Performances that are taken back, and the instant at which they are."""


class Remake(Exception):
    """The outcome must be made anew; `superseded` is a performance to leave out, taken back `at`, if that is why; or,
    if it is `unfounded`, one that was thought to be."""

    def __init__(
        self, why: str, superseded: Superseded | None = None, at: int = 0, unfounded: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.superseded = superseded
        self.at = at
        self.unfounded = unfounded


class Takebacks:
    """Takes performances back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.in_place: dict[Superseded, int] = {}

    def replace(self, instance: Instance, place: int) -> None:
        """A later performance has come, and the last counts."""
        with self._remaking(instance):
            self._undo(instance, place)
            if not instance.decided:
                self._decide_back(instance, place)
            self.world.figures.restating.run(place)

    def reopen(self, instance: Instance, reopening: str, place: int) -> None:
        """A fulfilled instance is taken up again: its clock goes on, or starts anew."""
        norm = instance.norm
        assert instance.performed_pos is not None
        since = instance.performed_pos[0]
        with self._remaking(instance):
            self._undo(instance, place)
            instance.met = {}
            norm.openings.again(instance, reopening, since, place)
            self._decide_back(instance, place)
            self.world.figures.restating.run(place)

    def _undo(self, instance: Instance, place: int) -> None:
        """The performance is as if it had not been."""
        world, norm = self.world, instance.norm
        outcome, decided_by_it = self._outcome(instance)
        if any(world.states.machines[state].structural for state in norm.term.states):
            raise Remake(f"an instance of {norm.name} on which states bear that consequences begin or end")
        cured = instance.terms.cures and not decided_by_it
        if world.careful or norm.standing or norm.outcomes.matters(outcome) or cured:
            raise Remake(f"a {outcome} instance of {norm.name} that something follows from")
        assert instance.performed_pos is not None
        if clocks.intervals(instance.suspends, instance.performed_pos[0], world.now + 1):
            # Its deadline would have moved on as each of them began.
            raise Remake(f"an instance of {norm.name} suspended since it was performed")
        world.rows.withdraw(instance, undecided=decided_by_it)
        world.withdraw(instance.performed_name)
        if decided_by_it:
            instance.decided, instance.decided_pos, instance.decided_name = "", None, ""
            instance.decided_reading, instance.decided_early = NO_READING, False
            if instance.passed_pos is None:
                instance.deadline_at_decision = None
        instance.performed_pos, instance.performed_name, instance.performed_reading = None, "", NO_READING
        instance.version += 1

    def _decide_back(self, instance: Instance, place: int) -> None:
        """If its deadline lay before now, it was decided then; else it is still to come."""
        world, norm = self.world, instance.norm
        outcomes, deadlines = norm.outcomes, instance.terms.deadlines
        if instance.passed_pos is not None:
            return
        deadline = deadlines.of(instance, world.now)
        if deadline is None or deadlines.position(instance, deadline) >= (world.now, place):
            outcomes.arm(instance, deadline, place)
            return
        at = deadlines.position(instance, deadline)
        excuses = self._excused_at(instance, at)
        status = "excused" if excuses else "missed"
        if outcomes.measured and (outcomes.matters(status) or instance.terms.cures):
            raise Remake(f"an instance of {norm.name} missed before now that something follows from")
        instance.deadline = deadline
        outcomes.due(instance, at, excuses, place)
        world.rows.touch(instance)

    def _outcome(self, instance: Instance) -> tuple[str, bool]:
        if instance.performed_pos == instance.decided_pos:
            return instance.decided, True
        return ("late" if instance.cured_pos is None else "cured"), False

    @contextmanager
    def _remaking(self, instance: Instance) -> Iterator[None]:
        """If it cannot be done in place, say which performance is to be left out."""
        superseded = (instance.norm.name, str(instance.name), instance.performer)
        try:
            yield
        except Remake as reason:
            raise Remake(reason.why, superseded, self.world.now) from reason
        self.in_place[superseded] = self.world.now

    @staticmethod
    def _excused_at(instance: Instance, at: Position) -> list[str]:
        instant, place = at
        start, end = (instant - 1, instant) if place == EARLY else (instant, instant + 1)
        return [i.opened for i in clocks.intervals(instance.excuses, start, end)]
