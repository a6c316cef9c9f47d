"""Colours by meaning: each word as what it is where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lsprotocol import types

from bpodsl.language.grammar import tables
from bpodsl.language.layout import lay_out
from bpodsl.lsp.desk import Page
from bpodsl.lsp.names import Index, Symbol
from bpodsl.lsp.reading import Reader

TYPES: Final = (
    "keyword", "comment", "string", "number", "operator", "namespace", "class", "event", "property", "variable",
    "function", "parameter", "enumMember", "macro",
)  # fmt: skip
MODIFIERS: Final = ("declaration", "defaultLibrary")
LEGEND: Final = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))

_THINGS: Final[Mapping[str, str]] = {
    "party": "class", "event": "event", "notice": "event", "calendar": "namespace", "state": "namespace",
    "obligation": "function", "right": "function", "termination": "function", "trigger": "function",
    "escalation": "function", "determination": "function", "claim": "function", "definition": "enumMember",
}  # fmt: skip
_LEAVES: Final[Mapping[str, str]] = {
    "STRING": "string", "REFERENCE": "comment", "NUMBER": "number", "PERCENT": "number", "DAY": "number",
    "INSTANT": "number", "TIME": "number", "PERIOD": "number", "LABEL": "number", "ZONE": "enumMember",
    "REGION": "enumMember", "CURRENCY": "enumMember", "NAME": "enumMember",
}  # fmt: skip


def tokens(index: Index, page: Page) -> list[int]:
    """The numbers of the protocol: for each token its place after the one before, its length, type and modifiers."""
    data: list[int] = []
    line = character = 0
    for start, end, kind, modifiers in sorted(_tokens(index, page)):
        for first, last in _in_lines(page, start, end):
            place = page.lines.position(first)
            length = page.lines.position(last).character - place.character
            step = place.line - line
            data += [step, place.character - (character if step == 0 else 0), length, TYPES.index(kind), modifiers]
            line, character = place.line, place.character
    return data


def _in_lines(page: Page, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A stretch, line by line: editors need not know tokens of several lines."""
    text = page.source.text
    while start < end:
        stop = page.lines.line_end(start)
        first = start
        while first < min(stop, end) and text[first] in " \t":
            first += 1
        if first < min(stop, end):
            yield first, min(stop, end)
        start = page.lines.next_line(start)


def _tokens(index: Index, page: Page) -> Iterator[tuple[int, int, str, int]]:
    known = {each.start: each for each in index.occurrences if each.page is page}
    for comment in lay_out(page.source).comments:
        yield comment.span.start, comment.span.end, "comment", 0
    words = set(tables().keywords.values())
    for token in Reader(page.source).tokens():
        if token.terminal == "NAME" and token.start in known:
            found = known[token.start]
            yield token.start, token.end, _kind(index, found.symbol), int(found.declares)
        elif token.terminal in words or token.terminal.startswith("_"):
            yield token.start, token.end, "keyword", 0
        elif token.terminal in _LEAVES:
            yield token.start, token.end, _LEAVES[token.terminal], 0
        else:
            yield token.start, token.end, "operator", 0


def _kind(index: Index, symbol: Symbol) -> str:
    if symbol.room == "name":
        return _THINGS.get(index.things.get(symbol.text, ""), "variable")
    return {"field": "property", "column": "property", "parameter": "parameter", "template": "macro"}.get(
        symbol.room, "namespace"
    )
