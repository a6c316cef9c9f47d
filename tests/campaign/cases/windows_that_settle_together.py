"""Windows that settle together."""

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
    OnEvent,
    OnSettled,
    Party,
    Recurrence,
    Rule,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 10, 27), date(2025, 1, 26)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), ()),
        EventKind(
            "order_shipped",
            Clause("order_shipped", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),),
        ),
    ),
    norms=(
        Norm(
            "x_duty_3",
            Clause("x_duty_3", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "order_shipped",
                        ex.Compare(
                            "!=",
                            ex.FieldOf("site"),
                            ex.Literal("delhi", Kind("one_of", ("leeds", "york", "delhi"))),
                        ),
                    ),
                ),
            ),
            (Selector("order_paid"),),
        ),
    ),
    figures=(
        Figure(
            "c_figure_4",
            Clause("c_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", anchor=date(2024, 10, 29)),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("x_duty_3", ("missed",), "opened"),
                value=ex.Literal(Fraction(255, 2), Kind("money", ("GBP",))),
            ),
        ),
        Figure(
            "y_figure_5",
            Clause("y_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", anchor=date(2024, 10, 29)),
            ex.FigureAt("c_figure_4", ex.Same()),
            settle_after=Length(3, "days"),
        ),
    ),
    rules=(
        Rule(
            "x_rule_8",
            Clause("x_rule_8", "trigger"),
            OnSettled("y_figure_5"),
            recurrence=Recurrence(2, fires="becoming"),
        ),
    ),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "271",
        at("2024-12-20T04:45:00Z"),
        at("2024-12-20T04:45:00Z"),
        at("2024-12-20T04:45:00Z"),
        {"site": "york"},
    ),
    Event(
        "order_shipped",
        "crm",
        "e660",
        at("2024-10-27T00:00:00Z"),
        at("2024-10-27T00:00:00Z"),
        at("2024-10-27T00:00:00Z"),
        {"site": "leeds"},
    ),
)
UNTIL = at("2025-03-05T03:54:00.000001Z")
