"""A fixed deadline that has gone by was missed, once the performance is taken back."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 10, 27), date(2025, 1, 10)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("order", Kind("text"), True),)),
        EventKind("order_shipped", Clause("order_shipped", "event"), (EventField("order", Kind("text"), True),)),
    ),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            ("order",),
            due=Due("less than", fixed=date(2024, 12, 11)),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "279",
        at("2024-12-22T20:00:00Z"),
        at("2024-12-22T20:00:00Z"),
        at("2024-12-22T20:00:00Z"),
        {"order": "B"},
    ),
    Event(
        "order_paid",
        "crm",
        "3",
        at("2024-12-11T02:59:59.999999Z"),
        at("2024-12-22T03:19:22.329088Z"),
        at("2024-12-11T02:59:59.999999Z"),
        {"order": "C"},
    ),
    Event(
        "order_paid",
        "12",
        "124",
        at("2024-12-11T03:00:00Z"),
        at("2024-12-11T03:00:00Z"),
        at("2024-12-11T03:00:00Z"),
        {"order": "B"},
    ),
    Event(
        "order_shipped",
        "crm",
        "e167",
        at("2024-12-19T13:42:00Z"),
        at("2024-12-19T13:42:00Z"),
        at("2024-12-19T13:42:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_shipped",
        "crm",
        "974",
        at("2024-11-25T20:00:00.000001Z"),
        at("2024-11-25T20:00:00.000001Z"),
        at("2024-11-25T20:00:00.000001Z"),
        {"order": "C"},
    ),
    Event(
        "order_shipped",
        "crm",
        "e444",
        at("2024-12-11T03:00:00Z"),
        at("2024-12-11T03:00:00Z"),
        at("2024-12-11T03:00:00Z"),
        {"order": "B"},
    ),
)
UNTIL = at("2025-02-13T02:59:59.999999Z")
