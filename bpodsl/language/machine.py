"""The parser itself: a stack machine over the tables, fed one token at a time.

It can say what it would take next, and go back to an earlier stand: so that a line that cannot be read
is left out and the rest of its clause is read as if it were not there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from bpodsl.language.build import Action, Item, action
from bpodsl.language.grammar import END, tables
from bpodsl.lean import frozen
from bpodsl.text import Source


@frozen
class Stand:
    """Where a machine was."""

    states: tuple[int, ...]
    items: tuple[Item, ...]


@cache
def _action(rule: int) -> Action:
    """What a rule makes. Prepared when it is first needed: a file uses a part of the language."""
    return action(tables().rules[rule])


class Machine:
    """Reads one clause. `states` and `items` grow and shrink together, but for the first state."""

    def __init__(self, source: Source, start: str) -> None:
        self.source, self.start = source, start
        self.states: list[int] = [tables().starts[start]]
        self.items: list[Item] = []

    @property
    def row(self) -> Any:
        """The row of the table: what could follow as far as one can tell without looking down the stack."""
        return tables().states[self.states[-1]]

    def settle(self, terminal: str) -> int | None:
        """Reduce all that ends before this terminal; the state it leads to, or None where it does not fit."""
        states, items = self.states, self.items
        rows, reductions = tables().states, tables().reductions
        while True:
            n = rows[states[-1]].get(terminal)
            if n is None or n >= 0:
                return n
            size, origin = reductions[-n - 1]
            item = _action(-n - 1)(self.source, items[-size:])
            del states[-size:], items[-size:]
            states.append(rows[states[-1]][origin])
            items.append(item)

    def feed(self, terminal: str, item: Item) -> bool:
        """Take a token; False where it does not fit."""
        n = self.settle(terminal)
        if n is None:
            return False
        self.states.append(n)
        self.items.append(item)
        return True

    def finish(self) -> Any:
        """The node, once all tokens are fed; None if something is missing."""
        states, items = self.states, self.items
        rows, reductions, end = tables().states, tables().reductions, tables().ends[self.start]
        while True:
            n = rows[states[-1]].get(END)
            if n is None or n >= 0:
                return None
            size, origin = reductions[-n - 1]
            item = _action(-n - 1)(self.source, items[-size:])
            del states[-size:], items[-size:]
            states.append(rows[states[-1]][origin])
            items.append(item)
            if states[-1] == end:
                return items[-1][2]

    def takes(self, terminal: str) -> bool:
        """Whether this terminal would fit now. Nothing changes."""
        rows, reductions = tables().states, tables().reductions
        # Only as much of the stack is copied as the reductions reach down.
        base, above = len(self.states), list[int]()
        while True:
            n = rows[above[-1] if above else self.states[base - 1]].get(terminal)
            if n is None or n >= 0:
                return n is not None
            size, origin = reductions[-n - 1]
            cut = min(size, len(above))
            if cut:
                del above[-cut:]
            base -= size - cut
            to = rows[above[-1] if above else self.states[base - 1]][origin]
            above.append(to)
            if terminal == END and to == tables().ends[self.start]:
                return True

    def accepted(self) -> frozenset[str]:
        """All terminals that would fit now."""
        return frozenset(name for name in self.row if name.isupper() and self.takes(name)) | (
            {END} if END in self.row and self.takes(END) else set()
        )

    def stand(self) -> Stand:
        """Where it is now."""
        return Stand(tuple(self.states), tuple(self.items))

    def back_to(self, stand: Stand) -> None:
        """Go back."""
        self.states[:] = stand.states
        self.items[:] = stand.items
