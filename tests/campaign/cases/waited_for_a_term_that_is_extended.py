"""A month that holds the whole first term waits for a figure of the term, until the term is extended."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Renewal,
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
    Term(date(2022, 12, 1), date(2022, 12, 31), Renewal(Length(1, "months"))),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("amount", Kind("money", ("GBP",))),),
        ),
        EventKind("ticket_resolved", Clause("ticket_resolved", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_1",
            Clause("b_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_7",
            Clause("z_figure_7", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "mean",
                ex.FigureRows("b_figure_3"),
                value=ex.Literal(Fraction(255, 2), Kind("money", ("GBP",))),
            ),
        ),
        Figure(
            "b_figure_3",
            Clause("b_figure_3", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("term"),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("b_duty_1", ("excused",), "performed"),
                value=ex.FieldOf("amount"),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "crm",
        "435",
        at("2023-01-23T22:00:00Z"),
        at("2023-01-23T22:00:00Z"),
        at("2023-01-23T22:00:00Z"),
    ),
)
UNTIL = at("2023-02-04T04:00:00.000001Z")
