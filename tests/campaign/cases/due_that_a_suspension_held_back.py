"""Due that a suspension held back."""

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
    Term(date(2024, 10, 6), date(2025, 2, 10)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
        EventKind("order_paid", Clause("order_paid", "event"), ()),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
    ),
    states=(
        State(
            "a_state_2",
            Clause("a_state_2", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
    ),
    norms=(
        Norm(
            "b_duty_1",
            Clause("b_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("order_shipped")),),
            (Selector("order_paid"),),
            due=Due("within", day_of_month=31, months_on=1),
            suspended_during=("a_state_2",),
        ),
    ),
    figures=(
        Figure(
            "a_figure_6",
            Clause("a_figure_6", "measure"),
            "measure",
            Kind("share"),
            Grid("month"),
            ex.If(
                ex.Compare(
                    "<",
                    ex.Aggregate("count", ex.OutcomeRows("b_duty_1", ("missed",), "due")),
                    ex.Literal(2, Kind("number")),
                ),
                ex.Unmeasured("fewer than 2"),
                ex.Aggregate("count", ex.EventRows("order_shipped")),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_started",
        "ops",
        "441",
        at("2024-11-25T10:41:00Z"),
        at("2024-11-25T10:41:00Z"),
        at("2024-11-25T10:41:00Z"),
    ),
    Event(
        "order_shipped",
        "crm",
        "458",
        at("2024-10-27T21:38:40Z"),
        at("2024-10-27T21:38:40Z"),
        at("2024-10-27T21:38:40Z"),
    ),
    Event(
        "outage_ended",
        "crm",
        "812",
        at("2025-02-08T16:57:00Z"),
        at("2025-02-08T16:57:00Z"),
        at("2025-02-08T16:57:00Z"),
    ),
)
UNTIL = at("2025-03-01T05:22:51.699488Z")
