"""A window has said that it waits for an answer; the performance that asked is taken back, and it never did."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Contract,
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
    Term(date(2024, 1, 1), date(2024, 12, 31)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("America/Santiago"),
                hours.Hours(
                    Zone.load("America/Santiago"),
                    (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                    (
                        date(2023, 1, 27),
                        date(2023, 2, 28),
                        date(2023, 5, 21),
                        date(2023, 6, 9),
                        date(2023, 9, 10),
                        date(2023, 10, 27),
                        date(2023, 11, 28),
                        date(2023, 12, 31),
                        date(2024, 2, 4),
                        date(2024, 2, 29),
                        date(2024, 3, 4),
                        date(2024, 7, 13),
                        date(2024, 11, 3),
                        date(2025, 9, 25),
                        date(2025, 10, 28),
                    ),
                    (
                        hours.Opening(date(2024, 7, 13), 36000000000, 50400000000),
                        hours.Closure((date(2025, 5, 9),), 43200000000, 64800000000),
                        hours.Closure((date(2025, 8, 13),), 43200000000, 50400000000),
                        hours.Closure((date(2024, 3, 4),), 43200000000),
                        hours.Opening(date(2024, 7, 13), 36000000000, 50400000000),
                        hours.Opening(date(2025, 9, 25), 36000000000, 50400000000),
                        hours.Opening(date(2023, 5, 21), 36000000000, 50400000000),
                        hours.Opening(date(2024, 3, 4), 36000000000, 50400000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), (EventField("order", Kind("text"), True),)),
        EventKind(
            "order_placed",
            Clause("order_placed", "event"),
            (
                EventField("order", Kind("text"), True),
                EventField(
                    "x_ruling_3",
                    Kind("one_of", ("claimed", "accepted", "rejected", "lapsed")),
                    optional=True,
                    ruled=True,
                ),
            ),
        ),
    ),
    norms=(
        Norm(
            "c_duty_6",
            Clause("c_duty_6", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "order_placed",
                        ex.AnyOf(
                            (
                                ex.Compare(
                                    "=",
                                    ex.Ruled("x_ruling_3"),
                                    ex.Literal(
                                        "claimed",
                                        Kind("one_of", ("claimed", "accepted", "rejected", "lapsed")),
                                    ),
                                ),
                                ex.InCalendar("support"),
                                ex.InCalendar("support"),
                            ),
                        ),
                    ),
                ),
            ),
            (Selector("order_shipped"),),
            ("order",),
            reopening="restart",
        ),
    ),
    figures=(
        Figure(
            "z_figure_9",
            Clause("z_figure_9", "measure"),
            "measure",
            Kind("share"),
            Grid("month", 12, date(2024, 1, 13), 2),
            ex.Aggregate(
                "count",
                ex.OutcomeRows("c_duty_6", ("fulfilled",), "decided"),
                ex.Compare(
                    "=",
                    ex.Ruled("x_ruling_3"),
                    ex.Literal("accepted", Kind("one_of", ("claimed", "accepted", "rejected", "lapsed"))),
                ),
            ),
            settle_latest=Length(2, "working days", "support"),
        ),
    ),
)
EVENTS = (
    Event(
        "order_placed",
        "ops",
        "427",
        at("2024-01-05T17:37:00Z"),
        at("2024-01-05T17:37:00Z"),
        at("2024-01-05T17:37:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_placed",
        "crm",
        "e452",
        at("2024-10-11T15:00:00Z"),
        at("2024-10-11T15:00:00Z"),
        at("2024-10-11T15:00:00Z"),
        {"order": "C"},
    ),
    Event(
        "order_shipped",
        "ops",
        "725",
        at("2024-01-05T22:01:00Z"),
        at("2024-01-05T22:01:00Z"),
        at("2024-01-05T22:01:00Z"),
        {"order": "C"},
    ),
)
UNTIL = at("2025-02-10T03:00:00Z")
