"""A correction moves a report to an instant that is still to come, after the period it reports on."""

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
    Term(date(2024, 11, 3), date(2025, 2, 8)),
    "America/New_York",
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
            "z_figure_5",
            Clause("z_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("term"),
            ex.Aggregate(
                "sum",
                ex.EventRows("report_sent", "month"),
                value=ex.Literal(Fraction(255, 2), Kind("money", ("GBP",))),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "crm",
        "281",
        at("2025-03-11T22:00:00Z"),
        at("2025-02-25T16:36:00Z"),
        at("2025-03-11T22:00:00Z"),
        {"month": parse_period("2025-02")},
        period=parse_period("2025-02"),
        rev=2,
    ),
    Event(
        "report_sent",
        "crm",
        "281",
        at("2025-02-04T22:00:00Z"),
        at("2025-02-04T22:00:00Z"),
        at("2025-02-04T22:00:00Z"),
        {"month": parse_period("2025-02")},
        period=parse_period("2025-02"),
    ),
)
UNTIL = at("2025-03-02T11:00:00Z")
