"""What a waiver leads to at once is not performed by the very event that waives."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventKind,
    Impose,
    Norm,
    OnEvent,
    OnOutcome,
    Party,
    Rule,
    Selector,
    Term,
    Waiver,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 4), date(2024, 7, 3)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind("order_placed", Clause("order_placed", "event"), ()),
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
    ),
    norms=(
        Norm(
            "c_duty_6",
            Clause("c_duty_6", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_shipped"),),
            waivers=(Waiver(Selector("step_taken")),),
        ),
        Norm(
            "x_duty_12",
            Clause("x_duty_12", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
    ),
    rules=(
        Rule(
            "z_rule_17",
            Clause("z_rule_17", "trigger"),
            OnOutcome("c_duty_6", "excused"),
            then=(Impose("x_duty_12"),),
        ),
    ),
)
EVENTS = (
    Event(
        "step_taken",
        "ops",
        "634",
        at("2024-03-11T16:41:00Z"),
        at("2024-03-11T16:41:00Z"),
        at("2024-03-11T16:41:00Z"),
    ),
    Event(
        "order_placed",
        "12",
        "e421",
        at("2024-03-04T01:09:26.678138Z"),
        at("2024-03-04T01:09:26.678138Z"),
        at("2024-03-04T01:09:26.678138Z"),
    ),
)
UNTIL = at("2024-07-02T00:00:00Z")
