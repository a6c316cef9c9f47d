"""The last windows of another grid, where the one running is cut by the term and not kept."""

from datetime import date
from fractions import Fraction

from bpodsl.terms import Clause, Contract, Figure, Kind, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 2, 7), date(2024, 6, 6)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    figures=(
        Figure(
            "z_figure_6",
            Clause("z_figure_6", "measure"),
            "measure",
            Kind("share"),
            Grid("day", 28, partial="exclude"),
            ex.Literal(Fraction(2, 3), Kind("share")),
        ),
        Figure(
            "a_figure_7",
            Clause("a_figure_7", "measure"),
            "measure",
            Kind("share"),
            Grid("week", anchor=date(2024, 2, 1)),
            ex.Aggregate("quantile", ex.FigureRows("z_figure_6", 3), value=ex.RowValue(), q=Fraction(9, 10)),
        ),
    ),
)
EVENTS = ()
UNTIL = at("2024-09-03T23:00:00.000001Z")
