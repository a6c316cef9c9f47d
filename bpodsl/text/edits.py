"""Changes of a text that mend a problem."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.lean import frozen
from bpodsl.text.source import Span


@frozen
class Edit:
    """One stretch of a text, and what is to stand there."""

    span: Span
    text: str


def renamed(span: Span, written: str, near: str | None, only: bool) -> tuple[Edit, ...]:
    """The edit that puts the near word in place of the one written, where no other can be meant."""
    return (Edit(span, near),) if only and near is not None and span.text == written else ()


def alone(word: str, near: str | None, known: Iterable[str]) -> bool:
    """Whether the near word must be meant: a letter or two away, and no other known word nearly as near."""
    if near is None or near == word:
        return False
    most = 1 if min(len(word), len(near)) < 5 else 2
    own = distance(word, near, most)
    if own > most or len(near) < 3:
        return False
    others = [other for other in known if other not in (word, near)]
    return all(distance(word, other, most + 1) > max(most, own + 1) for other in others)


def distance(one: str, other: str, most: int) -> int:
    """How many letters must be put in, left out, replaced or exchanged with their neighbours; more than `most` is told
    as `most + 1`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                step = min(step, above[j - 2] + 1)
            row.append(step)
        if min(row) > most + 1:
            return most + 1
    return min(row[-1], most + 1)
