"""A line that looks at what it has posted."""

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
    Norm,
    OnEvent,
    OnSettled,
    Party,
    Rule,
    Selector,
    State,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 2, 1), None),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    states=(State("z_state_6", Clause("z_state_6", "state"), ()),),
    norms=(
        Norm(
            "x_duty_1",
            Clause("x_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "ticket_resolved",
                        ex.Compare("!=", ex.FieldOf("ticket"), ex.Literal("T4", Kind("text"))),
                    ),
                ),
                WhenImposed(),
            ),
            (Selector("ticket_confirmed"),),
            after=(("fulfilled", Accrue("c_line_4", ex.Literal(Fraction(255, 2), Kind("money", ("GBP",))))),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_7",
            Clause("z_figure_7", "measure"),
            "measure",
            Kind("number"),
            Grid("month", anchor=date(2024, 2, 1)),
            ex.Aggregate("count", ex.StateRows("z_state_6")),
        ),
    ),
    lines=(Line("c_line_4", Clause("c_line_4", "charge"), "acme", "beta", "GBP", ex.Rounding(1, "down")),),
    rules=(
        Rule(
            "b_rule_8",
            Clause("b_rule_8", "trigger"),
            OnSettled("z_figure_7"),
            then=(
                Accrue(
                    "c_line_4",
                    ex.Table(
                        ex.Posted("c_line_4"),
                        (
                            ex.Row(
                                "<=",
                                ex.Literal(100, Kind("money", ("GBP",))),
                                ex.Literal(10, Kind("money", ("GBP",))),
                            ),
                        ),
                        ex.Posted("c_line_4"),
                    ),
                ),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "crm",
        "e32",
        at("2024-04-08T17:00:00Z"),
        at("2024-04-08T17:00:00Z"),
        at("2024-04-08T17:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "e220",
        at("2024-04-07T02:00:00Z"),
        at("2024-04-07T02:00:00Z"),
        at("2024-04-07T02:00:00Z"),
        {"ticket": "9"},
    ),
)
UNTIL = at("2024-06-05T12:08:34Z")
