"""Sums of less than nought, below a cap that is used up and one that is less than nought."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Line,
    Party,
    Term,
)
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
            "charge",
            Clause("charge", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Arithmetic(
                "*",
                ex.Aggregate("sum", ex.EventRows("sale"), value=ex.FieldOf("amount")),
                ex.Literal(1, Kind("money", ("GBP",))),
            ),
            (Group("id"),),
        ),
        Figure(
            "low",
            Clause("low", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Literal(-5, Kind("money", ("GBP",))),
        ),
    ),
    lines=(
        Line(
            "owed",
            Clause("owed", "credit"),
            "provider",
            "client",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half up"),
            "charge",
        ),
        Line(
            "back",
            Clause("back", "credit"),
            "provider",
            "client",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half up"),
            "low",
        ),
    ),
    accounts=(
        Account(
            "cap",
            Clause("cap", "cap"),
            Grid("month"),
            ex.Literal(10, Kind("money", ("GBP",))),
            ("owed", "back"),
            ex.Rounding(Fraction(1, 100), "half up"),
        ),
        Account(
            "none",
            Clause("none", "cap"),
            Grid("month", 3),
            ex.Literal(-20, Kind("money", ("GBP",))),
            ("owed", "back"),
            ex.Rounding(Fraction(1, 100), "half up"),
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
        {"id": "A", "amount": 30},
    ),
    Event(
        "sale",
        "s",
        "2",
        at("2026-01-06T00:00:00Z"),
        at("2026-01-06T00:00:00Z"),
        at("2026-01-06T00:00:00Z"),
        {"id": "B", "amount": -7},
    ),
    Event(
        "sale",
        "s",
        "3",
        at("2026-02-06T00:00:00Z"),
        at("2026-02-06T00:00:00Z"),
        at("2026-02-06T00:00:00Z"),
        {"id": "C", "amount": -40},
    ),
    Event(
        "sale",
        "s",
        "4",
        at("2026-02-07T00:00:00Z"),
        at("2026-02-07T00:00:00Z"),
        at("2026-02-07T00:00:00Z"),
        {"id": "D", "amount": 4},
    ),
)
UNTIL = at("2026-06-09T23:00:00Z")
