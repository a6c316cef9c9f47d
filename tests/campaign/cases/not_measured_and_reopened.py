"""Reopened, never performed and not measured: counted once."""

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
    Figure,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Grid, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 7), date(2024, 3, 22)),
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
                    (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                    (
                        date(2023, 2, 28),
                        date(2023, 7, 6),
                        date(2023, 10, 12),
                        date(2023, 12, 31),
                        date(2024, 2, 18),
                        date(2024, 4, 3),
                        date(2024, 4, 7),
                        date(2024, 5, 21),
                        date(2024, 6, 1),
                        date(2024, 7, 9),
                        date(2024, 9, 8),
                        date(2024, 11, 12),
                        date(2024, 12, 7),
                        date(2025, 4, 12),
                        date(2025, 6, 13),
                        date(2025, 11, 17),
                    ),
                    (
                        hours.Closure((date(2025, 3, 25),), 43200000000, 64800000000),
                        hours.Closure(hours.DayRange(date(2024, 10, 6), date(2024, 10, 7))),
                        hours.Opening(date(2024, 5, 21), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2023, 2, 2), date(2023, 2, 5))),
                        hours.Closure((date(2024, 1, 3),), 43200000000, 64800000000),
                        hours.Opening(date(2023, 2, 28), 36000000000, 50400000000),
                        hours.Opening(date(2024, 7, 9), 36000000000, 50400000000),
                        hours.Closure((date(2023, 9, 2),), 43200000000, 50400000000),
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
    ),
    norms=(
        Norm(
            "a_duty_1",
            Clause("a_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            ("ticket",),
            unperformed="not measured",
            due=Due("less than", Length(3, "working days", "support")),
            reopening="continue",
        ),
    ),
    figures=(
        Figure(
            "y_figure_4",
            Clause("y_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("week"),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("a_duty_1", ("not measurable",), "due"),
                value=ex.Literal(1000, Kind("money", ("GBP",))),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "ops",
        "730",
        at("2024-03-17T23:23:24.289219Z"),
        at("2024-03-17T23:23:24.289219Z"),
        at("2024-03-17T23:23:24.289219Z"),
        {"ticket": "T2"},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "e553",
        at("2024-03-22T00:10:42Z"),
        at("2024-03-22T00:10:42Z"),
        at("2024-03-22T00:10:42Z"),
        {"ticket": "T2"},
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "149",
        at("2024-03-19T23:59:59.999999Z"),
        at("2024-03-19T23:59:59.999999Z"),
        at("2024-03-19T23:59:59.999999Z"),
        {"ticket": "T2"},
    ),
)
UNTIL = at("2024-05-07T08:00:00Z")
