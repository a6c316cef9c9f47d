"""Windows that settle together with a reset."""

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
    Norm,
    OnEvent,
    OnSettled,
    Party,
    Recurrence,
    Rule,
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
    Term(date(2024, 1, 1), date(2024, 1, 31)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("Asia/Beirut"),
                hours.Hours(
                    Zone.load("Asia/Beirut"),
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
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("rate", Kind("share"), optional=True),),
        ),
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
    ),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (
                OnEvent(
                    Selector(
                        "ticket_resolved",
                        ex.AnyOf(
                            (
                                ex.InCalendar("support"),
                                ex.Compare(">=", ex.FieldOf("rate"), ex.Literal(Fraction(1, 8), Kind("share"))),
                            ),
                        ),
                    ),
                ),
            ),
            (Selector("ticket_confirmed"),),
        ),
    ),
    figures=(
        Figure(
            "x_figure_5",
            Clause("x_figure_5", "measure"),
            "measure",
            Kind("number"),
            Grid("week"),
            ex.Aggregate("count", ex.OutcomeRows("z_duty_1", ("missed",), "opened")),
        ),
    ),
    rules=(
        Rule(
            "z_rule_11",
            Clause("z_rule_11", "trigger"),
            OnSettled("x_figure_5"),
            recurrence=Recurrence(1, resets=True),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "12",
        "868",
        at("2024-01-25T14:29:00Z"),
        at("2024-01-25T14:29:00Z"),
        at("2024-01-25T14:29:00Z"),
        {"rate": Fraction(9, 10)},
    ),
    Event(
        "ticket_resolved",
        "crm",
        "785",
        at("2024-01-03T19:00:00Z"),
        at("2024-01-03T19:00:00Z"),
        at("2024-01-03T19:00:00Z"),
        {"rate": Fraction(1, 2)},
    ),
)
UNTIL = at("2024-03-30T23:00:00.000001Z")
