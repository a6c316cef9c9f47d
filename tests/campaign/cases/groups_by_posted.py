"""What a line posted gives its groups."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Line,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 1, 1), date(2023, 2, 19)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "relief",
            Clause("relief", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("begins", Kind("instant")),
                EventField("finishes", Kind("instant")),
            ),
            from_field="begins",
            to_field="finishes",
        ),
    ),
    states=(State("c_state_2", Clause("c_state_2", "state"), (), intervals=(Selector("relief"),)),),
    figures=(
        Figure(
            "x_figure_9",
            Clause("x_figure_9", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Posted("z_line_7"),
            (Group("site"),),
        ),
        Figure(
            "b_figure_6",
            Clause("b_figure_6", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "sum",
                ex.StateRows("c_state_2"),
                value=ex.Literal(Fraction(2001, 200), Kind("money", ("GBP",))),
            ),
            (Group("site", ("delhi",)),),
        ),
    ),
    lines=(
        Line(
            "z_line_7",
            Clause("z_line_7", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half even"),
            "b_figure_6",
        ),
    ),
)
EVENTS = (
    Event(
        "relief",
        "ops",
        "271",
        at("2023-02-16T07:13:00Z"),
        at("2023-02-16T07:13:00Z"),
        at("2023-02-16T07:13:00Z"),
        {"site": "york", "begins": at("2023-02-16T07:13:00Z"), "finishes": at("2023-02-19T05:00:00Z")},
        at("2023-02-19T05:00:00Z"),
    ),
)
UNTIL = at("2023-06-25T13:06:00Z")
