"""Report after the end."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Kind, Length, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 3, 15), date(2025, 7, 4)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
    ),
    figures=(
        Figure(
            "a_figure_3",
            Clause("a_figure_3", "measure"),
            "measure",
            Kind("number"),
            Grid("month"),
            ex.Aggregate("count", ex.EventRows("report_sent", "month")),
            settle_after=Length(1, "months"),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "12",
        "e642",
        at("2025-07-10T22:00:08.191292Z"),
        at("2025-07-10T22:00:08.191292Z"),
        at("2025-07-10T22:00:08.191292Z"),
        {"month": parse_period("2025-07")},
        period=parse_period("2025-07"),
    ),
)
UNTIL = at("2025-08-27T10:42:45.000001Z")
