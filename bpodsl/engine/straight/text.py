"""The text of a generated function, and what it asks of the outside."""

from __future__ import annotations

from typing import Any, Final

from bpodsl.lean import define, field

NEVER: Final = 1 << 62
"""After every deadline."""


@define
class Text:
    """Lines of code, and the table that they name."""

    lines: list[str] = field(factory=list)
    table: list[Any] = field(factory=list)
    depth: int = 2
    _known: dict[str, str] = field(factory=dict)

    def say(self, line: str, deeper: int = 0) -> None:
        """One more line."""
        self.lines.append("    " * (self.depth + deeper) + line)

    def const(self, value: Any) -> str:
        """What a value is called in the code. Equal texts share one name."""
        if isinstance(value, str):
            if value not in self._known:
                self._known[value] = f"K{len(self.table)}"
                self.table.append(value)
            return self._known[value]
        self.table.append(value)
        return f"K{len(self.table) - 1}"


@define
class Ways:
    """What the function asks of the outside, by norm: made by `loop`."""

    limits: dict[str, Any]
    """Norm: by the fields of an opening its limit in ticks, or its deadline by day; None: it has none."""
    calendars: dict[str, Any]
    """Norm: the calendar in which its clock runs, or None."""
    by_day: dict[str, bool]
    early: dict[str, bool]
    """Norm: whether its deadlines by clock come before the events of their instant."""
    words: dict[str, str]
    """Level of an escalation: who is called."""
    rows: dict[str, Any]
    """Norm that figures count: what its rows are outcomes of, and how its figures find them."""
    holds: Any
    """Makes the function that tells whether one of some conditions holds of fields."""
    day: Any
    """The day of an instant."""
    in_parts: bool = False
    """Whether a case is decided in parts: its events as they come, with what stood of it at the end of the last."""
    tallied: frozenset[str] = frozenset()
    """Norm of which figures only count outcomes by status: its rows need hold no more than their names."""
