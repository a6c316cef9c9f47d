"""What a rule posted for the window."""

from datetime import date
from fractions import Fraction

from bpodsl.terms import (
    Accrue,
    Clause,
    Contract,
    EventKind,
    Figure,
    Kind,
    Line,
    Norm,
    OnEvent,
    OnSettled,
    Party,
    Rule,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 3, 11), date(2025, 9, 10)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_resolved", Clause("ticket_resolved", "event"), ()),
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
    ),
    norms=(
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
        ),
    ),
    figures=(
        Figure(
            "a_figure_8",
            Clause("a_figure_8", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", 3, span=3),
            ex.Posted("x_line_6"),
        ),
        Figure(
            "a_figure_3",
            Clause("a_figure_3", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", 3, span=3),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("c_duty_1", ("cured",), "decided"),
                value=ex.Literal(Fraction(2001, 200), Kind("money", ("GBP",))),
            ),
        ),
    ),
    lines=(
        Line(
            "x_line_6",
            Clause("x_line_6", "charge"),
            "acme",
            "beta",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half even"),
        ),
    ),
    rules=(
        Rule(
            "c_rule_7",
            Clause("c_rule_7", "trigger"),
            OnSettled("a_figure_3"),
            then=(Accrue("x_line_6", ex.Literal(-5, Kind("money", ("GBP",)))),),
        ),
    ),
)
EVENTS = ()
UNTIL = at("2025-11-11T03:00:00Z")
