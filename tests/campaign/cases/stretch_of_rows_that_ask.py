"""A window that shows a count over a stretch of time, of rows that ask, waits for their answers."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Kind, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 12, 1), date(2024, 3, 18)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), optional=True),),
        ),
    ),
    figures=(
        Figure(
            "b_figure_4",
            Clause("b_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("month", 12, date(2023, 11, 15), 3),
            ex.Unmeasured("fewer than 2"),
            shows=(
                (
                    "part",
                    ex.Aggregate(
                        "count",
                        ex.TrailRows("ticket_opened", "so far", "window"),
                        ex.Compare(
                            "=",
                            ex.Ruled("site"),
                            ex.Literal("delhi", Kind("one_of", ("leeds", "york", "delhi"))),
                        ),
                    ),
                ),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "12",
        "229",
        at("2024-03-14T04:40:00Z"),
        at("2024-03-14T04:40:00Z"),
        at("2024-03-14T04:40:00Z"),
    ),
)
UNTIL = at("2024-03-19T03:00:00Z")
