"""A window without groups holds up none of its readers."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Group, Kind, Length, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 30), date(2025, 3, 4)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("amount", Kind("money", ("GBP",)), optional=True),
            ),
        ),
    ),
    figures=(
        Figure(
            "x_figure_4",
            Clause("x_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("day", 10),
            ex.Aggregate("sum", ex.EventRows("ticket_confirmed"), value=ex.FieldOf("amount")),
            (Group("ticket"),),
            settle_after=Length(18000000000, "elapsed"),
        ),
        Figure(
            "y_figure_7",
            Clause("y_figure_7", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("day", 10),
            ex.Aggregate("mean", ex.FigureRows("x_figure_4"), value=ex.RowValue()),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "crm",
        "e840",
        at("2025-02-20T09:00:00Z"),
        at("2025-02-20T09:00:00Z"),
        at("2025-02-20T09:00:00Z"),
        {"ticket": "T4", "amount": 10},
    ),
    Event(
        "ticket_confirmed",
        "ops",
        "e672",
        at("2025-02-17T01:00:00Z"),
        at("2025-02-17T01:00:00Z"),
        at("2025-02-17T01:00:00Z"),
        {"ticket": "10"},
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "715",
        at("2025-02-01T23:26:00Z"),
        at("2025-02-01T23:26:00Z"),
        at("2025-02-01T23:26:00Z"),
        {"ticket": "10", "amount": Fraction(201, 200)},
    ),
)
UNTIL = at("2025-03-24T17:00:00.000001Z")
