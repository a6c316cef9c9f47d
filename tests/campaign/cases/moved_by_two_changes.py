"""Two changes move one instance, one after the other: it is amended twice."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Change,
    Clause,
    Contract,
    EventKind,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 1), date(2024, 4, 30)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), ()),
        EventKind("order_placed", Clause("order_placed", "event"), ()),
    ),
    norms=(
        Norm(
            "c_duty_3",
            Clause("c_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_paid"),),
            variants=(
                Variant(
                    ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 4, 14), Kind("day"))),
                    Norm(
                        "c_duty_3",
                        Clause("c_duty_3", "obligation"),
                        "obligation",
                        "must",
                        ("beta",),
                        ("beta",),
                        (OnEvent(Selector("order_placed")),),
                        (Selector("order_paid"),),
                    ),
                ),
                Variant(
                    ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 3, 11), Kind("day"))),
                    Norm(
                        "c_duty_3",
                        Clause("c_duty_3", "obligation"),
                        "obligation",
                        "must",
                        ("beta",),
                        ("beta",),
                        (OnEvent(Selector("order_placed")),),
                        (Selector("order_paid"),),
                    ),
                ),
            ),
        ),
    ),
    changes=(
        Change("change_1", Clause("change_1", "change"), date(2024, 3, 11), date(2024, 3, 4), True),
        Change("change_2", Clause("change_2", "change"), date(2024, 4, 14), date(2024, 4, 15), True),
    ),
)
EVENTS = (
    Event(
        "order_placed",
        "crm",
        "e816",
        at("2024-03-01T00:00:00Z"),
        at("2024-03-01T00:00:00Z"),
        at("2024-03-01T00:00:00Z"),
    ),
)
UNTIL = at("2024-08-04T20:03:00.000001Z")
