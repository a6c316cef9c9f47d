"""A figure of windows that have no groups settles."""

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
    Norm,
    OnEvent,
    Party,
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
    Term(date(2025, 1, 1), date(2025, 6, 30)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "step_taken",
            Clause("step_taken", "event"),
            (
                EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True),
                EventField("amount", Kind("money", ("GBP",))),
            ),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("amount", Kind("money", ("GBP",)), optional=True),),
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
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.IfMeasured(
                            ex.Compare("=", ex.FieldOf("amount"), ex.FieldOf("amount")),
                            ex.Literal(False, Kind("yes_no")),
                        ),
                    ),
                ),
            ),
            (Selector("step_taken"),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_5",
            Clause("z_figure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", anchor=date(2025, 1, 1)),
            ex.Aggregate("sum", ex.FigureRows("a_figure_4"), value=ex.Literal(10, Kind("money", ("GBP",)))),
        ),
        Figure(
            "a_figure_4",
            Clause("a_figure_4", "measure"),
            "measure",
            Kind("length"),
            Grid("week"),
            ex.Unmeasured("fewer than 2"),
            (Group("site"),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "e526",
        at("2025-07-03T08:00:00Z"),
        at("2025-07-03T08:00:00Z"),
        at("2025-07-03T08:00:00Z"),
        {"amount": 10},
    ),
)
UNTIL = at("2025-07-03T08:00:00.000001Z")
