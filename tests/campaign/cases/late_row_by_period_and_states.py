"""Late row by period and states."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 23), date(2024, 7, 23)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "outage_started",
            Clause("outage_started", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True, True),),
        ),
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("month", Kind("period", ("month",))),
            ),
            period="month",
        ),
    ),
    states=(State("c_state_2", Clause("c_state_2", "state"), (), (Selector("outage_started"),)),),
    figures=(
        Figure(
            "x_figure_7",
            Clause("x_figure_7", "measure"),
            "measure",
            Kind("share"),
            Grid("month", 3),
            ex.Arithmetic(
                "/",
                ex.Aggregate("count", ex.EventRows("report_sent")),
                ex.Aggregate("count", ex.EventRows("report_sent", "month"), ex.InState("c_state_2")),
            ),
            (Group("site"),),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "12",
        "760",
        at("2024-04-01T12:48:00Z"),
        at("2024-04-01T12:48:00Z"),
        at("2024-04-01T12:48:00Z"),
        {"site": "delhi", "month": parse_period("2024-03")},
        period=parse_period("2024-03"),
    ),
    Event(
        "outage_started",
        "12",
        "818",
        at("2024-04-01T04:00:00.000001Z"),
        at("2024-04-01T04:00:00.000001Z"),
        at("2024-04-01T04:00:00.000001Z"),
        {"site": "leeds"},
    ),
)
UNTIL = at("2024-08-01T16:59:59.999999Z")
