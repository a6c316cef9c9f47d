"""Lines of figures that can be read as a value, but are a line of another sort with a slip in its first word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bpodsl.language import ast
from bpodsl.language.expected import nearest
from bpodsl.language.paper_words import same, window
from bpodsl.language.parse import line_words
from bpodsl.language.problems_syntax import Unexpected
from bpodsl.text import Problem, Span

_WORD: Final = re.compile(r"[a-z_]+")
_CLAUSES: Final = {ast.Measure: "measure", ast.Amount: "amount"}


def without_slips(file: ast.File) -> tuple[ast.File, list[Problem]]:
    """The file without such lines, and what is wrong with them: of a clause that says its value twice, or lost a
    line, the line, or lines, whose first word is no name of the agreement and nearly one with which a line begins."""
    names, found, clauses, damaged = set(_names(file)), list[Problem](), list[ast.Clause](), list(file.damaged)
    for clause in file.clauses:
        lines = clause.lines if isinstance(clause, ast.Measure | ast.Amount) else ()
        # Of a clause that lost a line, that may have been its value.
        most = 0 if clause.span in file.damaged else 1
        if sum(isinstance(line, ast.ValueLine) for line in lines) <= most:
            clauses.append(clause)
            continue
        word = _CLAUSES[type(clause)]
        slips = {id(line): slip for line in lines if (slip := _slip(line, word, names)) is not None}
        found += slips.values()
        if slips:
            damaged.append(clause.span)
            clause = ast.changed(clause, lines=tuple(line for line in lines if id(line) not in slips))
        clauses.append(clause)
    return (ast.changed(file, clauses=tuple(clauses), damaged=tuple(damaged)) if found else file), found


def _slip(line: ast.Node, clause: str, names: set[str]) -> Problem | None:
    text = line.span.text
    written = _WORD.match(text)
    if not isinstance(line, ast.ValueLine) or written is None or written[0] in names:
        return None
    span = Span(line.span.source, line.span.start, line.span.start + written.end())
    said = window(written[0])
    if said is not None:
        return Unexpected(span, seen=f"`{span.text}`", expected=("a window (`each month`)",), near=said)
    words = line_words(clause)
    near = nearest(written[0], words) or same(written[0], words)
    return None if near is None else Unexpected(span, seen=f"`{span.text}`", expected=(f"`{near}`",), near=near)


def _names(file: ast.File) -> Iterator[str]:
    for clause in file.clauses:
        for said in (getattr(clause, "name", None), *(getattr(clause, "names", None) or ())):
            if isinstance(said, ast.Name):
                yield said.text
