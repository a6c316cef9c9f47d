"""After the end comes an event of a kind that only the total of a duty in parts counts: that is noted."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    AddsUp,
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
    Norm,
    Party,
    Selector,
    State,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 1), date(2025, 1, 31)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("outage_started", Clause("outage_started", "event"), ()),
        EventKind("step_taken", Clause("step_taken", "event"), (EventField("units", Kind("number")),)),
    ),
    states=(State("z_state_6", Clause("z_state_6", "state"), (), (Selector("outage_started"),)),),
    norms=(
        Norm(
            "z_duty_12",
            Clause("z_duty_12", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            adds_up=AddsUp(
                ex.FieldOf("units"),
                ex.Arithmetic(
                    "*",
                    ex.Literal(Fraction(1, 2), Kind("number")),
                    ex.Aggregate("count", ex.EventRows("outage_started")),
                ),
                Kind("number"),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_started",
        "ops",
        "940",
        at("2025-02-04T14:07:00Z"),
        at("2025-02-04T14:07:00Z"),
        at("2025-02-04T14:07:00Z"),
    ),
)
UNTIL = at("2025-02-24T13:59:38.000001Z")
