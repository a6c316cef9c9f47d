"""Closed, reopened and closed at one instant."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Kind, Norm, OnEvent, Party, Selector, Term
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 26), date(2025, 2, 17)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), (EventField("order", Kind("text"), True),)),
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("order", Kind("text"), True),)),
    ),
    norms=(
        Norm(
            "a_duty_5",
            Clause("a_duty_5", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            ("order",),
            reopening="continue",
        ),
    ),
)
EVENTS = (
    Event(
        "order_paid",
        "ops",
        "e259",
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        {"order": "A"},
    ),
    Event(
        "order_shipped",
        "ops",
        "522",
        at("2025-01-27T14:00:00Z"),
        at("2025-01-27T14:00:00Z"),
        at("2025-01-27T14:00:00Z"),
        {"order": "A"},
    ),
    Event(
        "order_paid",
        "crm",
        "58",
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        {"order": "A"},
    ),
    Event(
        "order_shipped",
        "crm",
        "75",
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        at("2025-01-31T22:00:00.000001Z"),
        {"order": "A"},
    ),
)
UNTIL = at("2025-02-28T21:59:59.999999Z")
