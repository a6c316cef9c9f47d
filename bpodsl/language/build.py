"""From rules to nodes: one generic builder, called as the parser reduces, so that nothing recurses.

Each value on the parser's stack is `(start, end, value)`. What a rule makes follows from its name: a rule
with `!` makes the words it matched, one that begins with `_` a list that is poured into the rule
around it, one with a class of its name a node, any other a tuple. So a new clause needs no code here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from bpodsl.language import ast
from bpodsl.language.grammar import RuleShape
from bpodsl.lean import REQUIRED
from bpodsl.text import Source, Span

Item = tuple[int, int, Any]
Make = Callable[[Source, int, int, list[Any]], Any]
Action = Callable[[Source, Sequence[Item]], Item]


class Poured(list[Any]):
    """Parts on their way into the rule around them."""


def action(shape: RuleShape) -> Action:
    """What to do when this rule is reduced."""
    make = _maker(shape)
    plan = [(n, name.startswith("_"), gaps) for n, ((name, kept), gaps) in enumerate(_with_gaps(shape)) if kept or gaps]
    kept = [is_kept for _, is_kept in shape.symbols]
    tail = shape.empty[-1]
    leaves_single = shape.single

    if shape.words:
        return _words(shape)

    if len(shape.symbols) == 1 and kept == [True] and not any(shape.empty):
        if leaves_single and not shape.symbols[0][0].startswith("_"):
            return lambda source, items: items[0]
        if shape.origin.startswith("_") and not shape.symbols[0][0].startswith("__"):
            # One part in a rule that leaves no trace: wrapped only once.
            return lambda source, items: (
                items[0] if isinstance(items[0][2], Poured) else (items[0][0], items[0][1], Poured((items[0][2],)))
            )

    def reduce(source: Source, items: Sequence[Item]) -> Item:
        start, end = items[0][0], items[-1][1]
        parts: list[Any] | None = None
        for n, pours, gaps in plan:
            value = items[n][2]
            if parts is None and n == 0 and not gaps and isinstance(value, Poured) and pours:
                parts = value  # A list grows on its left: taken over, not copied, so that long ones stay cheap.
                continue
            if parts is None:
                parts = Poured()
            parts.extend([None] * gaps)
            if kept[n]:
                if isinstance(value, Poured) and pours:
                    parts.extend(value)
                else:
                    parts.append(value)
        if parts is None:
            parts = Poured()
        parts.extend([None] * tail)
        if leaves_single and len(parts) == 1:
            return start, end, parts[0]
        return start, end, make(source, start, end, parts)

    return reduce


def _words(shape: RuleShape) -> Action:
    """The words as written; in a node if the rule has a class."""
    node = _node(shape.name)

    def reduce(source: Source, items: Sequence[Item]) -> Item:
        start, end, words = items[0][0], items[-1][1], " ".join([item[2] for item in items])
        return start, end, words if node is None else node(Span(source, start, end), words)

    return reduce


def _node(name: str) -> Any:
    """The class of the tree that a rule is named after, or None."""
    found = getattr(ast, "".join(word.capitalize() for word in name.split("_")), None)
    return found if isinstance(found, type) and issubclass(found, ast.Node) else None


def _with_gaps(shape: RuleShape) -> list[tuple[tuple[str, bool], int]]:
    return list(zip(shape.symbols, shape.empty, strict=False))


def _maker(shape: RuleShape) -> Make:
    if shape.origin.startswith("_") and shape.name == shape.origin:
        return lambda source, start, end, parts: parts if isinstance(parts, Poured) else Poured(parts)
    node = _node(shape.name)
    if node is None:
        return lambda source, start, end, parts: tuple(parts)
    places = list(ast.places(node).values())
    takes_all = bool(places) and places[-1].takes_all
    fixed = len(places) - takes_all
    spare: Final = tuple(None if f.default is REQUIRED else f.default for f in places[:fixed])
    cited = issubclass(node, ast.Line)

    def make(source: Source, start: int, end: int, parts: list[Any]) -> Any:
        span = Span(source, start, end)
        own = _own_reference(parts, fixed) if cited else None
        if own is not None:
            return ast.changed(make(source, start, end, [part for part in parts if part is not own]), reference=own)
        if takes_all:
            return node(span, *parts[:fixed], *spare[len(parts) :], _lines(parts[fixed:]))
        return node(span, *parts, *spare[len(parts) :])

    return make


def _own_reference(parts: Sequence[Any], fixed: int) -> ast.Reference | None:
    """What a row refers to, behind its cells; or a line with rows below it: then its reference stands before them."""
    if len(parts) > 1 and type(parts[-1]) is ast.Reference and not isinstance(parts[-2], ast.Line):
        return parts[-1]
    return next((part for part in parts[: fixed + 1] if type(part) is ast.Reference), None)


def _lines(parts: Sequence[Any]) -> tuple[Any, ...]:
    """The parts of a block, each reference put into the line that it ends."""
    if not any(type(part) is ast.Reference for part in parts):
        return tuple(parts)
    lines: list[Any] = []
    for part in parts:
        if isinstance(part, ast.Reference) and lines and isinstance(lines[-1], ast.Line):
            line: Any = lines[-1]
            lines[-1] = ast.changed(line, reference=part)
        else:
            lines.append(part)
    return tuple(lines)
