"""A right that is renewed counts its time anew from there, though what it was counted from at first is absent."""

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
    Renewal,
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
    Term(date(2023, 2, 18), date(2023, 3, 17), Renewal(Length(1, "months"))),
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
                    (
                        hours.WeeklyHours((0, 1, 2, 3, 4, 5), 28800000000, 43200000000),
                        hours.WeeklyHours((0, 1, 2, 3, 4), 46800000000, 61200000000),
                    ),
                    (),
                    (),
                ),
            ),
        ),
    ),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
        EventKind("step_taken", Clause("step_taken", "event"), (), ("acme", "beta")),
    ),
    norms=(
        Norm(
            "z_right_2",
            Clause("z_right_2", "right"),
            "right",
            "may",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("within", Length(86400000000, "open", "support"), "field", "(anchor)"),
        ),
        Norm(
            "a_duty_1",
            Clause("a_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")), OnEvent(Selector("order_shipped"))),
            (Selector("step_taken"),),
            due=Due("less than", Length(7200000000, "open", "support")),
            after=(("missed", Impose("z_right_2")),),
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "ops",
        "314",
        at("2023-03-21T23:25:00Z"),
        at("2023-03-21T23:25:00Z"),
        at("2023-03-21T23:25:00Z"),
    ),
    Event(
        "order_shipped",
        "crm",
        "e763",
        at("2023-03-22T00:23:00Z"),
        at("2023-03-22T00:23:00Z"),
        at("2023-03-22T00:23:00Z"),
    ),
)
UNTIL = at("2023-04-19T04:00:00Z")
