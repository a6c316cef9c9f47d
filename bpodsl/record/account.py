"""Every line read is accounted for."""

from __future__ import annotations

from collections.abc import Mapping

from bpodsl.lean import define, frozen, parts_of
from bpodsl.record.event import Event
from bpodsl.record.many import many
from bpodsl.record.refusals import Refusal


@define
class Account:
    """What became of the lines read. A line that makes several events counts once, as the best of them.

    `beyond`: how many of those `waiting` wait only because they are known from `until` on; it is no standing.
    """

    lines: int = 0
    applied: int = 0
    duplicate: int = 0
    superseded: int = 0
    retracted: int = 0
    waiting: int = 0
    quarantined: int = 0
    not_ours: int = 0
    beyond: int = 0

    def add(self, standings: Mapping[str, int]) -> None:
        """Count more lines, so many of each standing."""
        for standing, count in standings.items():
            setattr(self, standing, getattr(self, standing) + count)

    @property
    def gap(self) -> int:
        """Lines read and not accounted for: none, unless the programme is wrong."""
        return self.lines - sum(int(getattr(self, name)) for name in STANDINGS)

    def as_dict(self) -> dict[str, int]:
        """The counts by name, `lines` first; together the others are that many."""
        return {name: getattr(self, name) for name in ("lines", *STANDINGS)}

    def check(self) -> None:
        """Raise if a line was lost or counted twice: an error of ours, never of the input."""
        if self.gap:
            raise AssertionError(f"lines read and accounted for differ by {self.gap}: {self}")


STANDINGS = tuple(name for name in parts_of(Account) if name not in ("lines", "beyond"))
"""What a line can be, the best first."""


def told(counts: Mapping[str, int], beyond: int = 0) -> str:
    """What became of lines in words, such as `10 applied, 8 waiting (5 of them later than --until)`."""
    return ", ".join(f"{n} {standing_told(name, n, beyond)}" for name, n in counts.items() if n and name != "lines")


def standing_told(name: str, count: int, beyond: int) -> str:
    """A standing in words; `beyond`: how many of those that wait do so only because they are known too late."""
    words = name.replace("_", " ")
    if name != "waiting" or not beyond:
        return words
    return f"{words} (later than --until)" if beyond == count else f"{words} ({beyond} of them later than --until)"


@many
class Quarantined:
    """A line set aside: where it stands, the code and sentence of why, the next step, and its bytes."""

    file: str
    line: int
    code: str
    reason: str
    step: str
    raw: bytes

    @staticmethod
    def of(refusal: Refusal, file: str, line: int, raw: bytes) -> Quarantined:
        """A refused line."""
        return Quarantined(file, line, refusal.code, refusal.message(), refusal.step(), raw)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@frozen
class Intaken:
    """What the whole input comes to.

    `events`: all sound events known before `until`, of every rev, by acting instant, source, id and rev.
    Of several worlds those of all; `worlds` has what each knows, by name (one of the name "" where none is named).
    `incomplete`: files that end too early. `notes`: what was read with a grain of salt, by place.
    """

    events: tuple[Event, ...]
    account: Account
    quarantined: tuple[Quarantined, ...]
    incomplete: tuple[str, ...]
    until: int
    notes: tuple[tuple[str, str], ...] = ()
    worlds: tuple[tuple[str, tuple[Event, ...]], ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was set aside and nothing is missing."""
        return not self.quarantined and not self.incomplete
