"""What agreements ask seldom: windows as if no term cut them, moments of what came of a duty, rows without a field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bpodsl.terms import (
    NotMeasured,
    OnHappens,
    OnOutcome,
    Raise,
    Terminate,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.engine.test_at_the_edges import both
from tests.reference.build import (
    DAY,
    MONTH,
    QUARTER,
    WEEK,
    WHOLE_TERM,
    YEAR,
    contract,
    count,
    days,
    event,
    events,
    figure,
    hours,
    kind,
    named,
    names,
    norm,
    number,
    on,
    outcomes,
    period,
    rule,
    state,
    total,
    within,
)
from tests.reference.build import kinds as k

KINDS = [kind("sale", "id", amount=k.NUMBER, weight=k.NUMBER, month=k.Kind("period", ("month",))), kind("call", "id"),
         kind("opened", "id"), kind("done", "id"), kind("down", "id"), kind("up", "id"), kind("ends"),
         kind("index", value=k.NUMBER, month=k.Kind("period", ("month",))), kind("extend", "id")]  # fmt: skip
GBP = k.money("GBP")
HELD = state("held", "down", "up", by=("id",))
DUTY: dict[str, Any] = {"opening": "opened", "acts": "done", "by": ("id",)}


# ------------------------------------------------------------------------------------ windows
GRIDS = {
    "days": DAY, "ten days": Grid("day", 10), "weeks": WEEK, "two weeks": Grid("week", 2), "months": MONTH,
    "five months": Grid("month", 5), "quarters": QUARTER, "years": YEAR, "the term": WHOLE_TERM,
    "rolling": Grid("month", 1, span=3), "from a day": Grid("month", 1, date(2025, 11, 15)), "whole only":
    Grid("month", 1, partial="exclude"), "whole weeks": Grid("week", 1, partial="exclude"),
}  # fmt: skip
WHOLE = ex.WindowDay("first", whole=True), ex.WindowDay("last", whole=True)
IN_WINDOW = (
    ("whole", ex.Between("days", *WHOLE, True)), ("days", ex.WindowLength(False)), ("all days", ex.WindowLength(True)),
    ("called", count(events("call"))), ("reported", total("sale", "amount")),
    ("inside", count(ex.FigureRows("monthly"))), ("before", count(ex.FigureRows("monthly", 3))),
    ("by term", count(ex.FigureRows("termly"))),
)  # fmt: skip
CALLED = [event("call", when, n, id="A") for n, when in enumerate(
    ("2026-01-15", "2026-01-31T23:59", "2026-02-01", "2026-03-10", "2026-03-20T11:59", "2026-03-20T12:00"), 1)]


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("name", GRIDS)
def test_windows_of_each_kind(name: str, ends: bool) -> None:
    """Cut by the term at both ends, or by an act within a day."""
    by_month = ex.Aggregate("sum", events("sale", "month"), value=ex.FieldOf("amount"))
    agreed = contract(
        effective="2026-01-14", last="2026-03-25", events=KINDS,
        figures=[figure("monthly", count(events("call"))), figure("termly", count(events("call")), WHOLE_TERM),
                 figure("f", count(events("call")), GRIDS[name], shows=IN_WINDOW), figure("s", by_month, GRIDS[name])],
        rules=[rule("stop", OnHappens(on("ends")), Terminate())],
    )  # fmt: skip
    given = [*CALLED, *([event("ends", "2026-03-20T12:00", 20)] if ends else []),
             *(event("sale", "2026-03-05", n, id="A", amount=n, month=period(month))
               for n, month in ((31, "2025-12"), (32, "2026-01"), (33, "2026-02"), (34, "2026-07")))]  # fmt: skip
    ledger = both(agreed, given, "2026-08-01")
    settled = [e for e in ledger.outcome if e.clause == "f" and e.kind == "Settled"]
    assert settled or "whole" in name
    assert all(e.number("whole") == e.number("all days") for e in settled if name != "the term")


def test_windows_at_the_end_of_the_calendar() -> None:
    for grid in (YEAR, Grid("month", 7), WEEK, Grid("month", 1, span=2)):
        agreed = contract(effective="2198-11-14", last=None, events=KINDS, figures=[figure("f", number(1), grid)])
        ledger = both(agreed, [event("call", "2198-12-01", 1, id="A")], "2199-12-31T12:00")
        assert names(ledger, "Settled")


# ------------------------------------------------------------------------------------ moments of an outcome
TERMS: dict[str, dict[str, Any]] = {
    "no deadline": {}, "hours": {"due": within(hours(30))}, "days": {"due": within(days(2))},
    "a cure": {"due": within(hours(30)), "cure": within(days(2))},
    "held back": {"due": within(hours(30)), "suspended_during": ("held",)},
    "by the clock": {"due": within(hours(30)), "excused_during": ("held",)},
}  # fmt: skip
LIVES = [
    event("opened", "2026-01-05T09:00", 1, id="A"), event("done", "2026-01-06T15:00", 2, id="A"),
    event("opened", "2026-01-06T09:00", 3, id="B"), event("done", "2026-01-08T08:00", 4, id="B"),
    event("opened", "2026-01-29T09:00", 5, id="C"), event("down", "2026-01-30T09:00", 6, id="C"),
    event("up", "2026-02-03T09:00", 7, id="C"), event("done", "2026-02-20T09:00", 8, id="C"),
    event("opened", "2026-02-27T00:00", 9, id="D"), event("opened", "2026-03-30T00:00", 10, id="E"),
    event("down", "2026-03-31T00:00", 11, id="E"),
]  # fmt: skip


@pytest.mark.parametrize("way", TERMS)
@pytest.mark.parametrize("counted", ["opened", "due", "decided", "performed"])
def test_moments_of_what_came_of_a_duty(way: str, counted: str) -> None:
    agreed_fix = norm("fix", **DUTY, **TERMS[way])
    statuses = ("fulfilled", "missed", "excused", "late", "cured")
    rows = outcomes("fix", *statuses, counted=counted)
    moments = {f"{of} {day}": ex.Moment(of, day) for of in ("row", "opened", "due", "decided", "performed")
               for day in (False, True)}  # fmt: skip
    shows = tuple(
        (f"{op} {name}", ex.Aggregate(op, rows, value=each)) for name, each in moments.items() for op in ("first",
                                                                                                          "max")
    )  # fmt: skip
    told = [
        rule(f"r{n}_{of}", OnOutcome("fix", of), Raise(name),
             when=ex.Compare(">=", each, ex.Literal(date(2026, 1, 8), k.DAY)))
        for of in ("opened", "fulfilled", "missed", "late", "cured", "breached")
        for n, (name, each) in enumerate(moments.items()) if name.endswith("True")
    ]  # fmt: skip
    # What stays open holds up the windows that wait for it: they settle when the agreement is over, or never.
    agreed = contract(
        last="2026-04-30", events=KINDS, states=[HELD], norms=[agreed_fix], rules=told,
        figures=[figure("f", count(rows), shows=shows, settle_latest=days(9))],
    )  # fmt: skip
    ledger = both(agreed, LIVES, "2026-08-01")
    assert named(ledger, "f/Settled/2026-01").number("first opened True") in (date(2026, 1, 5), date(2026, 1, 29)) or (
        isinstance(named(ledger, "f/Settled/2026-01").number("first opened True"), NotMeasured)
    )
