"""The list of all rules: each looks at a contract for one kind of doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bpodsl.bounds import Bounds
from bpodsl.lint import (
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

DOUBTS: Final = tuple(sorted((kind for kind, _ in (*RULES, *RECKONED)), key=lambda kind: kind.code))


def lint(contract: Contract) -> list[Problem]:
    """All doubts about a contract."""
    bounds = Bounds(contract)
    found = [problem for _, find in RULES for problem in find(contract)]
    return found + [problem for _, reckon in RECKONED for problem in reckon(bounds)]
