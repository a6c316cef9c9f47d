"""A group first seen after its window settled."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Impose,
    Kind,
    Length,
    Line,
    Norm,
    OnEvent,
    Party,
    Renewal,
    Selector,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 12, 8), date(2024, 2, 14), Renewal(Length(1, "months"))),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "order_placed",
            Clause("order_placed", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("amount", Kind("money", ("GBP",))),
            ),
        ),
        EventKind("order_paid", Clause("order_paid", "event"), (EventField("amount", Kind("money", ("GBP",))),)),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("amount", Kind("money", ("GBP",))),
            ),
        ),
    ),
    norms=(
        Norm(
            "c_duty_2",
            Clause("c_duty_2", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (WhenImposed(),),
            (Selector("leak_reported"),),
            due=Due("within", fixed=date(2024, 1, 17)),
        ),
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_paid"),),
            due=Due("less than", Length(11, "days")),
            after=(("missed", Impose("c_duty_2")),),
        ),
    ),
    figures=(
        Figure(
            "y_figure_3",
            Clause("y_figure_3", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate("min", ex.OutcomeRows("c_duty_2", ("missed",), "due"), value=ex.FieldOf("amount")),
            (Group("site"),),
        ),
    ),
    lines=(
        Line(
            "z_line_4",
            Clause("z_line_4", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half down"),
            "y_figure_3",
        ),
    ),
    accounts=(
        Account(
            "y_cap_5",
            Clause("y_cap_5", "cap"),
            Grid("month"),
            ex.Literal(5, Kind("money", ("GBP",))),
            ("z_line_4",),
            ex.Rounding(Fraction(1, 100), "half down"),
        ),
    ),
)
EVENTS = (
    Event(
        "order_placed",
        "crm",
        "972",
        at("2024-02-19T07:33:55Z"),
        at("2024-02-19T07:33:55Z"),
        at("2024-02-19T07:33:55Z"),
        {"site": "leeds", "amount": Fraction(2993, 20)},
    ),
    Event(
        "order_placed",
        "crm",
        "750",
        at("2023-12-16T17:12:00Z"),
        at("2023-12-16T17:12:00Z"),
        at("2023-12-16T17:12:00Z"),
        {"site": "york", "amount": Fraction(201, 200)},
    ),
)
UNTIL = at("2024-03-28T06:00:38.288496Z")
