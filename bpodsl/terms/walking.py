"""Walks over the parts of terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from bpodsl.lean import is_lean, parts_of
from bpodsl.terms import expressions as ex


def _names(kind: type) -> tuple[str, ...] | None:
    """The names of the parts of a term, the last first; None of what is no term."""
    return tuple(parts_of(kind))[::-1] if is_lean(kind) else None


parts_in: Callable[[type], tuple[str, ...] | None] = cache(_names)  # It is asked very often.


_LEAVES: Final = frozenset((str, int, bool, type(None)))


def walk(expression: object) -> Iterator[object]:
    """Every part of an expression (or of a tuple of them), itself first, without recursion."""
    stack = [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif (names := parts_in(type(part))) is not None:
            yield part
            if not isinstance(part, ex.Literal):
                stack.extend([v for name in names if type(v := getattr(part, name)) not in _LEAVES])


def children(part: object) -> Iterator[object]:
    """The direct parts of a term, those of tuples one by one; none of a literal."""
    if isinstance(part, tuple):
        yield from part
    elif not isinstance(part, ex.Literal):
        for name in reversed(parts_in(type(part)) or ()):
            value = getattr(part, name)
            yield from value if isinstance(value, tuple) else (value,)
