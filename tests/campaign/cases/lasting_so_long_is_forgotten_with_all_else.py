"""That something did not last so long after all is found anew where an outcome begins anew."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Fact,
    Kind,
    Lending,
    Length,
    Norm,
    OnEvent,
    Party,
    Point,
    Selector,
    Series,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 12, 1), date(2024, 1, 31)),
    "Europe/London",
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
            (
                EventField("ticket", Kind("text"), True),
                EventField("site", Kind("one_of", ("leeds", "york", "delhi"))),
            ),
        ),
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
        EventKind("outage_started", Clause("outage_started", "event"), ()),
    ),
    states=(
        State(
            "c_state_7",
            Clause("c_state_7", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
        State(
            "c_state_7_free",
            Clause("c_state_7_free", "state"),
            (),
            made=ex.LessTimes(ex.WindowTimes(), ex.StateTimes("c_state_7")),
        ),
        State(
            "c_state_7_apart",
            Clause("c_state_7_apart", "state"),
            (),
            made=ex.StateTimes("c_state_7_free", Length(14400000000, "elapsed")),
        ),
        State(
            "c_state_7_closed",
            Clause("c_state_7_closed", "state"),
            (),
            made=ex.UnionTimes(
                (
                    ex.StateTimes("c_state_7"),
                    ex.LessTimes(ex.StateTimes("c_state_7_free"), ex.StateTimes("c_state_7_apart")),
                ),
            ),
        ),
        State(
            "at_length",
            Clause("at_length", "state"),
            (),
            made=ex.StateTimes("c_state_7_closed", Length(86400000000, "elapsed"), True),
        ),
    ),
    norms=(
        Norm(
            "c_duty_5",
            Clause("c_duty_5", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            facts=(
                Fact(
                    "(length)",
                    ex.Arithmetic(
                        "*",
                        ex.Literal(1800000000, Kind("length")),
                        ex.SeriesAt("b_series_1", ex.Literal(date(2023, 11, 30), Kind("day"))),
                    ),
                ),
            ),
        ),
    ),
    series=(
        Series(
            "b_series_1",
            Clause("b_series_1", "series"),
            Kind("share"),
            "month",
            points=(Point(date(2023, 11, 1), Fraction(1, 20), published=date(2024, 1, 10)),),
        ),
    ),
    lendings=(Lending("ticket_confirmed", "site", "ticket_resolved", ("ticket",)),),
)
EVENTS = (
    Event(
        "outage_ended",
        "crm",
        "174",
        at("2023-12-25T08:15:59.999999Z"),
        at("2023-12-25T08:15:59.999999Z"),
        at("2023-12-25T08:15:59.999999Z"),
    ),
    Event(
        "ticket_resolved",
        "12",
        "224",
        at("2023-12-09T06:07:00Z"),
        at("2023-12-09T06:07:00Z"),
        at("2023-12-09T06:07:00Z"),
        {"ticket": "T4", "site": "delhi"},
    ),
    Event(
        "outage_started",
        "12",
        "e179",
        at("2023-12-24T08:15:59.999999Z"),
        at("2023-12-24T08:15:59.999999Z"),
        at("2023-12-24T08:15:59.999999Z"),
    ),
)
UNTIL = at("2024-02-29T00:00:00.000001Z")
