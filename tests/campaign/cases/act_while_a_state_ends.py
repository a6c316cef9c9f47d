"""An act sees the state that ends at its instant."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Kind,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 8), date(2024, 9, 7)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))), EventField("flag", Kind("yes_no"))),
            period="month",
        ),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (EventField("flag", Kind("yes_no"), optional=True),),
        ),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
    ),
    states=(
        State(
            "a_state_5",
            Clause("a_state_5", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
        State("z_state_3", Clause("z_state_3", "state"), (), (Selector("outage_started"),)),
    ),
    norms=(
        Norm(
            "z_duty_6",
            Clause("z_duty_6", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "leak_reported",
                        ex.AnyOf(
                            (
                                ex.Compare("=", ex.FieldOf("flag"), ex.Literal(True, Kind("yes_no"))),
                                ex.InState("z_state_3"),
                            ),
                        ),
                    ),
                ),
            ),
            (Selector("notice_given", ex.InState("a_state_5")), Selector("report_sent")),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_ended",
        "12",
        "e627",
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
    ),
    Event(
        "leak_reported",
        "crm",
        "169",
        at("2024-03-08T00:00:00Z"),
        at("2024-03-08T00:00:00Z"),
        at("2024-03-08T00:00:00Z"),
        {"flag": False},
    ),
    Event(
        "notice_given",
        "ops",
        "681",
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
    ),
    Event(
        "outage_started",
        "12",
        "650",
        at("2024-03-08T00:00:00Z"),
        at("2024-03-08T00:00:00Z"),
        at("2024-03-08T00:00:00Z"),
    ),
    Event(
        "report_sent",
        "ops",
        "715",
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
        at("2024-03-09T14:00:00Z"),
        {"month": parse_period("2024-03"), "flag": True},
        period=parse_period("2024-03"),
    ),
)
UNTIL = at("2024-09-23T23:00:00Z")
