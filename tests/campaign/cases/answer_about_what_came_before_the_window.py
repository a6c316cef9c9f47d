"""A window counts what came before it, and waits for an answer about that."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Kind, Length, Party, Renewal, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 1, 31), date(2024, 3, 30), Renewal(Length(1, "months"))),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("a_ruling_3", Kind("yes_no"), optional=True, ruled=True),),
        ),
    ),
    figures=(
        Figure(
            "x_figure_13",
            Clause("x_figure_13", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month"),
            ex.Aggregate(
                "sum",
                ex.TrailRows("ticket_opened", "last", "before the window"),
                ex.Ruled("a_ruling_3"),
                ex.Literal(Fraction(2001, 200), Kind("money", ("GBP",))),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "462",
        at("2024-03-21T03:00:00.000001Z"),
        at("2024-03-21T03:00:00.000001Z"),
        at("2024-03-21T03:00:00.000001Z"),
    ),
)
UNTIL = at("2024-07-05T00:09:00.000001Z")
