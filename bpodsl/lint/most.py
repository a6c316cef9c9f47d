"""What the most of a sum looks like: a few events that lead to it."""

from __future__ import annotations

from collections.abc import Sequence

from bpodsl.bounds import Owed
from bpodsl.bounds.told import value_told
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import MONTH, causes, first_shown, histories, sum_of
from bpodsl.lint.witness import Follow, Followed
from bpodsl.terms import Contract
from bpodsl.terms.kinds import money
from bpodsl.text import Trace


def shown_most(contract: Contract, owed: Sequence[Owed], follow: Follow) -> dict[str, Trace]:
    """By line, events after which it comes to its most, where it has one and a run of a few events confirms it."""
    facts = Facts(contract, follow)
    found = ((each.line.name, _shown(facts, each)) for each in owed)
    return {name: trace for name, trace in found if trace is not None}


def _shown(facts: Facts, owed: Owed) -> Trace | None:
    most = owed.each.high
    if most is None or owed.each.single is not None:
        return None

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        for entry in entries:
            if entry.kind == "Accrued" and entry.clause == owed.line.name and sum_of(entry) == most:
                window = f" in {entry.period}" if entry.period else ""
                return entry.at, f"`{owed.line.name}` is {value_told(most, money(owed.line.currency))}{window}."
        return None

    return first_shown(histories(facts, causes(facts, (), (owed.line,)), owed.grid or MONTH), goal)
