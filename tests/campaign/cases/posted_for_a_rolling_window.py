"""What a line posted for the very window."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Accrue,
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    Line,
    OnSettled,
    Party,
    Rule,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 2, 3), date(2025, 4, 2)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(EventKind("ticket_held", Clause("ticket_held", "event"), (EventField("ticket", Kind("text"), True),)),),
    states=(State("a_state_2", Clause("a_state_2", "state"), ("ticket",), (Selector("ticket_held"),)),),
    figures=(
        Figure(
            "z_figure_5",
            Clause("z_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("week", span=3, partial="exclude"),
            ex.Aggregate("sum", ex.StateRows("a_state_2"), value=ex.Literal(100, Kind("money", ("GBP",)))),
        ),
    ),
    lines=(
        Line(
            "y_line_10",
            Clause("y_line_10", "charge"),
            "acme",
            "beta",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half even"),
        ),
    ),
    rules=(
        Rule(
            "b_rule_11",
            Clause("b_rule_11", "trigger"),
            OnSettled("z_figure_5"),
            then=(
                Accrue(
                    "y_line_10",
                    ex.Arithmetic("-", ex.Posted("y_line_10"), ex.FigureAt("z_figure_5", ex.Same())),
                ),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_held",
        "crm",
        "834",
        at("2025-02-25T10:00:00Z"),
        at("2025-02-25T10:00:00Z"),
        at("2025-02-25T10:00:00Z"),
        {"ticket": "9"},
    ),
)
UNTIL = at("2025-05-02T21:00:00Z")
