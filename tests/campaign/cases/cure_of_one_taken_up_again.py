"""A duty that was met is taken up again after its deadline: a figure that counts cured ones waits for its cure."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
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
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 11, 3), date(2025, 2, 24)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    states=(State("out", Clause("out", "state"), ()),),
    norms=(
        Norm(
            "a_duty_0",
            Clause("a_duty_0", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened", ex.Not(ex.InState("out")))),),
            (Selector("ticket_resolved"),),
            ("ticket",),
            due=Due("within", Length(5, "days")),
            reopening="continue",
            cure=Due("within", Length(86400000000, "elapsed")),
        ),
    ),
    figures=(
        Figure(
            "y_measure_1",
            Clause("y_measure_1", "measure"),
            "measure",
            Kind("number"),
            Grid("week", anchor=date(2024, 11, 5)),
            ex.Aggregate("count", ex.OutcomeRows("a_duty_0", ("cured",), "opened")),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "791",
        at("2024-11-09T00:00:00Z"),
        at("2024-11-09T00:00:00Z"),
        at("2024-11-09T00:00:00Z"),
        {"ticket": "T2"},
    ),
    Event(
        "ticket_opened",
        "crm",
        "349",
        at("2024-11-16T08:00:00Z"),
        at("2024-11-16T08:00:00Z"),
        at("2024-11-16T08:00:00Z"),
        {"ticket": "T2"},
    ),
    Event(
        "ticket_resolved",
        "12",
        "202",
        at("2024-11-14T23:59:59.999999Z"),
        at("2024-11-14T23:59:59.999999Z"),
        at("2024-11-14T23:59:59.999999Z"),
        {"ticket": "T2"},
    ),
)
UNTIL = at("2025-01-22T22:00:00Z")
