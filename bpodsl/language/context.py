"""The desk on which a contract is put together: what is known so far, and what is wrong.

It lives for one call of `resolve`. Lowering functions read what was lowered before them and add what
they make; the tables are in the order of lowering.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, cast

from bpodsl.language import ast
from bpodsl.language.names import EVENTS, FIGURES, QUESTIONS, Declaration, Names, nearest
from bpodsl.language.problems import (
    CannotHappen,
    NoCommonKey,
    NoEffect,
    OutOfRange,
    SaidTwice,
    UnknownField,
    UnknownName,
    Unstated,
    WrongThing,
)
from bpodsl.language.scopes import FigureHead, NormHead, Scope
from bpodsl.lean import define, field, frozen
from bpodsl.terms import (
    Account,
    Assignment,
    Assumption,
    CalendarTerm,
    Change,
    Clause,
    Closing,
    Effect,
    EventKind,
    Example,
    Expression,
    Figure,
    Kind,
    Ladder,
    Lending,
    Length,
    Line,
    Norm,
    Party,
    Question,
    Renewal,
    Rounding,
    Rule,
    Series,
    Service,
    State,
    Stated,
)  # fmt: skip
from bpodsl.terms import (
    Mapping as ReadMapping,
)
from bpodsl.terms.expressions import Aggregate, SeriesAt
from bpodsl.text import Problem, Span
from bpodsl.text.edits import alone
from bpodsl.values import FIRST_DAY, LAST_DAY, Grid, Zone

from bpodsl.language.kinds import Typed  # isort: skip

if TYPE_CHECKING:
    from bpodsl.language.clauses.changes import Edits
    from bpodsl.language.lookups import ListTable

_ECHOES = (CannotHappen, NoCommonKey, NoEffect, UnknownField)
_QUOTED = re.compile(r"`([^`]+)`")
_FEW = 4  # So many names are listed where none is near.
_MANY = 200  # After so many problems, near names are no longer looked for.
Typing = Callable[["Context", ast.Node, Scope], Typed]


@frozen
class Survival:
    """For how long an obligation survives the end (None: without end), and where that is said."""

    length: Length | None
    span: Span


@frozen
class Asked:
    """A question about what became of a duty, or about a window of a figure: what its answer is read from.

    `norms`: those whose decisions answer it; `kind`: of the answer; `figure`, `by`: of which figure, and its keys ("":
    it is about an outcome); `where`: about which windows.
    """

    name: str
    kind: Kind
    norms: tuple[str, ...]
    figure: str = ""
    by: tuple[str, ...] = ()
    where: ast.Expression | None = None


@define
class Context:
    """Everything known while an agreement is being resolved."""

    file: ast.File
    typings: Mapping[type[ast.Node], Typing]
    names: Names = field(factory=Names)
    broken: set[str] = field(factory=set)
    problems: dict[Problem, None] = field(factory=dict)
    hanging: frozenset[str] = frozenset()
    demanded: set[str] = field(factory=set)
    current: ast.Node | None = None

    name: str = ""
    clause: Clause | None = None
    zone: Zone | None = None
    currency: str = ""
    rounding: Rounding | None = None
    currencies: dict[str, Rounding | None] = field(factory=dict)
    effective: date = FIRST_DAY
    last: date | None = None
    renews: bool = False
    renewal: Renewal | None = None
    parties: dict[str, Party] = field(factory=dict)
    uses_holidays: bool = False
    worlds: str = ""
    closings: list[Closing] = field(factory=list)
    law: str = ""
    ends_early: bool = False

    kinds: dict[str, Kind | None] = field(factory=dict)
    ratios: set[str] = field(factory=set)
    fixed: dict[str, Span] = field(factory=dict)
    figure_heads: dict[str, FigureHead] = field(factory=dict)
    norm_heads: dict[str, NormHead] = field(factory=dict)
    derived: dict[tuple[str, Grid], str] = field(factory=dict)
    later: list[Callable[[], None]] = field(factory=list)
    turnings: list[Callable[[], None]] = field(factory=list)

    assumptions: list[Assumption] = field(factory=list)
    defaults: dict[str, tuple[str, list[Clause]]] = field(factory=dict)
    calendars: dict[str, CalendarTerm] = field(factory=dict)
    events: dict[str, EventKind] = field(factory=dict)
    mappings: list[ReadMapping] = field(factory=list)
    states: dict[str, State] = field(factory=dict)
    series: dict[str, Series] = field(factory=dict)
    series_kinds: dict[str, Kind | None] = field(factory=dict)
    series_keys: dict[str, dict[str, Kind | None]] = field(factory=dict)
    finds: dict[str, str] = field(factory=dict)
    lookups: dict[SeriesAt, str] = field(factory=dict)
    cases: set[str] = field(factory=set)
    ranked: dict[Aggregate, tuple[tuple[str, Expression], ...]] = field(factory=dict)
    services: list[Service] = field(factory=list)
    parts: dict[str, list[str]] = field(factory=dict)
    norms: dict[str, Norm] = field(factory=dict)
    ladders: dict[str, Ladder] = field(factory=dict)
    leads_to: dict[str, list[str]] | None = None
    lists: dict[str, ListTable] = field(factory=dict)
    periods: dict[str, Grid] = field(factory=dict)
    changes: tuple[Change, ...] = ()
    edits: dict[str, Edits] = field(factory=dict)
    regrids: dict[str, list[tuple[Change, ast.WindowLine]]] = field(factory=dict)
    meanings: dict[str, ast.Node] = field(factory=dict)
    redefined: dict[str, dict[str, ast.Node]] = field(factory=dict)
    written: dict[int, ast.Clause] = field(factory=dict)
    assignments: list[Assignment] = field(factory=list)
    figures: dict[str, Figure] = field(factory=dict)
    lines: dict[str, Line] = field(factory=dict)
    accounts: list[Account] = field(factory=list)
    running: set[str] = field(factory=set)
    rules: dict[str, Rule] = field(factory=dict)
    stated: list[Stated] = field(factory=list)
    questions: dict[str, Question] = field(factory=dict)
    examples: list[Example] = field(factory=list)
    asked_of: dict[str, tuple[str, str]] = field(factory=dict)
    lendings: dict[Lending, None] = field(factory=dict)
    asked: dict[str, Asked] = field(factory=dict)
    grafts: list[tuple[str, str, Effect]] = field(factory=list)
    survivors: dict[str, Survival] = field(factory=dict)
    survivors_after: dict[str, dict[str, Survival]] = field(factory=dict)
    turned: dict[str, set[str]] = field(factory=dict)
    whole: dict[str, set[str]] = field(factory=dict)

    # ------------------------------------------------------------------ saying what is wrong
    def report(self, problem: Problem) -> None:
        """Keep a problem, unless the very same is known or it only echoes what could not be read."""
        if not (isinstance(problem, _ECHOES) and self._names_what_was_lost(problem)):
            self.problems.setdefault(problem)

    @contextmanager
    def unreported(self) -> Iterator[None]:
        """What is read here is read elsewhere too, which reports its problems."""
        before = dict(self.problems)
        yield
        self.problems = before

    def _names_what_was_lost(self, problem: Problem) -> bool:
        """Whether a problem is about a clause that lost a line: the line may have said what is missing. What a row has
        may also hang on a clause further up that could not be read, or lost a line."""
        if self.hanging and isinstance(problem, UnknownField | NoCommonKey):
            about = {*_QUOTED.findall(problem.message()), *own_names(self.current)}
            if about & self.hanging:
                return True
        if not self.file.damaged:
            return False
        if isinstance(problem, UnknownField | NoCommonKey) and any(map(self._lost, self.names.of(*EVENTS))):
            return True
        declared = (self.names.table.get(name) for name in _QUOTED.findall(problem.message()))
        return any(each is not None and self._lost(each) for each in declared)

    def _lost(self, declared: Declaration) -> bool:
        return isinstance(declared.node, ast.Node) and self.file.lost_lines(cast(ast.Clause, declared.node))

    @property
    def damaged(self) -> bool:
        """Whether the clause at hand lost a line to a problem: then nothing is missing from it."""
        current = self.current
        return current is not None and self.file.lost_lines(cast(ast.Clause, current))

    def demand(self, span: Span | None, what: str, advice: str) -> None:
        """Say that something must be stated, unless the line that stated it could not be read."""
        if not self.damaged and what not in self.demanded:
            self.demanded.add(what)
            self.report(Unstated(span, what, advice))

    def said_once(self, lines: Sequence[ast.Node], what: str) -> None:
        """Report all but the first of some lines that say the same."""
        for again in lines[1:]:
            self.report(SaidTwice(again.span, what, lines[0].span))

    # ------------------------------------------------------------------ names
    def find(self, name: ast.Name, *things: str, wanted: str = "") -> Declaration | None:
        """What a name stands for, if it is one of these things; else None, and the problem is reported."""
        found = self.names.get(name.text, things)
        if found is not None:
            return found
        if name.text in self.broken or (things == ("party",) and self.headless):
            return None
        wanted = wanted or things[0]
        other = self.names.get(name.text)
        near = self.names.near(name.text, things) if len(self.problems) < _MANY else None
        others = tuple(each.name for each in self.names.of(*things))
        if len(others) > _FEW:
            others = ()
        if other is None:
            known = [each.name for each in self.names.of(*things)]
            only = near in known and alone(name.text, near, known)
            self.report(UnknownName(name.span, name.text, wanted, near, others, only))
        else:
            near = near if near != name.text and near in [each.name for each in self.names.of(*things)] else None
            advice = self.where_asked(other)
            self.report(WrongThing(name.span, name.text, other.thing, wanted, other.span, near, others, advice))
        return None

    def where_asked(self, declared: Declaration) -> str | None:
        """Of a determination or claim, where one asks for it: it is a fact about each event of a kind."""
        question = self.questions.get(declared.name) if declared.thing in QUESTIONS else None
        if question is None:
            return None
        event = question.event
        return f"It is a fact about each `{event}`: ask for it there, `{event} where {declared.name}`."

    @property
    def headless(self) -> bool:
        """Whether the head of the agreement, which names the parties, is missing or lost a line."""
        heads = [clause for clause in self.file.clauses if isinstance(clause, ast.Agreement)]
        return not heads or self.file.lost_lines(heads[0])

    def service(self, name: ast.Name) -> str:
        """The name of a service, or "" if it is none (reported)."""
        if self.names.service(name.text) is not None:
            return name.text
        if name.text not in self.broken:
            known = tuple(each.name for each in self.names.apart.values() if each.thing == "service")
            others = known if len(known) <= _FEW else ()
            self.report(UnknownName(name.span, name.text, "service", nearest(name.text, known), others))
        return ""

    def party(self, name: ast.Name) -> str:
        """The name of a party, or "" if it is none."""
        return name.text if self.find(name, "party") else ""

    def sides(self, parties: ast.Parties) -> tuple[str, ...]:
        """The parties named; `both` are the client and the provider."""
        if not parties.names:
            return tuple(p.name for p in self.parties.values() if p.role in ("client", "provider"))
        return tuple(filter(None, (self.party(name) for name in parties.names)))

    def across(self, parties: tuple[str, ...]) -> tuple[str, ...]:
        """To whom these parties owe something: the client to the provider, all others to who is left of the two."""
        sides = tuple(p.name for p in self.parties.values() if p.role in ("client", "provider"))
        return tuple(side for side in sides if side not in parties) or sides

    def calendar(self, name: ast.Name) -> str | None:
        """The name of a calendar, or None if it is none."""
        return name.text if self.find(name, "calendar") else None

    def figure(self, name: ast.Name) -> FigureHead | None:
        """The head of a figure, or None if the name is none (or its windows make no sense)."""
        found = self.find(name, *FIGURES, wanted="figure")
        return None if found is None else self.figure_heads.get(name.text)

    def norm(self, name: ast.Name) -> NormHead | None:
        """The head of an obligation, or None if the name is none."""
        return self.norm_heads.get(name.text) if self.find(name, "obligation", "determination", "claim") else None

    # ------------------------------------------------------------------ values
    def typed(self, node: ast.Node, scope: Scope) -> Typed:
        """The expression and its kind."""
        return self.typings[type(node)](self, node, scope)

    def day(self, node: ast.Day) -> date | None:
        """A day within the limits, or None."""
        if FIRST_DAY <= node.value <= LAST_DAY:
            return node.value
        self.report(OutOfRange(node.span, "This day lies outside the years 1970 to 2199."))
        return None

    # ------------------------------------------------------------------ clauses
    def clause_of(self, node: ast.Node, word: str, name: str = "", title: str = "") -> Clause:
        """The clause that a node makes, with the span of its head."""
        reference = getattr(node, "reference", None)
        words = getattr(node, "title", None)
        named = getattr(node, "name", None)
        return Clause(
            name=name or (named.text if isinstance(named, ast.Name) else ""),
            word=word,
            title=title or (words.value if isinstance(words, ast.Text) else ""),
            reference=reference.text if isinstance(reference, ast.Reference) else "",
            span=head_span(node),
        )

    def assume(self, key: str, what: str, clause: Clause) -> None:
        """Note that a default of the language matters to this clause."""
        clauses = self.defaults.setdefault(key, (what, []))[1]
        if clause not in clauses:
            clauses.append(clause)


def head_span(node: ast.Node) -> Span:
    """The span of the head line of a clause: from its word to its last part before the lines."""
    if not hasattr(node, "lines") or isinstance(node, ast.Cap):
        return node.span
    end = node.span.start
    for name, part in node.__dict__.items():
        if name not in ("lines", "span"):
            for each in parts_of(part):
                end = max(end, each.span.end)
    return Span(node.span.source, node.span.start, end) if end > node.span.start else node.span


def own_names(clause: ast.Node | None) -> tuple[str, ...]:
    """The names by which others name a clause."""
    if isinstance(clause, ast.Event | ast.Notice):
        return tuple(each.text for each in clause.names)
    name = None if isinstance(clause, ast.Agreement) else getattr(clause, "name", None)
    return (name.text,) if isinstance(name, ast.Name) else ()


def parts_of(value: object) -> Iterator[ast.Node]:
    """The nodes of a field: itself, or those of its tuple."""
    if isinstance(value, ast.Node):
        yield value
    elif isinstance(value, tuple):
        yield from (each for each in value if isinstance(each, ast.Node))


def mentions(node: ast.Node) -> Iterator[ast.Name]:
    """Every name that stands somewhere below a node, in order of writing."""
    return (part for part in below(node) if isinstance(part, ast.Name))


def below(node: ast.Node) -> Iterator[ast.Node]:
    """A node and all below it, in order of writing, without recursion."""
    stack: list[ast.Node] = [node]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed([child for each in part.__dict__.values() for child in parts_of(each)]))
