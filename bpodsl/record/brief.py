"""What a ledger comes to, in short: its entries but for those that only tell the course of a case, each without what
led to it.

Of a case it says that a duty was missed, that this was escalated, and that something is owed or stated on account of
it. Everything else about cases, and the premises of every entry, `explain` works out from the events again.
"""

from __future__ import annotations

import re
from typing import Final

from bpodsl.lean import frozen
from bpodsl.record.entry import RANK, TERM_END, Posted, identity_key
from bpodsl.record.ledger import Ledger, is_routine

_ESCAPED: Final = re.compile(r'[\x00-\x1f"\\]')
_COURSE: Final = frozenset(("Late", "Fired"))
"""Of one case: that a duty was performed after it was missed, and that a rule passed an outcome on."""


def is_brief(kind: str, instance: str) -> bool:
    """Whether an entry of that kind and instance is told in short."""
    return not is_routine(kind, instance) and (kind not in _COURSE or instance == "")


def brief(ledger: Ledger) -> tuple[Posted, ...]:
    """The entries of a ledger that are told in short, in their order."""
    return tuple(each for each in ledger.posted if is_brief(each.entry.kind, each.entry.instance))


def is_plain(text: str) -> bool:
    """Whether a text stands in JSON as it is; that of cases does, where entries are made of a form."""
    return _ESCAPED.search(text) is None


@frozen
class Form:
    """What entries of many cases share: all but their instant, instance, keys and numbers. `by`: at which places of
    the key of its case the values of its own keys stand, by name; `numbers`: name and base of each."""

    kind: str
    clause: str
    place: int
    level: int
    by: tuple[tuple[str, int], ...]
    numbers: tuple[tuple[str, str], ...]

    @property
    def front(self) -> tuple[int, int, int, bytes]:
        """What the order of entries known and acting at one instant is told by, before their instance."""
        return int(self.place > TERM_END), self.place, self.level, self.clause.encode()

    def behind(self, instance: str, key: tuple[str, ...]) -> tuple[object, ...]:
        """What it is told by where that is equal (see `order_key`)."""
        rank = RANK[self.kind]
        return identity_key(instance), tuple(key[place].encode() for _, place in self.by), rank, rank, b"", 0, b""
