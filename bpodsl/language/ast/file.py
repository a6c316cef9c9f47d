"""A whole file."""

from __future__ import annotations

from bpodsl.language.ast.base import Node, node, part
from bpodsl.language.ast.duties import Obligation
from bpodsl.language.ast.events import Event, Notice, Reads, State
from bpodsl.language.ast.examples import Test
from bpodsl.language.ast.figures import Amount, Cap, Charge, Credit, Measure
from bpodsl.language.ast.lists import List
from bpodsl.language.ast.rules import Escalation, Right, Termination, Trigger
from bpodsl.language.ast.series import Series
from bpodsl.language.ast.setting import Agreement, Assume, Calendar, ComposedCalendar, Service, Stated
from bpodsl.text import Span

Clause = (
    Agreement | Assume | Calendar | ComposedCalendar | Event | Notice | State | Series | Reads | Service
    | Obligation | Measure | Amount | List | Charge | Credit | Cap | Trigger | Escalation | Right | Termination
    | Stated | Test
)  # fmt: skip


@node
class Comment(Node):
    """`# words`: `text` with its `#`."""

    text: str


@node
class Broken(Node):
    """A clause that could not be read at all: its word and, as far as one can tell, its names.

    What refers to these names has had its problem already.
    """

    word: str
    names: tuple[str, ...] = ()


@node
class File(Node):
    """All that one file says. `damaged` are clauses (by identity of span) that lost a line to a problem:
    that something is missing from them need not be said again.
    """

    clauses: tuple[Clause, ...] = ()
    comments: tuple[Comment, ...] = part(default=(), eq=False)
    broken: tuple[Broken, ...] = part(default=(), eq=False)
    damaged: tuple[Span, ...] = part(default=(), eq=False)

    def lost_lines(self, clause: Clause) -> bool:
        """Whether a line of this clause was dropped because it could not be read."""
        return clause.span in self.damaged
