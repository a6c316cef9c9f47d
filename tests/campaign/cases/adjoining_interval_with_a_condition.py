"""Adjoining interval with a condition."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
    Length,
    OnLasting,
    Party,
    Rule,
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
    Term(date(2024, 1, 22), date(2024, 5, 21)),
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
            "relief",
            Clause("relief", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("begins", Kind("instant")),
                EventField("finishes", Kind("instant")),
                EventField("reason", Kind("one_of", ("client", "provider"))),
            ),
            from_field="begins",
            to_field="finishes",
        ),
    ),
    states=(
        State(
            "c_state_3",
            Clause("c_state_3", "state"),
            ("site",),
            intervals=(Selector("relief", ex.InState("z_state_2")),),
        ),
        State(
            "z_state_2",
            Clause("z_state_2", "state"),
            (),
            intervals=(
                Selector(
                    "relief",
                    ex.Not(
                        ex.Compare(
                            "!=",
                            ex.FieldOf("reason"),
                            ex.Literal("provider", Kind("one_of", ("client", "provider"))),
                        ),
                    ),
                ),
            ),
        ),
    ),
    rules=(
        Rule(
            "z_rule_6",
            Clause("z_rule_6", "trigger"),
            OnLasting("c_state_3", Length(259200000000, "open", "support"), "at least"),
        ),
    ),
)
EVENTS = (
    Event(
        "relief",
        "crm",
        "200",
        at("2024-03-17T09:00:00Z"),
        at("2024-03-17T09:00:00Z"),
        at("2024-03-17T09:00:00Z"),
        {
            "site": "york",
            "begins": at("2024-03-17T09:00:00Z"),
            "finishes": at("2024-03-22T13:13:00Z"),
            "reason": "provider",
        },
        at("2024-03-22T13:13:00Z"),
    ),
    Event(
        "relief",
        "12",
        "e110",
        at("2024-03-22T13:13:00Z"),
        at("2024-03-22T13:13:00Z"),
        at("2024-03-22T13:13:00Z"),
        {
            "site": "york",
            "begins": at("2024-03-22T13:13:00Z"),
            "finishes": at("2024-03-26T14:30:00Z"),
            "reason": "client",
        },
        at("2024-03-26T14:30:00Z"),
    ),
    Event(
        "relief",
        "crm",
        "835",
        at("2024-03-22T21:00:00.000001Z"),
        at("2024-03-29T15:00:00Z"),
        at("2024-03-22T21:00:00.000001Z"),
        {
            "site": "york",
            "begins": at("2024-03-22T21:00:00.000001Z"),
            "finishes": at("2024-03-27T14:34:00Z"),
            "reason": "provider",
        },
        at("2024-03-27T14:34:00Z"),
    ),
)
UNTIL = at("2024-05-26T12:00:00Z")
