"""A right that was excused while open gets a new ground: its time is shown to run anew, and an exercise is late."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventKind,
    Impose,
    Length,
    Norm,
    OnHappens,
    Party,
    Rule,
    Selector,
    State,
    Term,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 4, 7), date(2024, 7, 6)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
    ),
    states=(
        State("outage", Clause("outage", "state"), (), (Selector("outage_started"),), (Selector("outage_ended"),)),
    ),
    norms=(
        Norm(
            "step_in",
            Clause("step_in", "right"),
            "right",
            "may",
            ("acme",),
            ("beta",),
            (WhenImposed(),),
            (Selector("notice_given"),),
            due=Due("within", Length(3, "days")),
            excused_during=("outage",),
        ),
    ),
    rules=(
        Rule("leak", Clause("leak", "trigger"), OnHappens(Selector("leak_reported")), then=(Impose("step_in"),)),
    ),
)
EVENTS = tuple(
    Event(kind, "ops", str(number), at(when), at(when), at(when))
    for number, (kind, when) in enumerate(
        (
            ("leak_reported", "2024-05-01T12:00:00Z"),
            ("outage_started", "2024-05-03T12:00:00Z"),
            ("leak_reported", "2024-05-08T12:00:00Z"),
            ("outage_ended", "2024-05-09T12:00:00Z"),
            ("notice_given", "2024-05-10T12:00:00Z"),
        )
    )
)
UNTIL = at("2024-07-20T00:00:00Z")
