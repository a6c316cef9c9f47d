"""Events: dated facts fed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from bpodsl.lean import field
from bpodsl.record.many import many
from bpodsl.values import Period


def identity_order(text: str) -> tuple[int, int, bytes]:
    """Order of identities: all-digit ones by value and first, others by their UTF-8 bytes."""
    if text.isascii() and text.isdigit():
        # By value without making a number of it, which for thousands of digits is slow or refused.
        digits = text.lstrip("0")
        return 0, len(digits), f"{digits}/{text}".encode()
    return 1, 0, text.encode()


ESCAPED: Final = "%/@"


def escaped(text: str) -> str:
    """A source or an id as refs have it: `/` and `@` have a meaning there."""
    if text.isalnum():
        return text
    return text.replace("%", "%25").replace("/", "%2F").replace("@", "%40")


def refs(source: str, ids: list[str]) -> list[str]:
    """The refs of first reports (see `Event.ref`) of one source."""
    before = f"{escaped(source)}/"
    if "".join(ids).isalnum():
        return [before + each for each in ids]
    return [before + escaped(each) for each in ids]


@many
class Event:
    """One sound event, mapped to the agreement's words. Instants are ticks.

    `source` and `id` name it for ever; `rev` above 0 corrects (or, with `retracts`, withdraws) what was
    reported before. It *acts* at `acts` (until `ends`, if it carries an interval) and is *known*
    from `known`. `day`: it has only a date; it then acts at the first instant of that day. `period`:
    the period it counts for. `fields`: typed values by name; those left out are absent.
    `effective` False: a notice in a form that has no effect, or a claim or answer that comes too late; it changes
    nothing and is noted. `late_for`: then the question to which it comes too late, and why ("" and "": none).
    `related`: the refs of other events that made it what it is (see `terms.Relation`). `over`: no report made it
    so, but that a time in days was over with the day before (see `rulings`).
    """

    kind: str
    source: str
    id: str
    time: int
    known: int
    acts: int
    fields: dict[str, object] = field(factory=dict, hash=False)
    ends: int | None = None
    day: date | None = None
    period: Period | None = None
    rev: int = 0
    retracts: bool = False
    reporter: str = ""
    effective: bool = True
    place: str = field(default="", eq=False)
    related: tuple[str, ...] = ()
    over: bool = False
    late_for: tuple[str, str] = ("", "")

    @property
    def identity(self) -> str:
        """`source/id`, the same for all revisions: what an instance that it opens is called."""
        return f"{escaped(self.source)}/{escaped(self.id)}"

    @property
    def ref(self) -> str:
        """How causes name it: `source/id`, with `@rev` for a correction. Different events have different refs."""
        return self.identity + (f"@{self.rev}" if self.rev else "")

    @property
    def order(self) -> tuple[tuple[int, int, bytes], tuple[int, int, bytes]]:
        """Order among events of one instant."""
        return identity_order(self.source), identity_order(self.id)


def ends_of_times(events: Iterable[Event]) -> frozenset[int]:
    """The instants at which something becomes known only since a time in days was over, with the day before."""
    known: dict[int, bool] = {}
    for event in events:
        known[event.known] = known.get(event.known, True) and event.over
    return frozenset(instant for instant, over in known.items() if over)
