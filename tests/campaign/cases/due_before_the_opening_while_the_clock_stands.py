"""A deadline that lies before the opening, which comes while the clock stands: nothing falls due."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Clock,
    Contract,
    Due,
    EventKind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 4, 7), date(2024, 7, 6)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_resumed", Clause("ticket_resumed", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
    ),
    states=(State("y_state_3", Clause("y_state_3", "state"), ("ticket",), (Selector("ticket_opened"),)),),
    norms=(
        Norm(
            "y_duty_2",
            Clause("y_duty_2", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resumed"),),
            clock=Clock(stops_during=("y_state_3",)),
            due=Due("less than", Length(86400000000, "elapsed"), "field", "planned"),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "ops",
        "43",
        at("2024-05-09T02:55:06Z"),
        at("2024-05-09T02:55:06Z"),
        at("2024-05-09T02:55:06Z"),
        {
            "ticket": "10",
            "priority": "P2",
            "planned": at("2024-05-07T02:55:06Z"),
            "site": "leeds",
            "amount": Fraction(1327, 100),
        },
    ),
)
UNTIL = at("2024-07-20T16:32:00.000001Z")
