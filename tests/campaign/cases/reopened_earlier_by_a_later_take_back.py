"""A reopening that another performance, taken back later, brings about earlier than it had come."""

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
    Term(date(2024, 3, 19), date(2024, 6, 18)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("Europe/London"),
                hours.Hours(
                    Zone.load("Europe/London"),
                    (
                        hours.WeeklyHours((0, 1, 2, 3, 4), 28800000000, 72000000000),
                        hours.WeeklyHours((5,), 32400000000, 61200000000),
                    ),
                    (
                        date(2023, 4, 4),
                        date(2024, 1, 23),
                        date(2024, 7, 1),
                        date(2024, 8, 25),
                        date(2024, 9, 8),
                        date(2024, 10, 27),
                        date(2025, 3, 30),
                        date(2025, 5, 28),
                        date(2025, 10, 13),
                    ),
                    (
                        hours.Closure(hours.DayRange(date(2023, 12, 12), date(2023, 12, 14))),
                        hours.Opening(date(2024, 7, 1), 36000000000, 50400000000),
                        hours.Closure((date(2025, 8, 26),), 43200000000),
                        hours.Closure((date(2025, 6, 7),), 43200000000, 64800000000),
                        hours.Closure((date(2024, 2, 11),), 43200000000, 64800000000),
                        hours.Closure(hours.DayRange(date(2025, 3, 11), date(2025, 3, 15))),
                        hours.Opening(date(2024, 7, 1), 36000000000, 50400000000),
                        hours.Closure((date(2025, 4, 26),), 43200000000, 50400000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind(
            "step_taken",
            Clause("step_taken", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),),
        ),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),),
        ),
    ),
    norms=(
        Norm(
            "c_duty_8",
            Clause("c_duty_8", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("step_taken"),),
            needs="last",
            due=Due("within", Length(1, "working days", "support")),
            after=(("missed", Impose("z_duty_4")),),
        ),
        Norm(
            "z_duty_4",
            Clause("z_duty_4", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            ("site",),
            due=Due("less than", Length(9, "days")),
            reopening="restart",
        ),
        Norm(
            "c_ban_3",
            Clause("c_ban_3", "obligation"),
            "prohibition",
            "must not",
            ("beta",),
            ("acme",),
            (),
            (Selector("leak_reported"),),
            after=(("missed", Impose("z_duty_4")),),
        ),
    ),
)
EVENTS = (
    Event(
        "step_taken",
        "crm",
        "643",
        at("2024-06-18T12:03:00Z"),
        at("2024-06-18T12:03:00Z"),
        at("2024-06-18T12:03:00Z"),
        {"site": "delhi"},
    ),
    Event(
        "leak_reported",
        "crm",
        "625",
        at("2024-06-16T23:00:00Z"),
        at("2024-06-16T23:00:00Z"),
        at("2024-06-16T23:00:00Z"),
        {"site": "delhi"},
    ),
    Event(
        "leak_reported",
        "crm",
        "825",
        at("2024-03-19T00:00:00Z"),
        at("2024-03-19T00:00:00Z"),
        at("2024-03-19T00:00:00Z"),
        {"site": "delhi"},
    ),
    Event(
        "step_taken",
        "crm",
        "470",
        at("2024-03-20T08:00:00Z"),
        at("2024-03-20T08:00:00Z"),
        at("2024-03-20T08:00:00Z"),
        {"site": "delhi"},
    ),
)
UNTIL = at("2024-09-28T19:00:01Z")
