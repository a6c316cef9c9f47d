"""The grammar and the tables made from it.

The grammar is text, in `grammar/*.lark`; lark turns it into LALR(1) tables. That takes a second, so they are
read as JSON, never as pickled objects: from the file that a build put beside the packaged grammar, if it is of
the very grammar at hand, else from what was kept in the user's own cache.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar

from bpodsl.cached import kept
from bpodsl.language.lalr import CLAUSES, FILES, PACKED, STARTS, key_of, line_of, lines_of, make_tables
from bpodsl.lean import frozen
from bpodsl.packaged import folder

__all__ = ["CLAUSES", "END", "FILES", "PACKED", "STARTS", "RuleShape", "Tables", "grammar_text", "key_of", "tables"]

_T = TypeVar("_T")

END: Final = "$END"


@frozen
class RuleShape:
    """One alternative of a rule: what the tree builder needs to know of it.

    `name` is the alias or the rule's own name, `symbols` are its parts and whether each is kept,
    `empty` how many left-out optional parts stand before each of them and after the last.
    """

    name: str
    origin: str
    symbols: tuple[tuple[str, bool], ...]
    empty: tuple[int, ...]
    single: bool
    words: bool


@frozen
class Tables:
    """LALR(1) tables. In a row of `states` a number n ≥ 0 leads to that state, n < 0 reduces rule -n - 1.

    A row and a rule are read when they are first asked for: a file needs few of them. `reductions` says of each
    rule how many parts it has, and its name.

    `keywords` maps a word to its terminal, `marks` a sign to its terminal, `shapes` a terminal to its
    pattern, `eager` those tried first where they may stand. `first` says which terminals can begin a rule.
    """

    states: Mapping[int, Mapping[str, int]]
    rules: Mapping[int, RuleShape]
    reductions: Sequence[tuple[int, str]]
    starts: Mapping[str, int]
    ends: Mapping[str, int]
    keywords: Mapping[str, str]
    marks: Mapping[str, str]
    shapes: Mapping[str, str]
    eager: frozenset[str]
    first: Mapping[str, frozenset[str]]


def grammar_text() -> str:
    """The whole grammar as one text."""
    return "\n".join((folder("grammar") / name).read_text(encoding="utf-8") for name in FILES)


@cache
def tables() -> Tables:
    """The tables of this grammar, from the first place that has them."""
    grammar = grammar_text()
    key = key_of(grammar)
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        packed = json.loads((folder("grammar") / PACKED).read_text(encoding="utf-8"))
        if packed["key"] == key:
            return _thaw(packed)
    return _thaw(kept("tables", key, lambda: make_tables(grammar)))


class _Read(dict[int, _T]):
    """What stands at each place of a list of texts, read when it is first asked for."""

    def __init__(self, texts: Sequence[str], read: Callable[[Any], _T]) -> None:
        super().__init__()
        self.texts, self.read = texts, read

    def __missing__(self, n: int) -> _T:
        self[n] = found = self.read(line_of(self.texts[n]))
        return found


def _rule(data: Sequence[Any]) -> RuleShape:
    name, origin, symbols, empty, single, words = data
    return RuleShape(name, origin, tuple((s, bool(kept)) for s, kept in symbols), tuple(empty), single, words)


def _thaw(data: Mapping[str, Any]) -> Tables:
    return Tables(
        states=_Read(lines_of(data["states"]), lambda row: row),
        rules=_Read(lines_of(data["rules"]), _rule),
        reductions=data["reductions"],
        starts=data["starts"],
        ends=data["ends"],
        keywords=data["keywords"],
        marks=data["marks"],
        shapes=data["shapes"],
        eager=frozenset(data["eager"]),
        first={name: frozenset(found) for name, found in data["first"].items()},
    )
