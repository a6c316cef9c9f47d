"""Days, stretches of time and deadlines counted back, where they begin and end: by hand, and by both evaluators."""

from __future__ import annotations

from typing import Any

import pytest

from bpodsl.engine import engine as machine
from bpodsl.engine import plan_contract, run
from bpodsl.pipeline import evaluate
from bpodsl.terms import Due, NotMeasured, NthWeekday, OnPeriod
from bpodsl.terms import expressions as ex
from bpodsl.terms.stretches import TrailLength, TrailOutcomes
from bpodsl.values import HOUR
from tests.engine.test_at_the_edges import KINDS, MISSING, NOTHING, both, day, reckoned
from tests.reference.build import (
    MONTH,
    at,
    contract,
    days,
    event,
    figure,
    hours,
    named,
    norm,
    number,
    office,
    state,
    within,
    working,
)
from tests.reference.build import kinds as k

ONE = number(1)


# ------------------------------------------------------------------------------------ over days
def over(op: str, value: ex.Expression = ONE, first: str = "2026-01-01", last: str = "2026-01-31", **more: Any) -> Any:
    return ex.OverDays(op, value, day(first), day(last), **more)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (over("sum"), 30),
        # The fifth to the ninth and so on: from the second of January, a Friday.
        (over("sum", calendar="office"), 21),
        (over("sum", first="2026-01-03", last="2026-01-04", calendar="office"), 0),
        (over("mean", first="2026-01-03", last="2026-01-04", calendar="office"), NotMeasured("nothing to measure")),
        (over("sum", first="2026-01-31", last="2026-01-01"), 0),
        (over("mean"), 1),
        (over("sum", unit="month"), 1),
        (over("sum", unit="quarter"), 0),
        (over("sum", NOTHING), MISSING),
        # Of no day nothing is asked.
        (over("sum", NOTHING, last="2026-01-01"), 0),
        (ex.OverDays("sum", ONE, NOTHING, day("2026-01-31")), MISSING),
        (ex.OverDays("sum", ONE, day("2026-01-01"), NOTHING), MISSING),
    ],
)
def test_a_value_over_days(value: ex.Expression, found: object) -> None:
    assert reckoned_with_office(value) == found


def reckoned_with_office(value: ex.Expression) -> object:
    agreed = contract(events=KINDS, calendars=[office()], figures=[figure("f", value)])
    return named(both(agreed, [], "2026-02-02"), "f/Settled/2026-01").number("value")


# ------------------------------------------------------------------------------------ stretches behind and ahead
CALLS = ("2026-01-05T08:00", "2026-01-05T10:00", "2026-01-05T12:00", "2026-01-07T12:00")


def around(rows: ex.Expression, sale: str = "2026-01-05T12:00") -> object:
    """What a figure of January comes to that asks at a sale for calls around it."""
    given = [event("call", when, n, who="x") for n, when in enumerate(CALLS, 1)]
    value = ex.Aggregate("sum", ex.EventRows("sale"), value=ex.Aggregate("count", rows))
    return reckoned(value, *given, event("sale", sale, 9, amount=1, weight=1))


