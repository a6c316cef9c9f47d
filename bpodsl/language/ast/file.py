"""A whole file."""

from __future__ import annotations

from bpodsl.language.ast.base import Node, node, part
from bpodsl.language.ast.changes import Assignment, Change, Novation
from bpodsl.language.ast.duties import Obligation
from bpodsl.language.ast.events import Event, Notice, Reads, State
from bpodsl.language.ast.examples import Test
from bpodsl.language.ast.figures import Amount, Cap, Charge, Credit, Measure
from bpodsl.language.ast.joined import Document, Template, UseFile, UseTemplate
from bpodsl.language.ast.lists import List, Periods
from bpodsl.language.ast.rules import Escalation, Right, Termination, Trigger
from bpodsl.language.ast.rulings import Claim, Determination
from bpodsl.language.ast.series import Series
from bpodsl.language.ast.setting import Agreement, Assume, Calendar, ComposedCalendar, Definition, Service, Stated
from bpodsl.text import Source, Span

Clause = (
    Agreement | Assume | Definition | Calendar | ComposedCalendar | Event | Notice | State | Series | Reads | Service
    | Obligation | Measure | Amount | List | Periods | Change | Assignment | Novation | Charge | Credit | Cap | Trigger
    | Escalation | Right | Termination | Determination | Claim | Stated | Test | Document
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
class Pattern(Node):
    """A template: its head, and the stretch of the text that is read each time it is used."""

    head: Template
    body: Span


@node
class File(Node):
    """All that one file says. `damaged` are clauses (by identity of span) that lost a line to a problem:
    that something is missing from them need not be said again.

    `uses` and `patterns` are what it is joined from, and its templates. Of a joined tree `sources` are the texts
    of its files in order, and `documents` the document that each file is (by name of its source).
    """

    clauses: tuple[Clause, ...] = ()
    comments: tuple[Comment, ...] = part(default=(), eq=False)
    broken: tuple[Broken, ...] = part(default=(), eq=False)
    damaged: tuple[Span, ...] = part(default=(), eq=False)
    uses: tuple[UseFile | UseTemplate, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    sources: tuple[Source, ...] = part(default=(), eq=False)
    documents: tuple[tuple[str, str], ...] = part(default=(), eq=False)

    def lost_lines(self, clause: Clause) -> bool:
        """Whether a line of this clause was dropped because it could not be read."""
        return clause.span in self.damaged
