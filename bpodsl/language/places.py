"""Where in a clause a doubt is about: the line, row or condition instead of the heading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpodsl.language import ast
from bpodsl.language.context import below
from bpodsl.lean import evolve, parts_of
from bpodsl.text import Problem, Span

_LINES = {
    "target": (ast.TargetLine, ast.TargetByLine),
    "minimum": (ast.MinimumLine, ast.MinimumByLine),
    "exercised within": (ast.ExercisedWithinLine,),
    "within": (ast.WithinLine, ast.WithinByLine),
    "row": (ast.CreditRow, ast.BandRow),
}


def placed(problem: Problem, file: ast.File) -> Problem:
    """The problem at the part of the clause that it is about, where that is found; else as it is, at the heading."""
    part, heading = problem.part(), problem.span
    if part is None or heading is None:
        return problem
    clause = next((each for each in file.clauses if _begins(each, heading)), None)
    if clause is None:
        return problem
    node: ast.Node = clause
    if isinstance(clause, ast.Change):
        # What a change says of the clause; where it says nothing of this part, the heading of the change is the place.
        own = [line for line in clause.lines if isinstance(line, ast.Changed) and line.name.text == part[0]]
        node = own[-1] if own else clause
    found = _part(node, *part[1:])
    if found is None:
        return problem
    changed: dict[str, Any] = {"span": found}
    other = problem.other_part()
    if other is not None and "other" in parts_of(type(problem)):
        changed["other"] = _part(node, *other)
    return evolve(problem, **changed)


def _begins(clause: ast.Clause, heading: Span) -> bool:
    return clause.span.source == heading.source and clause.span.start == heading.start


def _part(node: ast.Node, word: str, which: str = "") -> Span | None:
    if word == "condition":
        return _condition(node, which)
    lines = [each for each in below(node) if isinstance(each, _LINES[word])]
    if word != "row":
        return lines[0].span if lines else None
    place = int(which)
    keyed = any(isinstance(each, ast.KeyedCreditRow) for each in below(node))
    return lines[place].span if not keyed and place < len(lines) else None


def _condition(node: ast.Node, told: str) -> Span | None:
    """The smallest part that reads as a condition is told, but for how its values are written."""
    meant = _plain(told)
    spans = [each.span for each in _conditions(node) if _plain(_text(each.span)) == meant]
    return min(spans, key=lambda span: span.end - span.start, default=None)


def _conditions(node: ast.Node) -> Iterator[ast.Node]:
    return (each for each in below(node) if not isinstance(each, ast.Name | ast.Text))


def _text(span: Span) -> str:
    return span.source.text[span.start : span.end]


def _plain(text: str) -> str:
    for left_out in (".00", "(", ")", '"'):
        text = text.replace(left_out, "")
    return "".join(text.split())
