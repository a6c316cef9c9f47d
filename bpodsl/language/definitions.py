"""Definitions: what a word of the agreement stands for, put in wherever it stands for a length or a number.

In expressions a defined word is a name like others (see `expressions.named`). Where only a length or a number can stand
it is replaced in the tree, before anything is lowered, and once more for each version that a change makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from bpodsl.language import ast
from bpodsl.language.context import Context, below
from bpodsl.language.problems import OutOfRange, WrongKind

Meanings = Mapping[str, ast.Node]
"""What each defined word stands for: a literal of the tree."""

_N = TypeVar("_N", bound=ast.Node)
_HOUR = "hour"
_TOLD: Mapping[type[ast.Node], str] = {
    ast.Length: "a length of time", ast.Number: "a number", ast.Percent: "a percentage", ast.Money: "a sum of money",
    ast.Text: "words", ast.Day: "a day", ast.Instant: "an instant", ast.Time: "a time of day",
}  # fmt: skip


def take_definitions(ctx: Context) -> None:
    """Read all definitions, and put in what they mean where a length or a number stands."""
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
    if not any(isinstance(node, ast.NamedLength | ast.NamedNumber) for node in below(clause)):
        return clause
    return cast(_N, _spelled(ctx, clause, report))


def _spelled(ctx: Context, node: ast.Node, report: bool) -> ast.Node:
    if isinstance(node, ast.NamedLength | ast.NamedNumber):
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


def _meaning(ctx: Context, node: ast.NamedLength | ast.NamedNumber, report: bool) -> ast.Node:
    """The length or number that a word stands for; some other, and a problem, where it stands for none."""
    wanted: type[ast.Node] = ast.Length if isinstance(node, ast.NamedLength) else ast.Number
    word = "length of time" if wanted is ast.Length else "number"
    meaning = ctx.meanings.get(node.name.text)
    if report and ctx.find(node.name, "definition", wanted=f"definition of a {word}") is None:
        meaning = None
    elif report and meaning is not None and not isinstance(meaning, wanted):
        told = _TOLD.get(type(meaning), "a value")
        ctx.report(WrongKind(node.span, f"`{node.name.text}`, which means {told}", f"a {word}"))
    elif report and isinstance(meaning, ast.Number) and (meaning.value.denominator != 1 or meaning.value < 0):
        ctx.report(OutOfRange(node.span, f"`{node.name.text}` is no whole number."))
    if isinstance(meaning, wanted) and not (isinstance(meaning, ast.Number) and meaning.value.denominator != 1):
        return ast.changed(meaning, span=node.span)
    one = ast.Number(node.span, 1)
    return one if wanted is ast.Number else ast.Length(node.span, one, _HOUR)
