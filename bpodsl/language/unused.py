"""What is declared and named nowhere else: it changes nothing.

A name that stands anywhere else counts as used, whatever it means there: so a field of the same name as a state is not
reported, and nothing is reported wrongly. What tests say of an event or a figure uses it; that they give a field a
value does not, since they must.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpodsl.language import ast
from bpodsl.language.context import Context, below
from bpodsl.language.documents import document_of
from bpodsl.language.problems import NotAsked, Unused
from bpodsl.text import Severity

_UNASKED = ("text", "day", "month", "quarter", "year")
"""Kinds of fields that no clause need ask for: words are for whoever reads the record, a period says to which window
an event belongs, and is matched with that as a key is."""


def report_unused(ctx: Context) -> None:
    """Report what no clause names; of a text that lost a line nothing, since it may have stood there."""
    if ctx.broken or ctx.file.damaged:
        return
    for declared in ctx.names.of("calendar", "state", "series", "definition"):
        if declared.name not in ctx.names.used:
            ctx.report(Unused(declared.span, declared.name, declared.thing))
    if any(problem.severity is Severity.ERROR for problem in ctx.problems):
        return  # Who is still writing knows that something is missing.
    for declared in ctx.names.of("list"):
        if declared.name not in ctx.names.used:
            ctx.report(Unused(declared.span, declared.name, declared.thing))
    clauses = [clause for clause in ctx.file.clauses if not isinstance(clause, ast.Reads)]
    asked = {name.text for clause in clauses if not isinstance(clause, ast.Test) for name in _named(clause)}
    # By which acts name the period that they are about, though nobody wrote it.
    for norm in ctx.norms.values():
        asked |= {norm.period_field, *(waiver.period_field for waiver in norm.waivers)}
    tried = {name.text for clause in clauses if isinstance(clause, ast.Test) for name in _named(clause)}
    # A field of the case is asked for without the name of the event that gives it.
    asked |= ctx.cases
    for clause in clauses:
        match clause:
            case ast.Event() | ast.Notice():
                _of_event(ctx, clause, asked, tried)
            case ast.Agreement():
                for line in clause.lines:
                    if isinstance(line, ast.PartyLine) and line.role == "party" and line.name.text not in asked:
                        ctx.report(NotAsked(line.name.span, line.name.text, "party", "names"))
            case ast.Measure() | ast.Amount() if clause.name.text not in asked | tried:
                _of_figure(ctx, clause)
            case ast.List() if clause.name.text in ctx.names.used and clause.span.source.used_at is None:
                columns = [column for column in _columns(clause) if column.text != "from"]
                # A list of members alone has a column too.
                for column in columns if len(columns) > 1 else ():
                    if column.text not in asked:
                        ctx.report(NotAsked(column.span, column.text, "column", "asks for"))
            case ast.Document() if not _cited(ctx, clause):
                ctx.report(NotAsked(clause.name.span, clause.name.text, "document", "comes from"))
            case _:
                pass


def _of_event(ctx: Context, event: ast.Event | ast.Notice, asked: set[str], tried: set[str]) -> None:
    if any(isinstance(line, ast.RelatesLine) for line in event.lines):
        return  # What it says stands in the place of what another event said.
    free = [name for name in event.names if name.text not in asked and name.text not in tried]
    for name in free:
        ctx.report(Unused(name.span, name.text, type(event).__name__.lower()))
    if len(free) == len(event.names):
        return
    for line in event.lines:
        if isinstance(line, ast.EventField) and (line.key or line.kind in _UNASKED):
            continue
        if not isinstance(line, ast.EventField | ast.WorkedField):
            continue
        if line.name.text not in asked:
            ctx.report(NotAsked(line.name.span, line.name.text, "field", "asks for"))


def _of_figure(ctx: Context, figure: ast.Measure | ast.Amount) -> None:
    # A title is for people, who then want the number. A template may have more than one of its uses needs.
    meant = any(isinstance(line, ast.TargetLine | ast.MinimumLine) for line in figure.lines)
    if figure.title is None and not meant and figure.span.source.used_at is None:
        ctx.report(NotAsked(figure.name.span, figure.name.text, type(figure).__name__.lower(), "asks for"))


def _columns(clause: ast.List) -> Iterator[ast.Name]:
    """The names of the columns of a list, which its first row gives."""
    rows = [line for line in clause.lines if isinstance(line, ast.ListRow)]
    for cell in rows[0].cells if rows else ():
        if isinstance(cell.value, ast.Name):
            yield cell.value


def _cited(ctx: Context, document: ast.Document) -> bool:
    """Whether a clause, a file or the order of precedence names a document."""
    documents, name = {document.name.text: document}, document.name.text
    if name in dict(ctx.file.documents).values():
        return True
    if any(document_of(ctx, clause, documents) == name for clause in ctx.file.clauses):
        return True
    heads = (clause for clause in ctx.file.clauses if isinstance(clause, ast.Agreement))
    return any(each.text == name for head in heads for each in _names(head))


def _named(clause: ast.Clause) -> Iterator[ast.Name]:
    """The names in a clause but those that it declares."""
    match clause:
        case ast.Event() | ast.Notice():
            lines: Iterable[ast.Node] = (line for line in clause.lines if not isinstance(line, ast.EventField))
            for part in (clause.reporters, *lines):
                yield from _names(part.value if isinstance(part, ast.WorkedField) else part)
        case ast.Agreement():
            for line in clause.lines:
                if not isinstance(line, ast.PartyLine):
                    yield from _names(line)
        case ast.List():
            # That a list has a column, or says what it adds up to, asks nothing of it.
            heads = {id(column) for column in _columns(clause)}
            rows = (line for line in clause.lines if isinstance(line, ast.ListRow))
            yield from (name for part in (*clause.keys, *rows) for name in _names(part) if id(name) not in heads)
        case _:
            own = getattr(clause, "name", None)
            yield from (name for name in _names(clause) if name is not own)


def _names(node: ast.Node) -> Iterator[ast.Name]:
    return (part for part in below(node) if isinstance(part, ast.Name))
