"""A state that goes on over a decision at the opening."""

from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.terms import (
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Kind,
    Norm,
    OnPeriod,
    Party,
    Selector,
    State,
    Term,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.cases import at

CONTRACT = Contract(
    "deal",
    Clause("deal", "agreement"),
    (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
    Term(date(2024, 12, 1), date(2025, 2, 28)),
    "America/Santiago",
    "GBP",
    ex.Rounding(Fraction(1, 100), "half up"),
    events=(
        EventKind("step_taken", Clause("step_taken", "event"), ()),
        EventKind(
            "relief",
            Clause("relief", "event"),
            (EventField("begins", Kind("instant")), EventField("finishes", Kind("instant"))),
            from_field="begins",
            to_field="finishes",
        ),
    ),
    states=(State("z_state_2", Clause("z_state_2", "state"), (), intervals=(Selector("relief"),)),),
    norms=(
        Norm(
            "c_duty_4",
            Clause("c_duty_4", "obligation"),
            "obligation",
            "must",
            ("beta",),
            ("acme",),
            (OnPeriod(Grid("week", anchor=date(2023, 1, 31))),),
            (Selector("step_taken"),),
            clock=Clock(stops_during=("z_state_2",)),
            due=Due("within", fixed=date(2025, 1, 2)),
        ),
    ),
)
EVENTS = (
    Event(
        "relief",
        "ops",
        "665",
        at("2025-02-17T23:59:59.999999Z"),
        at("2025-02-17T23:59:59.999999Z"),
        at("2025-02-17T23:59:59.999999Z"),
        {"begins": at("2025-02-17T23:59:59.999999Z"), "finishes": at("2025-02-18T12:00:00Z")},
        at("2025-02-18T12:00:00Z"),
    ),
)
UNTIL = at("2025-04-10T03:00:00Z")
