"""Condition on rows taken back."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventKind,
    Figure,
    Kind,
    Norm,
    OnEvent,
    OnSettled,
    Party,
    Rule,
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
    Term(date(2024, 3, 28), date(2024, 7, 1)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("order_shipped", Clause("order_shipped", "event"), ()),
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
    ),
    norms=(
        Norm(
            "b_duty_1",
            Clause("b_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")), WhenImposed(), OnEvent(Selector("order_shipped"))),
            (Selector("ticket_confirmed"),),
            needs="last",
        ),
    ),
    figures=(
        Figure(
            "z_figure_2",
            Clause("z_figure_2", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "sum",
                ex.OutcomeRows("b_duty_1", ("missed",), "performed"),
                value=ex.Literal(1000, Kind("money", ("GBP",))),
            ),
        ),
    ),
    rules=(
        Rule(
            "z_rule_5",
            Clause("z_rule_5", "trigger"),
            OnSettled("z_figure_2"),
            ex.Compare(
                "<",
                ex.Aggregate("count", ex.OutcomeRows("b_duty_1", ("fulfilled",), "performed")),
                ex.Literal(3, Kind("number")),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "386",
        at("2024-05-30T05:00:00Z"),
        at("2024-05-30T05:00:00Z"),
        at("2024-05-30T05:00:00Z"),
    ),
    Event(
        "ticket_opened",
        "crm",
        "e564",
        at("2024-04-14T08:32:43.414385Z"),
        at("2024-04-14T08:32:43.414385Z"),
        at("2024-04-14T08:32:43.414385Z"),
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "e137",
        at("2024-05-31T13:00:00Z"),
        at("2024-05-31T13:00:00Z"),
        at("2024-05-31T13:00:00Z"),
    ),
    Event(
        "ticket_opened",
        "12",
        "506",
        at("2024-04-14T17:00:00Z"),
        at("2024-04-14T17:00:00Z"),
        at("2024-04-14T17:00:00Z"),
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "348",
        at("2024-06-01T17:54:00Z"),
        at("2024-06-01T17:54:00Z"),
        at("2024-06-01T17:54:00Z"),
    ),
)
UNTIL = at("2024-07-05T18:00:00.000001Z")
