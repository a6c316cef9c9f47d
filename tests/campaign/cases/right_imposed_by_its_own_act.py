"""Right imposed by its own act."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventKind,
    Impose,
    Norm,
    OnHappens,
    Party,
    Rule,
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
    Term(date(2025, 1, 1), date(2025, 4, 30)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(EventKind("step_taken", Clause("step_taken", "event"), ()),),
    norms=(
        Norm(
            "b_right_7",
            Clause("b_right_7", "right"),
            "right",
            "may",
            ("acme",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
    ),
    rules=(
        Rule(
            "x_rule_8",
            Clause("x_rule_8", "trigger"),
            OnHappens(Selector("step_taken")),
            then=(Impose("b_right_7"),),
        ),
    ),
)
EVENTS = (
    Event(
        "step_taken",
        "crm",
        "300",
        at("2025-01-01T00:00:00.000001Z"),
        at("2025-01-01T00:00:00.000001Z"),
        at("2025-01-01T00:00:00.000001Z"),
    ),
    Event(
        "step_taken",
        "crm",
        "869",
        at("2025-01-01T00:00:00.000001Z"),
        at("2025-01-01T00:00:00.000001Z"),
        at("2025-01-01T00:00:00.000001Z"),
    ),
)
UNTIL = at("2025-06-10T00:00:00.000001Z")
