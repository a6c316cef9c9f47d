"""A duty of which nothing is owed is performed by what led to it: what it imposes it does not let lapse."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    AddsUp,
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Impose,
    Kind,
    Lapse,
    Length,
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
    Term(date(2024, 2, 1), date(2024, 5, 31)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "step_taken",
            Clause("step_taken", "event"),
            (EventField("ticket", Kind("text"), True), EventField("amount", Kind("money", ("GBP",)))),
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True), EventField("amount", Kind("money", ("GBP",)))),
        ),
    ),
    norms=(
        Norm(
            "a_right_6",
            Clause("a_right_6", "right"),
            "right",
            "may",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
        Norm(
            "c_duty_4",
            Clause("c_duty_4", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            after=(("fulfilled", Impose("a_right_6")), ("fulfilled", Lapse("a_right_6"))),
            adds_up=AddsUp(
                ex.FieldOf("amount"),
                ex.Arithmetic(
                    "*",
                    ex.Literal(Fraction(1, 2), Kind("number")),
                    ex.Literal(0, Kind("money", ("GBP",))),
                ),
                Kind("money", ("GBP",)),
            ),
        ),
        Norm(
            "y_duty_3",
            Clause("y_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            ("ticket",),
            due=Due("within", Length(12, "days")),
            reopening="restart",
            after=(("late", Impose("c_duty_4")),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "ops",
        "e543",
        at("2024-03-23T07:25:00Z"),
        at("2024-03-23T07:25:00Z"),
        at("2024-03-23T07:25:00Z"),
        {"ticket": "T3"},
    ),
    Event(
        "ticket_resolved",
        "crm",
        "857",
        at("2024-04-05T03:00:00Z"),
        at("2024-04-05T03:00:00Z"),
        at("2024-04-05T03:00:00Z"),
        {"ticket": "T3"},
    ),
    Event(
        "ticket_confirmed",
        "ops",
        "e547",
        at("2024-04-05T03:00:00Z"),
        at("2024-04-05T03:00:00Z"),
        at("2024-04-05T03:00:00Z"),
        {"ticket": "T3", "amount": Fraction(201, 200)},
    ),
)
UNTIL = at("2024-06-13T04:00:00.000001Z")
