"""Every name of an agreement: where it is declared, and where it is meant.

This is read off the trees as written, so that it is whole also where the text has mistakes. What a name means is
decided as `language.expressions` does: a field of the row in scope, else a clause, else a field of some event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import define, frozen

from bpodsl.language import ast
from bpodsl.language.context import parts_of
from bpodsl.lsp.desk import Agreement, Page
from bpodsl.lsp.roles import DOCUMENT, FIELD, PARAMETER, PLAIN, SERVICE, TEMPLATE, Role, role

_WORDS: Final = re.compile(r'"[^"\n]*"|\[[^\[\]\n]*\]|#[^\n]*|[A-Za-z_][A-Za-z0-9_]*')
_ROWS: Final = ("event", "name", "norm", "figure")
"""The parts of a node of rows that name what the rows are of."""
_OF_ROWS: Final = frozenset({"value", "reading", "outstanding", "it"})
_FIELD: Final = ast.EventField | ast.WorkedField
"""What any row of a kind has, unless it is the name of one of its fields."""


@frozen
class Symbol:
    """What names are of: `room` "name", "field", "service", "document", "template", or "parameter" or "column" of the
    clause `within`."""

    room: str
    text: str
    within: str = ""


@frozen(eq=False)
class Occurrence:
    """A name where it stands, characters `[start, end)` of a page. `clause`: the clause around it, as written."""

    page: Page
    start: int
    end: int
    symbol: Symbol
    declares: bool
    clause: ast.Node | None
    node: ast.Node | None = None


@define(eq=False, slots=False)
class Index:
    """All names of an agreement."""

    agreement: Agreement

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """In order of pages and places."""
        found = {(o.page.path, o.start): o for page in self.agreement.pages.values() for o in self._in(page)}
        order = list(self.agreement.pages)
        return tuple(sorted(found.values(), key=lambda o: (order.index(o.page.path), o.start)))

    @cached_property
    def by_symbol(self) -> Mapping[Symbol, tuple[Occurrence, ...]]:
        """All places of each."""
        found: dict[Symbol, list[Occurrence]] = {}
        for each in self.occurrences:
            found.setdefault(each.symbol, []).append(each)
        return {symbol: tuple(places) for symbol, places in found.items()}

    def at(self, page: Page, offset: int) -> Occurrence | None:
        """The name at, or just before, a character."""
        near = [o for o in self.occurrences if o.page is page and o.start <= offset <= o.end]
        return near[-1] if near else None

    def declarations(self, symbol: Symbol) -> tuple[Occurrence, ...]:
        """Where it is declared: of a field, in every event that has it."""
        return tuple(each for each in self.by_symbol.get(symbol, ()) if each.declares)

    # ------------------------------------------------------------------ what is declared
    @cached_property
    def clauses(self) -> tuple[tuple[Page, ast.Clause], ...]:
        """All clauses, in order of pages and places."""
        return tuple((page, clause) for page in self.agreement.pages.values() for clause in page.file.clauses)

    @cached_property
    def things(self) -> Mapping[str, str]:
        """What each name of a clause or party is: the clause's word, or `party`."""
        found: dict[str, str] = {}
        for name, thing, _ in self._declared():
            found.setdefault(name.text, thing)
        for page in self.agreement.pages.values():
            for broken in page.file.broken:
                for text in broken.names:
                    found.setdefault(text, broken.word)
        return found

    @cached_property
    def nodes(self) -> Mapping[str, ast.Node]:
        """The clause (of a party, the line) that declares each name."""
        found: dict[str, ast.Node] = {}
        for name, _, node in self._declared():
            found.setdefault(name.text, node)
        return found

    @cached_property
    def fields(self) -> Mapping[str, tuple[ast.EventField | ast.WorkedField, ...]]:
        """Each field by its name, as every event that has it declares it."""
        found: dict[str, list[ast.EventField | ast.WorkedField]] = {}
        for _, clause in self.clauses:
            for line in clause.lines if isinstance(clause, ast.Event | ast.Notice) else ():
                if isinstance(line, ast.EventField | ast.WorkedField):
                    found.setdefault(line.name.text, []).append(line)
        return {name: tuple(lines) for name, lines in found.items()}

    @cached_property
    def apart(self) -> Mapping[str, Mapping[str, ast.Node]]:
        """The names of services, documents and templates, by their room."""
        found: dict[str, dict[str, ast.Node]] = {"service": {}, "document": {}, "template": {}}
        for _, clause in self.clauses:
            if isinstance(clause, ast.Service | ast.Document):
                found[type(clause).__name__.lower()].setdefault(clause.name.text, clause)
        for page in self.agreement.pages.values():
            for pattern in page.file.patterns:
                found["template"].setdefault(pattern.head.name.text, pattern.head)
            for use in page.file.uses:
                if isinstance(use, ast.UseFile) and use.document is not None:
                    found["document"].setdefault(use.document.text, use)
        return found

    def _declared(self) -> Iterator[tuple[ast.Name, str, ast.Node]]:
        for _, clause in self.clauses:
            match clause:
                case ast.Event() | ast.Notice():
                    yield from ((name, type(clause).__name__.lower(), clause) for name in clause.names)
                case ast.Agreement():
                    yield from ((line.name, "party", line) for line in clause.lines if isinstance(line, ast.PartyLine))
                case ast.Assume() | ast.Test() | ast.Service() | ast.Document() | ast.Reads() | ast.Stated():
                    pass
                case ast.ComposedCalendar():
                    yield clause.name, "calendar", clause
                case _ if clause.name is not None:
                    yield clause.name, type(clause).__name__.lower(), clause
                case _:
                    pass

    def choices(self, field: str) -> tuple[str, ...]:
        """The words that a field may have."""
        found: dict[str, None] = {}
        for line in self.fields.get(field, ()):
            for part in line.parts if isinstance(line, ast.EventField) else ():
                if isinstance(part, ast.Name | ast.Text):
                    found.setdefault(part.text if isinstance(part, ast.Name) else part.value)
        return tuple(found)

    def fields_of(self, name: str) -> frozenset[str]:
        """The fields of the rows that a name stands for: of an event, of what opens a duty, of a figure's groups."""
        return self._fields_of(name, 8)

    def _fields_of(self, name: str, depth: int) -> frozenset[str]:
        node = self.nodes.get(name)
        if isinstance(node, ast.Event | ast.Notice):
            return frozenset(line.name.text for line in node.lines if isinstance(line, _FIELD))
        if node is None or isinstance(node, ast.PartyLine) or depth == 0:
            return frozenset()
        if isinstance(node, ast.Measure | ast.Amount | ast.Charge | ast.Credit):
            groups = (line.grouping for line in node.lines if isinstance(line, ast.WindowLine))
            names = ((group.field,) if isinstance(group, ast.GroupOf) else group.fields for group in groups if group)
            return frozenset(name.text for each in names for name in each)
        if isinstance(node, ast.Obligation | ast.State | ast.Trigger):
            mentioned = (n.text for n in _names_below(node) if n.text != name)
            kinds = ("event", "notice", "obligation", "trigger", "state")
            within = [self._fields_of(each, depth - 1) for each in mentioned if self.things.get(each) in kinds]
            return frozenset().union(*within)
        return frozenset()

    # ------------------------------------------------------------------ where names stand
    def _in(self, page: Page) -> Iterator[Occurrence]:
        for clause in (*page.file.clauses, *page.file.uses):
            yield from self._below(page, clause)
        for pattern in page.file.patterns:
            yield from self._below(page, pattern.head)
            yield from self._in_template(page, pattern)

    def _below(self, page: Page, clause: ast.Node) -> Iterator[Occurrence]:
        """The names in a clause. On the stack: a node, what it is part of, and the fields of the row in scope."""
        own = self._own_fields(clause)
        stack: list[tuple[ast.Node, ast.Node, str, frozenset[str]]] = [(clause, clause, "", own)]
        while stack:
            node, parent, part, row = stack.pop()
            if isinstance(node, ast.Name):
                symbol, declares = self._symbol(node, parent, part, row, clause)
                if symbol is not None:
                    yield Occurrence(page, node.span.start, node.span.end, symbol, declares, clause, parent)
                continue
            if isinstance(node, ast.Reference):
                yield from self._cited(page, node, clause)
            inner = self._row_of(node, row)
            for name, value in node.__dict__.items():
                scope = inner if name in ("where", "value", "weight", "rows", "case") else row
                stack.extend((child, node, name, scope) for child in parts_of(value))

    def _cited(self, page: Page, node: ast.Reference, clause: ast.Node) -> Iterator[Occurrence]:
        """The document that a reference begins with: `[sch_c 2.1]`."""
        match = re.match(r"\[\s*(\w+)", node.span.text)
        if match is not None and match[1] in self.apart["document"]:
            start = node.span.start + match.start(1)
            yield Occurrence(page, start, start + len(match[1]), Symbol("document", match[1]), False, clause)

    def _own_fields(self, clause: ast.Node) -> frozenset[str]:
        if isinstance(clause, ast.Event | ast.Notice):
            return frozenset(line.name.text for line in clause.lines if isinstance(line, _FIELD))
        if isinstance(clause, ast.Obligation | ast.Trigger):
            return self.fields_of(clause.name.text)
        return frozenset()

    def _row_of(self, node: ast.Node, outer: frozenset[str]) -> frozenset[str]:
        """The fields in scope of what stands in rows that the node names."""
        rows = getattr(node, "rows", None)
        if isinstance(rows, ast.Node):
            return self._row_of(rows, outer)
        for part in _ROWS:
            named = getattr(node, part, None)
            if isinstance(named, ast.Name) and hasattr(node, "where"):
                return self.fields_of(named.text)
        return outer

    def _symbol(
        self, name: ast.Name, parent: ast.Node, part: str, row: frozenset[str], clause: ast.Node
    ) -> tuple[Symbol | None, bool]:
        """What a name is the name of, None if of nothing; and whether it is declared here."""
        found = role(type(parent).__name__, part)
        text = name.text
        if found is PLAIN or found.room == "plain":
            return None, False
        if found.does == "declares":
            within = clause.name.text if found.room == "parameter" and isinstance(clause, ast.Template) else ""
            return Symbol(found.room, text, within), True
        if found.room == "expression":
            return self._in_expression(name, parent, row), False
        symbol = self._referred(found, text, parent, clause)
        return symbol, symbol is not None and symbol.room == "column" and isinstance(parent, ast.ListCell)

    def _referred(self, found: Role, text: str, parent: ast.Node, clause: ast.Node) -> Symbol | None:
        if found in (FIELD, SERVICE, DOCUMENT, TEMPLATE):
            return Symbol(found.room, text)
        if found is PARAMETER:
            return Symbol("parameter", text, clause.template.text if isinstance(clause, ast.UseTemplate) else "")
        if found.room == "column":
            of = parent.list if isinstance(parent, ast.Lookup) else getattr(clause, "name", None)
            return Symbol("column", text, of.text if isinstance(of, ast.Name) else "")
        if found.room == "value":
            known = self.things.get(text) in found.things
            return Symbol("name", text) if known else self._as_cell(text, parent, clause)
        if text not in self.things and "service" in found.things and text in self.apart["service"]:
            return Symbol("service", text)
        return Symbol("name", text)

    def _as_cell(self, text: str, parent: ast.Node, clause: ast.Node) -> Symbol | None:
        """A word of the data; in the first row of a list it heads a column."""
        if isinstance(clause, ast.List) and isinstance(parent, ast.ListCell):
            head = next((line for line in clause.lines if isinstance(line, ast.ListRow)), None)
            if head is not None and any(cell is parent for cell in head.cells):
                of_key = text in {key.text for key in clause.keys}
                return Symbol("field", text) if of_key else Symbol("column", text, clause.name.text)
        return None

    def _in_expression(self, name: ast.Name, parent: ast.Node, row: frozenset[str]) -> Symbol | None:
        text = name.text
        asked = getattr(parent, "left", None)
        if isinstance(asked, ast.Name) and name is not asked and text in self.choices(asked.text):
            return None
        if text in row:
            return Symbol("field", text)
        if text in _OF_ROWS:
            return None
        if text in self.things:
            return Symbol("name", text)
        return Symbol("field", text) if text in self.fields else None

    def _in_template(self, page: Page, pattern: ast.Pattern) -> Iterator[Occurrence]:
        """The names in the body of a template, which is text: its parameters and whatever clauses are called."""
        head = pattern.head
        parameters = {name.text for name in (head.parameters.names if head.parameters else ())}
        for match in _WORDS.finditer(pattern.body.text):
            text = match.group()
            if text in parameters:
                symbol = Symbol("parameter", text, head.name.text)
            elif text in self.things:
                symbol = Symbol("name", text)
            else:
                continue
            start = pattern.body.start + match.start()
            yield Occurrence(page, start, start + len(text), symbol, False, head)
        end = pattern.span.end
        yield Occurrence(page, end - len(head.name.text), end, Symbol("template", head.name.text), False, head)


def _names_below(node: ast.Node) -> Iterator[ast.Name]:
    stack: list[Any] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.Name):
            yield part
        stack.extend(child for value in part.__dict__.values() for child in parts_of(value))


def index_of(agreement: Agreement) -> Index:
    """All names of an agreement, found once."""
    return agreement.kept("names", lambda: Index(agreement))


def things_of(index: Index, things: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names of clauses and parties that are one of these things (all, if none is listed), with what they are."""
    wanted = frozenset(things)
    return ((name, thing) for name, thing in index.things.items() if not wanted or thing in wanted)
