"""A later act takes back the performance and all that followed."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Contract,
    Due,
    EventKind,
    Impose,
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
    Term(date(2024, 3, 24), date(2024, 6, 14)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("UTC"),
                hours.Hours(
                    Zone.load("UTC"),
                    (hours.WeeklyHours((0, 2, 4, 6), 79200000000, 21600000000),),
                    (
                        date(2023, 2, 28),
                        date(2023, 5, 3),
                        date(2023, 7, 13),
                        date(2023, 11, 7),
                        date(2024, 1, 1),
                        date(2024, 1, 31),
                        date(2024, 2, 29),
                        date(2024, 4, 7),
                        date(2024, 5, 20),
                        date(2024, 6, 19),
                        date(2024, 11, 3),
                        date(2025, 2, 27),
                        date(2025, 3, 26),
                        date(2025, 3, 30),
                        date(2025, 5, 14),
                        date(2025, 7, 22),
                        date(2025, 8, 22),
                        date(2025, 11, 21),
                        date(2025, 12, 10),
                    ),
                    (
                        hours.Opening(date(2023, 2, 28), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2024, 6, 19), date(2024, 6, 24))),
                        hours.Opening(date(2024, 6, 19), 36000000000, 50400000000),
                        hours.Opening(date(2025, 12, 10), 36000000000, 50400000000),
                        hours.Closure((date(2025, 4, 25),), 43200000000),
                        hours.Opening(date(2025, 3, 30), 36000000000, 50400000000),
                        hours.Opening(date(2025, 3, 26), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2023, 5, 3), date(2023, 5, 6))),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("ticket_resolved", Clause("ticket_resolved", "event"), ()),
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_3",
            Clause("b_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
            needs="last",
            after=(("fulfilled", Impose("a_duty_4")),),
        ),
        Norm(
            "a_duty_4",
            Clause("a_duty_4", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            due=Due("within", Length(86400000000, "open", "support")),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "crm",
        "e857",
        at("2024-05-27T06:00:00.000001Z"),
        at("2024-05-27T06:00:00.000001Z"),
        at("2024-05-27T06:00:00.000001Z"),
    ),
    Event(
        "ticket_opened",
        "crm",
        "417",
        at("2024-05-17T17:00:00Z"),
        at("2024-05-17T17:00:00Z"),
        at("2024-05-17T17:00:00Z"),
    ),
    Event(
        "ticket_resolved",
        "crm",
        "956",
        at("2024-05-20T14:39:00Z"),
        at("2024-05-20T14:39:00Z"),
        at("2024-05-20T14:39:00Z"),
    ),
)
UNTIL = at("2024-05-30T11:00:00Z")
