"""After a restart learnt late all acts must come anew."""

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
    Term(date(2024, 8, 1), date(2024, 10, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("order", Kind("text"), True),)),
        EventKind("order_shipped", Clause("order_shipped", "event"), (EventField("order", Kind("text"), True),)),
    ),
    norms=(
        Norm(
            "b_duty_5",
            Clause("b_duty_5", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            ("order",),
            needs="all",
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "253",
        at("2024-08-22T07:28:00Z"),
        at("2024-08-22T07:28:00Z"),
        at("2024-08-22T07:28:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_paid",
        "crm",
        "3",
        at("2024-08-22T11:28:00Z"),
        at("2024-08-22T11:28:00Z"),
        at("2024-08-22T11:28:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_shipped",
        "crm",
        "697",
        at("2024-08-22T05:00:00Z"),
        at("2024-08-22T05:00:00Z"),
        at("2024-08-22T05:00:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_paid",
        "12",
        "802",
        at("2024-08-22T07:28:00Z"),
        at("2024-08-29T00:45:00Z"),
        at("2024-08-22T07:28:00Z"),
        {"order": "C"},
    ),
)
UNTIL = at("2024-12-01T00:00:00Z")
