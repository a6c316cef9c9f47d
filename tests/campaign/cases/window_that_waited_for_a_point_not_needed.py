"""A window that waited for a point of a series is looked at again when an outcome of it turns late."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Series,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 2, 1), date(2025, 7, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("order", Kind("text"), True),)),
        EventKind("order_shipped", Clause("order_shipped", "event"), (EventField("order", Kind("text"), True),)),
    ),
    norms=(
        Norm(
            "b_duty_5",
            Clause("b_duty_5", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            ("order",),
            due=Due("less than", Length(14400000000, "elapsed")),
        ),
    ),
    figures=(
        Figure(
            "y_figure_8",
            Clause("y_figure_8", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("day", 10),
            ex.If(
                ex.Compare(
                    "<",
                    ex.Aggregate("sum", ex.OutcomeRows("b_duty_5", ("late",), "opened"), value=ex.Reading()),
                    ex.Literal(86400000000, Kind("length")),
                ),
                ex.Arithmetic(
                    "*",
                    ex.Literal(10, Kind("money", ("GBP",))),
                    ex.SeriesAt("a_series_1", ex.DayAfter(ex.WindowDay("last"), Length(12, "years"), -1)),
                ),
                ex.Literal(-5, Kind("money", ("GBP",))),
            ),
        ),
    ),
    series=(Series("a_series_1", Clause("a_series_1", "series"), Kind("share"), "day"),),
)
EVENTS = (
    Event(
        "order_shipped",
        "crm",
        "514",
        at("2025-03-30T00:59:59.999999Z"),
        at("2025-04-02T06:07:00Z"),
        at("2025-03-30T00:59:59.999999Z"),
        {"order": "C"},
    ),
    Event(
        "order_paid",
        "crm",
        "450",
        at("2025-04-02T04:00:00.000001Z"),
        at("2025-04-02T04:00:00.000001Z"),
        at("2025-04-02T04:00:00.000001Z"),
        {"order": "C"},
    ),
    Event(
        "order_shipped",
        "crm",
        "861",
        at("2025-03-23T12:17:16Z"),
        at("2025-03-23T12:17:16Z"),
        at("2025-03-23T12:17:16Z"),
        {"order": "C"},
    ),
)
UNTIL = at("2025-09-30T23:00:00.000001Z")
