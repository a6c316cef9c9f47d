"""A sum at the instant of the end is cut by the window that ends, whatever other sums come."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    Accrue,
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    Length,
    Line,
    Norm,
    Once,
    OnHappens,
    Party,
    Rule,
    Selector,
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
    Term(date(2023, 1, 1), date(2023, 4, 4)),
    "UTC",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind(
            "ticket_opened",
            Clause("ticket_opened", "event"),
            (EventField("amount", Kind("money", ("GBP",))), EventField("units", Kind("number"))),
        ),
        EventKind(
            "ticket_resolved",
            Clause("ticket_resolved", "event"),
            (EventField("amount", Kind("money", ("GBP",))), EventField("units", Kind("number"))),
        ),
        EventKind(
            "ticket_confirmed",
            Clause("ticket_confirmed", "event"),
            (EventField("amount", Kind("money", ("GBP",))), EventField("units", Kind("number"))),
        ),
        EventKind("bell", Clause("bell", "event"), ()),
    ),
    norms=(
        Norm(
            "a_close_7",
            Clause("a_close_7", "termination"),
            "right",
            "may",
            ("acme",),
            ("beta",),
            (Once(),),
            (Selector("bell"),),
            after=(("fulfilled", Terminate(Length(18000000000, "elapsed"))),),
        ),
    ),
    figures=(
        Figure(
            "b_measure_5",
            Clause("b_measure_5", "measure"),
            "measure",
            Kind("money", ("GBP",)),
            Grid("week", goes_on=True),
            ex.Aggregate("count", ex.EventRows("ticket_opened")),
        ),
    ),
    lines=(
        Line(
            "c_line_8",
            Clause("c_line_8", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 20), "down"),
        ),
        Line(
            "c_line_10",
            Clause("c_line_10", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(Fraction(1, 100), "up"),
        ),
        Line(
            "a_line_6",
            Clause("a_line_6", "charge"),
            "beta",
            "acme",
            "GBP",
            ex.Rounding(1, "half down"),
            "b_measure_5",
        ),
    ),
    accounts=(
        Account(
            "x_cap_12",
            Clause("x_cap_12", "cap"),
            Grid("week"),
            ex.Literal(5, Kind("money", ("GBP",))),
            ("c_line_10", "c_line_8"),
            ex.Rounding(Fraction(1, 100), "half up"),
        ),
    ),
    rules=(
        Rule(
            "z_rule_9",
            Clause("z_rule_9", "trigger"),
            OnHappens(Selector("ticket_resolved")),
            then=(Accrue("c_line_8", ex.FieldOf("amount")),),
        ),
        Rule(
            "a_rule_11",
            Clause("a_rule_11", "trigger"),
            OnHappens(Selector("ticket_confirmed")),
            then=(Accrue("c_line_10", ex.FieldOf("units")),),
        ),
    ),
)
EVENTS = (
    Event(
        "ticket_confirmed",
        "ops",
        "e91",
        at("2023-02-10T21:29:00Z"),
        at("2023-02-10T21:29:00Z"),
        at("2023-02-10T21:29:00Z"),
        {"amount": 10, "units": 2},
    ),
    Event(
        "ticket_resolved",
        "12",
        "e793",
        at("2023-02-06T00:00:00.000001Z"),
        at("2023-02-06T00:00:00.000001Z"),
        at("2023-02-06T00:00:00.000001Z"),
        {"amount": 10, "units": Fraction(5, 2)},
    ),
    Event(
        "ticket_opened",
        "crm",
        "e522",
        at("2023-02-10T21:28:59.999999Z"),
        at("2023-02-10T21:28:59.999999Z"),
        at("2023-02-10T21:28:59.999999Z"),
        {"amount": Fraction(14571, 100), "units": 0},
    ),
    Event(
        "bell",
        "12",
        "e583",
        at("2023-02-10T16:29:00Z"),
        at("2023-02-10T16:29:00Z"),
        at("2023-02-10T16:29:00Z"),
    ),
)
UNTIL = at("2023-02-20T00:00:00Z")
