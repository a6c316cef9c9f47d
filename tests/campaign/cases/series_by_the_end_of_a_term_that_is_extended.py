"""A series asked for by the end of a term that is extended."""

from datetime import date
from fractions import Fraction

from bpodsl.terms import Clause, Contract, Figure, Kind, Length, Party, Point, Renewal, Series, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 12, 1), date(2025, 1, 18), Renewal(Length(1, "months"))),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    figures=(
        Figure(
            "y_figure_11",
            Clause("y_figure_11", "measure"),
            "measure",
            Kind("length"),
            Grid("week", later=((date(2024, 12, 16), Grid("week", 2, date(2024, 12, 16))),)),
            ex.Arithmetic(
                "*",
                ex.Literal(28800000000, Kind("length")),
                ex.SeriesAt("a_series_1", ex.TermEnd(), "latest"),
            ),
        ),
    ),
    series=(
        Series(
            "a_series_1",
            Clause("a_series_1", "series"),
            Kind("share"),
            "day",
            points=(Point(date(2025, 2, 7), Fraction(1, 20)),),
        ),
    ),
)
EVENTS = ()
UNTIL = at("2025-04-05T02:00:00Z")
