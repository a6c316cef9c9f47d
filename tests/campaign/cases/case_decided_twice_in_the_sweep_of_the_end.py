"""Of a case that is decided twice in the sweep in which the agreement ends, what stood before the first counts."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Impose,
    Kind,
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
    Term(date(2024, 2, 1), date(2024, 4, 30)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("case_opened", Clause("case_opened", "event"), (EventField("case", Kind("text"), True),)),
        EventKind("case_closed", Clause("case_closed", "event"), (EventField("case", Kind("text"), True),)),
    ),
    norms=(
        Norm(
            "duty",
            Clause("duty", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnEvent(Selector("case_opened")),),
            (Selector("case_closed"),),
            ("case",),
            due=Due("within", Length(10, "days")),
            reopening="new cycle",
            after=(("fulfilled", Impose("more")),),
        ),
        Norm(
            "more",
            Clause("more", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (WhenImposed(),),
            (Selector("case_closed"),),
            ("case",),
            due=Due("within", Length(86400000000, "elapsed")),
            reopening="new cycle",
        ),
    ),
)
EVENTS = (
    Event(
        "case_opened",
        "crm",
        "1",
        at("2024-04-30T22:00:00Z"),
        at("2024-04-30T22:00:00Z"),
        at("2024-04-30T22:00:00Z"),
        {"case": "C4"},
    ),
    Event(
        "case_closed",
        "crm",
        "2",
        at("2024-05-01T19:00:00Z"),
        at("2024-05-01T19:00:00Z"),
        at("2024-05-01T19:00:00Z"),
        {"case": "C4"},
    ),
)
UNTIL = at("2024-05-02T19:00:00Z")
