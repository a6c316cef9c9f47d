"""Performed before the instant from which it is counted."""

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
    Term(date(2024, 2, 20), date(2024, 5, 19)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("America/New_York"),
                hours.Hours(
                    Zone.load("America/New_York"),
                    (
                        hours.WeeklyHours((0, 1, 2, 3, 4), 28800000000, 72000000000),
                        hours.WeeklyHours((5,), 32400000000, 61200000000),
                    ),
                    (),
                    (),
                ),
            ),
        ),
    ),
    events=(
        EventKind("order_placed", Clause("order_placed", "event"), (EventField("planned", Kind("instant")),)),
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_5",
            Clause("b_duty_5", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_shipped"),),
            due=Due("less than", Length(14400000000, "open", "support"), "field", "planned"),
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "717",
        at("2024-02-26T19:00:00Z"),
        at("2024-02-26T19:00:00Z"),
        at("2024-02-26T19:00:00Z"),
    ),
    Event(
        "order_placed",
        "crm",
        "382",
        at("2024-02-21T06:44:00Z"),
        at("2024-02-21T06:44:00Z"),
        at("2024-02-21T06:44:00Z"),
        {"planned": at("2024-03-01T05:00:00.000001Z")},
    ),
)
UNTIL = at("2024-02-27T13:00:00Z")
