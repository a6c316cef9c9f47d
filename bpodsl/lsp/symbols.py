"""What is in a file, and in all of them: clauses for the outline, the search, folding, and links to used files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from lsprotocol import types

from bpodsl.language import ast
from bpodsl.language.layout import lay_out
from bpodsl.lsp.desk import Desk, Page
from bpodsl.lsp.shelf import Shelf
from bpodsl.text import Span

_Kind = types.SymbolKind
_KINDS: Final = {
    "agreement": _Kind.Package, "assume": _Kind.String, "definition": _Kind.Constant, "calendar": _Kind.Array,
    "composedcalendar": _Kind.Array, "event": _Kind.Event, "notice": _Kind.Event, "state": _Kind.Boolean,
    "series": _Kind.Array, "reads": _Kind.File, "service": _Kind.Module, "obligation": _Kind.Function,
    "measure": _Kind.Number, "amount": _Kind.Number, "list": _Kind.Array, "periods": _Kind.Array,
    "charge": _Kind.Property,
    "credit": _Kind.Property, "cap": _Kind.Property, "change": _Kind.Namespace, "assignment": _Kind.Namespace,
    "novation": _Kind.Namespace, "trigger": _Kind.Operator, "escalation": _Kind.Interface, "right": _Kind.Method,
    "termination": _Kind.Method, "determination": _Kind.Key, "claim": _Kind.Key, "stated": _Kind.String,
    "test": _Kind.Constructor, "template": _Kind.Class, "document": _Kind.File, "party": _Kind.Object,
    "field": _Kind.Field,
}  # fmt: skip


def kind(word: str) -> types.SymbolKind:
    """How the outline shows a clause of this word."""
    return _KINDS.get(word, _Kind.Variable)


def outline(page: Page) -> list[types.DocumentSymbol]:
    """The clauses of a page, with the parties and fields that they declare."""
    found = [each for clause in page.file.clauses for each in _symbols(page, clause)]
    for pattern in page.file.patterns:
        name = pattern.head.name
        body = Span(page.source, pattern.span.start, pattern.span.end)
        found.append(_symbol(page, "template", name.text, "", body, name.span, []))
    return sorted(found, key=lambda each: (each.range.start.line, each.range.start.character))


def word_of(clause: ast.Node) -> str:
    """The word that begins such a clause."""
    return {"ComposedCalendar": "calendar"}.get(type(clause).__name__, type(clause).__name__.lower())


def named(clause: ast.Clause) -> list[tuple[str, Span]]:
    """What a clause is called, and where it says so; of an event all of its names."""
    match clause:
        case ast.Event() | ast.Notice():
            return [(name.text, name.span) for name in clause.names]
        case ast.Test():
            return [(clause.title.value, clause.title.span)]
        case ast.Assume():
            return [("assume", Span(clause.span.source, clause.span.start, clause.span.start + len("assume")))]
        case ast.Cap(name=None):
            return [("cap", Span(clause.span.source, clause.span.start, clause.span.start + len("cap")))]
        case _:
            return [] if clause.name is None else [(clause.name.text, clause.name.span)]


def title(clause: ast.Node) -> str:
    """The words in quotes behind a name, "" if there are none."""
    words = getattr(clause, "title", None)
    return words.value if isinstance(words, ast.Text) and not isinstance(clause, ast.Test) else ""


def _symbols(page: Page, clause: ast.Clause) -> Iterator[types.DocumentSymbol]:
    inner: list[types.DocumentSymbol] = []
    for line in getattr(clause, "lines", ()) if isinstance(clause, ast.Agreement | ast.Event | ast.Notice) else ():
        if isinstance(line, ast.PartyLine):
            inner.append(_symbol(page, "party", line.name.text, title(line), line.span, line.name.span, []))
        elif isinstance(line, ast.EventField | ast.WorkedField):
            inner.append(_symbol(page, "field", line.name.text, "", line.span, line.name.span, []))
    for number, (name, span) in enumerate(named(clause)):
        yield _symbol(page, word_of(clause), name, title(clause), clause.span, span, inner if number == 0 else [])


def _symbol(
    page: Page, word: str, name: str, words: str, whole: Span, own: Span, inner: list[types.DocumentSymbol]
) -> types.DocumentSymbol:
    detail = f"{word}: {words}" if words else word
    places = page.lines.of(whole), page.lines.of(own)
    return types.DocumentSymbol(name or word, kind(word), *places, detail, children=inner)


def search(desk: Desk, query: str) -> list[types.WorkspaceSymbol]:
    """The clauses of all files whose names or titles have the letters of the query in order."""
    found: dict[tuple[str, int], types.WorkspaceSymbol] = {}
    for agreement in desk.all():
        for page in agreement.pages.values():
            uri = desk.shelf.uri(page.path)
            for clause in page.file.clauses:
                for name, span in named(clause):
                    if _has(f"{name} {title(clause)}", query):
                        location = types.Location(uri, page.lines.of(span))
                        word, file = kind(word_of(clause)), page.path.name
                        symbol = types.WorkspaceSymbol(location, name, word, container_name=file)
                        found.setdefault((uri, span.start), symbol)
    return list(found.values())


def _has(text: str, query: str) -> bool:
    letters = iter(text.lower())
    return all(letter in letters for letter in query.lower() if not letter.isspace())


def folds(page: Page) -> list[types.FoldingRange]:
    """Each clause, and comments of several lines, fold to their first line."""
    found = []
    layout = lay_out(page.source)
    for block in layout.blocks:
        first = page.lines.position(block.head.start).line
        last = page.lines.position(block.pieces[-1].end).line
        if last > first:
            found.append(types.FoldingRange(first, last))
    alone = [
        page.lines.position(comment.span.start).line
        for comment in layout.comments
        if page.source.line(comment.span.place[0]).lstrip().startswith("#")
    ]
    found += [
        types.FoldingRange(first, last, kind=types.FoldingRangeKind.Comment)
        for first, last in _runs(alone)
        if last > first
    ]
    return found


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Stretches of numbers that follow each other."""
    first = last = -2
    for number in numbers:
        if number != last + 1:
            if last >= 0:
                yield first, last
            first = number
        last = number
    if last >= 0:
        yield first, last


def links(page: Page, shelf: Shelf) -> list[types.DocumentLink]:
    """The files that a page uses."""
    found = []
    for use in page.file.uses:
        if isinstance(use, ast.UseFile) and "\0" not in use.path.value:
            path = (page.path.parent / use.path.value).resolve()
            if shelf.stamp(path) is not None:
                found.append(types.DocumentLink(page.lines.of(use.path.span), shelf.uri(path)))
    return found
