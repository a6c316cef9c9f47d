"""The tokens of a text as the parser took them: which words are words of the language, and which are names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import define, field

from bpodsl.language.grammar import END, STARTS, tables
from bpodsl.language.layout import LINE, ROW, SUB, Piece, lay_out
from bpodsl.language.machine import Machine
from bpodsl.language.scan import LEAVES, Scanner, Token, Unreadable
from bpodsl.text import Source

RETRIES: Final = 4
_ROUGH: Final = re.compile(
    r'(?P<STRING>"[^"\n]*"?)|(?P<REFERENCE>\[[^\[\]\n]*\]?)|(?P<COMMENT>#[^\n]*)|(?P<WORD>[A-Za-z_]\w*)|(?P<NUMBER>\d[\d.:T-]*)'
)


@define
class Reader:
    """Drives the parser over a text to see what it takes; what it makes of it is not kept."""

    source: Source
    scanner: Scanner = field(init=False)

    @scanner.default
    def _scanner(self) -> Scanner:
        return Scanner(self.source)

    def tokens(self) -> Iterator[Token]:
        """All tokens, in order. A line that cannot be read is cut at its words, by their looks."""
        for block in lay_out(self.source).blocks:
            if block.word not in STARTS:
                yield from self._rough(block.head.start, block.pieces[-1].end)
                continue
            machine = Machine(self.source, STARTS[block.word])
            lost = False
            for piece in block.pieces:
                read = None if lost else self.piece(machine, piece)
                if read is None:
                    lost = lost or piece is block.head
                    yield from self._rough(piece.start, piece.end)
                else:
                    yield from read

    def piece(self, machine: Machine, piece: Piece, end: int | None = None) -> list[Token] | None:
        """Read a line into the machine; None if it does not fit, and then the machine stands where it stood.

        `end`: only so far.
        """
        stand = machine.stand()
        read, whole = self._run(machine, piece, end, {})
        if whole:
            return read
        for token in [each for each in reversed(read) if each.soft][:RETRIES]:
            machine.back_to(stand)
            again, whole = self._run(machine, piece, end, {token.start: "NAME"})
            if whole:
                return again
        machine.back_to(stand)
        return None

    def _run(
        self, machine: Machine, piece: Piece, end: int | None, forced: Mapping[int, str]
    ) -> tuple[list[Token], bool]:
        """The tokens that fit, and whether all did."""
        read: list[Token] = []
        at = piece.start
        if piece.mark:
            n = machine.settle(piece.mark)
            if n is None:
                return read, False
            stop = piece.start + (piece.mark == ROW)
            machine.states.append(n)
            machine.items.append((piece.start, stop, None))
            at = self.scanner.skip(stop, piece.end)
        last = piece.end if end is None else end
        while at < last:
            try:
                token = self.scanner.token(at, piece.end, machine.states[-1], forced)
            except Unreadable:
                return read, False
            # Only what the machine takes matters here: the values of leaves are made, but never looked at.
            read.append(token)
            if not machine.feed(token.terminal, (token.start, token.end, token.value)):
                return read, False
            at = self.scanner.skip(token.end, piece.end)
        fits = end is not None or any(machine.takes(mark) for mark in (END, LINE, SUB, ROW))
        return read, fits

    def _rough(self, start: int, end: int) -> Iterator[Token]:
        keywords = tables().keywords
        for match in _ROUGH.finditer(self.source.text, start, end):
            kind = match.lastgroup or ""
            if kind == "WORD":
                yield Token(keywords.get(match.group(), "NAME"), match.start(), match.end(), match.group())
            elif kind in LEAVES:
                yield Token(kind, match.start(), match.end(), match.group())

