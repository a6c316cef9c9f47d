"""What an event is lent by its case is no key of the note that it found nothing to waive."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
    Lending,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    Waiver,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (
        Party("acme", "Acme", "client"),
        Party("beta", "Beta", "provider"),
        Party("coast", "Coast", "other"),
        Party("dunes", "Dunes", "other"),
    ),
    Term(date(2023, 2, 17), date(2024, 2, 16)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("priority", Kind("one_of", ("P1", "P2", "P3"))),
            ),
        ),
    ),
    norms=(
        Norm(
            "z_duty_8",
            Clause("z_duty_8", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_confirmed"),),
            ("priority",),
            waivers=(Waiver(Selector("ticket_resolved")),),
        ),
    ),
    lendings=(
        Lending("ticket_confirmed", "priority", "ticket_opened", ("ticket",)),
        Lending("ticket_resolved", "priority", "ticket_opened", ("ticket",)),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "ops",
        "771",
        at("2024-01-16T05:00:00Z"),
        at("2024-01-16T05:00:00Z"),
        at("2024-01-16T05:00:00Z"),
        {"ticket": "T1"},
    ),
    Event(
        "ticket_opened",
        "ops",
        "e741",
        at("2023-10-10T04:00:00Z"),
        at("2023-10-10T04:00:00Z"),
        at("2023-10-10T04:00:00Z"),
        {"ticket": "T1", "priority": "P1"},
    ),
    Event(
        "ticket_confirmed",
        "ops",
        "97",
        at("2023-10-19T04:00:00Z"),
        at("2023-10-19T04:00:00Z"),
        at("2023-10-19T04:00:00Z"),
        {"ticket": "T1"},
    ),
)
UNTIL = at("2024-03-19T04:00:00Z")
