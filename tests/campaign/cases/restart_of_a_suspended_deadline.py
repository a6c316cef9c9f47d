"""A suspended deadline without length, and a restart."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
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
    Term(date(2023, 12, 31), None),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_held", Clause("ticket_held", "event"), (EventField("ticket", Kind("text"), True),)),
        EventKind(
            "ticket_resumed",
            Clause("ticket_resumed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("planned", Kind("instant"))),
        ),
    ),
    states=(
        State(
            "c_state_2",
            Clause("c_state_2", "state"),
            ("ticket",),
            (Selector("ticket_held"),),
            (Selector("ticket_resumed"),),
        ),
    ),
    norms=(
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resumed"),),
            ("ticket",),
            due=Due("within", anchor="field", field="planned"),
            suspended_during=("c_state_2",),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "ops",
        "300",
        at("2024-01-10T20:57:00Z"),
        at("2024-01-10T20:57:00Z"),
        at("2024-01-10T20:57:00Z"),
        {"ticket": "T1", "planned": at("2024-01-10T19:57:00Z")},
    ),
    Event(
        "ticket_resumed",
        "crm",
        "567",
        at("2024-01-13T05:00:00Z"),
        at("2024-01-13T05:00:00Z"),
        at("2024-01-13T05:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "ticket_opened",
        "crm",
        "138",
        at("2024-05-01T13:00:00Z"),
        at("2024-05-01T13:00:00Z"),
        at("2024-05-01T13:00:00Z"),
        {"ticket": "T1", "planned": at("2024-05-08T10:00:00Z")},
    ),
    Event(
        "ticket_held",
        "crm",
        "830",
        at("2024-01-07T09:00:00Z"),
        at("2024-01-07T09:00:00Z"),
        at("2024-01-07T09:00:00Z"),
        {"ticket": "T1"},
    ),
)
UNTIL = at("2024-05-08T13:00:00.000001Z")
