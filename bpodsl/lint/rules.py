"""The list of all rules: each looks at a contract for one kind of doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bpodsl.bounds import Bounds
from bpodsl.lint import (
    cliffs,
    credit_while_met,
    levels_in_order,
    no_way_out,
    notice_before_term,
    rows_overlap,
    steps_fall,
    table_direction,
    table_gap,
    weights,
)
from bpodsl.lint.reckoned import RECKONED
from bpodsl.terms import Contract
from bpodsl.text import Problem
from bpodsl.values import Money

Rule = Callable[[Contract], Iterator[Problem]]

RULES: Final[tuple[tuple[type[Problem], Rule], ...]] = (
    (table_gap.TableGap, table_gap.find),
    (table_direction.WrongDirection, table_direction.find),
    (levels_in_order.LevelsCrossed, levels_in_order.find),
    (credit_while_met.CreditWhileMet, credit_while_met.find),
    (weights.WeightsNotWhole, weights.find),
    (no_way_out.NoWayOut, no_way_out.find),
    (notice_before_term.NoticeBeforeTerm, notice_before_term.find),
    (rows_overlap.RowsOverlap, rows_overlap.find),
    (steps_fall.StepsFall, steps_fall.find),
)
"""Each doubt that a look at the terms finds, with what finds it, in the order of their codes."""

_KINDS: Final[list[type[Problem]]] = [cliffs.Cliff, *(kind for kind, _ in RULES), *(kind for kind, _ in RECKONED)]
DOUBTS: Final = tuple(sorted(_KINDS, key=lambda kind: kind.code))


def lint(contract: Contract, cliff: Money | None = None) -> list[Problem]:
    """All doubts about a contract. `cliff`: how much one more or one less may change what is owed; None: not asked."""
    bounds = Bounds(contract)
    found = [problem for _, find in RULES for problem in find(contract)]
    found += [problem for _, reckon in RECKONED for problem in reckon(bounds)]
    return found if cliff is None else [*found, *cliffs.find(bounds, cliff)]
