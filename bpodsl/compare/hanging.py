"""What hangs on a clause: the charges, credits, rights and levels that what it says leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bpodsl.compare.written import Key
from bpodsl.lean import is_lean, parts_of
from bpodsl.terms import Contract, edges, walk

SORTS: Final[Mapping[str, str]] = {
    "charge": "money", "credit": "money", "right": "rights", "termination": "rights", "trigger": "triggers",
    "escalation": "escalations", "measure": "service levels", "obligation": "duties", "prohibition": "duties",
    "cap": "caps",
}  # fmt: skip
ORDER: Final = ("service levels", "money", "caps", "duties", "triggers", "escalations", "rights")
_CALENDARS: Final = ("calendar", "roll_calendar", "hours")

Hanging = Mapping[str, tuple[str, ...]]
"""Names of clauses by sort, in the order of `ORDER`."""


class Hangs:
    """Answers for one contract what hangs on a clause."""

    def __init__(self, contract: Contract) -> None:
        self._ahead: dict[str, set[str]] = {}
        self._keys: dict[str, Key] = {}
        self._nodes: dict[Key, list[str]] = {}
        for edge in edges(contract):
            self._ahead.setdefault(edge.start, set()).add(edge.end)
        for table, kinds in (
            ("events", ("event",)), ("states", ("state",)), ("series", ("series",)), ("norms", ("opening", "decision")),
            ("figures", ("figure",)), ("lines", ("line",)), ("rules", ("rule",)),
        ):  # fmt: skip
            for term in getattr(contract, table):
                for kind in kinds:
                    self._enter(f"{kind}:{term.name}", term.clause.word, term.clause.name)
                for hours in _calendars(term):
                    self._ahead.setdefault(f"calendar:{hours}", set()).update(f"{k}:{term.name}" for k in kinds)
        for calendar in contract.calendars:
            self._enter(f"calendar:{calendar.name}", calendar.clause.word, calendar.name)
        for question in contract.questions:
            root = question.clause.name.partition(".")[0]
            self._nodes.setdefault((question.clause.word, root), []).append(f"event:{question.event}")
        for account in contract.accounts:
            node = f"cap:{account.name}"
            self._enter(node, account.clause.word, account.name)
            self._ahead[node] = {f"line:{line}" for line in account.lines}
        for change in contract.changes:
            self._enter(f"change:{change.name}", change.clause.word, change.name)
            self._ahead[f"change:{change.name}"] = {
                f"{kind}:{term.name}"
                for table, kind in (("norms", "opening"), ("figures", "figure"), ("lines", "line"))
                for term in getattr(contract, table) if _mentions(term, change.name)
            }  # fmt: skip

    def _enter(self, node: str, word: str, name: str) -> None:
        key = word, name.partition(".")[0]
        self._keys[node] = key
        self._nodes.setdefault(key, []).append(node)

    @property
    def all(self) -> Hanging:
        """All that may hang on anything."""
        return sorted_out(dict.fromkeys(self._keys.values()))

    def on(self, key: Key) -> Hanging:
        """All that a clause leads to, itself apart."""
        seen: set[str] = set()
        waiting = list(self._nodes.get(key, ()))
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += self._ahead.get(node, ())
        # In the order of the agreement.
        reached = dict.fromkeys(each for node, each in self._keys.items() if node in seen and each != key)
        return sorted_out(reached)


def sorted_out(keys: Iterable[Key]) -> Hanging:
    """Clauses by what they are to a manager; those that are nothing of it left out."""
    found: dict[str, list[str]] = {sort: [] for sort in ORDER}
    for word, name in keys:
        if word in SORTS:
            found[SORTS[word]].append(name)
    return {sort: tuple(dict.fromkeys(names)) for sort, names in found.items() if names}


def _calendars(term: object) -> set[str]:
    """The calendars that a term reckons with."""
    found = set()
    for part in walk(term):
        for name in parts_of(type(part)) if is_lean(type(part)) else ():
            if name in _CALENDARS or type(part).__name__ in ("InCalendar", "CalendarTimes"):
                value = getattr(part, name)
                if isinstance(value, str):
                    found.add(value)
    return found


def _mentions(term: object, change: str) -> bool:
    return any(getattr(part, "change", getattr(part, "version", "")) == change for part in walk(term))
