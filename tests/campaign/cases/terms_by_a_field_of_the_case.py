"""A field of the case that comes later in the same instant does not choose the terms of a duty."""

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
    Relation,
    Selector,
    Term,
    Variant,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 11, 3), date(2024, 12, 6)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (
                EventField("ticket", Kind("text"), True),
                EventField("planned_on", Kind("day")),
                EventField("units", Kind("number")),
            ),
        ),
        EventKind(
            "c_item_1",
            Clause("c_item_1", "event"),
            (EventField("ticket", Kind("text"), True), EventField("units", Kind("number"))),
            relates=Relation("counts with", "ticket_opened", (("ticket", "ticket"),)),
        ),
        EventKind(
            "ticket_resumed",
            Clause("ticket_resumed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    norms=(
        Norm(
            "a_duty_3",
            Clause("a_duty_3", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_resumed"),),
            variants=(
                Variant(
                    ex.Compare(
                        "<",
                        ex.CaseField("c_item_1", "units", ("ticket",)),
                        ex.Literal(3, Kind("number")),
                    ),
                    Norm(
                        "a_duty_3",
                        Clause("a_duty_3", "obligation"),
                        "obligation",
                        "must",
                        ("acme",),
                        ("acme",),
                        (OnEvent(Selector("ticket_opened")),),
                        (Selector("ticket_resumed"),),
                        due=Due("within", anchor="field", field="planned_on"),
                    ),
                ),
            ),
        ),
    ),
)
EVENTS = (
    Event(
        "c_item_1",
        "crm",
        "550",
        at("2024-11-26T01:00:00.000001Z"),
        at("2024-11-26T01:00:00.000001Z"),
        at("2024-11-26T01:00:00.000001Z"),
        {"ticket": "T1", "units": 2},
    ),
    Event(
        "ticket_opened",
        "12",
        "300",
        at("2024-11-26T12:00:00Z"),
        at("2024-11-26T12:00:00Z"),
        at("2024-11-26T12:00:00Z"),
        {"ticket": "T1", "planned_on": date(2024, 11, 29), "units": 1},
    ),
)
UNTIL = at("2025-01-27T00:00:00.000002Z")
