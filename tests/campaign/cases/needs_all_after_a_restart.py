"""After a restart all acts must come anew."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Kind,
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
    Term(date(2024, 12, 13), date(2025, 3, 12)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_resumed", Clause("ticket_resumed", "event"), ()),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("priority", Kind("one_of", ("P1", "P2", "P3"))), EventField("planned", Kind("instant"))),
        ),
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
    ),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "ticket_opened",
                        ex.If(
                            ex.Compare(
                                "<=",
                                ex.FieldOf("planned"),
                                ex.Literal(at("2025-01-02T03:00:00Z"), Kind("instant")),
                            ),
                            ex.Compare(
                                "!=",
                                ex.FieldOf("priority"),
                                ex.Literal("P3", Kind("one_of", ("P1", "P2", "P3"))),
                            ),
                            ex.Literal(True, Kind("yes_no")),
                        ),
                    ),
                ),
            ),
            (Selector("ticket_confirmed"), Selector("ticket_resumed")),
            ("priority",),
            needs="all",
            due=Due("within", day_of_month=29),
            reopening="restart",
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "crm",
        "257",
        at("2025-01-21T21:00:00Z"),
        at("2025-01-21T21:00:00Z"),
        at("2025-01-21T21:00:00Z"),
    ),
    Event(
        "ticket_opened",
        "12",
        "943",
        at("2025-02-22T03:00:00Z"),
        at("2025-02-22T03:00:00Z"),
        at("2025-02-22T03:00:00Z"),
        {"priority": "P1", "planned": at("2025-02-22T03:00:00.000001Z")},
    ),
    Event(
        "ticket_resumed",
        "12",
        "e480",
        at("2025-01-24T18:00:00Z"),
        at("2025-01-24T18:00:00Z"),
        at("2025-01-24T18:00:00Z"),
    ),
    Event(
        "ticket_opened",
        "12",
        "302",
        at("2025-01-14T23:33:00Z"),
        at("2025-01-14T23:33:00Z"),
        at("2025-01-14T23:33:00Z"),
        {"priority": "P1", "planned": at("2025-01-15T00:33:00Z")},
    ),
    Event(
        "ticket_confirmed",
        "crm",
        "e220",
        at("2025-02-27T16:26:00Z"),
        at("2025-02-27T16:26:00Z"),
        at("2025-02-27T16:26:00Z"),
    ),
)
UNTIL = at("2025-03-31T11:00:00Z")
