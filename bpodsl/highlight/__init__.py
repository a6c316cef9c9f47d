"""Colouring without understanding: the words and shapes of the grammar, for tools that know nothing else of it.

`lexer` is for Pygments, `textmate` writes the grammar that editors and code hosts read. Both are made from the
grammar's own tables, so that a new word is coloured where it is known at all. A word is coloured as one of the language
wherever it stands, even where it is a name; only the language server tells the two apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from bpodsl.language.grammar import CLAUSES, tables


@frozen
class Rule:
    """What looks so is of this kind: for TextMate its scope, for Pygments the names of its token."""

    pattern: str
    scope: str
    token: str


SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "STRING": ("string.quoted.double.bpo", "String.Double"),
    "REFERENCE": ("comment.block.reference.bpo", "Comment.Special"),
    "INSTANT": ("constant.numeric.date.bpo", "Literal.Date"),
    "DAY": ("constant.numeric.date.bpo", "Literal.Date"),
    "PERIOD": ("constant.numeric.date.bpo", "Literal.Date"),
    "TIME": ("constant.numeric.date.bpo", "Literal.Date"),
    "PERCENT": ("constant.numeric.bpo", "Number"),
    "NUMBER": ("constant.numeric.bpo", "Number"),
    "ZONE": ("support.constant.zone.bpo", "Name.Constant"),
    "CURRENCY": ("support.constant.currency.bpo", "Name.Constant"),
}
"""The shapes of the grammar that have a colour of their own, in the order in which they are tried."""

_ASIDE: Final = re.compile(r"\(\?[!=].*?\)|\\[a-z]")
"""What a shape says of the words around it, and signs that stand for sorts of characters."""
_WORDS: Final = re.compile(r"[a-z]{2,}")

PLAIN: Final = frozenset({"NAME", "REGION", "LABEL", "IN_CURRENCY", "THIRTY_DAYS"})
"""Shapes that look like others, or like any word; so do those that begin with `_`, which join words."""


def words() -> frozenset[str]:
    """The words of the language: those of the grammar's rules, and those in shapes that join words."""
    joining = (shape for name, shape in tables().shapes.items() if name.startswith("_"))
    return frozenset(tables().keywords).union(*(_WORDS.findall(_ASIDE.sub(" ", shape)) for shape in joining))


def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are tried at each place."""
    clauses = "|".join(sorted(CLAUSES, key=lambda word: (-len(word), word)))
    every = "|".join(sorted(words(), key=lambda word: (-len(word), word)))
    shapes = {name: Rule(_bounded(name, tables().shapes[name]), *of) for name, of in SHAPES.items()}
    return (
        Rule(r"#.*$", "comment.line.number-sign.bpo", "Comment.Single"),
        shapes.pop("STRING"),
        shapes.pop("REFERENCE"),
        Rule(rf"^(?:{clauses})\b", "keyword.declaration.bpo", "Keyword.Declaration"),
        *shapes.values(),
        Rule(rf"\b(?:{every})\b", "keyword.other.bpo", "Keyword"),
        Rule(r"[+*/×|-]", "keyword.operator.bpo", "Operator"),
        Rule(r"[(),:]", "punctuation.bpo", "Punctuation"),
        Rule(r"\b[A-Za-z][A-Za-z0-9_]*\b", "variable.other.bpo", "Name"),
    )


def _bounded(name: str, pattern: str) -> str:
    """A shape that does not begin within a word."""
    return pattern if name in ("STRING", "REFERENCE") else rf"\b{pattern}"
