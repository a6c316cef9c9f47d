"""Documents: where a clause comes from, and which definition counts where several documents have one.

A clause comes from the document that its reference begins with (`[sch_c §4]`), else from that of its file
(`use "c.bpo" as sch_c`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpodsl.language import ast
from bpodsl.language.context import Context, head_span
from bpodsl.language.names import nearest
from bpodsl.language.problems import NoEffect, Overridden, SaidTwice, UnknownName
from bpodsl.text import Span

_ROOMS = (ast.Reads, ast.Service, ast.Stated, ast.Test, ast.Document)
"""Clauses whose names have a room of their own."""

_FIRST = re.compile(r"[a-z][a-z0-9_]*")


def competing(ctx: Context, agreement: ast.Agreement | None) -> set[int]:
    """The clauses (by identity) that do not count, since another document's clause of the name does (reported).

    Where neither precedence nor `as in` decides, both are left, and their names clash.
    """
    documents = {clause.name.text: clause for clause in ctx.file.clauses if isinstance(clause, ast.Document)}
    ranks, chosen = _stated(ctx, agreement, documents)
    _uses(ctx, documents)
    found: set[int] = set()
    for name, clauses in _by_name(ctx).items():
        if len(clauses) < 2:
            continue
        of = {id(clause): document_of(ctx, clause, documents) for clause in clauses}
        if name in chosen:
            best = [clause for clause in clauses if of[id(clause)] == chosen[name]]
        else:
            if any(of[id(clause)] not in ranks for clause in clauses):
                continue
            top = min(ranks[of[id(clause)]] for clause in clauses)
            best = [clause for clause in clauses if ranks[of[id(clause)]] == top]
        if len(best) != 1:
            continue
        counts = best[0]
        for clause in clauses:
            if clause is not counts:
                found.add(id(clause))
                ctx.report(
                    Overridden(
                        head_span(clause), name, of[id(clause)], head_span(counts), of[id(counts)], name in chosen
                    )
                )  # fmt: skip
    return found


def document_of(ctx: Context, clause: ast.Clause, documents: dict[str, ast.Document]) -> str:
    """The document that a clause comes from, or ""."""
    reference = getattr(clause, "reference", None)
    if isinstance(reference, ast.Reference):
        first = _FIRST.match(reference.text)
        if first is not None and first[0] in documents:
            return first[0]
    return dict(ctx.file.documents).get(clause.span.source.name, "")


def _stated(
    ctx: Context, agreement: ast.Agreement | None, documents: dict[str, ast.Document]
) -> tuple[dict[str, int], dict[str, str]]:
    """The rank of each document, and the document chosen for a name."""
    ranks: dict[str, int] = {}
    chosen: dict[str, str] = {}
    lines = () if agreement is None else agreement.lines
    first: Span | None = None
    for line in lines:
        if isinstance(line, ast.PrecedenceLine):
            if first is not None:
                ctx.report(SaidTwice(line.span, "which document stands higher", first))
                continue
            first = line.span
            for name in line.documents:
                if _known(ctx, name, documents):
                    ranks.setdefault(name.text, len(ranks))
        elif isinstance(line, ast.AsInLine) and _known(ctx, line.document, documents):
            names = _by_name(ctx).get(line.name.text, [])
            if not any(document_of(ctx, clause, documents) == line.document.text for clause in names):
                why = f"`{line.document.text}` has no clause of that name"
                ctx.report(NoEffect(line.span, f"as in {line.document.text}", why))
            chosen[line.name.text] = line.document.text
    return ranks, chosen


def _known(ctx: Context, name: ast.Name, documents: dict[str, ast.Document]) -> bool:
    if name.text in documents:
        return True
    others = tuple(documents) if len(documents) < 5 else ()
    ctx.report(UnknownName(name.span, name.text, "document", nearest(name.text, documents), others))
    return False


def _uses(ctx: Context, documents: dict[str, ast.Document]) -> None:
    """The documents that files are said to be must be declared."""
    for use in ctx.file.uses:
        if isinstance(use, ast.UseFile) and use.document is not None:
            _known(ctx, use.document, documents)


def _by_name(ctx: Context) -> dict[str, list[ast.Clause]]:
    """The clauses of each name that share one room, in order."""
    found: dict[str, list[ast.Clause]] = {}
    for clause in ctx.file.clauses:
        if not isinstance(clause, _ROOMS):
            for name in _names(clause):
                found.setdefault(name, []).append(clause)
    return found


def _names(clause: ast.Clause) -> Iterator[str]:
    match clause:
        case ast.Event() | ast.Notice():
            if len(clause.names) == 1:
                yield clause.names[0].text
        case ast.Agreement() | ast.Assume() | ast.Test():
            pass
        case _:
            if clause.name is not None:
                yield clause.name.text
