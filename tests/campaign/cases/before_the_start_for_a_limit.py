"""Events that only a limit counts are noted before the start."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Account, Clause, Contract, EventField, EventKind, Kind, Line, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 11, 1), date(2024, 1, 16)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "relief",
            Clause("relief", "event"),
            (EventField("begins", Kind("instant")), EventField("finishes", Kind("instant"))),
            from_field="begins",
            to_field="finishes",
        ),
    ),
    lines=(
        Line(
            "c_line_6",
            Clause("c_line_6", "charge"),
            "acme",
            "beta",
            "GBP",
            ex.Rounding(Fraction(1, 100), "ceiling"),
        ),
    ),
    accounts=(
        Account(
            "y_cap_7",
            Clause("y_cap_7", "cap"),
            Grid("week"),
            ex.Aggregate("sum", ex.EventRows("relief"), value=ex.Literal(0, Kind("money", ("GBP",)))),
            ("c_line_6",),
            ex.Rounding(Fraction(1, 100), "half even"),
        ),
    ),
)
EVENTS = (
    Event(
        "relief",
        "ops",
        "e379",
        at("2023-10-31T03:00:00Z"),
        at("2023-10-31T03:00:00Z"),
        at("2023-10-31T03:00:00Z"),
        {"begins": at("2023-10-31T03:00:00Z"), "finishes": at("2023-11-05T20:00:00Z")},
        at("2023-11-05T20:00:00Z"),
    ),
)
UNTIL = at("2024-04-04T00:00:00Z")
