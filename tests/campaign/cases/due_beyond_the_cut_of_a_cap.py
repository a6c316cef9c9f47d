"""A cap that looks at its window before the term cuts it: what is due beyond the cut does not count."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    CalendarTerm,
    Clause,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Kind,
    Length,
    Line,
    Norm,
    OnEvent,
    Party,
    Selector,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Grid, Zone, hours, parse_period
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2025, 1, 1), date(2025, 2, 17)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    calendars=(
        CalendarTerm(
            "support",
            Clause("support", "calendar"),
            Calendar(
                Zone.load("Europe/London"),
                hours.Hours(
                    Zone.load("Europe/London"),
                    (hours.WeeklyHours((0, 1, 2, 3, 4), 32400000000, 61200000000),),
                    (
                        date(2023, 1, 10),
                        date(2023, 2, 19),
                        date(2023, 11, 15),
                        date(2023, 12, 5),
                        date(2023, 12, 31),
                        date(2024, 1, 7),
                        date(2024, 2, 29),
                        date(2024, 3, 31),
                        date(2024, 4, 7),
                        date(2024, 5, 1),
                        date(2024, 7, 27),
                        date(2024, 8, 19),
                        date(2024, 9, 8),
                        date(2024, 10, 27),
                        date(2024, 11, 3),
                        date(2025, 1, 30),
                        date(2025, 6, 3),
                        date(2025, 7, 18),
                        date(2025, 8, 18),
                        date(2025, 9, 18),
                        date(2025, 11, 23),
                    ),
                    (
                        hours.Opening(date(2025, 7, 18), 36000000000, 50400000000),
                        hours.Opening(date(2023, 1, 10), 36000000000, 50400000000),
                        hours.Closure((date(2024, 9, 13),), 43200000000),
                        hours.Opening(date(2025, 11, 23), 36000000000, 50400000000),
                        hours.Closure((date(2025, 5, 22),), 43200000000),
                        hours.Opening(date(2024, 4, 7), 36000000000, 50400000000),
                        hours.Opening(date(2025, 8, 18), 36000000000, 50400000000),
                        hours.Closure((date(2023, 1, 10),), 43200000000),
                    ),
                ),
            ),
        ),
    ),
    events=(
        EventKind(
            "report_sent",
            Clause("report_sent", "event"),
            (EventField("month", Kind("period", ("month",))),),
            period="month",
        ),
        EventKind(
            "leak_reported",
            Clause("leak_reported", "event"),
            (EventField("amount", Kind("money", ("GBP",))),),
        ),
    ),
    norms=(
        Norm(
            "z_duty_1",
            Clause("z_duty_1", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("report_sent"),),
            due=Due("within", Length(5, "working days", "support")),
        ),
    ),
    figures=(
        Figure(
            "b_figure_4",
            Clause("b_figure_4", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("week"),
            ex.Aggregate("mean", ex.EventRows("leak_reported"), value=ex.FieldOf("amount")),
        ),
    ),
    lines=(
        Line(
            "y_line_5",
            Clause("y_line_5", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "half up"),
            "b_figure_4",
        ),
    ),
    accounts=(
        Account(
            "c_cap_6",
            Clause("c_cap_6", "cap"),
            Grid("month", 3, date(2024, 12, 7)),
            ex.Aggregate(
                "mean",
                ex.OutcomeRows("z_duty_1", ("fulfilled", "missed"), "due"),
                value=ex.FieldOf("amount"),
            ),
            ("y_line_5",),
            ex.Rounding(Fraction(1, 100), "half down"),
        ),
    ),
)
EVENTS = (
    Event(
        "report_sent",
        "ops",
        "857",
        at("2025-02-15T12:00:00Z"),
        at("2025-02-15T12:00:00Z"),
        at("2025-02-15T12:00:00Z"),
        {"month": parse_period("2025-03")},
        period=parse_period("2025-03"),
    ),
    Event(
        "leak_reported",
        "crm",
        "700",
        at("2025-02-13T13:33:00Z"),
        at("2025-02-13T13:33:00Z"),
        at("2025-02-13T13:33:00Z"),
        {"amount": 100},
    ),
    Event(
        "leak_reported",
        "crm",
        "366",
        at("2025-02-08T22:00:00Z"),
        at("2025-02-08T22:00:00Z"),
        at("2025-02-08T22:00:00Z"),
        {"amount": Fraction(1801, 20)},
    ),
)
UNTIL = at("2025-05-01T23:00:00Z")
