"""The limit of a cap counts events of its window."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Account, Accrue, Clause, Contract, EventKind, Kind, Line, Norm, Party, Selector, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 8, 5), date(2024, 12, 4)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
        EventKind("ticket_resumed", Clause("ticket_resumed", "event"), ()),
    ),
    norms=(
        Norm(
            "c_ban_5",
            Clause("c_ban_5", "obligation"),
            "prohibition",
            "must not",
            ("beta",),
            ("acme",),
            (),
            (Selector("leak_reported"),),
            after=(("missed", Accrue("c_line_7", ex.Literal(Fraction(2001, 200), Kind("money", ("GBP",))))),),
        ),
    ),
    lines=(
        Line(
            "c_line_7",
            Clause("c_line_7", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "ceiling"),
        ),
    ),
    accounts=(
        Account(
            "c_cap_8",
            Clause("c_cap_8", "cap"),
            Grid("week"),
            ex.Aggregate("sum", ex.EventRows("ticket_resumed"), value=ex.Literal(1000, Kind("money", ("GBP",)))),
            ("c_line_7",),
            ex.Rounding(Fraction(1, 100), "half down"),
        ),
    ),
)
EVENTS = (
    Event(
        "leak_reported",
        "ops",
        "e333",
        at("2024-10-31T09:15:24Z"),
        at("2024-10-31T09:15:24Z"),
        at("2024-10-31T09:15:24Z"),
    ),
    Event(
        "ticket_resumed",
        "crm",
        "e629",
        at("2024-10-29T00:00:00Z"),
        at("2024-10-29T00:00:00Z"),
        at("2024-10-29T00:00:00Z"),
    ),
)
UNTIL = at("2024-12-06T00:00:00.000001Z")
