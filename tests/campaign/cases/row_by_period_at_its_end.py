"""A report at the very end of its period."""

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
    OnEvent,
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
    Term(date(2024, 3, 10), date(2024, 4, 9)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
    ),
    norms=(
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("report_sent"),),
        ),
    ),
    figures=(
        Figure(
            "a_figure_2",
            Clause("a_figure_2", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "sum",
                ex.EventRows("report_sent", "month"),
                value=ex.Literal(100, Kind("money", ("GBP",))),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "crm",
        "599",
        at("2024-03-31T21:00:00Z"),
        at("2024-03-31T21:00:00Z"),
        at("2024-03-31T21:00:00Z"),
        {"month": parse_period("2024-03")},
        period=parse_period("2024-03"),
    ),
)
UNTIL = at("2024-04-01T11:19:00Z")
