"""A report for a period that the end cuts."""

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
    Term(date(2024, 2, 29), date(2024, 5, 28)),
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
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_1",
            Clause("b_duty_1", "obligation"),
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
            "b_figure_4",
            Clause("b_figure_4", "measure"),
            "measure",
            Kind("length"),
            Grid("month"),
            ex.Aggregate("sum", ex.OutcomeRows("b_duty_1", ("missed",), "opened"), value=ex.Reading()),
            shows=(("part", ex.Aggregate("count", ex.EventRows("report_sent", "month"))),),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "crm",
        "708",
        at("2024-05-09T06:06:00Z"),
        at("2024-05-09T06:06:00Z"),
        at("2024-05-09T06:06:00Z"),
        {"month": parse_period("2024-05")},
        period=parse_period("2024-05"),
    ),
)
UNTIL = at("2024-05-28T23:00:00.000001Z")
