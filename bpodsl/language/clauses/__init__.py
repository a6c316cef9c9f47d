"""What each clause means: one lowering for each, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from bpodsl.language import ast
from bpodsl.language.clauses.agreement import lower_agreement, lower_assume
from bpodsl.language.clauses.assignments import lower_assignment
from bpodsl.language.clauses.calendars import lower_calendar, lower_composed
from bpodsl.language.clauses.caps import lower_cap
from bpodsl.language.clauses.escalations import lower_escalation
from bpodsl.language.clauses.events import lower_event
from bpodsl.language.clauses.figures import lower_amount, lower_measure
from bpodsl.language.clauses.lists import lower_list
from bpodsl.language.clauses.obligations import lower_obligation
from bpodsl.language.clauses.periods import lower_periods
from bpodsl.language.clauses.records import lower_reads, lower_service, lower_stated
from bpodsl.language.clauses.rights import lower_right, lower_termination
from bpodsl.language.clauses.rulings import lower_claim, lower_determination
from bpodsl.language.clauses.series import lower_series
from bpodsl.language.clauses.states import lower_state
from bpodsl.language.clauses.sums import lower_charge, lower_credit
from bpodsl.language.clauses.tests import lower_test
from bpodsl.language.clauses.triggers import lower_trigger
from bpodsl.language.context import Context

Lowering = Callable[[Context, Any], None]

LOWERINGS: Final[Mapping[type[ast.Node], Lowering]] = MappingProxyType(
    {
        ast.Agreement: lower_agreement,
        ast.Assume: lower_assume,
        ast.Calendar: lower_calendar,
        ast.ComposedCalendar: lower_composed,
        ast.Event: lower_event,
        ast.Notice: lower_event,
        ast.State: lower_state,
        ast.Series: lower_series,
        ast.Assignment: lower_assignment,
        ast.Novation: lower_assignment,
        ast.Measure: lower_measure,
        ast.Amount: lower_amount,
        ast.List: lower_list,
        ast.Periods: lower_periods,
        ast.Charge: lower_charge,
        ast.Credit: lower_credit,
        ast.Obligation: lower_obligation,
        ast.Cap: lower_cap,
        ast.Escalation: lower_escalation,
        ast.Trigger: lower_trigger,
        ast.Right: lower_right,
        ast.Termination: lower_termination,
        ast.Reads: lower_reads,
        ast.Service: lower_service,
        ast.Stated: lower_stated,
        ast.Test: lower_test,
        ast.Determination: lower_determination,
        ast.Claim: lower_claim,
    }
)
"""What each clause is lowered by."""

__all__ = ["LOWERINGS"]
