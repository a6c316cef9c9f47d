"""An instance due after the first term, counted in the whole term, which is extended; its performance is taken back."""

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
    Renewal,
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
    Term(date(2024, 4, 7), date(2024, 6, 19), Renewal(Length(2, "months"))),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True), EventField("units", Kind("number"))),
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    norms=(
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            ("ticket",),
            due=Due("within", Length(2, "months")),
            reopening="continue",
        ),
    ),
    figures=(
        Figure(
            "b_figure_4",
            Clause("b_figure_4", "measure"),
            "measure",
            Kind("number"),
            Grid("term"),
            ex.Aggregate(
                "mean",
                ex.OutcomeRows("y_duty_1", ("cured",), "due"),
                value=ex.Bands(ex.FieldOf("units"), (ex.Band(None, ex.Literal(3, Kind("number"))),)),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "crm",
        "918",
        at("2024-06-19T23:00:00Z"),
        at("2024-06-19T23:00:00Z"),
        at("2024-06-19T23:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "563",
        at("2024-05-26T04:00:00Z"),
        at("2024-05-26T04:00:00Z"),
        at("2024-05-26T04:00:00Z"),
        {"ticket": "T1", "units": 10},
    ),
    Event(
        "ticket_resolved",
        "12",
        "225",
        at("2024-05-10T06:41:00Z"),
        at("2024-05-10T06:41:00Z"),
        at("2024-05-10T06:41:00Z"),
        {"ticket": "T3", "units": 1},
    ),
    Event(
        "ticket_resolved",
        "ops",
        "453",
        at("2024-07-13T13:21:17Z"),
        at("2024-07-13T13:21:17Z"),
        at("2024-07-13T13:21:17Z"),
        {"ticket": "T3", "units": 1},
    ),
    Event(
        "ticket_confirmed",
        "ops",
        "e500",
        at("2024-06-08T23:00:00.000001Z"),
        at("2024-06-08T23:00:00.000001Z"),
        at("2024-06-08T23:00:00.000001Z"),
        {"ticket": "T3"},
    ),
)
UNTIL = at("2024-11-01T02:06:15.908207Z")
