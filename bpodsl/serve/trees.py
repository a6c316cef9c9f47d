"""Explanations as trees: the lines of `explain`, two blanks a step down, become branches that open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

_AT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}[0-9:.]*)?"
_WHEN: Final = re.compile(f"({_AT}(?: to {_AT})?)  (.*)")
_DEEPEST: Final = 60


@frozen
class Branch:
    """A line: `when` it came ("" where it does not say), what it says, and what it rests on."""

    when: str
    says: str
    below: tuple[Branch, ...] = ()

    @property
    def size(self) -> int:
        """How many lines it is with all below it."""
        return 1 + sum(each.size for each in self.below)


def branches(lines: Iterable[str]) -> tuple[Branch, ...]:
    """The trees of some lines; empty lines part them, and are left out."""
    parted = [(min((len(line) - len(line.lstrip(" "))) // 2, _DEEPEST), line.strip()) for line in lines if line.strip()]
    return _below(parted, 0, len(parted))


def _below(lines: Sequence[tuple[int, str]], start: int, end: int) -> tuple[Branch, ...]:
    """The trees of the lines from `start` to `end`, each with the deeper lines behind it."""
    found = []
    while start < end:
        depth, text = lines[start]
        stop = start + 1
        while stop < end and lines[stop][0] > depth:
            stop += 1
        when, says = _parted(text)
        found.append(Branch(when, says, _below(lines, start + 1, stop)))
        start = stop
    return tuple(found)


def _parted(text: str) -> tuple[str, str]:
    found = _WHEN.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)
