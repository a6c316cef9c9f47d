"""Opened and imposed by one event."""

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
    Term(date(2024, 9, 27), date(2024, 11, 26)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
        EventKind("ticket_resumed", Clause("ticket_resumed", "event"), ()),
    ),
    norms=(
        Norm(
            "y_duty_4",
            Clause("y_duty_4", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")), WhenImposed()),
            (Selector("ticket_resumed"),),
        ),
    ),
    rules=(
        Rule(
            "y_rule_8",
            Clause("y_rule_8", "trigger"),
            OnHappens(Selector("ticket_opened")),
            then=(Impose("y_duty_4"),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "428",
        at("2024-10-06T21:58:05Z"),
        at("2024-10-06T21:58:05Z"),
        at("2024-10-06T21:58:05Z"),
    ),
)
UNTIL = at("2024-11-25T21:00:00Z")
