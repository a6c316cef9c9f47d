"""The performance that ends the agreement is in no window."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
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
from bpodsl.values import Calendar, Grid, Zone, hours
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 3, 31), date(2024, 7, 2)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("UTC"),
                hours.Hours(
                    Zone.load("UTC"),
                    (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                    (
                        date(2023, 2, 28),
                        date(2023, 7, 6),
                        date(2023, 10, 12),
                        date(2023, 12, 31),
                        date(2024, 2, 18),
                        date(2024, 4, 3),
                        date(2024, 4, 7),
                        date(2024, 5, 21),
                        date(2024, 6, 1),
                        date(2024, 7, 9),
                        date(2024, 9, 8),
                        date(2024, 11, 12),
                        date(2024, 12, 7),
                        date(2025, 4, 12),
                        date(2025, 6, 13),
                        date(2025, 11, 17),
                    ),
                    (
                        hours.Closure((date(2025, 3, 25),), 43200000000, 64800000000),
                        hours.Closure(hours.DayRange(date(2024, 10, 6), date(2024, 10, 7))),
                        hours.Opening(date(2024, 5, 21), 36000000000, 50400000000),
                        hours.Closure(hours.DayRange(date(2023, 2, 2), date(2023, 2, 5))),
                        hours.Closure((date(2024, 1, 3),), 43200000000, 64800000000),
                        hours.Opening(date(2023, 2, 28), 36000000000, 50400000000),
                        hours.Opening(date(2024, 7, 9), 36000000000, 50400000000),
                        hours.Closure((date(2023, 9, 2),), 43200000000, 50400000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind("outage_ended", Clause("outage_ended", "event"), ()),
        EventKind(
            "outage_started",
            Clause("outage_started", "event"),
            (EventField("site", Kind("one_of", ("leeds", "york", "delhi")), True, True),),
        ),
    ),
    states=(
        State(
            "c_state_2",
            Clause("c_state_2", "state"),
            (),
            (Selector("outage_started"),),
            (Selector("outage_ended"),),
        ),
    ),
    norms=(
        Norm(
            "c_duty_1",
            Clause("c_duty_1", "obligation"),
            "obligation",
            "must",
            ("acme",),
            ("beta",),
            (
                OnEvent(
                    Selector(
                        "outage_started",
                        ex.IfMeasured(
                            ex.Compare("=", ex.FieldOf("site"), ex.FieldOf("site")),
                            ex.Literal(False, Kind("yes_no")),
                        ),
                    ),
                ),
            ),
            (Selector("outage_ended"),),
            clock=Clock(stops_during=("c_state_2",)),
            due=Due("within", Length(1800000000, "open", "support")),
            after=(("fulfilled", Terminate()),),
        ),
    ),
    figures=(
        Figure(
            "x_figure_6",
            Clause("x_figure_6", "measure"),
            "measure",
            Kind("length"),
            Grid("day", 10, date(2023, 1, 31)),
            ex.Aggregate("sum", ex.OutcomeRows("c_duty_1", ("fulfilled",), "due"), value=ex.Reading()),
        ),
    ),
)
EVENTS = (
    Event(
        "outage_ended",
        "crm",
        "160",
        at("2024-05-24T09:37:00Z"),
        at("2024-05-24T09:37:00Z"),
        at("2024-05-24T09:37:00Z"),
    ),
    Event(
        "outage_started",
        "crm",
        "e282",
        at("2024-05-23T18:00:00Z"),
        at("2024-05-23T18:00:00Z"),
        at("2024-05-23T18:00:00Z"),
        {"site": "delhi"},
    ),
)
UNTIL = at("2024-07-04T00:00:00Z")
