"""Reclassified at the instant at which its clock comes to stand, with a deadline that has gone by."""

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
    Fact,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Regrade,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 1, 31), date(2024, 3, 20)),
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
                        hours.WeeklyHours((0, 1, 2, 3, 4), 0, 86400000000),
                        hours.WeeklyHours((6,), 5400000000, 9000000000),
                    ),
                    (
                        date(2023, 2, 8),
                        date(2023, 2, 28),
                        date(2023, 11, 5),
                        date(2023, 12, 24),
                        date(2023, 12, 31),
                        date(2024, 1, 31),
                        date(2024, 3, 10),
                        date(2024, 3, 31),
                        date(2024, 4, 13),
                        date(2024, 5, 24),
                        date(2025, 8, 16),
                    ),
                    (
                        hours.Closure((date(2023, 7, 17),), 43200000000, 64800000000),
                        hours.Closure((date(2025, 10, 28),), 43200000000),
                        hours.Opening(date(2024, 3, 31), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2023, 5, 20), date(2023, 5, 21))),
                        hours.Opening(date(2023, 2, 8), 36000000000, 50400000000),
                        hours.Opening(date(2023, 2, 8), 36000000000, 50400000000),
                        hours.Closure((date(2024, 5, 24),), 43200000000, 50400000000),
                        hours.Closure((date(2023, 10, 22),), 43200000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("ticket_held", Clause("ticket_held", "event"), (EventField("ticket", Kind("text"), True),)),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
            ("acme", "beta"),
        ),
    ),
    states=(
        State("c_state_2", Clause("c_state_2", "state"), ("ticket",), (Selector("ticket_held"),)),
        State("made_2", Clause("made_2", "state"), ("ticket",), made=ex.StateTimes("c_state_2")),
    ),
    norms=(
        Norm(
            "z_duty_8",
            Clause("z_duty_8", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_resolved", ex.InCalendar("support"))),),
            (Selector("ticket_confirmed"),),
            due=Due("within", Length(1, "elapsed"), count="(length)"),
            suspended_during=("made_2",),
            facts=(
                Fact(
                    "(length)",
                    ex.Arithmetic(
                        "-",
                        ex.Moment("row", False),
                        ex.Literal(at("2024-02-10T05:00:00Z"), Kind("instant")),
                    ),
                ),
            ),
            regraded=(Regrade(Selector("ticket_held"), "kept"),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_held",
        "ops",
        "827",
        at("2024-03-19T17:00:00Z"),
        at("2024-03-19T17:00:00Z"),
        at("2024-03-19T17:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "e829",
        at("2024-02-07T23:00:00Z"),
        at("2024-02-07T23:00:00Z"),
        at("2024-02-07T23:00:00Z"),
        {"ticket": "T1"},
        reporter="beta",
    ),
)
UNTIL = at("2024-03-26T04:00:00.000001Z")
