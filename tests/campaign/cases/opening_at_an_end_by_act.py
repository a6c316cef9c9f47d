"""What lies at the end by act is in no window."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Length,
    Norm,
    OnEvent,
    Party,
    Selector,
    State,
    Term,
    Terminate,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2023, 1, 1), date(2023, 4, 30)),
    "America/New_York",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
        EventKind(
            "relief",
            Clause("relief", "event"),
            (EventField("begins", Kind("instant")), EventField("finishes", Kind("instant"))),
            from_field="begins",
            to_field="finishes",
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("ticket", Kind("text"), True),),
        ),
    ),
    states=(State("b_state_3", Clause("b_state_3", "state"), (), intervals=(Selector("relief"),)),),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("ticket_resolved")),),
            (Selector("ticket_confirmed"),),
            after=(("fulfilled", Terminate()),),
        ),
    ),
    figures=(
        Figure(
            "y_figure_7",
            Clause("y_figure_7", "measure"),
            "measure",
            Kind("length"),
            Grid("week"),
            ex.Aggregate(
                "mean",
                ex.OutcomeRows("z_duty_1", ("missed",), "decided"),
                value=ex.Literal(3600000000, Kind("length")),
            ),
            (Group("ticket"),),
            settle_after=Length(1, "weeks"),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_resolved",
        "crm",
        "232",
        at("2023-01-16T05:00:00.000001Z"),
        at("2023-01-16T05:00:00.000001Z"),
        at("2023-01-16T05:00:00.000001Z"),
        {"ticket": "T4"},
    ),
    Event(
        "relief",
        "ops",
        "331",
        at("2023-01-23T04:59:59.999999Z"),
        at("2023-01-23T04:59:59.999999Z"),
        at("2023-01-23T04:59:59.999999Z"),
        {"begins": at("2023-01-23T04:59:59.999999Z"), "finishes": at("2023-01-26T04:59:59.999999Z")},
        at("2023-01-26T04:59:59.999999Z"),
    ),
    Event(
        "ticket_confirmed",
        "12",
        "836",
        at("2023-01-16T05:00:00.000001Z"),
        at("2023-01-16T05:00:00.000001Z"),
        at("2023-01-16T05:00:00.000001Z"),
        {"ticket": "T4"},
    ),
)
UNTIL = at("2023-04-22T03:59:59.999999Z")
