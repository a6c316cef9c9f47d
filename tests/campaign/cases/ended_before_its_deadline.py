"""A duty ends with a state before it falls due: it is counted in no window by its deadline."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Begin,
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 10, 4), date(2025, 10, 3)),
    "Asia/Beirut",
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
        EventKind(
            "order_shipped",
            Clause("order_shipped", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),),
        ),
    ),
    states=(State("a_turned_4", Clause("a_turned_4", "state", "a_turned_4 holds"), ()),),
    norms=(
        Norm(
            "a_duty_2",
            Clause("a_duty_2", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_shipped"),),
            due=Due("within", Length(7, "days")),
            ends_with="a_turned_4",
            after=(("missed", Begin("a_turned_4", Length(8, "days"))),),
        ),
    ),
    figures=(
        Figure(
            "b_figure_7",
            Clause("b_figure_7", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", anchor=date(2024, 10, 4), span=3),
            ex.If(
                ex.Compare(
                    "<",
                    ex.Aggregate("count", ex.OutcomeRows("a_duty_2", ("missed",), "due")),
                    ex.Literal(2, Kind("number")),
                ),
                ex.Unmeasured("fewer than 2"),
                ex.Aggregate(
                    "last",
                    ex.OutcomeRows("a_duty_2", ("excused",), "decided"),
                    value=ex.Aggregate("mean", ex.TrailRows("order_placed", "last"), value=ex.FieldOf("amount")),
                ),
            ),
            (Group("site"),),
        ),
    ),
)
EVENTS = (
    Event(
        "order_placed",
        "crm",
        "211",
        at("2024-10-22T04:34:00Z"),
        at("2024-10-22T04:34:00Z"),
        at("2024-10-22T04:34:00Z"),
        {"site": "leeds", "amount": Fraction(1217, 20)},
    ),
    Event(
        "order_shipped",
        "ops",
        "585",
        at("2025-02-07T21:59:59.999999Z"),
        at("2025-02-07T21:59:59.999999Z"),
        at("2025-02-07T21:59:59.999999Z"),
        {"site": "york"},
    ),
    Event(
        "order_placed",
        "ops",
        "238",
        at("2024-11-03T14:24:00Z"),
        at("2024-11-03T14:24:00Z"),
        at("2024-11-03T14:24:00Z"),
        {"site": "leeds", "amount": Fraction(1219, 20)},
    ),
)
UNTIL = at("2025-10-07T05:00:00Z")
