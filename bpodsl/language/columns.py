"""Where the lines of a clause have columns: the words up to each break, by the word of the clause."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_QUOTED = r'"[^"\n]*"'
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_FIRST: Final = re.compile(rf"({_NAME}) (.+)")

# What stands in brackets is a cell; the last takes what remains. The first shape that fits counts.
_SHAPES: Final[Mapping[str, tuple[re.Pattern[str], ...]]] = {
    "agreement": (
        re.compile(rf"(client|provider|party) ({_NAME}) ({_QUOTED}.*)"),
        re.compile(r"(time zone|also in|client|provider|party|effective|renews|currency|worlds|precedence|law) (.+)"),
    ),
    "service": (re.compile(r"(provided by|hours|includes|excludes|staff|baseline) (.+)"),),
    "calendar": (re.compile(r"(closed|open|[a-z]+(?:-[a-z]+)?(?:,? [a-z]+(?:-[a-z]+)?)*) ((?:[0-9]|holidays ).*)"),),
    "event": (re.compile(rf"(counts) (for .+|with .+)|({_NAME}) (.+)"),),
    "notice": (re.compile(rf"(deemed given)|({_NAME}) (.+)"),),
    "reads": (re.compile(r"(retracted) (when .+)"), re.compile(rf"(row {_NAME}.*)"), _FIRST),
    "escalation": (re.compile(r"(level [0-9]+(?: [0-9]{3})*) (.+)"),),
    "test": (re.compile(rf"([0-9][0-9TZ:.+-]*) ({_NAME}) (.+)"), re.compile(r"([0-9][0-9TZ:.+-]*) (.+)")),
}
_TARGETS: Final = re.compile(r"(target|minimum) (.+)")


def cells(clause: str, line: str) -> list[str]:
    """A line of a clause, its blanks single, as its cells; one cell if it has no columns."""
    for shape in _SHAPES.get(clause, (_TARGETS,)):
        match = shape.fullmatch(line)
        if match is not None:
            return [cell for cell in match.groups() if cell is not None]
    return [line]
