"""A change gives a deadline that has gone by; the suspension in which it takes effect began after it."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    ByTime,
    Change,
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
    State,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 2, 26), date(2025, 4, 23)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi"))),),
        ),
        EventKind(
            "relief",
            Clause("relief", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("begins", Kind("instant")),
                EventField("finishes", Kind("instant")),
            ),
            from_field="begins",
            to_field="finishes",
        ),
    ),
    states=(State("c_state_2", Clause("c_state_2", "state"), ("site",), intervals=(Selector("relief"),)),),
    norms=(
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            variants=(
                Variant(
                    ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2025, 3, 14), Kind("day"))),
                    Norm(
                        "y_duty_1",
                        Clause("y_duty_1", "obligation"),
                        "obligation",
                        "must",
                        ("beta",),
                        ("beta",),
                        (OnEvent(Selector("ticket_resolved")),),
                        (Selector("ticket_confirmed"),),
                        due=Due("less than", time=ByTime(0)),
                        suspended_during=("c_state_2",),
                    ),
                ),
            ),
        ),
    ),
    changes=(Change("change_2", Clause("change_2", "change"), date(2025, 3, 16), date(2025, 3, 28), True),),
)
EVENTS = (
    Event(
        "relief",
        "crm",
        "563",
        at("2025-03-13T11:59:40Z"),
        at("2025-03-13T11:59:40Z"),
        at("2025-03-13T11:59:40Z"),
        {"site": "delhi", "begins": at("2025-03-13T11:59:40Z"), "finishes": at("2025-03-18T13:59:38.566785Z")},
        at("2025-03-18T13:59:38.566785Z"),
    ),
    Event(
        "ticket_resolved",
        "12",
        "991",
        at("2025-02-26T05:00:00Z"),
        at("2025-02-26T05:00:00Z"),
        at("2025-02-26T05:00:00Z"),
        {"site": "delhi"},
    ),
)
UNTIL = at("2025-07-10T23:19:00Z")
