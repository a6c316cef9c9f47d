"""Where in an instant things happen that follow from others."""

from __future__ import annotations

from bpodsl.record import SETTLE, SETTLE_LATE, STRUCTURE, TERM_END


def settle_place(place: int, ending: bool) -> int:
    """The place of a settlement that something at `place` completes; `ending`: of a window cut there."""
    if place <= SETTLE:
        return SETTLE
    if place == TERM_END and ending:
        return TERM_END
    return SETTLE_LATE if place <= SETTLE_LATE else STRUCTURE
