"""Reports after their window has settled, counted with others of their case: they see what came before them."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import Clause, Contract, EventField, EventKind, Figure, Kind, Party, Term
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "l",
    Clause(
        "l",
        "agreement",
        "late",
    ),
    (Party("a", "a", "client"), Party("z", "z", "provider")),
    Term(date(2026, 1, 1), date(2029, 12, 31)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "usage",
            Clause(
                "usage",
                "event",
            ),
            (EventField("prb", Kind("text"), True),),
            ("z",),
        ),
        EventKind(
            "report",
            Clause(
                "report",
                "event",
            ),
            (EventField("prb", Kind("text"), True), EventField("period", Kind("period", ("month",)))),
            ("z",),
            period="period",
        ),
    ),
    figures=(
        Figure(
            "same_case",
            Clause(
                "same_case",
                "amount",
            ),
            "amount",
            Kind("number"),
            Grid("month"),
            ex.Aggregate(
                "count",
                ex.EventRows("report", "period"),
                ex.Compare(
                    ">=",
                    ex.Aggregate("count", ex.TrailRows("report", "all", same=("prb",))),
                    ex.Literal(1, Kind("number")),
                ),
            ),
        ),
        Figure(
            "other_kind_so_far",
            Clause(
                "other_kind_so_far",
                "amount",
            ),
            "amount",
            Kind("number"),
            Grid("month"),
            ex.Aggregate(
                "count",
                ex.EventRows("report", "period"),
                ex.Compare(
                    ">=",
                    ex.Aggregate("count", ex.TrailRows("usage", "so far", same=("prb",))),
                    ex.Literal(1, Kind("number")),
                ),
            ),
        ),
    ),
    digest="a2f4dd8b7a82dfdbcc4f19d443f58fc242e753faa7fd5c750a64b17c7d755cdc",
    pins=(("tzdata", "2026f"),),
)
EVENTS = (
    Event(
        "usage",
        "test",
        "1",
        at("2026-01-05T09:00:00Z"),
        at("2026-01-05T09:00:00Z"),
        at("2026-01-05T09:00:00Z"),
        {"prb": "P"},
        place="x:20:3",
    ),
    Event(
        "report",
        "test",
        "2",
        at("2026-02-05T09:00:00Z"),
        at("2026-02-05T09:00:00Z"),
        at("2026-02-05T09:00:00Z"),
        {"prb": "P", "period": parse_period("2026-01")},
        period=parse_period("2026-01"),
        place="x:21:3",
    ),
    Event(
        "report",
        "test",
        "3",
        at("2026-02-06T09:00:00Z"),
        at("2026-02-06T09:00:00Z"),
        at("2026-02-06T09:00:00Z"),
        {"prb": "Q", "period": parse_period("2026-01")},
        period=parse_period("2026-01"),
        place="x:22:3",
    ),
    Event(
        "usage",
        "test",
        "4",
        at("2026-02-07T09:00:00Z"),
        at("2026-02-07T09:00:00Z"),
        at("2026-02-07T09:00:00Z"),
        {"prb": "Q"},
        place="x:23:3",
    ),
    Event(
        "report",
        "test",
        "5",
        at("2026-02-08T09:00:00Z"),
        at("2026-02-08T09:00:00Z"),
        at("2026-02-08T09:00:00Z"),
        {"prb": "Q", "period": parse_period("2026-01")},
        period=parse_period("2026-01"),
        place="x:24:3",
    ),
)
UNTIL = at("2026-04-02T00:00:00Z")
