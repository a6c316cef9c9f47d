"""How the entries of straight cases are written down: as code that makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bpodsl.lean import frozen
from bpodsl.record import TERM_END
from bpodsl.record.ledger import is_routine
from bpodsl.terms import EventKind

if TYPE_CHECKING:
    from bpodsl.engine.straight.text import Text

Numbers = tuple[tuple[str, str, str], ...]
"""Name, base and code of each number of an entry. The base of a deadline may be `by_day…`: a day, or an instant."""


@frozen
class Made:
    """The code of a family and the table that it names."""

    source: str
    table: tuple[Any, ...]
    bys: tuple[tuple[str, ...], ...]


class Points:
    """Entries as objects, each put into `out` as it is posted."""

    eager = True
    """Whether nearly every case makes entries, so that the texts of its keys are worked out ahead of them."""

    def __init__(self, kinds: Iterable[EventKind]) -> None:
        self.text: Text
        self._declared = {kind.name: tuple(f.name for f in kind.fields) for kind in kinds}

    def key(self, number: int) -> str:
        """The code of the texts of the keys, in one of their orders."""
        return f"key{number}" if self.eager else f"texts(key)[{number}]"

    def declared(self, kind: str) -> tuple[str, ...]:
        """The fields of a kind of events."""
        return self._declared[kind]

    def emit(
        self, kind: str, clause: str, at: str, place: str | int, level: int, name: str, key: str,
        events: tuple[str, ...], entries: tuple[str, ...], numbers: Numbers, words: str = "", deeper: int = 0,
    ) -> None:  # fmt: skip
        """The code that makes an entry. `at`, `place`, `name`, `key`, `events` and `entries` are code themselves; an
        entry `*held` stands for several."""
        text = self.text
        half = f"0 if {place} <= {TERM_END} else 1" if isinstance(place, str) else int(place > TERM_END)
        text.say(
            f"out.append(Posted(Entry('{kind}', {text.const(clause)}, {at}, {place}, {level}, {name}, '', {key}, "
            f"{_joined(events)}, {_causes(entries)}, {self._numbers(numbers)}, {text.const(words)}), {at}, {half}))",
            deeper,
        )

    def _numbers(self, numbers: Numbers) -> str:
        found = []
        for name, base, code in numbers:
            if name != "due":
                found.append(f"Number('{name}', '{base}', {code}),")
            elif base.startswith("by_day"):
                shown = f"shown{base.removeprefix('by_day')}"
                kind = f"'instant' if type({shown}) is int else 'day'"
                found.append(f"*(() if {code} == NEVER else (Number('due', {kind}, {shown}),)),")
            else:
                found.append(f"*(() if {code} == NEVER else (Number('due', 'instant', {code}),)),")
        return f"({' '.join(found)})"


class NotRoutine(Points):
    """Only the entries that are not routine."""

    eager = False

    def emit(
        self, kind: str, clause: str, at: str, place: str | int, level: int, name: str, key: str,
        events: tuple[str, ...], entries: tuple[str, ...], numbers: Numbers, words: str = "", deeper: int = 0,
    ) -> None:  # fmt: skip
        """As `Points.emit`, or nothing; every entry of a case has an instance."""
        if not is_routine(kind, name):
            super().emit(kind, clause, at, place, level, name, key, events, entries, numbers, words, deeper)
        elif deeper:
            self.text.say("pass", deeper)


def _joined(parts: tuple[str, ...]) -> str:
    return "()" if not parts else f"({', '.join(parts)},)"


def _causes(entries: tuple[str, ...]) -> str:
    """Causes stand in the order of their names."""
    if len(entries) == 2 and entries[1].startswith("*"):
        held = entries[1][1:]
        return f"(tuple(sorted(({entries[0]}, {entries[1]}))) if {held} else ({entries[0]},))"
    return _joined(entries)
