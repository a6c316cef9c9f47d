"""A performance taken back by an act that, had it counted, would lie after the end which it leads to."""

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
    OnOutcome,
    Party,
    Rule,
    Selector,
    Term,
    Terminate,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 9, 18), date(2025, 3, 17)),
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
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("order_paid", Clause("order_paid", "event"), ()),
    ),
    norms=(
        Norm(
            "c_right_6",
            Clause("c_right_6", "right"),
            "right",
            "may",
            ("beta",),
            ("beta",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            after=(("fulfilled", Terminate()),),
        ),
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            needs="last",
            due=Due("within", Length(1800000000, "open", "support")),
        ),
    ),
    rules=(
        Rule(
            "x_rule_7",
            Clause("x_rule_7", "trigger"),
            OnOutcome("c_duty_1", "fulfilled"),
            then=(Impose("c_right_6"),),
        ),
    ),
)
EVENTS = (
    Event(
        "order_paid",
        "crm",
        "70",
        at("2025-03-17T03:59:00Z"),
        at("2025-03-17T03:59:00Z"),
        at("2025-03-17T03:59:00Z"),
    ),
    Event(
        "order_shipped",
        "ops",
        "e862",
        at("2025-03-17T01:31:20.566891Z"),
        at("2025-03-17T01:31:20.566891Z"),
        at("2025-03-17T01:31:20.566891Z"),
    ),
    Event(
        "order_paid",
        "crm",
        "52",
        at("2025-03-17T23:59:59.999999Z"),
        at("2025-03-17T23:59:59.999999Z"),
        at("2025-03-17T23:59:59.999999Z"),
    ),
    Event(
        "notice_given",
        "crm",
        "942",
        at("2025-03-17T08:29:59.999999Z"),
        at("2025-03-19T00:31:02.230691Z"),
        at("2025-03-17T08:29:59.999999Z"),
    ),
)
UNTIL = at("2025-05-21T17:41:00.000001Z")
