"""A report for a settled window that brings a new group."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Group, Kind, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 2, 29), date(2024, 4, 28)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True, True),
                EventField("month", Kind("period", ("month",))),
            ),
            period="month",
        ),
    ),
    figures=(
        Figure(
            "x_figure_10",
            Clause("x_figure_10", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", span=3),
            ex.Aggregate(
                "sum",
                ex.EventRows("report_sent", "month"),
                value=ex.Literal(100, Kind("money", ("GBP",))),
            ),
            (Group("site"),),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "crm",
        "688",
        at("2024-03-01T12:50:00Z"),
        at("2024-03-01T12:50:00Z"),
        at("2024-03-01T12:50:00Z"),
        {"site": "delhi", "month": parse_period("2024-02")},
        period=parse_period("2024-02"),
    ),
)
UNTIL = at("2024-05-29T00:00:00.000001Z")
