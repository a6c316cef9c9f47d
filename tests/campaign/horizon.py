"""The instants at which something turns under a contract, for a history to come near to."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from bpodsl.terms import Contract, OnPeriod
from bpodsl.values import (
    DAY_TICKS,
    Grid,
    Window,
    Zone,
    add_days,
    add_months,
    windows,
)

FAR = 420 * DAY_TICKS


@lru_cache(maxsize=16)
def clock_changes(zone: Zone) -> tuple[int, ...]:
    """The instants from 2023 to 2025 at which a zone changes its offset."""
    found = []
    day = date(2023, 1, 1)
    while day.year < 2026:
        start, end = zone.start_of(day), zone.start_of(add_days(day, 1))
        if zone.offset(start - 1) != zone.offset(end - 1):
            low, high = start - 1, end - 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if zone.offset(middle) == zone.offset(low) else (low, middle)
            found.append(high)
        day = add_days(day, 1)
    return tuple(found)


def grids(contract: Contract) -> list[Grid]:
    """Every grid of a contract."""
    found = [f.grid for f in contract.figures] + [a.grid for a in contract.accounts]
    found += [way.grid for n in contract.norms for way in n.opening if isinstance(way, OnPeriod)]
    return list(dict.fromkeys(found))


def term_ends(contract: Contract) -> list[date]:
    """The last days of the first terms."""
    term = contract.term
    if term.last is None:
        return []
    found = [term.last]
    if term.renewal is not None:
        for n in range(1, min(3, term.renewal.times or 3) + 1):
            found.append(forward_by(add_days(term.last, 1), term.renewal.length.unit, n * term.renewal.length.amount))
            found[-1] = add_days(found[-1], -1)
    return found


def forward_by(day: date, unit: str, amount: int) -> date:
    if unit == "months":
        return add_months(day, amount)
    return add_days(day, amount * (7 if unit == "weeks" else 1))


def windows_of(contract: Contract, grid: Grid, most: int = 40) -> list[Window]:
    """The first windows of a grid."""
    ends = term_ends(contract)
    last = ends[0] if ends else add_days(contract.term.effective, 200)
    found = []
    for window in windows(grid, Zone.load(contract.zone), contract.term.effective, add_days(last, 1)):
        found.append(window)
        if len(found) == most:
            break
    return found
