"""Places: characters counted from the start of a text, and the lines and columns of the protocol."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from attrs import define, field
from lsprotocol import types

from bpodsl.text import Span

_ENDS: Final = re.compile(r"\r\n|\n|\r")


@define
class Lines:
    """Where the lines of a text begin. Columns count the units of the encoding agreed with the editor: of UTF-16,
    unless both speak another; lines end as the protocol says, also at a lone carriage return."""

    text: str
    encoding: str = "utf-16"
    starts: list[int] = field(init=False)

    @starts.default
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _ENDS.finditer(self.text))]

    def position(self, offset: int) -> types.Position:
        """The place of a character; one beyond the text is its end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line, self._units(self.text[self.starts[line] : offset]))

    def offset(self, position: types.Position) -> int:
        """The character at a place: one beyond the end of its line is that end, one within a character is its start."""
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[position.line], self._end(position.line)
        if self.encoding == "utf-32":
            return min(start + position.character, end)
        left = position.character
        for at in range(start, end):
            left -= self._units(self.text[at])
            if left < 0:
                return at
        return end

    def range(self, start: int, end: int) -> types.Range:
        """A stretch of characters."""
        return types.Range(self.position(start), self.position(end))

    def of(self, span: Span) -> types.Range:
        """A span of this text."""
        return self.range(span.start, span.end)

    def word(self, offset: int) -> tuple[str, int, int]:
        """The letters, digits and `_` around a character, and where they stand."""
        start = end = offset
        while start > 0 and (self.text[start - 1].isalnum() or self.text[start - 1] == "_"):
            start -= 1
        while end < len(self.text) and (self.text[end].isalnum() or self.text[end] == "_"):
            end += 1
        return self.text[start:end], start, end

    def line_end(self, offset: int) -> int:
        """Where the line of a character ends, without what ends it."""
        return self._end(bisect_right(self.starts, offset) - 1)

    def next_line(self, offset: int) -> int:
        """Where the next line begins, or the end of the text."""
        line = bisect_right(self.starts, offset)
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def _end(self, line: int) -> int:
        """Where a line ends, without what ends it."""
        if line + 1 >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] - 1
        return end - 1 if end > self.starts[line] and self.text[end - 1 : end + 1] == "\r\n" else end

    def _units(self, text: str) -> int:
        if self.encoding == "utf-32":
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)
