"""What of a pair happened after the end of the agreement."""

from __future__ import annotations

from collections import Counter

from bpodsl.record import Ledger
from bpodsl.terms import Contract


def count_afterwards(contract: Contract, ledger: Ledger, count: Counter[tuple[str, ...]]) -> None:
    """Debts that go on, and windows of grids that do; and what came to be owed later."""
    for entry in ledger.outcome:
        later = "+" in entry.instance.rpartition("/")[2]
        if later and entry.kind in ("Opened", "Fulfilled", "Missed", "Late", "Cured"):
            count["difference found later", entry.kind] += 1
    ends = [e for e in ledger.outcome if e.kind == "Ended" and e.clause == contract.name]
    if not ends:
        return
    by = ends[0].entry_causes[0].partition("/")[0] if ends[0].entry_causes else ""
    norms = {n.name for n in contract.norms if not n.survival(by)[0]}
    count["after the end", "survival that this end is given"] += sum(
        each == by for n in contract.norms for each, _ in n.survives_after
    )
    going = {f.name for f in contract.figures if f.grid.goes_on}
    surviving = {f.name for f in contract.figures if f.survival is not None}
    lines = {account.name for account in contract.accounts if account.grid.survives}
    for entry in ledger.outcome:
        if (entry.at, entry.place) <= (ends[0].at, ends[0].place):
            continue
        if entry.clause in norms and entry.kind in ("Late", "Cured", "Breached", "Counted", "Waived"):
            count["after the end", f"debt: {entry.kind}"] += 1
        if entry.clause in going and entry.kind == "Settled":
            count["after the end", "window of a grid that goes on"] += 1
            count["after the end", "window of a figure that survives"] += entry.clause in surviving
            events = entry.clause in surviving and any("/" in ref for ref in entry.event_causes)
            count["after the end", "events in a window of a figure that survives"] += events
        if entry.clause in lines and entry.kind == "Capped":
            count["after the end", "capped by a cap that survives"] += 1