@pytest.mark.parametrize(
    ("reach", "length", "sale", "found"),
    [
        # (t - length, t] by the clock.
        ("last", hours(2), "2026-01-05T12:00", 1), ("last", hours(3), "2026-01-05T12:00", 2),
        ("last", hours(4), "2026-01-05T12:00", 2), ("last", hours(4), "2026-01-05T11:59:59", 2),
        ("last", hours(5), "2026-01-05T12:00", 3), ("last", days(1), "2026-01-05T12:00", 3),
        ("last", days(2), "2026-01-07T00:00", 0), ("last", days(3), "2026-01-07T00:00", 3),
        # Up to t + length, or the last of so many days after its day.
        ("next", hours(2), "2026-01-05T08:00", 1), ("next", hours(4), "2026-01-05T08:00", 2),
        ("next", hours(1), "2026-01-05T08:00", 0), ("next", days(1), "2026-01-05T08:00", 2),
        ("next", days(2), "2026-01-05T08:00", 3), ("next", days(1), "2026-01-06T00:00", 1),
        ("last", hours(3, "office"), "2026-01-05T13:00", 1), ("next", hours(3, "office"), "2026-01-05T07:00", 3),
    ],
)  # fmt: skip
def test_events_around_an_event(reach: str, length: Any, sale: str, found: int) -> None:
    rows = ex.TrailRows("call", reach, length=length)
    given = [event("call", when, n, who="x") for n, when in enumerate(CALLS, 1)]
    value = ex.Aggregate("sum", ex.EventRows("sale"), value=ex.Aggregate("count", rows))
    agreed = contract(events=KINDS, calendars=[office()], figures=[figure("f", value)])
    ledger = both(agreed, [*given, event("sale", sale, 9, amount=1, weight=1)], "2026-02-02")
    assert named(ledger, "f/Settled/2026-01").number("value") == found


@pytest.mark.parametrize(
    ("before", "length", "found"),
    [
        (day("2026-01-06"), hours(14), 2), (day("2026-01-06"), hours(12), 1), (day("2026-01-06"), days(1), 3),
        (day("2026-01-05"), days(9), 0), (day("2026-01-05"), hours(900), 0), (NOTHING, days(9), 0),
        (NOTHING, hours(9), 0), (ex.Literal(at("2026-01-05T10:00"), k.INSTANT), hours(2), 1),
    ],
)  # fmt: skip
def test_events_in_a_stretch_that_ends_before_a_day(before: ex.Expression, length: Any, found: int) -> None:
    assert around(ex.TrailRows("call", "last", length=length, before=before), "2026-01-20") == found


@pytest.mark.parametrize(
    ("of", "length", "found"),
    [
        ("window", hours(24), 0), ("window", hours(27 * 24), 4), ("window", hours(27 * 24 - 12), 2),
        ("window", hours(27 * 24 - 13), 1),
        ("window", days(24), 0), ("window", days(25), 1), ("window", days(27), 4), ("before the window", days(9), 0),
        ("before the window", hours(9), 0),
    ],
)  # fmt: skip
def test_events_in_a_stretch_that_ends_with_a_window(of: str, length: Any, found: int) -> None:
    given = [event("call", when, n, who="x") for n, when in enumerate(CALLS, 1)]
    assert reckoned(ex.Aggregate("count", ex.TrailRows("call", "last", of, length)), *given) == found


@pytest.mark.parametrize(
    ("length", "found"), [(hours(20), 1), (hours(22), 1), (hours(23), 2), (days(1), 0), (days(2), 2)]
)
def test_outcomes_in_a_stretch_behind_an_event(length: Any, found: int) -> None:
    """Missed at ten and at one of the fifth, told at eight of the sixth."""
    fix = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(1)))
    given = [event("opened", "2026-01-05T09:00", 1, id="A"), event("opened", "2026-01-05T12:00", 2, id="B"),
             event("sale", "2026-01-06T08:00", 3, amount=1, weight=1)]  # fmt: skip
    asked = ex.Aggregate("count", TrailOutcomes("fix", ("missed",), "last", length=length))
    value = ex.Aggregate("sum", ex.EventRows("sale"), value=asked)
    ledger = both(contract(events=KINDS, norms=[fix], figures=[figure("f", value)]), given, "2026-02-02")
    assert named(ledger, "f/Settled/2026-01").number("value") == found


