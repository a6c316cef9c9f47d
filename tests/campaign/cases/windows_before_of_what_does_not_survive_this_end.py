"""The last two windows of a figure that does not survive the end, asked for after it: none begins as it ends."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    OnHappens,
    Party,
    Rule,
    Selector,
    Survival,
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
    figures=(
        Figure(
            "calls",
            Clause("calls", "measure"),
            "measure",
            Kind("number"),
            Grid("month", goes_on=True, survives="leave: always"),
            ex.Aggregate("count", ex.EventRows("call")),
            survival=Survival(False, after=(("leave", None),)),
        ),
        Figure(
            "before",
            Clause("before", "measure"),
            "measure",
            Kind("number"),
            Grid("month", goes_on=True, survives="always"),
            ex.Aggregate("sum", ex.FigureRows("calls", 2), value=ex.RowValue()),
            survival=Survival(),
        ),
    ),
    rules=(Rule("stop", Clause("stop", "trigger"), OnHappens(Selector("ends")), then=(Terminate(),)),),
)
EVENTS = (
    Event(
        "call",
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
        at("2026-02-10T00:00:00Z"),
        at("2026-02-10T00:00:00Z"),
        at("2026-02-10T00:00:00Z"),
        {"id": "A"},
    ),
    Event(
        "call",
        "s",
        "3",
        at("2026-02-11T00:00:00Z"),
        at("2026-02-11T00:00:00Z"),
        at("2026-02-11T00:00:00Z"),
        {"id": "A"},
    ),
    Event("ends", "s", "4", at("2026-03-01T00:00:00Z"), at("2026-03-01T00:00:00Z"), at("2026-03-01T00:00:00Z")),
)
UNTIL = at("2026-06-09T23:00:00Z")
