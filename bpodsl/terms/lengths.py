"""Lengths of time as an agreement writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from bpodsl.lean import frozen
from bpodsl.values import DAY_TICKS

MOST: Final[Mapping[str, int]] = {
    "elapsed": 84_000 * DAY_TICKS, "open": 84_000 * DAY_TICKS, "days": 84_000, "working days": 60_000, "weeks": 12_000,
    "months": 2_760, "years": 230,
}  # fmt: skip
"""How long a length may be, by its unit: 230 years."""


@frozen
class Length:
    """A length of time as written: a positive number of one unit.

    `unit`: "elapsed" (amount in ticks), "open" (ticks inside `calendar`), "days", "working days"
    (of `calendar`), "weeks", "months", "years".
    """

    amount: int
    unit: str
    calendar: str | None = None

    @property
    def by_clock(self) -> bool:
        """Whether a clock measures it (else it is counted in days)."""
        return self.unit in ("elapsed", "open")

    def times(self, count: object) -> Length | None:
        """So many times as long; None where that gives no length: the count is no number (absent), less than nothing,
        not whole (of days and longer), less than a tick (by the clock, where ticks are rounded down) or beyond `MOST`.
        """
        if isinstance(count, bool) or not isinstance(count, int | Fraction) or count < 0:
            return None
        amount = count * self.amount
        wrong = amount < 1 if self.by_clock else amount.denominator != 1
        return None if wrong or amount > MOST[self.unit] else Length(int(amount), self.unit, self.calendar)


@frozen
class SoLong:
    """A length, or so many times it as the field `count` of an event says."""

    length: Length
    count: str = ""

    def given(self, field: Callable[[str], object]) -> Length | None:
        """The length that an event with these fields gives; None where they give none (see `Length.times`)."""
        return self.length.times(field(self.count)) if self.count else self.length
