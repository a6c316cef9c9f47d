"""A report on a period that is over changes the limit of a cap that was reckoned before."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Account, Clause, Contract, EventField, EventKind, Figure, Kind, Line, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 9, 8), date(2024, 12, 4)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "index_published",
            Clause("index_published", "event"),
            (EventField("month", Kind("period", ("month",))),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_5",
            Clause("z_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("week", partial="exclude", begins=date(2024, 9, 29)),
            ex.Literal(10, Kind("money", ("GBP",))),
        ),
    ),
    lines=(
        Line(
            "z_line_6",
            Clause("z_line_6", "charge"),
            "acme",
            "beta",
            "GBP",
            ex.Rounding(Fraction(1, 100), "down"),
            "z_figure_5",
        ),
    ),
    accounts=(
        Account(
            "a_cap_7",
            Clause("a_cap_7", "cap"),
            Grid("month", 12, date(2024, 9, 8)),
            ex.Aggregate(
                "sum",
                ex.EventRows("index_published", "month"),
                value=ex.Literal(-5, Kind("money", ("GBP",))),
            ),
            ("z_line_6",),
            ex.Rounding(Fraction(1, 100), "ceiling"),
        ),
    ),
)
EVENTS = (
    Event(
        "index_published",
        "crm",
        "87",
        at("2024-12-05T03:00:00Z"),
        at("2024-12-05T03:00:00Z"),
        at("2024-12-05T03:00:00Z"),
        {"rate": 0, "month": parse_period("2024-11")},
        period=parse_period("2024-11"),
    ),
)
UNTIL = at("2024-12-08T21:58:07.000001Z")
