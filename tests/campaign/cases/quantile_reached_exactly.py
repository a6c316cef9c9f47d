"""A quantile that one value reaches exactly, by number and by weight."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Kind, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "agreement",
    Clause("agreement", "agreement"),
    (Party("client", "Client", "client"), Party("provider", "Provider", "provider")),
    Term(date(2026, 1, 1), date(2026, 12, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "sale",
            Clause("sale", "event"),
            (
                EventField("id", Kind("text"), True),
                EventField("amount", Kind("number"), optional=True),
                EventField("weight", Kind("number"), optional=True),
            ),
        ),
    ),
    figures=(
        Figure(
            "half",
            Clause("half", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("quantile", ex.EventRows("sale"), value=ex.FieldOf("amount"), q=Fraction(1, 2)),
        ),
        Figure(
            "quarter",
            Clause("quarter", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("quantile", ex.EventRows("sale"), value=ex.FieldOf("amount"), q=Fraction(1, 4)),
        ),
        Figure(
            "whole",
            Clause("whole", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("quantile", ex.EventRows("sale"), value=ex.FieldOf("amount"), q=1),
        ),
        Figure(
            "weighed",
            Clause("weighed", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate(
                "quantile",
                ex.EventRows("sale"),
                value=ex.FieldOf("amount"),
                weight=ex.FieldOf("weight"),
                q=Fraction(1, 2),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "sale",
        "s",
        "1",
        at("2026-01-05T00:00:00Z"),
        at("2026-01-05T00:00:00Z"),
        at("2026-01-05T00:00:00Z"),
        {"id": "A", "amount": 1, "weight": 1},
    ),
    Event(
        "sale",
        "s",
        "2",
        at("2026-01-06T00:00:00Z"),
        at("2026-01-06T00:00:00Z"),
        at("2026-01-06T00:00:00Z"),
        {"id": "A", "amount": 2, "weight": 2},
    ),
    Event(
        "sale",
        "s",
        "3",
        at("2026-01-07T00:00:00Z"),
        at("2026-01-07T00:00:00Z"),
        at("2026-01-07T00:00:00Z"),
        {"id": "A", "amount": 3, "weight": 1},
    ),
    Event(
        "sale",
        "s",
        "4",
        at("2026-01-08T00:00:00Z"),
        at("2026-01-08T00:00:00Z"),
        at("2026-01-08T00:00:00Z"),
        {"id": "A", "amount": 4, "weight": 4},
    ),
)
UNTIL = at("2026-06-09T23:00:00Z")
