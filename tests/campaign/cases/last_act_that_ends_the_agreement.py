"""One act takes back two performances, and the first ends the agreement."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Contract,
    Due,
    EventKind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    Terminate,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 9, 8), date(2024, 10, 7)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "office",
            Clause("office", "calendar"),
            Calendar(
                Zone.load("America/Santiago"),
                hours.Hours(
                    Zone.load("America/Santiago"),
                    (
                        hours.WeeklyHours((0, 1, 2, 3, 4, 5), 28800000000, 43200000000),
                        hours.WeeklyHours((0, 1, 2, 3, 4), 46800000000, 61200000000),
                    ),
                    (
                        date(2023, 2, 25),
                        date(2023, 12, 31),
                        date(2024, 1, 9),
                        date(2024, 1, 31),
                        date(2024, 3, 10),
                        date(2024, 3, 31),
                        date(2024, 4, 7),
                        date(2024, 5, 17),
                        date(2024, 6, 12),
                        date(2024, 9, 8),
                        date(2024, 10, 27),
                        date(2024, 11, 20),
                        date(2025, 1, 19),
                        date(2025, 2, 28),
                        date(2025, 4, 9),
                        date(2025, 5, 23),
                        date(2025, 8, 10),
                        date(2025, 9, 12),
                    ),
                    (
                        hours.Closure((date(2025, 11, 13),), 43200000000, 64800000000),
                        hours.Opening(date(2024, 9, 8), 36000000000, 50400000000),
                        hours.Opening(date(2025, 8, 10), 36000000000, 50400000000),
                        hours.Closure((date(2023, 5, 14),), 43200000000, 64800000000),
                        hours.Opening(date(2024, 4, 7), 36000000000, 50400000000),
                        hours.Closure((date(2024, 4, 16),), 43200000000, 64800000000),
                        hours.Closure(hours.DayRange(date(2024, 11, 20), date(2024, 11, 22))),
                        hours.Closure((date(2025, 1, 19),), 43200000000, 50400000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("outage_started", Clause("outage_started", "event"), ()),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_2",
            Clause("b_duty_2", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("outage_started")),),
            (Selector("outage_ended"),),
            needs="last",
            due=Due("within", Length(6, "working days", "office")),
            after=(("missed", Terminate()),),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_ended",
        "ops",
        "550",
        at("2024-09-19T18:00:00Z"),
        at("2024-09-19T18:00:00Z"),
        at("2024-09-19T18:00:00Z"),
    ),
    Event(
        "outage_ended",
        "ops",
        "797",
        at("2024-09-26T17:38:00Z"),
        at("2024-09-26T17:38:00Z"),
        at("2024-09-26T17:38:00Z"),
    ),
    Event(
        "outage_started",
        "12",
        "451",
        at("2024-09-16T05:15:00Z"),
        at("2024-09-16T05:15:00Z"),
        at("2024-09-16T05:15:00Z"),
    ),
    Event(
        "outage_started",
        "crm",
        "682",
        at("2024-09-13T14:33:52.964031Z"),
        at("2024-09-13T14:33:52.964031Z"),
        at("2024-09-13T14:33:52.964031Z"),
    ),
)
UNTIL = at("2024-10-09T03:00:00Z")
