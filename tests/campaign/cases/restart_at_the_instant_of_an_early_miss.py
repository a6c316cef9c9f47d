"""Restart at the instant of an early miss."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 4, 7), None),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resumed",
            Clause("ticket_resumed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
                EventField("planned_on", Kind("day")),
            ),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    states=(
        State(
            "y_state_2",
            Clause("y_state_2", "state"),
            ("ticket",),
            (Selector("ticket_opened"),),
            (Selector("ticket_resolved"),),
        ),
    ),
    norms=(
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resumed"),),
            ("priority",),
            clock=Clock(stops_during=("y_state_2",)),
            due=Due("less than", anchor="field", field="planned_on"),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "crm",
        "869",
        at("2024-08-08T04:00:00Z"),
        at("2024-08-08T04:00:00Z"),
        at("2024-08-08T04:00:00Z"),
        {"ticket": "T3"},
    ),
    Event(
        "ticket_opened",
        "ops",
        "38",
        at("2024-08-08T04:00:00Z"),
        at("2024-08-08T04:00:00Z"),
        at("2024-08-08T04:00:00Z"),
        {"ticket": "T3", "priority": "P3", "planned_on": date(2024, 8, 9)},
    ),
    Event(
        "ticket_opened",
        "crm",
        "319",
        at("2024-08-01T10:00:00Z"),
        at("2024-08-01T10:00:00Z"),
        at("2024-08-01T10:00:00Z"),
        {"ticket": "T3", "priority": "P3", "planned_on": date(2024, 8, 8)},
    ),
    Event(
        "ticket_resumed",
        "crm",
        "e636",
        at("2024-08-04T15:44:26Z"),
        at("2024-08-04T15:44:26Z"),
        at("2024-08-04T15:44:26Z"),
        {"ticket": "T3"},
    ),
)
UNTIL = at("2024-09-17T04:00:00Z")
