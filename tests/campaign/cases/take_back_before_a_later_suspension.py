"""A take-back judges the past by what had begun by then."""

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
    Term(date(2025, 1, 21), date(2025, 3, 20)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "relief",
            Clause("relief", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("begins", Kind("instant")),
                EventField("finishes", Kind("instant")),
            ),
            from_field="begins",
            to_field="finishes",
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("ticket", Kind("text"), True), EventField("amount", Kind("money", ("GBP",)))),
        ),
    ),
    states=(State("z_state_2", Clause("z_state_2", "state"), ("site",), intervals=(Selector("relief"),)),),
    norms=(
        Norm(
            "y_duty_1",
            Clause("y_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
            ("ticket",),
            due=Due("less than", Length(11, "days")),
            suspended_during=("z_state_2",),
            reopening="continue",
        ),
    ),
    figures=(
        Figure(
            "x_figure_4",
            Clause("x_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("day", 28),
            ex.Aggregate(
                "min",
                ex.OutcomeRows("y_duty_1", ("fulfilled",), "decided"),
                value=ex.FieldOf("amount"),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "relief",
        "crm",
        "126",
        at("2025-02-07T20:59:59.999999Z"),
        at("2025-02-07T20:59:59.999999Z"),
        at("2025-02-07T20:59:59.999999Z"),
        {"site": "delhi", "begins": at("2025-02-07T20:59:59.999999Z"), "finishes": at("2025-02-18T05:00:00Z")},
        at("2025-02-18T05:00:00Z"),
    ),
    Event(
        "relief",
        "ops",
        "e135",
        at("2025-02-05T04:59:59.999999Z"),
        at("2025-02-05T04:59:59.999999Z"),
        at("2025-02-05T04:59:59.999999Z"),
        {
            "site": "leeds",
            "begins": at("2025-02-05T04:59:59.999999Z"),
            "finishes": at("2025-02-05T08:59:59.999999Z"),
        },
        at("2025-02-05T08:59:59.999999Z"),
    ),
    Event(
        "ticket_opened",
        "12",
        "191",
        at("2025-01-25T22:04:48.335818Z"),
        at("2025-01-25T22:04:48.335818Z"),
        at("2025-01-25T22:04:48.335818Z"),
        {"ticket": "10", "amount": Fraction(201, 200)},
    ),
    Event(
        "ticket_resolved",
        "12",
        "123",
        at("2025-01-28T17:15:00Z"),
        at("2025-01-28T17:15:00Z"),
        at("2025-01-28T17:15:00Z"),
        {"ticket": "10"},
    ),
    Event(
        "ticket_opened",
        "ops",
        "207",
        at("2025-03-12T04:00:00.000001Z"),
        at("2025-03-12T04:00:00.000001Z"),
        at("2025-03-12T04:00:00.000001Z"),
        {"ticket": "10", "amount": 100},
    ),
)
UNTIL = at("2025-08-11T04:00:00Z")
