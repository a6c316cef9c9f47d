"""Definitions: what a word of the agreement stands for, put in wherever only a value may stand.

In expressions a defined word is a name like others (see `expressions.named`). Where only a length,
number, percentage or day can stand it is replaced in the tree, before anything is lowered, and once more for each
version that a change makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

from bpodsl.language import ast
from bpodsl.language.context import Context, below
from bpodsl.language.problems import OutOfRange, WrongKind
from bpodsl.text import Span
from bpodsl.values import LAST_DAY

Meanings = Mapping[str, ast.Node]
"""What each defined word stands for: a literal of the tree."""

_N = TypeVar("_N", bound=ast.Node)
Named = ast.NamedLength | ast.NamedNumber | ast.NamedPercent | ast.NamedDay | ast.NamedStep
"""A word where only a value of some sort may stand."""

_TOLD: Mapping[type[ast.Node], str] = {
    ast.Length: "a length of time", ast.Number: "a number", ast.Percent: "a percentage", ast.Money: "a sum of money",
    ast.Text: "words", ast.Day: "a day", ast.Instant: "an instant", ast.Time: "a time of day",
}  # fmt: skip

_Spare = Callable[[Span], ast.Node]
_WANTED: Final[Mapping[type[ast.Node], tuple[tuple[type[ast.Node], ...], str, _Spare]]] = {
    ast.NamedLength: (
        (ast.Length,), "a length of time", lambda span: ast.Length(span, ast.Number(span, 1), "hour"),
    ),
    ast.NamedNumber: ((ast.Number,), "a number", lambda span: ast.Number(span, 1)),
    ast.NamedPercent: ((ast.Percent,), "a percentage", lambda span: ast.Percent(span, 1)),
    ast.NamedDay: ((ast.Day,), "a day", lambda span: ast.Day(span, LAST_DAY)),
    ast.NamedStep: (
        (ast.Number, ast.Percent, ast.Money, ast.Length), "a number, percentage, sum of money or length of time",
        lambda span: ast.Number(span, 1),
    ),
}  # fmt: skip
"""What a word must mean where it stands so, in words, and what stands in its place where it means something else."""


def take_definitions(ctx: Context) -> None:
    """Read all definitions, and put in what they mean where only a value can stand."""
    for declared in ctx.names.of("definition"):
        if isinstance(declared.node, ast.Definition):
            ctx.meanings[declared.name] = declared.node.value
    clauses: list[ast.Clause] = []
    for clause in ctx.file.clauses:
        spelled = spelled_out(ctx, clause, report=True)
        if spelled is not clause:
            ctx.written[id(spelled)] = clause
            ctx.names.moved(clause, spelled)
        clauses.append(spelled)
    ctx.file = ast.changed(ctx.file, clauses=tuple(clauses))


def spelled_out(ctx: Context, clause: _N, report: bool = False) -> _N:
    """The clause with what defined words mean now in their places."""
    if not any(isinstance(node, Named) for node in below(clause)):
        return clause
    return cast(_N, _spelled(ctx, clause, report))


def _spelled(ctx: Context, node: ast.Node, report: bool) -> ast.Node:
    if isinstance(node, Named):
        return _meaning(ctx, node, report)
    new: dict[str, Any] = {}
    for name, part in node.__dict__.items():
        if isinstance(part, ast.Node):
            made: Any = _spelled(ctx, part, report)
        elif isinstance(part, tuple):
            made = tuple(_spelled(ctx, each, report) if isinstance(each, ast.Node) else each for each in part)
            made = part if all(one is other for one, other in zip(made, part, strict=True)) else made
        else:
            continue
        if made is not part:
            new[name] = made
    return ast.changed(node, **new) if new else node


def _meaning(ctx: Context, node: Named, report: bool) -> ast.Node:
    """The value that a word stands for; some other, and a problem, where it stands for none of that sort."""
    wanted, told, spare = _WANTED[type(node)]
    meaning = ctx.meanings.get(node.name.text)
    if report and ctx.find(node.name, "definition", wanted=f"definition of {told}") is None:
        meaning = None
    elif report and meaning is not None and not isinstance(meaning, wanted):
        ctx.report(WrongKind(node.span, f"`{node.name.text}`, which means {_TOLD.get(type(meaning), 'a value')}", told))
    whole = not isinstance(node, ast.NamedNumber)
    if isinstance(meaning, ast.Number) and not whole:
        whole = meaning.value.denominator == 1 and meaning.value >= 0
        if report and not whole:
            ctx.report(OutOfRange(node.span, f"`{node.name.text}` is no whole number."))
    if isinstance(meaning, wanted) and whole:
        return ast.changed(meaning, span=node.span)
    return spare(node.span)
