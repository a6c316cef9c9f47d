"""What is wrong, where, and what to do next."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.text.edits import Edit
from bpodsl.text.source import Span


class Severity(Enum):
    """An error stops a run; a warning is wisdom; a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@frozen
class Related:
    """Another place that matters to a problem, and why."""

    span: Span
    label: str


@frozen
class Trace:
    """A few events that show a problem, each a line of JSON as `run` reads them, perhaps none.

    `until`: how far time must be known for it, as `--until` takes it; "": just after the last event, as `run` has it by
    itself. `finds`: what `run` then finds, a sentence; "" where the message says it.
    """

    lines: tuple[str, ...]
    until: str = ""
    finds: str = ""

    @classmethod
    def of(cls, lines: tuple[str, ...]) -> Trace | None:
        """Events of which the message says what they show; None where there are none."""
        return cls(lines) if lines else None

    def told(self) -> tuple[str, ...]:
        """The events, and below them what a run of them finds."""
        if not (self.until or self.finds):
            return self.lines
        ran = "`run`" if self.lines else "`run` of an empty file"
        until = f" --until {self.until}" if self.until else ""
        return *self.lines, f"{ran}{until}: {self.finds}" if self.finds else f"{ran}{until}"


@frozen
class Problem:
    """Base of all problems. A subclass is one code; its docstring is the page that explains it.

    `span` is where the author should look, or None when the problem has no place in a text.
    """

    code: ClassVar[str] = "BPO000"
    severity: ClassVar[Severity] = Severity.ERROR

    span: Span | None

    def message(self) -> str:
        """One sentence: what was seen and why it will not do."""
        raise NotImplementedError

    def hint(self) -> str | None:
        """One next step, or None."""
        return None

    def shown(self) -> Trace | None:
        """Events that show it, and what follows from them; None where there are none."""
        return None

    def trace(self) -> tuple[str, ...]:
        """The events alone, each a line of JSON as `run` reads them."""
        found = self.shown()
        return () if found is None else found.lines

    def edits(self) -> tuple[Edit, ...]:
        """What mends it, where there is one right answer; all of them are made together."""
        return ()

    def related(self) -> tuple[Related, ...]:
        """All other places that matter."""
        return ()

    def part(self) -> tuple[str, ...] | None:
        """The part of the clause at `span` that it is about, if it is not about all of it: the name of the clause, the
        word for the part (`target`, `row`, `condition` …), and which of them."""
        return None

    def other_part(self) -> tuple[str, ...] | None:
        """Another part of the same clause that matters, without the name: its place is the field `other`."""
        return None

    def page(self) -> tuple[str, str]:
        """The name of its class, and the page that explains its code."""
        import inspect

        return type(self).__name__, inspect.getdoc(type(self)) or ""
