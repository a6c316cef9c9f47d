"""Colours in documents and on web pages: a lexer for Pygments, registered as `bpo`."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pygments.lexer import RegexLexer
from pygments.token import Token, Whitespace, string_to_tokentype

from bpodsl.highlight import rules


def _tokens() -> dict[str, list[tuple[str, Any]]]:
    made = [(rule.pattern, string_to_tokentype(f"Token.{_full(rule.token)}")) for rule in rules()]
    return {"root": [(r"\s+", Whitespace), *made, (r".", Token.Text)]}


def _full(token: str) -> str:
    """The name of a kind of token in full."""
    short = {"String": "Literal.String", "Number": "Literal.Number"}
    head, dot, rest = token.partition(".")
    return short.get(head, head) + dot + rest


class BpoLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types.
    """Agreements in bpodsl."""

    name = "bpodsl"
    aliases: ClassVar[list[str]] = ["bpo", "bpodsl"]
    filenames: ClassVar[list[str]] = ["*.bpo"]
    url = ""
    flags = re.MULTILINE
    tokens: ClassVar[dict[str, Any]] = _tokens()
