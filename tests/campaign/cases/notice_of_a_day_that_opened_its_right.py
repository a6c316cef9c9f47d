"""A notice of a day that opened a right, renewed since, does not exercise it at the end of the day."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventKind,
    Impose,
    Kind,
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
    (
        Party("acme", "Acme", "client"),
        Party("beta", "Beta", "provider"),
        Party("coast", "Coast", "other"),
        Party("dunes", "Dunes", "other"),
    ),
    Term(date(2024, 1, 20), date(2024, 2, 19)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
    ),
    norms=(
        Norm(
            "c_duty_3",
            Clause("c_duty_3", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("acme",),
            (
                OnEvent(
                    Selector(
                        "leak_reported",
                        ex.Not(
                            ex.Compare(
                                ">",
                                ex.TimeOfDay(ex.Moment("row", False)),
                                ex.Literal(86340000000, Kind("time")),
                            ),
                        ),
                    ),
                ),
            ),
            (Selector("notice_given"),),
            after=(("fulfilled", Impose("a_right_4")),),
        ),
        Norm(
            "a_right_4",
            Clause("a_right_4", "right"),
            "right",
            "may",
            ("acme",),
            ("acme",),
            (WhenImposed(),),
            (Selector("notice_given"),),
        ),
    ),
)
EVENTS = (
    Event(
        "notice_given",
        "crm",
        "936",
        at("2024-01-20T07:00:00.000001Z"),
        at("2024-01-20T07:00:00.000001Z"),
        at("2024-01-20T07:00:00.000001Z"),
    ),
    Event(
        "leak_reported",
        "12",
        "e596",
        at("2024-01-20T03:00:00Z"),
        at("2024-01-20T03:00:00Z"),
        at("2024-01-20T03:00:00Z"),
    ),
    Event(
        "notice_given",
        "ops",
        "e322",
        at("2024-01-20T03:00:00Z"),
        at("2024-01-20T03:00:00Z"),
        at("2024-01-20T03:00:00Z"),
        day=date(2024, 1, 20),
    ),
    Event(
        "leak_reported",
        "crm",
        "e291",
        at("2024-01-20T03:00:00.000001Z"),
        at("2024-01-20T03:00:00.000001Z"),
        at("2024-01-20T03:00:00.000001Z"),
    ),
)
UNTIL = at("2024-03-20T03:00:00.000001Z")
