"""A restarted clock does not begin at its field again."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Clock,
    Contract,
    EventField,
    EventKind,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 1), date(2025, 2, 28)),
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
                        date(2023, 4, 26),
                        date(2023, 8, 26),
                        date(2023, 11, 10),
                        date(2023, 12, 31),
                        date(2024, 2, 13),
                        date(2024, 3, 31),
                        date(2024, 8, 7),
                        date(2024, 9, 8),
                        date(2024, 11, 3),
                        date(2025, 1, 3),
                        date(2025, 1, 30),
                        date(2025, 2, 22),
                        date(2025, 3, 3),
                        date(2025, 3, 30),
                        date(2025, 4, 9),
                        date(2025, 5, 10),
                        date(2025, 7, 19),
                    ),
                    (
                        hours.Closure(hours.DayRange(date(2024, 2, 13), date(2024, 2, 17))),
                        hours.Closure(hours.DayRange(date(2024, 3, 22), date(2024, 3, 24))),
                        hours.Opening(date(2025, 2, 22), 36000000000, 50400000000),
                        hours.Opening(date(2024, 3, 31), 36000000000, 50400000000),
                        hours.Opening(date(2025, 3, 3), 36000000000, 50400000000),
                        hours.Opening(date(2024, 2, 13), 36000000000, 50400000000),
                        hours.Opening(date(2024, 11, 3), 36000000000, 50400000000),
                        hours.Closure((date(2024, 6, 23),), 43200000000, 50400000000),
                    ),
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
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("planned", Kind("instant"))),
        ),
    ),
    states=(
        State(
            "b_state_7",
            Clause("b_state_7", "state"),
            ("ticket",),
            (Selector("ticket_opened"),),
            (Selector("ticket_resolved"),),
        ),
    ),
    norms=(
        Norm(
            "b_duty_5",
            Clause("b_duty_5", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened", ex.InCalendar("office"))),),
            (Selector("ticket_confirmed"),),
            ("ticket",),
            clock=Clock(from_field="planned"),
            suspended_during=("b_state_7",),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "ops",
        "373",
        at("2025-01-24T11:00:00Z"),
        at("2025-01-24T11:00:00Z"),
        at("2025-01-24T11:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_opened",
        "crm",
        "e960",
        at("2025-01-28T17:00:00Z"),
        at("2025-01-28T17:00:00Z"),
        at("2025-01-28T17:00:00Z"),
        {"ticket": "9", "planned": at("2025-01-28T16:00:00Z")},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "18",
        at("2025-01-21T11:00:00.000002Z"),
        at("2025-01-21T11:00:00.000002Z"),
        at("2025-01-21T11:00:00.000002Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_opened",
        "crm",
        "e210",
        at("2025-01-21T11:00:00.000001Z"),
        at("2025-01-21T11:00:00.000001Z"),
        at("2025-01-21T11:00:00.000001Z"),
        {"ticket": "9", "planned": at("2025-01-21T11:00:00Z")},
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "667",
        at("2025-01-29T17:00:00Z"),
        at("2025-01-29T17:00:00Z"),
        at("2025-01-29T17:00:00Z"),
        {"ticket": "9"},
    ),
)
UNTIL = at("2025-02-24T16:00:00Z")
