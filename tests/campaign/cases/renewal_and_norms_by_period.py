"""Windows of the renewed term open their norms."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventKind, Length, Norm, OnPeriod, Party, Renewal, Selector, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 10, 1), date(2024, 10, 31), Renewal(Length(1, "months"))),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(EventKind("reading", Clause("reading", "event"), ()),),
    norms=(
        Norm(
            "x_duty_3",
            Clause("x_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnPeriod(Grid("month")),),
            (Selector("reading"),),
        ),
    ),
)
EVENTS = (
    Event(
        "reading",
        "crm",
        "900",
        at("2024-10-22T11:00:00Z"),
        at("2024-10-22T11:00:00Z"),
        at("2024-10-22T11:00:00Z"),
    ),
    Event(
        "reading",
        "crm",
        "917",
        at("2024-11-01T00:00:00Z"),
        at("2024-11-01T00:00:00Z"),
        at("2024-11-01T00:00:00Z"),
    ),
)
UNTIL = at("2025-01-05T11:00:00Z")
