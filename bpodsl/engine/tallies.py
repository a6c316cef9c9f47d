"""Outcomes of which figures ask no more than how many there are of each status, and what they are called.

Of cases that are decided as their events come (`straight.flow`) nothing else is kept until their window has settled;
then not even that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from bpodsl.engine.scopes import Position


class Unsteady(Exception):
    """What was let go is asked for, or events do not come as they must for a run that lets go of them: the events must
    be run all together."""


class Tally(NamedTuple):
    """One outcome: its norm, the fields of what opened it, its status, where it came about, the name of the entry, and
    when it was due, if ever, and whether before the events of that instant."""

    norm: str
    fields: Mapping[str, Any]
    status: str
    decided: Position
    name: str
    due: tuple[int, bool] | None

    def counted_at(self, how: str) -> tuple[int, bool] | None:
        """The instant that it is counted at, and whether it is that of an early deadline (see `rows.counted_at`)."""
        if how == "due":
            return self.due
        return (self.decided[0], self.status == "missed" and self.decided[1] == 0) if how == "decided" else None


class Gone:
    """Outcomes that were let go."""

    __slots__ = ()

    def _gone(self, *_: object) -> NoReturn:
        raise Unsteady("rows of a window that has settled are asked for")

    __iter__ = __len__ = append = remove = _gone


GONE = Gone()


class Tallied:
    """The outcomes of one cell and group: names by status, and apart (with when they count, and where they came about)
    those that may lie beyond an end of the agreement; how many more there are of which not even the name is known; and
    others that are more than their names."""

    __slots__ = ("_fresh", "_names", "_numbers", "others")

    def __init__(self, others: Iterable[Any] = ()) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[str, list[str]] = {}
        self._fresh: list[tuple[int, Position, str, str]] = []
        self.others = list(others)

    def take(self, tally: Tally, instant: int) -> None:
        """One more, which counts at an instant."""
        self._fresh.append((instant, tally.decided, tally.status, tally.name))

    def count(self, status: str, number: int) -> None:
        """So many more, all of an instant before which nothing is asked any more."""
        self._numbers[status] = self._numbers.get(status, 0) + number

    @property
    def numbers(self) -> dict[str, int] | None:
        """How many there are by status, if nothing else is known of any of them."""
        return None if self._names or self._fresh or self.others else self._numbers

    def counted(self, statuses: Iterable[str]) -> int:
        """How many there are of some statuses of which the names are not known."""
        found = 0
        for status in statuses:
            found += self._numbers.get(status, 0)
        return found

    def append(self, row: Any) -> None:
        """One more that is not only counted."""
        self.others.append(row)

    def age(self, swept: int) -> None:
        """Every instant before this one has been swept."""
        if not self._fresh:
            return
        kept = []
        for each in self._fresh:
            if each[0] < swept and each[1][0] < swept:
                self._names.setdefault(each[2], []).append(each[3])
            else:
                kept.append(each)
        self._fresh = kept

    def seen(self, statuses: Iterable[str], position: Position) -> Iterator[str]:
        """The names of those of some statuses that had come at a position."""
        wanted = frozenset(statuses)
        for status, names in self._names.items():
            if status in wanted:
                yield from names
        for _, pos, status, name in self._fresh:
            if status in wanted and pos <= position:
                yield name

    def cut(self, end: int) -> bool:
        """Leave out what counts at an instant or later; whether anything is left of those that are only counted."""
        self._fresh = [each for each in self._fresh if each[0] < end]
        return bool(self._fresh or self._names or self._numbers)

    def _more(self, *_: object) -> NoReturn:
        raise Unsteady("more is asked of outcomes than how many there are")

    __iter__ = __len__ = remove = _more
