"""What was agreed: norms, figures and rules."""

from bpodsl.terms import expressions
from bpodsl.terms.clause import Clause
from bpodsl.terms.clocked import in_hours
from bpodsl.terms.contract import (
    Assignment,
    Assumption,
    Change,
    Contract,
    Ladder,
    Party,
    Renewal,
    Service,
    Stated,
    Term,
)  # fmt: skip
from bpodsl.terms.edges import Edge, edges, levels, looked_up, nodes, reads
from bpodsl.terms.effects import Accrue, Begin, Effect, Finish, Impose, Lapse, Raise, Terminate
from bpodsl.terms.events import (
    Closing,
    Column,
    Condition,
    DeemedRow,
    EventField,
    EventKind,
    Lending,
    Mapping,
    Relation,
    RowMapping,
)
from bpodsl.terms.examples import Example, ExampleEvent, Expectation
from bpodsl.terms.expressions import Expression, NotMeasured, Pending, Rounding
from bpodsl.terms.figures import Account, Figure, Group, Line, Sides, Survival, Target
from bpodsl.terms.going_on import going_on
from bpodsl.terms.kinds import Kind
from bpodsl.terms.lengths import Length, SoLong
from bpodsl.terms.norms import (
    AddsUp,
    ByTime,
    Clock,
    Due,
    Fact,
    Members,
    Norm,
    NthWeekday,
    Once,
    OnEvent,
    OnPeriod,
    OnState,
    Opening,
    Regrade,
    Variant,
    Waiver,
    WhenImposed,
    sharing,
)  # fmt: skip
from bpodsl.terms.questions import Answer, Answering, Limit, Question
from bpodsl.terms.rules import (
    Occasion,
    OnAny,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Recurrence,
    Rule,
    outcomes_of,
)
from bpodsl.terms.series import Point, Series
from bpodsl.terms.times import CalendarTerm, Selector, State
from bpodsl.terms.waiting import awaited, cures, may_change, points_by_branch, waits_by_branch
from bpodsl.terms.walking import children, walk

__all__ = [
    "Account", "Accrue", "AddsUp", "Answer", "Answering", "Assignment", "Assumption", "Begin", "ByTime", "CalendarTerm",
    "Change", "Clause", "Clock", "Closing", "Column", "Condition", "Contract", "DeemedRow", "Due", "Edge", "Effect",
    "EventField", "EventKind", "Example", "ExampleEvent", "Expectation", "Expression", "Fact", "Figure", "Finish",
    "Group", "Impose", "Kind", "Ladder", "Lapse", "Lending", "Length", "Limit", "Line", "Mapping", "Members", "Norm",
    "NotMeasured", "NthWeekday", "Occasion", "OnAny", "OnEvent", "OnFired", "OnHappens", "OnLasting", "OnOutcome",
    "OnPeriod", "OnSettled", "OnState", "Once", "Opening", "Party", "Pending", "Point", "Question", "Raise",
    "Recurrence", "Regrade", "Relation", "Renewal", "Rounding", "RowMapping", "Rule", "Selector", "Series", "Service",
    "Sides", "SoLong", "State", "Stated", "Survival", "Target", "Term", "Terminate", "Variant", "Waiver", "WhenImposed",
    "awaited", "children", "cures", "edges", "expressions", "going_on", "in_hours", "levels", "looked_up", "may_change",
    "nodes", "outcomes_of", "points_by_branch", "reads", "sharing", "waits_by_branch", "walk",
]  # fmt: skip
