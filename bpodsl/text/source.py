"""A text with a name, and stretches of it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from bpodsl.lean import field, frozen


def _line_starts(text: str) -> tuple[int, ...]:
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)


@frozen
class Source:
    """One file as its author typed it. `name` is what is shown: a path as given, or `<test>`.

    `used_at`: of a template as it reads when it is filled in, where that is done.
    """

    name: str
    text: str = field(repr=False)
    used_at: Span | None = field(default=None, repr=False)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return _line_starts(self.text)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset, both from 1; columns count characters."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def offset(self, line: int, column: int) -> int:
        """The character offset of a line and column, both from 1."""
        return self._starts[line - 1] + column - 1

    @property
    def line_count(self) -> int:
        return len(self._starts)


@frozen
class Span:
    """A half-open stretch `[start, end)` of characters of one source."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> tuple[int, int]:
        """Line and column of its first character, both from 1."""
        return self.source.place(self.start)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From the start of this one to the end of the other."""
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))

    def __str__(self) -> str:
        line, column = self.place
        return f"{self.source.name}:{line}:{column}"
