"""Take back undone by late knowledge."""

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
    Length,
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
    Term(date(2024, 3, 30), date(2024, 5, 29)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("step_taken", Clause("step_taken", "event"), (EventField("ticket", Kind("text"), True),)),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    states=(
        State(
            "y_state_3",
            Clause("y_state_3", "state"),
            (),
            (Selector("notice_given"),),
            (Selector("step_taken"),),
        ),
    ),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
            ("ticket",),
            unperformed="not measured",
            due=Due("less than", Length(10, "days")),
            suspended_during=("y_state_3",),
            reopening="continue",
        ),
    ),
)
EVENTS = (
    Event(
        "notice_given",
        "crm",
        "e671",
        at("2024-04-11T19:24:48Z"),
        at("2024-04-11T19:24:48Z"),
        at("2024-04-11T19:24:48Z"),
    ),
    Event(
        "ticket_opened",
        "ops",
        "e502",
        at("2024-03-30T04:00:00Z"),
        at("2024-03-30T04:00:00Z"),
        at("2024-03-30T04:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "notice_given",
        "crm",
        "268",
        at("2024-04-01T04:00:00Z"),
        at("2024-04-01T04:00:00Z"),
        at("2024-04-01T04:00:00Z"),
    ),
    Event(
        "ticket_resolved",
        "crm",
        "250",
        at("2024-04-26T09:34:00Z"),
        at("2024-04-26T09:34:00Z"),
        at("2024-04-26T09:34:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "step_taken",
        "crm",
        "455",
        at("2024-04-05T14:13:20.114899Z"),
        at("2024-04-05T14:13:20.114899Z"),
        at("2024-04-05T14:13:20.114899Z"),
        {"ticket": "T1"},
    ),
    Event(
        "notice_given",
        "crm",
        "152",
        at("2024-05-27T21:33:00Z"),
        at("2024-05-27T21:33:00Z"),
        at("2024-05-27T21:33:00Z"),
    ),
    Event(
        "ticket_opened",
        "crm",
        "689",
        at("2024-05-20T12:00:00Z"),
        at("2024-05-20T12:00:00Z"),
        at("2024-05-20T12:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "step_taken",
        "crm",
        "922",
        at("2024-05-22T04:00:00Z"),
        at("2024-05-22T04:00:00Z"),
        at("2024-05-22T04:00:00Z"),
        {"ticket": "9"},
    ),
    Event(
        "step_taken",
        "ops",
        "326",
        at("2024-04-01T04:00:00.000001Z"),
        at("2024-05-27T11:59:59.999999Z"),
        at("2024-04-01T04:00:00.000001Z"),
        {"ticket": "10"},
    ),
)
UNTIL = at("2024-06-11T23:50:51.000001Z")
