"""A report for a window that has settled."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    Norm,
    OnPeriod,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 30), date(2025, 4, 29)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "reading",
            Clause("reading", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
    ),
    norms=(
        Norm(
            "y_duty_2",
            Clause("y_duty_2", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnPeriod(Grid("month", span=2)),),
            (Selector("reading"),),
        ),
    ),
    figures=(
        Figure(
            "x_figure_4",
            Clause("x_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate("sum", ex.EventRows("reading", "month"), value=ex.Literal(10, Kind("money", ("GBP",)))),
        ),
    ),
)
EVENTS = (
    Event(
        "reading",
        "12",
        "117",
        at("2025-03-31T15:51:00Z"),
        at("2025-03-31T15:51:00Z"),
        at("2025-03-31T15:51:00Z"),
        {"month": parse_period("2025-03")},
        period=parse_period("2025-03"),
    ),
    Event(
        "reading",
        "crm",
        "e432",
        at("2025-04-27T18:45:12Z"),
        at("2025-04-27T18:45:12Z"),
        at("2025-04-27T18:45:12Z"),
        {"month": parse_period("2025-03")},
        period=parse_period("2025-03"),
    ),
)
UNTIL = at("2025-05-07T19:26:15.781318Z")
