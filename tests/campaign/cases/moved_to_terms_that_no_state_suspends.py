"""A change moves a running duty to terms that no state suspends, while the state holds that suspended it."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Change,
    Clause,
    Contract,
    Due,
    EventKind,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 12, 31), date(2024, 4, 29)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(Zone.load("America/Santiago"), hours.Always()),
        ),
    ),
    events=(
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
        EventKind("ticket_resumed", Clause("ticket_resumed", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
    ),
    states=(State("b_state_4", Clause("b_state_4", "state"), (), (Selector("outage_started"),)),),
    norms=(
        Norm(
            "z_duty_3",
            Clause("z_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resumed"),),
            suspended_during=("b_state_4",),
            variants=(
                Variant(
                    ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 2, 3), Kind("day"))),
                    Norm(
                        "z_duty_3",
                        Clause("z_duty_3", "obligation"),
                        "obligation",
                        "must",
                        ("beta",),
                        ("acme",),
                        (OnEvent(Selector("ticket_opened")),),
                        (Selector("ticket_resumed"),),
                        due=Due("less than", Length(28800000000, "open", "support")),
                    ),
                ),
            ),
        ),
    ),
    changes=(Change("change_1", Clause("change_1", "change"), date(2024, 2, 3), date(2024, 2, 15), True),),
)
EVENTS = (
    Event(
        "ticket_opened",
        "crm",
        "987",
        at("2024-02-02T08:22:00Z"),
        at("2024-02-02T08:22:00Z"),
        at("2024-02-02T08:22:00Z"),
    ),
    Event(
        "outage_started",
        "ops",
        "e757",
        at("2024-02-02T08:22:00.000001Z"),
        at("2024-02-02T08:22:00.000001Z"),
        at("2024-02-02T08:22:00.000001Z"),
    ),
)
UNTIL = at("2024-06-19T22:00:00Z")
