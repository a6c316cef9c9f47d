"""Due that a suspension held back learnt late."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventKind,
    Figure,
    Kind,
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
    Term(date(2024, 1, 1), date(2024, 2, 29)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_paid", Clause("order_paid", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
        EventKind("order_placed", Clause("order_placed", "event"), ()),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
    ),
    states=(
        State(
            "b_state_2",
            Clause("b_state_2", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
    ),
    norms=(
        Norm(
            "a_duty_1",
            Clause("a_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("order_placed")),),
            (Selector("order_paid"),),
            due=Due("within", day_of_month=28),
            suspended_during=("b_state_2",),
        ),
        Norm(
            "a_duty_7",
            Clause("a_duty_7", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("outage_started")),),
            (Selector("outage_ended"),),
        ),
    ),
    figures=(
        Figure(
            "x_figure_5",
            Clause("x_figure_5", "measure"),
            "measure",
            Kind("share"),
            Grid("week"),
            ex.Arithmetic(
                "/",
                ex.Aggregate("count", ex.OutcomeRows("a_duty_1", ("cured",), "due")),
                ex.Aggregate("count", ex.OutcomeRows("a_duty_1", ("missed",), "due")),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_started",
        "12",
        "270",
        at("2024-01-28T00:00:00Z"),
        at("2024-01-28T00:00:00Z"),
        at("2024-01-28T00:00:00Z"),
    ),
    Event(
        "order_placed",
        "ops",
        "e96",
        at("2024-01-31T05:47:00Z"),
        at("2024-01-31T05:47:00Z"),
        at("2024-01-31T05:47:00Z"),
    ),
    Event(
        "outage_ended",
        "12",
        "e412",
        at("2024-01-29T00:00:00Z"),
        at("2024-03-05T07:23:00Z"),
        at("2024-01-29T00:00:00Z"),
    ),
)
UNTIL = at("2024-03-28T10:11:00.000001Z")
