"""The time of a level runs from the later of ground and first known."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventKind,
    Impose,
    Ladder,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 9, 16), date(2024, 12, 15)),
    "Asia/Beirut",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("ticket_confirmed", Clause("ticket_confirmed", "event"), ()),
        EventKind("ticket_opened", Clause("ticket_opened", "event"), ()),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
    ),
    norms=(
        Norm(
            "a_duty_5",
            Clause("a_duty_5", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_opened")),),
            (Selector("ticket_confirmed"),),
            due=Due("less than", fixed=date(2024, 10, 7)),
            after=(("missed", Impose("b_ladder_7_1")),),
        ),
        Norm(
            "b_ladder_7_1",
            Clause("b_ladder_7", "escalation"),
            "level",
            "may",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("within", Length(5400000001, "elapsed")),
            ladder="b_ladder_7",
            level=1,
        ),
    ),
    ladders=(Ladder("b_ladder_7", Clause("b_ladder_7", "escalation"), ("b_ladder_7_1",)),),
)
EVENTS = (
    Event(
        "ticket_opened",
        "ops",
        "769",
        at("2024-11-26T03:00:00Z"),
        at("2024-11-26T16:00:00Z"),
        at("2024-11-26T03:00:00Z"),
        rev=1,
    ),
    Event(
        "ticket_opened",
        "ops",
        "769",
        at("2024-11-25T18:00:00Z"),
        at("2024-11-25T18:00:00Z"),
        at("2024-11-25T18:00:00Z"),
    ),
)
UNTIL = at("2024-12-15T22:00:00.000002Z")
