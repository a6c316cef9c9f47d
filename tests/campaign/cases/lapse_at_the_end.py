"""A right that a firing of the agreement's last window would let lapse has ended with the agreement."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Contract,
    Due,
    EventKind,
    Figure,
    Impose,
    Kind,
    Lapse,
    Length,
    Norm,
    OnEvent,
    OnSettled,
    Party,
    Recurrence,
    Rule,
    Selector,
    Term,
    Terminate,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 11, 1), date(2025, 2, 28)),
    "Europe/London",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("leak_reported", Clause("leak_reported", "event"), ()),
        EventKind("notice_given", Clause("notice_given", "event"), ()),
        EventKind("step_taken", Clause("step_taken", "event"), ()),
    ),
    norms=(
        Norm(
            "x_duty_8",
            Clause("x_duty_8", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("beta",),
            (OnEvent(Selector("leak_reported")),),
            (Selector("notice_given"),),
            due=Due("within", Length(1800000000, "elapsed")),
            after=(("missed", Impose("b_right_11")),),
        ),
        Norm(
            "b_right_11",
            Clause("b_right_11", "right"),
            "right",
            "may",
            ("acme",),
            ("acme",),
            (WhenImposed(),),
            (Selector("step_taken"),),
            after=(("fulfilled", Terminate(Length(9, "days"), Grid("week"), date(2024, 11, 27))),),
        ),
    ),
    figures=(
        Figure(
            "z_figure_16",
            Clause("z_figure_16", "measure"),
            "measure",
            Kind("length"),
            Grid("month"),
            ex.Literal(28800000000, Kind("length")),
        ),
    ),
    rules=(
        Rule(
            "c_rule_19",
            Clause("c_rule_19", "trigger"),
            OnSettled("z_figure_16"),
            recurrence=Recurrence(2),
            then=(Lapse("b_right_11"),),
        ),
    ),
)
EVENTS = (
    Event(
        "step_taken",
        "crm",
        "891",
        at("2024-11-13T12:14:00Z"),
        at("2024-11-13T12:14:00Z"),
        at("2024-11-13T12:14:00Z"),
    ),
    Event(
        "leak_reported",
        "ops",
        "514",
        at("2024-11-14T02:52:50.158549Z"),
        at("2024-11-14T02:52:50.158549Z"),
        at("2024-11-14T02:52:50.158549Z"),
    ),
    Event(
        "leak_reported",
        "12",
        "207",
        at("2024-11-08T08:13:27Z"),
        at("2024-11-08T08:13:27Z"),
        at("2024-11-08T08:13:27Z"),
    ),
)
UNTIL = at("2025-02-01T00:00:00Z")
