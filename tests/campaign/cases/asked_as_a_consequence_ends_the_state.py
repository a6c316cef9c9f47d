"""A state that ends, by an event or a consequence, at the instant at which another begins that asks for it."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Finish,
    Kind,
    OnHappens,
    Party,
    Rule,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "agreement",
    Clause("agreement", "agreement"),
    (Party("client", "Client", "client"), Party("provider", "Provider", "provider")),
    Term(date(2026, 1, 1), date(2026, 12, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("opened", Clause("opened", "event"), (EventField("id", Kind("text"), True),)),
        EventKind("done", Clause("done", "event"), (EventField("id", Kind("text"), True),)),
        EventKind("call", Clause("call", "event"), (EventField("id", Kind("text"), True),)),
        EventKind("ends", Clause("ends", "event"), ()),
        EventKind("down", Clause("down", "event"), (EventField("id", Kind("text"), True),)),
        EventKind("up", Clause("up", "event"), (EventField("id", Kind("text"), True),)),
    ),
    states=(
        State("held", Clause("held", "state"), ("id",), (Selector("down"),), (Selector("up"),)),
        State("busy", Clause("busy", "state"), ("id",), (Selector("call"),), (Selector("opened"),)),
    ),
    figures=(
        Figure(
            "during",
            Clause("during", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("count", ex.StateRows("busy"), ex.InState("held")),
        ),
        Figure(
            "done",
            Clause("done", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("count", ex.EventRows("done"), ex.InState("held")),
        ),
    ),
    rules=(Rule("over", Clause("over", "trigger"), OnHappens(Selector("done")), then=(Finish("held"),)),),
)
EVENTS = (
    Event(
        "down",
        "s",
        "1",
        at("2026-01-10T00:00:00Z"),
        at("2026-01-10T00:00:00Z"),
        at("2026-01-10T00:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "call",
        "s",
        "2",
        at("2026-01-11T00:00:00Z"),
        at("2026-01-11T00:00:00Z"),
        at("2026-01-11T00:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "opened",
        "s",
        "10",
        at("2026-01-11T12:00:00Z"),
        at("2026-01-11T12:00:00Z"),
        at("2026-01-11T12:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "up",
        "s",
        "3",
        at("2026-01-12T00:00:00Z"),
        at("2026-01-12T00:00:00Z"),
        at("2026-01-12T00:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "call",
        "s",
        "4",
        at("2026-01-12T00:00:00Z"),
        at("2026-01-12T00:00:00Z"),
        at("2026-01-12T00:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "opened",
        "s",
        "8",
        at("2026-01-12T12:00:00Z"),
        at("2026-01-12T12:00:00Z"),
        at("2026-01-12T12:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "down",
        "s",
        "5",
        at("2026-01-13T00:00:00Z"),
        at("2026-01-13T00:00:00Z"),
        at("2026-01-13T00:00:00Z"),
        {"id": "B"},
    ),
    Event(
        "done",
        "s",
        "6",
        at("2026-01-14T00:00:00Z"),
        at("2026-01-14T00:00:00Z"),
        at("2026-01-14T00:00:00Z"),
        {"id": "B"},
    ),
    Event(
        "call",
        "s",
        "9",
        at("2026-01-14T00:00:00Z"),
        at("2026-01-14T00:00:00Z"),
        at("2026-01-14T00:00:00Z"),
        {"id": "B"},
    ),
    Event(
        "down",
        "s",
        "7",
        at("2026-01-15T00:00:00Z"),
        at("2026-01-15T00:00:00Z"),
        at("2026-01-15T00:00:00Z"),
        {"id": "B"},
    ),
)
UNTIL = at("2026-06-09T23:00:00Z")
