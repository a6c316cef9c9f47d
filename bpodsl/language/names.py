"""Names: what the agreement declares, and what an author may have meant by one that it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpodsl.lean import define, field, frozen
from bpodsl.text import Span

FIGURES = ("measure", "amount", "charge", "credit", "true-up")
"""Clauses that give one value for each window."""

LINES = ("charge", "credit", "true-up")
"""Clauses that are posted as sums owed."""

EVENTS = ("event", "notice")
"""Clauses that say what may be reported."""

QUESTIONS = ("determination", "claim")
"""Clauses that give a fact about an event which others decide later."""

RIGHTS = ("right", "termination")
"""Clauses that let a party act."""

UNTOLD = ("party", "calendar", "event", "notice", "periods", "series", "list", "definition")
"""What the ledger has no entries of."""

_APART = ("reads", "service", "stated", "test", "document")
"""Clauses whose names nothing refers to: each of these has a room of its own."""


@frozen
class Declaration:
    """One name, what it is (the clause's keyword, or `party`), and where it stands."""

    name: str
    thing: str
    span: Span | None
    node: object = field(eq=False, repr=False)


@define
class Names:
    """All that is declared, and which of it was asked for."""

    table: dict[str, Declaration] = field(factory=dict)
    apart: dict[str, Declaration] = field(factory=dict)
    used: set[str] = field(factory=set)

    def declare(self, declaration: Declaration) -> Declaration | None:
        """Enter a declaration. Where the name is taken, the earlier declaration stays and is returned."""
        table, name = self.table, declaration.name
        if declaration.thing in _APART:
            table, name = self.apart, f"{declaration.thing} {name}"
        earlier = table.setdefault(name, declaration)
        return None if earlier is declaration else earlier

    def moved(self, old: object, new: object) -> None:
        """A clause has another tree now: its declarations stand in that."""
        for table in (self.table, self.apart):
            for name, each in table.items():
                if each.node is old:
                    table[name] = Declaration(each.name, each.thing, each.span, new)

    def get(self, name: str, things: Iterable[str] = ()) -> Declaration | None:
        """The declaration of a name, if it is one of these things (any, if none is listed); it counts as used."""
        found = self.table.get(name)
        wanted = tuple(things)
        if found is None or (wanted and found.thing not in wanted):
            return None
        self.used.add(name)
        return found

    def service(self, name: str) -> Declaration | None:
        """The declaration of a service."""
        return self.apart.get(f"service {name}")

    def of(self, *things: str) -> Iterator[Declaration]:
        """All declarations of these things, in the order of the text."""
        return (each for each in self.table.values() if each.thing in things)

    def near(self, name: str, things: Iterable[str] = ()) -> str | None:
        """The declared name most like this one, of the wanted things if possible."""
        wanted = tuple(things)
        right = [each.name for each in self.table.values() if not wanted or each.thing in wanted]
        return nearest(name, right) or nearest(name, self.table, cutoff=0.8)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word most like this one, or None if none is like it."""
    import difflib

    found = difflib.get_close_matches(word[:80], list(known), 1, cutoff)
    return found[0] if found else None


def an(thing: str) -> str:
    """`an obligation`, `a calendar`."""
    return f"{'an' if thing[:1] in 'aeiou' else 'a'} {thing}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, end = list(words) or [""]
    return f"{', '.join(others)} {last} {end}" if others else end
