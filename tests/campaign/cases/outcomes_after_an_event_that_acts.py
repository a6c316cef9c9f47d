"""An event that opens a duty is asked, as it acts, for outcomes after it: it sees none of its own instant."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    AddsUp,
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 7, 21), date(2025, 1, 20)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("rate", Kind("share"), optional=True),),
        ),
    ),
    norms=(
        Norm(
            "y_duty_4",
            Clause("y_duty_4", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resolved"),),
        ),
        Norm(
            "c_duty_7",
            Clause("c_duty_7", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "ticket_resolved",
                        ex.Compare(">=", ex.FieldOf("rate"), ex.Literal(0, Kind("share"))),
                    ),
                ),
            ),
            (Selector("ticket_confirmed"),),
            adds_up=AddsUp(
                ex.Literal(1, Kind("number")),
                ex.Aggregate(
                    "quantile",
                    ex.TrailOutcomes("y_duty_4", ("fulfilled",), "next", length=Length(1, "weeks")),
                    value=ex.Between(
                        "days",
                        ex.Moment("row", True),
                        ex.DayAfter(ex.Moment("decided", True), Length(4000, "days"), 1),
                    ),
                    q=1,
                ),
                Kind("number"),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_opened",
        "crm",
        "475",
        at("2024-11-21T01:00:00Z"),
        at("2024-11-21T01:00:00Z"),
        at("2024-11-21T01:00:00Z"),
    ),
    Event(
        "ticket_resolved",
        "crm",
        "e275",
        at("2024-12-06T00:00:00Z"),
        at("2024-12-06T00:00:00Z"),
        at("2024-12-06T00:00:00Z"),
        {"rate": Fraction(949, 1000)},
    ),
)
UNTIL = at("2025-02-01T23:59:59.999999Z")
