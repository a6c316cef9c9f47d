"""With restart the reading begins at the restart."""

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
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 8, 1), date(2024, 11, 30)),
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
                    (hours.WeeklyHours((0, 2, 4, 6), 79200000000, 21600000000),),
                    (
                        date(2023, 8, 27),
                        date(2023, 12, 21),
                        date(2023, 12, 31),
                        date(2024, 1, 31),
                        date(2024, 2, 29),
                        date(2024, 3, 9),
                        date(2024, 3, 10),
                        date(2024, 3, 31),
                        date(2024, 4, 7),
                        date(2024, 6, 28),
                        date(2024, 7, 24),
                        date(2024, 8, 7),
                        date(2024, 9, 8),
                        date(2024, 10, 27),
                        date(2024, 11, 3),
                        date(2024, 12, 28),
                        date(2025, 1, 12),
                        date(2025, 1, 30),
                        date(2025, 3, 1),
                        date(2025, 10, 3),
                        date(2025, 11, 13),
                    ),
                    (
                        hours.Closure((date(2023, 8, 27),), 43200000000, 64800000000),
                        hours.Opening(date(2024, 9, 8), 36000000000, 50400000000),
                        hours.Opening(date(2023, 8, 27), 36000000000, 50400000000),
                        hours.Opening(date(2024, 8, 7), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2024, 5, 19), date(2024, 5, 23))),
                        hours.Opening(date(2024, 3, 9), 36000000000, 50400000000),
                        hours.Closure((date(2023, 3, 18),), 43200000000),
                        hours.Opening(date(2023, 8, 27), 36000000000, 50400000000),
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
            (
                EventField("ticket", Kind("text"), True),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
                EventField("planned", Kind("instant")),
                EventField("units", Kind("number")),
            ),
        ),
    ),
    norms=(
        Norm(
            "b_duty_1",
            Clause("b_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.IfMeasured(
                            ex.Compare(
                                "!=",
                                ex.FieldOf("priority"),
                                ex.Literal("P1", Kind("one_of", ("P1", "P2", "P3"))),
                            ),
                            ex.Literal(False, Kind("yes_no")),
                        ),
                    ),
                ),
            ),
            (Selector("ticket_confirmed"),),
        ),
        Norm(
            "a_duty_5",
            Clause("a_duty_5", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.Compare(">", ex.FieldOf("units"), ex.Literal(0, Kind("number"))),
                    ),
                ),
            ),
            (Selector("ticket_resolved"),),
            ("ticket",),
            due=Due("less than", Length(14400000000, "open", "support"), "field", "planned"),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "ops",
        "726",
        at("2024-08-31T16:42:00Z"),
        at("2024-08-31T16:42:00Z"),
        at("2024-08-31T16:42:00Z"),
        {"ticket": "T1", "priority": "P2", "planned": at("2024-08-31T16:42:00Z"), "units": 1},
    ),
    Event(
        "ticket_opened",
        "12",
        "438",
        at("2024-09-17T12:00:00Z"),
        at("2024-09-17T12:00:00Z"),
        at("2024-09-17T12:00:00Z"),
        {"ticket": "T1", "priority": "P2", "planned": at("2024-10-06T23:47:00Z"), "units": 1},
    ),
    Event(
        "ticket_resolved",
        "crm",
        "e840",
        at("2024-08-31T19:23:00Z"),
        at("2024-08-31T19:23:00Z"),
        at("2024-08-31T19:23:00Z"),
        {"ticket": "T1"},
    ),
)
UNTIL = at("2024-11-01T00:00:00Z")
