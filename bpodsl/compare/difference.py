"""One part of a clause that differs, in words."""

from __future__ import annotations

from bpodsl.compare.said import exactly, said
from bpodsl.lean import frozen


@frozen
class Difference:
    """One part of a clause, and what it was and is; "" where there is none."""

    part: str
    old: str
    new: str


def told(part: str, old: object, new: object) -> Difference:
    """Both in words; where these do not tell them apart, with all that they state."""
    before, after = _said(old), _said(new)
    return Difference(part, before, after) if before != after else Difference(part, exactly(old), exactly(new))


def _said(value: object) -> str:
    return "" if value is None or value == () or value == "" else said(value)