@pytest.mark.parametrize(
    ("of", "reach", "length", "found"),
    [
        ("row", "last", hours(1), 1), ("row", "last", hours(9), 2), ("row", "last", days(1), 2),
        ("row", "so far", None, 2), ("window", "last", hours(24), 0), ("window", "last", days(27), 2),
    ],
)  # fmt: skip
def test_how_long_a_state_held_in_a_stretch(of: str, reach: str, length: Any, found: int) -> None:
    """From ten to twelve, asked at twelve and at the end of the month."""
    down = state("down", starts="down", ends="up", by=("id",))
    given = [event("down", "2026-01-05T10:00", 1, id="A"), event("up", "2026-01-05T12:00", 2, id="A"),
             event("sale", "2026-01-05T12:00", 3, amount=1, weight=1)]  # fmt: skip
    held: ex.Expression = TrailLength(ex.StateTimes("down"), reach, of, length)
    if of == "row":
        held = ex.Aggregate("sum", ex.EventRows("sale"), value=held)
    agreed = contract(events=KINDS, states=[down], figures=[figure("f", held, of=k.LENGTH)])
    assert named(both(agreed, given, "2026-02-02"), "f/Settled/2026-01").number("value") == found * HOUR


def test_a_stretch_of_a_window_where_there_is_none() -> None:
    """A row that is the window itself has no stretch of its own behind it."""
    value = ex.IfMeasured(TrailLength(ex.StateTimes("down"), "last", "row", hours(1)), number(7))
    down = state("down", starts="down", ends="up", by=("id",))
    agreed = contract(events=KINDS, states=[down], figures=[figure("f", value, of=k.LENGTH)])
    assert named(both(agreed, [], "2026-02-02"), "f/Settled/2026-01").number("value") == 7


@pytest.mark.parametrize(("less", "found"), [(ex.CalendarTimes("office"), 1), (ex.UnionTimes(()), 2)])
def test_times_less_others(less: Any, found: int) -> None:
    down = state("down", starts="down", ends="up", by=("id",))
    given = [event("down", "2026-01-05T08:00", 1, id="A"), event("up", "2026-01-05T10:00", 2, id="A")]
    value = ex.LengthOf(ex.LessTimes(ex.StateTimes("down"), less))
    agreed = contract(events=KINDS, calendars=[office()], states=[down], figures=[figure("f", value, of=k.LENGTH)])
    assert named(both(agreed, given, "2026-02-02"), "f/Settled/2026-01").number("value") == found * HOUR


# ------------------------------------------------------------------------------------ deadlines
@pytest.mark.parametrize(
    ("due", "last"),
    [
        (Due("within", days(5), "period end", back=True), "2026-01-26"),
        (Due("less than", days(5), "period end", back=True), "2026-01-25"),
        (Due("within", working(5), "period end", back=True), "2026-01-26"),
        (Due("less than", working(5), "period end", back=True), "2026-01-23"),
        (Due("within", anchor="period end", weekday=NthWeekday(2, "week")), "2026-01-28"),
        (Due("within", anchor="period end", weekday=NthWeekday(2, "week", on=1)), "2026-02-04"),
        (Due("within", anchor="period end", weekday=NthWeekday(2, "following")), "2026-02-04"),
        (Due("within", anchor="period end", weekday=NthWeekday(4, "month", -1)), "2026-01-30"),
    ],
)
def test_the_last_day_in_time(due: Due, last: str) -> None:
    report = norm("report", opening=OnPeriod(MONTH), acts="call", due=due)
    agreed = contract(events=KINDS, calendars=[office()], norms=[report])
    ledger = both(agreed, [], "2026-03-01")
    missed = next(e for e in ledger.outcome if e.kind == "Missed" and "2026-01" in e.instance)
    assert missed.at == at(last) + 24 * HOUR


# ------------------------------------------------------------------------------------ how far it is
def test_who_waits_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PROGRESS_STEP", 4)
    given = [event("call", f"2026-01-05T{n:02}:00", n, who="x") for n in range(10, 21)]
    agreed = contract(events=KINDS, figures=[figure("n", ex.Aggregate("count", ex.EventRows("call")))])
    told: list[int] = []
    ledger = run(plan_contract(agreed), given, at("2026-02-02"), told.append)
    assert told == [4, 8, 11]
    assert ledger.posted == evaluate(agreed, given, at("2026-02-02")).posted


