"""Events that only a limit counts are noted after the end."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
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
    Term(date(2024, 2, 10), date(2024, 4, 2)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("amount", Kind("money", ("GBP",))),)),
    ),
    norms=(
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            survives=True,
        ),
    ),
    lines=(
        Line(
            "c_line_4",
            Clause("c_line_4", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "up"),
        ),
    ),
    accounts=(
        Account(
            "b_cap_5",
            Clause("b_cap_5", "cap"),
            Grid("month"),
            ex.Aggregate("quantile", ex.EventRows("order_paid"), value=ex.FieldOf("amount"), q=Fraction(19, 20)),
            ("c_line_4",),
            ex.Rounding(1, "half even"),
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "12",
        "e686",
        at("2024-03-25T22:00:00Z"),
        at("2024-03-25T22:00:00Z"),
        at("2024-03-25T22:00:00Z"),
    ),
    Event(
        "order_paid",
        "crm",
        "e380",
        at("2024-04-15T23:47:00Z"),
        at("2024-04-15T23:47:00Z"),
        at("2024-04-15T23:47:00Z"),
        {"amount": Fraction(16407, 100)},
    ),
)
UNTIL = at("2024-04-15T23:47:00.000001Z")
