"""A report for a window that has settled, in a condition."""

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
    Term(date(2024, 3, 6), date(2024, 6, 25)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), (EventField("amount", Kind("money", ("GBP",))),)),
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (EventField("amount", Kind("money", ("GBP",))),),
        ),
    ),
    norms=(
        Norm(
            "a_duty_1",
            Clause("a_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("report_sent"),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_4",
            Clause("z_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.If(
                ex.Compare(
                    "<",
                    ex.Aggregate("count", ex.EventRows("report_sent", "month")),
                    ex.Literal(2, Kind("number")),
                ),
                ex.Unmeasured("fewer than 2"),
                ex.Aggregate("first", ex.EventRows("step_taken"), value=ex.FieldOf("amount")),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "leak_reported",
        "ops",
        "24",
        at("2024-05-01T04:00:00Z"),
        at("2024-05-01T04:00:00Z"),
        at("2024-05-01T04:00:00Z"),
        {"amount": 10},
    ),
    Event(
        "report_sent",
        "crm",
        "440",
        at("2024-05-11T07:24:56Z"),
        at("2024-05-11T07:24:56Z"),
        at("2024-05-11T07:24:56Z"),
        {"month": parse_period("2024-04")},
        period=parse_period("2024-04"),
    ),
)
UNTIL = at("2024-07-05T08:52:00Z")
