"""The latest of the instants from which events are known; what lies far ahead of the others is a mistake."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from bpodsl.values import DAY_TICKS

SKEW = 366 * DAY_TICKS
"""How far beyond `until` an event may be known before it is taken for a mistake."""


def after_the_latest(known: Iterable[int], skew: int = SKEW) -> int | None:
    """One tick after the latest of these instants, each given once; a few that lie more than `skew` ahead of the many
    do not count. None: there is none."""
    instants = sorted(known)
    while instants:
        ahead = _last_gap(instants, skew)
        if not ahead or len(instants) - ahead >= ahead:
            return instants[-1] + 1
        del instants[ahead:]
    return None


def thinned(known: Iterable[int], step: int = SKEW // 2) -> tuple[int, ...]:
    """The first and the last of some instants, and as many between that no gap of more than `step` is left where there
    is none: enough for `after_the_latest`, where that finds no gap in what is left of several."""
    instants = sorted(known)
    found = instants[:1]
    for each, after in pairwise(instants):
        if after - found[-1] > step and each != found[-1]:
            found.append(each)
    return tuple(dict.fromkeys((*found, *instants[-1:])))


def no_gap(known: Iterable[int], skew: int = SKEW) -> bool:
    """Whether `after_the_latest` of instants is just that, however many more lie between."""
    return not _last_gap(sorted(known), skew)


def _last_gap(instants: list[int], skew: int) -> int:
    """The index of the last instant that lies more than `skew` after the one before it, or 0."""
    return next((i for i in range(len(instants) - 1, 0, -1) if instants[i] - instants[i - 1] > skew), 0)
