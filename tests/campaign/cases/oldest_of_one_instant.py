"""The oldest of two that open at one instant."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventKind,
    Impose,
    Length,
    Norm,
    OnEvent,
    OnOutcome,
    Party,
    Renewal,
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
    Term(date(2024, 3, 31), date(2024, 4, 29), Renewal(Length(1, "months"))),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("order_placed", Clause("order_placed", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_4",
            Clause("b_duty_4", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            matching="oldest",
        ),
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("order_placed")), WhenImposed()),
            (Selector("order_shipped"),),
        ),
    ),
    rules=(
        Rule(
            "y_rule_7",
            Clause("y_rule_7", "trigger"),
            OnOutcome("y_duty_1", "fulfilled"),
            then=(Impose("b_duty_4"),),
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "e953",
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
    ),
    Event(
        "order_shipped",
        "crm",
        "46",
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
    ),
    Event(
        "step_taken",
        "ops",
        "e713",
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
    ),
    Event(
        "order_placed",
        "crm",
        "e965",
        at("2024-04-30T20:00:00Z"),
        at("2024-04-30T20:00:00Z"),
        at("2024-04-30T20:00:00Z"),
    ),
    Event(
        "order_placed",
        "12",
        "1",
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
        at("2024-05-30T04:00:00Z"),
    ),
)
UNTIL = at("2024-06-30T04:00:00Z")
