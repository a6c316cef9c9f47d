"""The doubts about money and measures: each rests on between what values must lie, or on what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bpodsl.bounds import Bounds
from bpodsl.lint import (
    below_nothing,
    below_zero,
    cap_always_binds,
    cap_never_binds,
    cheaper_missed,
    divides_by_nothing,
    left_open,
    never_anything,
)
from bpodsl.text import Problem

Reckoned = Callable[[Bounds], Iterator[Problem]]

RECKONED: Final[tuple[tuple[type[Problem], Reckoned], ...]] = (
    (cap_never_binds.CapNeverBinds, cap_never_binds.find),
    (cap_always_binds.CapAlwaysBinds, cap_always_binds.find),
    (cheaper_missed.CheaperMissed, cheaper_missed.find),
    (never_anything.NeverAnything, never_anything.find),
    (divides_by_nothing.DividesByNothing, divides_by_nothing.find),
    (below_nothing.BelowNothing, below_nothing.find),
    (below_zero.BelowZero, below_zero.find),
    (left_open.LeftOpen, left_open.find),
)
"""Each doubt with what finds it, in the order of their codes."""
