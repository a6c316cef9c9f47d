"""The window before gives no groups."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Length,
    Line,
    Norm,
    OnEvent,
    Party,
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
    Term(date(2024, 1, 1), date(2024, 3, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("amount", Kind("money", ("GBP",)))),
        ),
    ),
    norms=(
        Norm(
            "x_duty_1",
            Clause("x_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
            due=Due("less than", Length(2, "months")),
        ),
    ),
    figures=(
        Figure(
            "y_figure_2",
            Clause("y_figure_2", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Arithmetic(
                "+",
                ex.Aggregate(
                    "last",
                    ex.OutcomeRows("x_duty_1", ("missed",), "opened"),
                    value=ex.FieldOf("amount"),
                ),
                ex.FigureAt("y_figure_2", ex.Back(1, ex.Literal(Fraction(255, 2), Kind("money", ("GBP",))))),
            ),
            (Group("ticket"),),
        ),
    ),
    lines=(
        Line(
            "a_line_3",
            Clause("a_line_3", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(1, "up"),
            "y_figure_2",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "crm",
        "741",
        at("2024-01-26T20:55:00Z"),
        at("2024-01-26T20:55:00Z"),
        at("2024-01-26T20:55:00Z"),
        {"ticket": "T2", "amount": 100},
    ),
)
UNTIL = at("2024-06-27T15:48:58Z")
