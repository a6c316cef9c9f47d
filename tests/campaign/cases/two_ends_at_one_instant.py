"""Of two ends at one instant the first group's wins."""

from datetime import date
from fractions import Fraction

from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    OnSettled,
    Party,
    Rule,
    Term,
    Terminate,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 11, 1), date(2024, 10, 31)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "order_shipped",
            Clause("order_shipped", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True, True),),
        ),
    ),
    figures=(
        Figure(
            "b_figure_5",
            Clause("b_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", 3),
            ex.Aggregate("sum", ex.EventRows("order_shipped"), value=ex.Literal(-5, Kind("money", ("GBP",)))),
            (Group("site", ("york", "delhi")),),
        ),
    ),
    rules=(Rule("a_rule_10", Clause("a_rule_10", "trigger"), OnSettled("b_figure_5"), then=(Terminate(),)),),
)
EVENTS = ()
UNTIL = at("2024-12-11T04:00:00Z")
