"""A report for a period before the start, in a window that the start cuts."""

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
    Length,
    Norm,
    Party,
    Selector,
    Target,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2022, 12, 1), None),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
    ),
    norms=(
        Norm(
            "b_duty_3",
            Clause("b_duty_3", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
        ),
    ),
    figures=(
        Figure(
            "c_figure_6",
            Clause("c_figure_6", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("day", 10, date(2023, 1, 31), 2),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("b_duty_3", ("missed",), "decided"),
                value=ex.Literal(10, Kind("money", ("GBP",))),
            ),
            target=Target(
                ">",
                ex.Aggregate(
                    "sum",
                    ex.EventRows("report_sent", "month"),
                    value=ex.Literal(1000, Kind("money", ("GBP",))),
                ),
            ),
            settle_after=Length(1, "months"),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "12",
        "568",
        at("2022-12-10T18:49:00Z"),
        at("2022-12-10T18:49:00Z"),
        at("2022-12-10T18:49:00Z"),
        {"month": parse_period("2022-11")},
        period=parse_period("2022-11"),
    ),
)
UNTIL = at("2023-07-16T21:02:00Z")
