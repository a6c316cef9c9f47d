"""An imposed deadline that had gone by when it was first known."""

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
    Term(date(2024, 1, 31), date(2024, 3, 3)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("Asia/Beirut"),
                hours.Combined(
                    "or",
                    (
                        hours.Hours(
                            Zone.load("Asia/Beirut"),
                            (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                            (
                                date(2023, 3, 19),
                                date(2023, 4, 21),
                                date(2023, 9, 27),
                                date(2023, 10, 5),
                                date(2023, 11, 4),
                                date(2023, 12, 31),
                                date(2024, 2, 29),
                                date(2024, 3, 10),
                                date(2024, 3, 20),
                                date(2024, 7, 14),
                                date(2024, 10, 27),
                                date(2024, 11, 4),
                                date(2025, 2, 18),
                                date(2025, 3, 30),
                            ),
                            (
                                hours.Closure(hours.DayRange(date(2024, 1, 10), date(2024, 1, 13))),
                                hours.Closure((date(2023, 5, 24),), 43200000000, 64800000000),
                                hours.Opening(date(2024, 7, 14), 36000000000, 50400000000),
                                hours.Closure(hours.DayRange(date(2024, 5, 26), date(2024, 5, 27))),
                                hours.Opening(date(2024, 3, 20), 36000000000, 50400000000),
                                hours.Opening(date(2025, 3, 30), 36000000000, 50400000000),
                                hours.Opening(date(2024, 11, 4), 36000000000, 50400000000),
                                hours.Opening(date(2023, 4, 21), 36000000000, 50400000000),
                            ),
                        ),
                        hours.Hours(
                            Zone.load("Asia/Beirut"),
                            (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                            (
                                date(2023, 3, 19),
                                date(2023, 4, 21),
                                date(2023, 9, 27),
                                date(2023, 10, 5),
                                date(2023, 11, 4),
                                date(2023, 12, 31),
                                date(2024, 2, 29),
                                date(2024, 3, 10),
                                date(2024, 3, 20),
                                date(2024, 7, 14),
                                date(2024, 10, 27),
                                date(2024, 11, 4),
                                date(2025, 2, 18),
                                date(2025, 3, 30),
                            ),
                            (
                                hours.Closure(hours.DayRange(date(2024, 1, 10), date(2024, 1, 13))),
                                hours.Closure((date(2023, 5, 24),), 43200000000, 64800000000),
                                hours.Opening(date(2024, 7, 14), 36000000000, 50400000000),
                                hours.Closure(hours.DayRange(date(2024, 5, 26), date(2024, 5, 27))),
                                hours.Opening(date(2024, 3, 20), 36000000000, 50400000000),
                                hours.Opening(date(2025, 3, 30), 36000000000, 50400000000),
                                hours.Opening(date(2024, 11, 4), 36000000000, 50400000000),
                                hours.Opening(date(2023, 4, 21), 36000000000, 50400000000),
                            ),
                        ),
                        hours.Hours(
                            Zone.load("Asia/Beirut"),
                            (hours.WeeklyHours((0, 2, 4, 6), 79200000000, 21600000000),),
                            (
                                date(2023, 1, 17),
                                date(2023, 2, 4),
                                date(2024, 1, 25),
                                date(2024, 2, 19),
                                date(2024, 8, 19),
                                date(2024, 9, 23),
                                date(2024, 10, 21),
                                date(2024, 10, 27),
                                date(2025, 3, 17),
                                date(2025, 5, 28),
                                date(2025, 12, 10),
                            ),
                            (
                                hours.Closure(hours.DayRange(date(2025, 5, 28), date(2025, 5, 30))),
                                hours.Opening(date(2024, 10, 21), 36000000000, 50400000000),
                                hours.Opening(date(2025, 12, 10), 36000000000, 50400000000),
                                hours.Opening(date(2024, 1, 25), 36000000000, 50400000000),
                                hours.Closure(hours.DayRange(date(2023, 9, 21), date(2023, 9, 23))),
                                hours.Closure(hours.DayRange(date(2023, 2, 4), date(2023, 2, 8))),
                                hours.Closure(hours.DayRange(date(2025, 7, 11), date(2025, 7, 14))),
                                hours.Opening(date(2025, 12, 10), 36000000000, 50400000000),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("order_paid", Clause("order_paid", "event"), ()),
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
            due=Due("within", day_of_month=1),
        ),
        Norm(
            "x_duty_1",
            Clause("x_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            needs="last",
            due=Due("within", Length(6, "working days", "support")),
            after=(("missed", Impose("y_duty_3")),),
        ),
    ),
)
EVENTS = (
    Event(
        "order_paid",
        "ops",
        "540",
        at("2024-02-12T02:00:00Z"),
        at("2024-02-12T02:00:00Z"),
        at("2024-02-12T02:00:00Z"),
    ),
    Event(
        "order_shipped",
        "crm",
        "344",
        at("2024-01-31T05:00:00Z"),
        at("2024-01-31T05:00:00Z"),
        at("2024-01-31T05:00:00Z"),
    ),
    Event(
        "order_paid",
        "crm",
        "161",
        at("2024-02-02T17:27:16.923659Z"),
        at("2024-02-02T17:27:16.923659Z"),
        at("2024-02-02T17:27:16.923659Z"),
    ),
)
UNTIL = at("2024-02-14T11:02:00Z")
