"""A right imposed by one act and renewed by another at one instant."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Impose,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 2, 1), date(2024, 3, 8)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), (EventField("ticket", Kind("text"), True),)),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("planned", Kind("instant"))),
        ),
    ),
    norms=(
        Norm(
            "x_right_2",
            Clause("x_right_2", "right"),
            "right",
            "may",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.Not(
                            ex.Compare(
                                "<=",
                                ex.FieldOf("planned"),
                                ex.Literal(at("2024-02-12T00:00:00Z"), Kind("instant")),
                            ),
                        ),
                    ),
                ),
            ),
            (Selector("step_taken"),),
            ("ticket",),
            due=Due("within", fixed=date(2024, 2, 23)),
            after=(("late", Impose("x_right_2")),),
        ),
    ),
)
EVENTS = (
    Event(
        "step_taken",
        "crm",
        "6",
        at("2024-02-24T00:00:00Z"),
        at("2024-02-24T00:00:00Z"),
        at("2024-02-24T00:00:00Z"),
        {"ticket": "T4"},
    ),
    Event(
        "step_taken",
        "crm",
        "977",
        at("2024-02-24T00:00:00Z"),
        at("2024-02-24T00:00:00Z"),
        at("2024-02-24T00:00:00Z"),
        {"ticket": "T3"},
    ),
    Event(
        "ticket_opened",
        "12",
        "e126",
        at("2024-02-06T09:00:00Z"),
        at("2024-02-06T09:00:00Z"),
        at("2024-02-06T09:00:00Z"),
        {"ticket": "T3", "planned": at("2024-02-23T15:58:00Z")},
    ),
    Event(
        "ticket_opened",
        "crm",
        "2",
        at("2024-02-23T08:21:28.488221Z"),
        at("2024-02-23T08:21:28.488221Z"),
        at("2024-02-23T08:21:28.488221Z"),
        {"ticket": "T4", "planned": at("2024-02-23T08:21:28.488221Z")},
    ),
)
UNTIL = at("2024-07-13T23:15:00.000001Z")
