"""A case that is missed at the very instant at which an act ends the agreement, in a window that this cuts."""

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
    OnHappens,
    Party,
    Rule,
    Selector,
    Term,
    Terminate,
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
    norms=(
        Norm(
            "fix",
            Clause("fix", "obligation"),
            "obligation",
            "must",
            ("provider",),
            ("client",),
            (OnEvent(Selector("opened")),),
            (Selector("done"),),
            ("id",),
            due=Due("within", Length(14400000000, "elapsed")),
        ),
    ),
    figures=(
        Figure(
            "missed",
            Clause("missed", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("count", ex.OutcomeRows("fix", ("missed",), "decided")),
        ),
        Figure(
            "share",
            Clause("share", "measure"),
            "measure",
            Kind("share"),
            Grid("month"),
            ex.Arithmetic(
                "/",
                ex.Aggregate("count", ex.OutcomeRows("fix", ("fulfilled",), "decided")),
                ex.Aggregate("count", ex.OutcomeRows("fix", ("fulfilled", "missed"), "decided")),
            ),
        ),
    ),
    rules=(Rule("stop", Clause("stop", "trigger"), OnHappens(Selector("ends")), then=(Terminate(),)),),
)
EVENTS = (
    Event(
        "opened",
        "s",
        "1",
        at("2026-02-10T07:00:00Z"),
        at("2026-02-10T07:00:00Z"),
        at("2026-02-10T07:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "opened",
        "s",
        "2",
        at("2026-02-10T08:00:00Z"),
        at("2026-02-10T08:00:00Z"),
        at("2026-02-10T08:00:00Z"),
        {"id": "B"},
    ),
    Event("ends", "s", "3", at("2026-02-10T12:00:00Z"), at("2026-02-10T12:00:00Z"), at("2026-02-10T12:00:00Z")),
)
UNTIL = at("2026-06-09T23:00:00Z")
