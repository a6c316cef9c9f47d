"""The windows of a clause, by the labels under which one may ask about them."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Final

from bpodsl.record import Ledger
from bpodsl.terms import Contract, OnPeriod, OnSettled
from bpodsl.values import Grid, Zone, add_days, windows

_MOST: Final = 20_000
_LISTED: Final = 12


def window_asked(contract: Contract, ledger: Ledger, clause: str, period: str) -> tuple[str, str]:
    """The label of the window meant, or "" and a sentence that says which there are.

    A window of several cells may be named by its last one, as the summary does: `2026-09` for `2026-07..2026-09`.
    """
    known = periods(contract, ledger, clause)
    if period in known:
        return period, ""
    ending = [label for label in known if label.endswith(f"..{period}")]
    if len(ending) == 1:
        return ending[0], ""
    if not known:
        return "", f"`{clause}` has no windows, so none named `{period}`. Ask without --in, or for a case with --for."
    begun = [label for label, begins in known.items() if begins < ledger.until] or list(known)
    told = ", ".join(begun) if len(begun) <= _LISTED else f"{begun[0]}, {begun[1]} … {begun[-1]}"
    return "", f"`{clause}` has no window `{period}`. Its windows so far are {told}."


def periods(contract: Contract, ledger: Ledger, clause: str) -> dict[str, int]:
    """All windows of a clause in the term, and those of which the ledger tells: label and first instant, in order.

    None of a clause that is not asked window by window.
    """
    zone = Zone.load(contract.zone)
    until = zone.day(max(ledger.until - 1, 0))
    last = contract.term.last
    end = add_days(until, 3660) if last is None else add_days(max(last, until), 1)
    found: dict[str, int] = {}
    for grid in _grids(contract, clause):
        for window in islice(windows(grid, zone, contract.term.effective, max(end, date(1970, 1, 2))), _MOST):
            found.setdefault(window.label, window.start)
    for entry in ledger.outcome:
        if entry.clause == clause and entry.period:
            found.setdefault(entry.period, entry.at)
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _grids(contract: Contract, clause: str) -> list[Grid]:
    """The windows in which a clause is asked."""
    figures = {figure.name: figure.grid for figure in contract.figures}
    found = [figures[clause]] if clause in figures else []
    found += [account.grid for account in contract.accounts if account.name == clause]
    found += [
        figures[rule.on.figure] for rule in contract.rules
        if rule.name == clause and isinstance(rule.on, OnSettled) and rule.on.figure in figures
    ]  # fmt: skip
    for norm in contract.norms:
        if norm.name == clause:
            found += [way.grid for way in norm.opening if isinstance(way, OnPeriod)]
    return [grid for grid in found if not grid.waits]
