"""A notice without effect is noted for kinds that clauses name."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventKind, Norm, OnEvent, Party, Selector, Term
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 4, 7), date(2024, 6, 1)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("order_paid", Clause("order_paid", "event"), ()),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_8",
            Clause("b_duty_8", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
        ),
    ),
)
EVENTS = (
    Event(
        "notice_given",
        "crm",
        "745",
        at("2024-04-20T09:00:00Z"),
        at("2024-04-20T09:00:00Z"),
        at("2024-04-20T09:00:00Z"),
        effective=False,
    ),
    Event(
        "order_shipped",
        "ops",
        "664",
        at("2024-04-20T09:00:00Z"),
        at("2024-04-20T09:00:00Z"),
        at("2024-04-20T09:00:00Z"),
    ),
)
UNTIL = at("2024-06-06T21:00:00Z")
