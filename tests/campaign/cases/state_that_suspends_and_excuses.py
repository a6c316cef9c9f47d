"""A state that both suspends and excuses is one cause."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventKind, Norm, Party, Selector, State, Term
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 1), date(2024, 8, 31)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
    ),
    states=(
        State(
            "z_state_8",
            Clause("z_state_8", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
    ),
    norms=(
        Norm(
            "c_ban_7",
            Clause("c_ban_7", "obligation"),
            "prohibition",
            "must not",
            ("beta",),
            ("acme",),
            (),
            (Selector("outage_started"),),
            suspended_during=("z_state_8",),
            excused_during=("z_state_8",),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_ended",
        "ops",
        "721",
        at("2024-03-31T23:59:59.999999Z"),
        at("2024-03-31T23:59:59.999999Z"),
        at("2024-03-31T23:59:59.999999Z"),
    ),
    Event(
        "ticket_opened",
        "ops",
        "e888",
        at("2024-03-08T23:33:54Z"),
        at("2024-03-21T14:01:33.040548Z"),
        at("2024-03-08T23:33:54Z"),
        {"ticket": "10", "priority": "P2", "planned": at("2024-03-20T08:00:00Z"), "units": 5, "flag": False},
    ),
    Event(
        "outage_started",
        "12",
        "974",
        at("2024-03-06T00:00:00Z"),
        at("2024-03-06T00:00:00Z"),
        at("2024-03-06T00:00:00Z"),
    ),
)
UNTIL = at("2024-10-04T23:00:00.000001Z")
