"""Where in a clause a doubt is about: the line, value, row or condition instead of the heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bpodsl.language import ast
from bpodsl.language.clauses.sorts import DEADLINE
from bpodsl.language.context import below
from bpodsl.lean import evolve, parts_of
from bpodsl.text import Problem, Span


def placed(problem: Problem, file: ast.File) -> Problem:
    """The problem at the part of the clause that it is about, where that is found; else as it is, at the heading."""
    changed: dict[str, Any] = {}
    part, other = problem.part(), problem.other_part()
    clause = _headed(file, problem.span)
    if part is not None and clause is not None:
        found = _part(_said_by(clause, part[0]), *part[1:])
        if found is not None:
            changed["span"] = found
    if other is not None and "other" in parts_of(type(problem)):
        # Of another clause its heading is known already.
        heading = getattr(problem, "other")  # noqa: B009
        where = clause if heading is None else _headed(file, heading)
        found = None if where is None else _part(_said_by(where, part[0] if part else ""), *other)
        if found is not None and (heading is not None or "span" in changed):
            changed["other"] = found
    return evolve(problem, **changed) if changed else problem


def _headed(file: ast.File, heading: Span | None) -> ast.Clause | None:
    if heading is None:
        return None
    return next(
        (each for each in file.clauses
         if each.span.source == heading.source and each.span.start == heading.start), None,
    )  # fmt: skip


def _said_by(clause: ast.Clause, name: str) -> ast.Node:
    """The clause; of a change what it says of the clause of that name, and where it says nothing of it, itself."""
    if not isinstance(clause, ast.Change):
        return clause
    own = [line for line in clause.lines if isinstance(line, ast.Changed) and line.name.text == name]
    return own[-1] if own else clause


def _part(node: ast.Node, word: str, which: str = "") -> Span | None:
    find = _FOUND.get(word)
    if find is not None:
        return find(node, which)
    return next((each.span for each in below(node) if isinstance(each, _LINES[word])), None)


_LINES: Final[Mapping[str, tuple[type[ast.Node], ...]]] = {
    "target": (ast.TargetLine, ast.TargetByLine),
    "minimum": (ast.MinimumLine, ast.MinimumByLine),
    "exercised within": (ast.ExercisedWithinLine,),
    "within": (*DEADLINE, ast.ByWeekdayLine, ast.ByNextLine, ast.ByWeekLine, ast.ByBackLine, ast.ByTimeLine),
    "clock": (ast.ClockStopsLine, ast.ClockStopsDuringLine),
    "excused": (ast.ExcusedLine,),
    "duty": (ast.DutyLine,),
    "waived": (ast.WaivedLine,),
    "notice": (ast.NoticeLine,),
    "cured": (ast.CuredLine,),
    "windows": (ast.WindowLine,),
    "value": (ast.ValueLine, ast.LevelsLine, ast.BandsLine),
    "sum": (ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine, ast.Pays, ast.PaysTable, ast.PaysLevels),
    "base": (ast.CreditFor,),
    "when": (ast.WhenLine, ast.WhenEventLine, ast.WhenLastsLine, ast.WhenFiresLine, ast.WhileLine),
    "renews": (ast.RenewsLine,),
    "ends": (ast.EffectiveLine,),
    "states": (ast.FromTo, ast.FromWhen, ast.ToWhen, ast.During),
}
"""Lines of which the first is the place."""


def _row(node: ast.Node, which: str) -> Span | None:
    rows = [each for each in below(node) if isinstance(each, ast.CreditRow | ast.BandRow)]
    keyed = any(isinstance(each, ast.KeyedCreditRow) for each in below(node))
    place = int(which)
    return rows[place].span if not keyed and place < len(rows) else None


def _table(node: ast.Node, _: str) -> Span | None:
    """All rows of the first table."""
    rows = [each.span for each in below(node) if isinstance(each, ast.CreditRow | ast.KeyedCreditRow | ast.BandRow)]
    return Span(rows[0].source, rows[0].start, rows[-1].end) if rows else None


def _limit(node: ast.Node, _: str) -> Span | None:
    if isinstance(node, ast.Cap):
        return node.limit.span
    return next((each.limit.span for each in below(node) if isinstance(each, ast.LimitLine)), None)


def _divisor(node: ast.Node, told: str) -> Span | None:
    """What a quotient is divided by; of several quotients the one that reads so, else the first that no number
    divides."""
    found = [
        each.value for each in below(node)
        if isinstance(each, ast.Scaled) and each.op == "/" and not isinstance(each.value, ast.Number)
    ]  # fmt: skip
    said = [each.span for each in found if _plain(_text(each.span)).startswith(_plain(told))]
    return next(iter([*said, *(each.span for each in found)]), None)


def _outcome(node: ast.Node, outcome: str) -> Span | None:
    """The line that says what follows an outcome."""
    for each in below(node):
        if isinstance(each, ast.WhenOutcomeLine) and each.outcome in (outcome, _BREACH.get(outcome)):
            return each.span
        if isinstance(each, ast.FailingLine) and outcome in ("missed", "breached"):
            return each.span
    return None


_BREACH: Final = {"missed": "breached"}


def _rows(node: ast.Node, name: str) -> Span | None:
    """The rows of that name with what is asked of them; else the line of the value, or of the sum."""
    named = (each.span for each in below(node) if isinstance(each, ast.NamedRows) and each.name.text == name)
    return next(named, None) or _part(node, "value") or _part(node, "sum")


def _during(node: ast.Node, state: str) -> Span | None:
    """The line by which a state stops a clock or suspends."""
    lines = (each for each in below(node) if isinstance(each, ast.ClockStopsDuringLine | ast.SuspendedLine))
    named = (line.span for line in lines if any(isinstance(n, ast.Name) and n.text == state for n in below(line)))
    return next(named, None) or _part(node, "clock")


def _condition(node: ast.Node, told: str) -> Span | None:
    """The smallest part that reads as a condition is told, but for how its values are written."""
    meant = _plain(told)
    spans = [each.span for each in _conditions(node) if _plain(_text(each.span)) == meant]
    return min(spans, key=lambda span: span.end - span.start, default=None)


def _conditions(node: ast.Node) -> Iterator[ast.Node]:
    return (each for each in below(node) if not isinstance(each, ast.Name | ast.Text))


_FOUND: Final[Mapping[str, Callable[[ast.Node, str], Span | None]]] = {
    "row": _row, "table": _table, "limit": _limit, "divisor": _divisor, "outcome": _outcome, "during": _during,
    "rows": _rows, "condition": _condition,
}  # fmt: skip
"""What finds a place that is more than the first line of a sort."""


def _text(span: Span) -> str:
    return span.source.text[span.start : span.end]


def _plain(text: str) -> str:
    for left_out in (".00", "(", ")", '"', "…"):
        text = text.replace(left_out, "")
    return "".join(text.split())
