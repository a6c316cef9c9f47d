"""Lengths of time as an agreement writes them."""

from __future__ import annotations

from bpodsl.lean import frozen


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
