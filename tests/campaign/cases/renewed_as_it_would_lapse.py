"""A right renewed at the instant at which it would lapse, before the events of that instant."""

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
    OnLasting,
    Party,
    Rule,
    Selector,
    State,
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
    Term(date(2024, 2, 15), None),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("UTC"),
                hours.Combined(
                    "less",
                    (
                        hours.Hours(
                            Zone.load("UTC"),
                            (
                                hours.WeeklyHours((0, 1, 2, 3, 4), 0, 86400000000),
                                hours.WeeklyHours((6,), 5400000000, 9000000000),
                            ),
                            (
                                date(2023, 2, 28),
                                date(2023, 8, 1),
                                date(2024, 1, 19),
                                date(2024, 2, 29),
                                date(2024, 3, 31),
                                date(2024, 4, 7),
                                date(2024, 4, 25),
                                date(2024, 5, 12),
                                date(2024, 8, 12),
                                date(2024, 10, 27),
                                date(2024, 11, 3),
                                date(2025, 2, 6),
                                date(2025, 3, 30),
                                date(2025, 4, 19),
                                date(2025, 8, 26),
                                date(2025, 9, 16),
                                date(2025, 12, 7),
                            ),
                            (
                                hours.Opening(date(2025, 9, 16), 36000000000, 50400000000),
                                hours.Closure((date(2024, 11, 1),), 43200000000, 64800000000),
                                hours.Opening(date(2024, 1, 19), 36000000000, 50400000000),
                                hours.Opening(date(2023, 2, 28), 36000000000, 50400000000),
                                hours.Opening(date(2023, 8, 1), 36000000000, 50400000000),
                                hours.Closure(hours.DayRange(date(2025, 5, 23), date(2025, 5, 24))),
                                hours.Closure(hours.DayRange(date(2024, 4, 25), date(2024, 4, 29))),
                                hours.Opening(date(2025, 2, 6), 36000000000, 50400000000),
                            ),
                        ),
                        hours.Hours(
                            Zone.load("UTC"),
                            (
                                hours.WeeklyHours((0, 1, 2, 3, 4), 28800000000, 72000000000),
                                hours.WeeklyHours((5,), 32400000000, 61200000000),
                            ),
                            (
                                date(2023, 11, 3),
                                date(2024, 2, 29),
                                date(2024, 4, 7),
                                date(2024, 10, 27),
                                date(2025, 1, 18),
                                date(2025, 1, 30),
                                date(2025, 2, 28),
                                date(2025, 3, 30),
                                date(2025, 4, 6),
                                date(2025, 7, 12),
                            ),
                            (
                                hours.Closure((date(2024, 6, 6),), 43200000000, 50400000000),
                                hours.Closure((date(2023, 2, 12),), 43200000000, 64800000000),
                                hours.Opening(date(2024, 2, 29), 36000000000, 50400000000),
                                hours.Opening(date(2024, 4, 7), 36000000000, 50400000000),
                                hours.Opening(date(2024, 2, 29), 36000000000, 50400000000),
                                hours.Opening(date(2024, 4, 7), 36000000000, 50400000000),
                                hours.Opening(date(2024, 2, 29), 36000000000, 50400000000),
                                hours.Closure((date(2024, 5, 17),), 43200000000, 64800000000),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("ticket_held", Clause("ticket_held", "event"), (EventField("ticket", Kind("text"), True),)),
    ),
    states=(State("a_state_3", Clause("a_state_3", "state"), ("ticket",), (Selector("ticket_held"),)),),
    norms=(
        Norm(
            "a_right_4",
            Clause("a_right_4", "right"),
            "right",
            "may",
            ("beta",),
            ("beta",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("less than", Length(1, "working days", "support")),
        ),
    ),
    rules=(
        Rule(
            "x_rule_6",
            Clause("x_rule_6", "trigger"),
            OnLasting("a_state_3", Length(86400000000, "open", "support"), "at least"),
            then=(Impose("a_right_4"),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_held",
        "12",
        "798",
        at("2024-02-15T00:00:00Z"),
        at("2024-02-15T00:00:00Z"),
        at("2024-02-15T00:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "ticket_held",
        "12",
        "741",
        at("2024-02-14T13:31:00Z"),
        at("2024-02-14T13:31:00Z"),
        at("2024-02-14T13:31:00Z"),
        {"ticket": "10"},
    ),
)
UNTIL = at("2024-02-21T20:00:00Z")
