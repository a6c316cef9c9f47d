"""An imposed clock runs from the later of ground and first known."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Impose,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 11, 3), date(2025, 1, 2)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("America/New_York"),
                hours.Hours(
                    Zone.load("America/New_York"),
                    (hours.WeeklyHours((0, 2, 4, 6), 79200000000, 21600000000),),
                    (),
                    (),
                ),
            ),
        ),
    ),
    events=(
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind("step_taken", Clause("step_taken", "event"), ()),
    ),
    norms=(
        Norm(
            "y_duty_3",
            Clause("y_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            due=Due("less than", Length(14400000000, "open", "support")),
        ),
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            ("ticket",),
            due=Due("less than", Length(3, "days")),
            reopening="continue",
            after=(("missed", Impose("y_duty_3")),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "12",
        "e674",
        at("2024-11-18T13:42:00Z"),
        at("2024-11-26T23:00:00Z"),
        at("2024-11-18T13:42:00Z"),
        {"ticket": "9"},
        rev=1,
    ),
    Event(
        "ticket_confirmed",
        "ops",
        "171",
        at("2024-11-20T05:00:00Z"),
        at("2024-11-20T05:00:00Z"),
        at("2024-11-20T05:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_resolved",
        "crm",
        "385",
        at("2024-12-15T13:00:00Z"),
        at("2024-12-15T13:00:00Z"),
        at("2024-12-15T13:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_resolved",
        "12",
        "e674",
        at("2024-11-18T04:42:00Z"),
        at("2024-11-18T04:42:00Z"),
        at("2024-11-18T04:42:00Z"),
        {"ticket": "9"},
    ),
)
UNTIL = at("2025-10-17T21:55:49.341994Z")
