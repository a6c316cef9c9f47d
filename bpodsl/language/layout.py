"""From a text to clauses and their lines.

A line at the left margin begins a clause. The first line below it shows where the clause's lines begin; a
line deeper than that continues the one above it, except below a `row` of `reads`, where it is a line of
that row, or below a line of `change` that ends with a colon. A line that begins with a bar is a row of a
table, wherever it begins.
"""

from __future__ import annotations

import re
from typing import Final

from bpodsl.language import ast
from bpodsl.language.problems_syntax import Misaligned, NoClause, TabIndent
from bpodsl.lean import define, field, frozen
from bpodsl.text import Problem, Source, Span

HEAD: Final = ""
LINE: Final = "_LINE"
SUB: Final = "_SUB"
ROW: Final = "_ROW"

FLAT: Final = frozenset({"assume", "state", "cap", "stated", "use", "template", "document"})
"""Clauses without lines: what is indented below continues the head."""

_COMPOSED: Final = re.compile(r'calendar[ \t]+[A-Za-z0-9_]++[ \t]*(?:"[^"\n]*"[ \t]*)?is\b')
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPENED: Final = re.compile(r":[ \t]*(?:\[[^\[\]\n]*\])?\Z")
_INDENT: Final = re.compile(r"[ \t]*")
_ASIDE: Final = re.compile(r'"[^"\n]*"?|\[[^\[\]\n]*\]|#')
TAB_WIDTH: Final = 4


@define
class Piece:
    """A line with all that continues it: offsets `[start, end)` of the text, and what opens it."""

    mark: str
    start: int
    end: int
    indent: int


@define
class Block:
    """A clause as text. `word` is the first word at the margin, "" if it begins otherwise."""

    word: str
    pieces: list[Piece] = field(factory=list)

    @property
    def head(self) -> Piece:
        return self.pieces[0]


@frozen
class Layout:
    """What the layout of a text says."""

    blocks: tuple[Block, ...]
    comments: tuple[ast.Comment, ...]
    problems: tuple[Problem, ...]


def lay_out(source: Source) -> Layout:
    """Cut a text into clauses and lines. Every character of it is in a piece, a comment or blank."""
    return _Cutter(source).cut()


@define
class _Cutter:
    source: Source
    blocks: list[Block] = field(factory=list)
    comments: list[ast.Comment] = field(factory=list)
    problems: list[Problem] = field(factory=list)
    tabs: list[Span] = field(factory=list)
    orphans: bool = False
    base: int | None = None
    """Where the lines of the current clause begin, None before its first."""
    base_at: int = 0
    doubted: set[int] = field(factory=set)
    """Indentations of the current clause that have had their problem."""
    below: int | None = None
    """Where the lines below the current `row` begin, None before their first."""
    in_row: bool = False

    def cut(self) -> Layout:
        text = self.source.text
        start = 1 if text.startswith("\ufeff") else 0  # A byte order mark says nothing that an author wrote.
        while start <= len(text):
            stop = text.find("\n", start)
            stop = len(text) if stop < 0 else stop
            self._line(start, stop)
            start = stop + 1
        if self.tabs:
            self.problems.append(TabIndent(self.tabs[0], lines=len(self.tabs)))
        return Layout(tuple(self.blocks), tuple(self.comments), tuple(self.problems))

    def _line(self, start: int, stop: int) -> None:
        text = self.source.text
        end = self._without_comment(start, stop)
        indent_match = _INDENT.match(text, start, end)
        first = indent_match.end() if indent_match else start
        while end > first and text[end - 1] in " \t\r":
            end -= 1
        if first >= end:
            return
        blanks = text[start:first]
        if "\t" in blanks:
            self.tabs.append(Span(self.source, start, first))
        self._place(first, end, len(blanks.expandtabs(TAB_WIDTH)))

    def _without_comment(self, start: int, stop: int) -> int:
        """Where the line's comment begins, else its end."""
        if self.source.text.find("#", start, stop) >= 0:
            for match in _ASIDE.finditer(self.source.text, start, stop):
                if match.group() == "#":
                    words = self.source.text[match.start() : stop].rstrip()
                    span = Span(self.source, match.start(), match.start() + len(words))
                    self.comments.append(ast.Comment(span, words))
                    return match.start()
        return stop

    def _place(self, first: int, end: int, indent: int) -> None:
        """Put a line where its indentation says that it belongs."""
        is_row = self.source.text[first] == "|"
        if indent == 0 and not (is_row and self.blocks):
            self._begin(first, end)
        elif not self.blocks:
            if not self.orphans:
                self.problems.append(NoClause(Span(self.source, first, end)))
            self.orphans = True
        else:
            self._add(self.blocks[-1], first, end, indent, is_row)

    def _begin(self, first: int, end: int) -> None:
        word = _WORD.match(self.source.text, first, end)
        self.blocks.append(Block(word.group() if word else "", [Piece(HEAD, first, end, 0)]))
        self.base = self.below = None
        self.doubted.clear()
        self.in_row = False

    def _add(self, block: Block, first: int, end: int, indent: int, is_row: bool) -> None:
        last = block.pieces[-1]
        if is_row:
            block.pieces.append(Piece(ROW, first, end, indent))
        elif self._continues_head(block) or (last.mark == ROW and indent > last.indent):
            last.end = end
        elif self.base is None:
            self.base, self.base_at = indent, first
            self._line_of_block(block, first, end, indent)
        elif indent <= self.base:
            if indent < self.base:
                self._misaligned(first, end, self.base, self.base_at)
            self._line_of_block(block, first, end, indent)
        elif self.in_row:
            if self.below is None or indent <= self.below:
                if self.below is not None and indent < self.below:
                    self._misaligned(first, end, self.below, last.start)
                self.below = indent if self.below is None else self.below
                block.pieces.append(Piece(SUB, first, end, indent))
            else:
                last.end = end
        else:
            last.end = end

    def _continues_head(self, block: Block) -> bool:
        return block.word in FLAT or (
            block.word == "calendar" and bool(_COMPOSED.match(self.source.text, block.head.start, block.head.end))
        )

    def _line_of_block(self, block: Block, first: int, end: int, indent: int) -> None:
        block.pieces.append(Piece(LINE, first, end, indent))
        word = _WORD.match(self.source.text, first, end)
        self.below = None
        self.in_row = block.word == "reads" and word is not None and word.group() == "row"
        if block.word == "change" and _OPENED.search(self.source.text, first, end):
            self.in_row = True

    def _misaligned(self, first: int, end: int, base: int, base_at: int) -> None:
        indent = first - self.source.text.rfind("\n", 0, first)
        tabbed = "\t" in self.source.text[self.source.text.rfind("\n", 0, base_at) + 1 : base_at]
        if tabbed or indent in self.doubted:
            return  # Said already, or a tab is to blame, which has its own problem.
        self.doubted.add(indent)
        place = Span(self.source, base_at, base_at + 1)
        self.problems.append(Misaligned(Span(self.source, first, end), column=base + 1, first=place))
