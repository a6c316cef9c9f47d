"""Outcomes of straight cases as figures see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.engine.instances import Instance
from bpodsl.engine.scopes import NO_READING, Position, Value
from bpodsl.lean import frozen
from bpodsl.terms import Norm

if TYPE_CHECKING:
    from bpodsl.engine.dues import Deadline


@frozen
class Of:
    """The norm that a row is an outcome of, as far as a figure asks for it."""

    name: str
    term: Norm


class Row(Instance):
    """An instance that a straight case has decided. It is in its stores before the sweep comes to what decided it;
    whoever counts asks from a position, and sees of it what had come about by then."""

    __slots__ = ()

    # What no straight case has. Without these each row would take the time to say so.
    waited = False
    waived_pos = passed_pos = ended_pos = cured_pos = gone = None
    as_met = may_be_cured = False
    parent = window = about = differs = None
    held = ""
    acting: tuple[str, ...] = ()

    def __init__(
        self, norm: Of, name: str, fields: Mapping[str, Any], declared: tuple[str, ...], opened: Position,
        opened_name: str, status: str, decided: Position, decided_name: str, reading: Value, due: Deadline | None,
    ) -> None:  # fmt: skip
        self.norm = norm  # type: ignore[assignment]
        self.name = name  # type: ignore[assignment]
        self.fields = fields
        self.declared = declared
        self.opened_pos = opened
        self.opened_name = opened_name
        self.decided = status
        self.decided_pos = decided
        self.decided_early = status == "missed" and decided[1] == 0
        self.decided_name = decided_name
        self.decided_reading = reading
        self.deadline = self.deadline_at_decision = due
        self.performed_pos = None
        self.performed_reading = NO_READING
        if status == "fulfilled":
            self.performed(decided, reading)

    def performed(self, at: Position, reading: Value) -> None:
        """An act has performed it, in time or late."""
        self.performed_pos = at
        self.performed_reading = reading
