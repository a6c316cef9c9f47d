"""The list of all rules: each looks at a contract for one kind of doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bpodsl.lint import (
    cap_never_binds,
    credit_while_met,
    levels_in_order,
    no_way_out,
    notice_before_term,
    table_direction,
    table_gap,
)
from bpodsl.terms import Contract
from bpodsl.text import Problem

Rule = Callable[[Contract], Iterator[Problem]]

RULES: Final[tuple[tuple[type[Problem], Rule], ...]] = (
    (table_gap.TableGap, table_gap.find),
    (table_direction.WrongDirection, table_direction.find),
    (levels_in_order.LevelsCrossed, levels_in_order.find),
    (credit_while_met.CreditWhileMet, credit_while_met.find),
    (cap_never_binds.CapNeverBinds, cap_never_binds.find),
    (no_way_out.NoWayOut, no_way_out.find),
    (notice_before_term.NoticeBeforeTerm, notice_before_term.find),
)
"""Each doubt with what finds it, in the order of their codes."""

DOUBTS: Final = tuple(kind for kind, _ in RULES)


def lint(contract: Contract) -> list[Problem]:
    """All doubts about a contract."""
    return [problem for _, find in RULES for problem in find(contract)]
