"""A window waits for an answer about a duty; performed late, the duty is not counted, whatever the answer."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    ByTime,
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
    Renewal,
    Selector,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 4, 7), date(2024, 5, 7), Renewal(Length(31, "days"))),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind(
            "order_placed",
            Clause("order_placed", "event"),
            (
                EventField("amount", Kind("money", ("GBP",))),
                EventField("a_ruling_1", Kind("yes_no"), optional=True, ruled=True),
            ),
        ),
    ),
    norms=(
        Norm(
            "z_duty_3",
            Clause("z_duty_3", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_shipped"),),
            variants=(
                Variant(
                    ex.Compare(">=", ex.Moment("row", True), ex.Literal(date(2024, 4, 26), Kind("day"))),
                    Norm(
                        "z_duty_3",
                        Clause("z_duty_3", "obligation"),
                        "obligation",
                        "must",
                        ("acme",),
                        ("acme",),
                        (OnEvent(Selector("order_placed")),),
                        (Selector("order_shipped"),),
                        due=Due("less than", time=ByTime(43200000000)),
                    ),
                ),
            ),
        ),
    ),
    figures=(
        Figure(
            "z_figure_7",
            Clause("z_figure_7", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("z_duty_3", ("missed",), "due"),
                ex.AllOf(
                    (
                        ex.Ruled("a_ruling_1"),
                        ex.Compare("<", ex.Reading(), ex.Literal(1800000000, Kind("length"))),
                    ),
                ),
                ex.FieldOf("amount"),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "order_placed",
        "crm",
        "837",
        at("2024-05-05T16:21:00Z"),
        at("2024-05-05T16:21:00Z"),
        at("2024-05-05T16:21:00Z"),
        {"amount": 10},
    ),
    Event(
        "order_shipped",
        "crm",
        "917",
        at("2024-07-02T23:14:06Z"),
        at("2024-07-02T23:14:06Z"),
        at("2024-07-02T23:14:06Z"),
    ),
)
UNTIL = at("2024-08-01T23:14:06Z")
