"""What was said of a ledger so far, in a few digests: enough to find how much of another ledger is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import define, field

EVERY: Final = 16
"""How many lines lie between two marks, at the end."""

KEPT: Final = 8
"""How many marks are kept of each distance: what is said again is about a quarter more than what differs."""

_SIZE: Final = 16

Mark = tuple[int, bytes]
"""So many lines, and a digest of all of them."""


@define
class Marks:
    """`count` lines were said; `link` is the digest of all of them, `marks` those of some of the first ones.

    The marks lie the further apart, the further they lie back, so that there are few however long the ledger is.
    """

    count: int = 0
    link: bytes = b""
    marks: list[Mark] = field(factory=list)

    def add(self, lines: Iterable[str]) -> None:
        """More lines are said."""
        count, link, marks = self.count, self.link, self.marks
        for line in lines:
            link = _next(link, line)
            count += 1
            if not count % EVERY:
                marks.append((count, link))
        self.count, self.link = count, link
        self.marks = [mark for mark in marks if count - mark[0] <= KEPT * _step(mark[0])]

    def common(self, lines: Sequence[str]) -> int:
        """How many of these lines are certain to be the first that were said: as many as a mark tells."""
        told = dict([*self.marks, (self.count, self.link)])
        link, same = b"", 0
        for count, line in enumerate(lines[: self.count], 1):
            link = _next(link, line)
            if count in told:
                if told[count] != link:
                    break
                same = count
        return same

    def back(self, count: int) -> None:
        """Only so many lines are said, as `common` told."""
        if count == self.count:
            return
        self.marks = [mark for mark in self.marks if mark[0] <= count]
        self.count, self.link = self.marks[-1] if count else (0, b"")


def _next(link: bytes, line: str) -> bytes:
    return hashlib.blake2b(link + line.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


def _step(count: int) -> int:
    """The greatest power of two by which a count of lines may be divided."""
    return count & -count
