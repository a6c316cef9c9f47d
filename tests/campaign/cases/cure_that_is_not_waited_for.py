"""Of cured outcomes that are not waited for, a window does not wait for the cure either."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    AddsUp,
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
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Grid, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (
        Party("acme", "Acme", "client"),
        Party("beta", "Beta", "provider"),
        Party("coast", "Coast", "other"),
        Party("dunes", "Dunes", "other"),
    ),
    Term(date(2024, 10, 1), date(2025, 3, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "office",
            Clause("office", "calendar"),
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
        EventKind("step_taken", Clause("step_taken", "event"), (EventField("amount", Kind("money", ("GBP",))),)),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("planned", Kind("instant"))),
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True), EventField("amount", Kind("money", ("GBP",)))),
        ),
    ),
    norms=(
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.Compare("!=", ex.FieldOf("ticket"), ex.Literal("T1", Kind("text"))),
                    ),
                ),
            ),
            (Selector("ticket_confirmed"),),
            due=Due("less than", anchor="field", field="planned"),
            cure=Due("less than", Length(1, "weeks")),
            adds_up=AddsUp(
                ex.FieldOf("amount"),
                ex.Arithmetic(
                    "*",
                    ex.Literal(Fraction(1, 2), Kind("number")),
                    ex.Literal(1000, Kind("money", ("GBP",))),
                ),
                Kind("money", ("GBP",)),
            ),
        ),
        Norm(
            "x_right_3",
            Clause("x_right_3", "right"),
            "right",
            "may",
            ("acme",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
    ),
    figures=(
        Figure(
            "a_figure_9",
            Clause("a_figure_9", "measure"),
            "measure",
            Kind("share"),
            Grid("week", span=2),
            ex.Aggregate("count", ex.OutcomeRows("x_right_3", ("fulfilled",), "due")),
            shows=(("part", ex.Aggregate("count", ex.OutcomeRows("y_duty_1", ("cured",), "opened", False))),),
            settle_after=Length(2, "working days", "office"),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "crm",
        "183",
        at("2024-12-25T05:52:55Z"),
        at("2024-12-25T05:52:55Z"),
        at("2024-12-25T05:52:55Z"),
        {"ticket": "9", "amount": 100},
    ),
    Event(
        "ticket_opened",
        "crm",
        "41",
        at("2024-12-14T06:46:57.296774Z"),
        at("2024-12-14T06:46:57.296774Z"),
        at("2024-12-14T06:46:57.296774Z"),
        {"ticket": "9", "planned": at("2024-12-23T15:48:00Z")},
    ),
)
UNTIL = at("2026-03-10T22:00:00.000001Z")
