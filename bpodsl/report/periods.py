"""The windows of a clause, by the labels under which one may ask about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Final

from bpodsl.record import Entry, Ledger
from bpodsl.terms import Contract, Impose, OnPeriod, OnSettled
from bpodsl.values import Grid, TimeError, Window, Zone, add_days, parse_day, windows

_MOST: Final = 20_000
_LISTED: Final = 12


def window_asked(contract: Contract, ledger: Ledger, clause: str, period: str) -> tuple[str, str]:
    """The label of the window meant, or "" and a sentence that says which there are.

    A window of several cells may be named by its last one, as the summary does: `2026-09` or `to 2026-09` for
    `2026-07..2026-09`; any window by a day that lies in no other.
    """
    period = period.strip().removeprefix("to ")
    known = periods(contract, ledger, clause)
    if period in known:
        return period, ""
    ending = [label for label in known if label.endswith(f"..{period}")]
    if len(ending) == 1:
        return ending[0], ""
    if not known:
        return "", f"`{clause}` has no windows, so none named `{period}`. Ask without --in, or for a case with --for."
    holding = _holding(contract, ledger, clause, period)
    if len(holding) == 1:
        return holding[0], ""
    if holding:
        return "", f"{period} lies in several windows of `{clause}`: {_listed(holding)}. Name one of them."
    begun = [label for label, begins in known.items() if begins < ledger.until] or list(known)
    return "", f"`{clause}` has no window `{period}`. Its windows so far are {_listed(begun)}."


def _listed(labels: list[str]) -> str:
    return ", ".join(labels) if len(labels) <= _LISTED else f"{labels[0]}, {labels[1]} … {labels[-1]}"


def _holding(contract: Contract, ledger: Ledger, clause: str, text: str) -> list[str]:
    """The windows that hold a day."""
    try:
        day = parse_day(text)
    except TimeError:
        return []
    grids = dict.fromkeys(grids_of(contract, clause))
    found = (w for grid in grids for w in all_windows(contract, ledger, grid) if w.first <= day <= w.last)
    return list(dict.fromkeys(window.label for window in found))


def periods(contract: Contract, ledger: Ledger, clause: str) -> dict[str, int]:
    """All windows of a clause in the term, and those of which the ledger tells: label and first instant, in order.

    None of a clause that is not asked window by window.
    """
    found: dict[str, int] = {}
    for grid in grids_of(contract, clause):
        for window in all_windows(contract, ledger, grid):
            found.setdefault(window.label, window.start)
    for entry in ledger.outcome:
        if entry.clause == clause and entry.period:
            found.setdefault(entry.period, entry.at)
    return dict(sorted(found.items(), key=lambda each: each[1]))


def all_windows(contract: Contract, ledger: Ledger, grid: Grid) -> Iterator[Window]:
    """The windows of a grid in the term, or of a term without end for ten years more than the ledger knows."""
    if grid.waits:
        return
    zone = Zone.load(contract.zone)
    until = zone.day(max(ledger.until - 1, 0))
    last = contract.term.last
    end = add_days(until, 3660) if last is None else add_days(max(last, until), 1)
    yield from islice(windows(grid, zone, contract.term.effective, max(end, date(1970, 1, 2))), _MOST)


def of_period(entry: Entry, period: str) -> bool:
    """Whether an entry is of a window, or of an instance that is called after one: `2026-04`, `2026-04/north`."""
    return period == entry.period or period == entry.instance.partition("/")[0].partition("~")[0]


def grids_of(contract: Contract, clause: str) -> list[Grid]:
    """The windows in which a clause is asked; of a duty or right that a window leads to, those windows."""
    figures = {figure.name: figure.grid for figure in contract.figures}
    found = [figures[clause]] if clause in figures else []
    found += [figures[line.figure] for line in contract.lines if line.name == clause and line.figure in figures]
    found += [account.grid for account in contract.accounts if account.name == clause]
    levels = {level for ladder in contract.ladders if ladder.name == clause for level in ladder.levels}
    for rule in contract.rules:
        if isinstance(rule.on, OnSettled) and rule.on.figure in figures:
            imposed = {effect.norm for effect in rule.then if isinstance(effect, Impose)}
            if rule.name == clause or clause in imposed or levels & imposed:
                found.append(figures[rule.on.figure])
    for norm in contract.norms:
        if norm.name == clause:
            found += [way.grid for way in norm.opening if isinstance(way, OnPeriod)]
    return [grid for grid in found if not grid.waits]
