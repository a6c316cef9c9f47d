"""The grammar and the tables made from it.

The grammar is text, in `grammar/*.lark`; lark turns it into LALR(1) tables. That takes a second, so they are
read as JSON, never as pickled objects: from the file that a build put beside the packaged grammar, if it is of
the very grammar at hand, else from what was kept in the user's own cache.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final

from attrs import frozen

from bpodsl.cached import kept
from bpodsl.language.lalr import CLAUSES, FILES, PACKED, STARTS, key_of, make_tables
from bpodsl.packaged import folder

__all__ = ["CLAUSES", "END", "FILES", "PACKED", "STARTS", "RuleShape", "Tables", "grammar_text", "key_of", "tables"]

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

    `keywords` maps a word to its terminal, `marks` a sign to its terminal, `shapes` a terminal to its
    pattern, `eager` those tried first where they may stand. `first` says which terminals can begin a rule.
    """

    states: tuple[Mapping[str, int], ...]
    rules: tuple[RuleShape, ...]
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


def _thaw(data: Mapping[str, Any]) -> Tables:
    return Tables(
        states=tuple(data["states"]),
        rules=tuple(
            RuleShape(name, origin, tuple((s, bool(kept)) for s, kept in symbols), tuple(empty), single, words)
            for name, origin, symbols, empty, single, words in data["rules"]
        ),
        starts=data["starts"],
        ends=data["ends"],
        keywords=data["keywords"],
        marks=data["marks"],
        shapes=data["shapes"],
        eager=frozenset(data["eager"]),
        first={name: frozenset(found) for name, found in data["first"].items()},
    )
