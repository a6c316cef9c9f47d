"""Where nothing can be reckoned, the calendar ends, or much comes at one instant: by hand, and by both evaluators."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from bpodsl import reference
from bpodsl.pipeline import evaluate
from bpodsl.record import Event, Ledger
from bpodsl.terms import Contract, NotMeasured, OnHappens, Recurrence, Selector
from bpodsl.terms import expressions as ex
from bpodsl.values import HOUR
from tests.campaign.compare import canonical
from tests.reference.build import (
    CENT,
    DAY,
    at,
    contract,
    days,
    event,
    figure,
    hours,
    kind,
    money,
    months,
    named,
    norm,
    number,
    office,
    on,
    prohibition,
    right,
    rule,
    state,
    weeks,
    within,
    working,
    years,
)
from tests.reference.build import kinds as k

KINDS = [kind("sale", amount=k.NUMBER, weight=k.NUMBER), kind("call", who=k.TEXT), kind("down", "id"), kind("up", "id"),
         kind("opened", "id"), kind("done", "id"), kind("extend", "id", level=k.NUMBER),
         kind("outage", "id", from_field="began", to_field="ended")]  # fmt: skip
NOTHING = ex.Unmeasured("nothing to tell")
MISSING = NotMeasured("nothing to tell")


def both(agreed: Contract, given: Iterable[Event], until: str | int) -> Ledger:
    """The ledger, to which both evaluators come."""
    limit = at(until) if isinstance(until, str) else until
    events = list(given)
    found = evaluate(agreed, events, limit)
    assert canonical(found) == canonical(reference.run(agreed, events, limit))
    return found


# ------------------------------------------------------------------------------------ values
def reckoned(value: ex.Expression, *given: Event, **others: Any) -> object:
    """What a figure of January with this value comes to."""
    made = figure("f", value, **others)
    ledger = both(contract(events=KINDS, figures=[made]), given, "2026-02-02")
    return named(ledger, "f/Settled/2026-01").number("value")


LAST = ex.Band(None, number(1))


def table(bound: ex.Expression, result: ex.Expression) -> ex.Table:
    return ex.Table(number(5), (ex.Row(">=", number(9), number(1)), ex.Row(">=", bound, result)), number(3))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (table(number(5), number(2)), 2),
        (table(number(6), number(2)), 3),
        (table(NOTHING, number(2)), MISSING),
        (table(number(5), NOTHING), MISSING),
        # What does not apply is not asked.
        (table(number(6), NOTHING), 3),
        (ex.Table(NOTHING, (ex.Row(">=", number(0), number(1)),), None), MISSING),
        (ex.Bands(number(15), (ex.Band(number(10), number(2)), ex.Band(None, number(1)))), 25),
        (ex.Bands(number(10), (ex.Band(number(10), number(2)), ex.Band(None, number(1)))), 20),
        (ex.Bands(number(15), (ex.Band(NOTHING, number(2)), ex.Band(None, number(1)))), MISSING),
        (ex.Bands(number(15), (ex.Band(number(10), NOTHING), ex.Band(None, number(1)))), MISSING),
        (ex.Bands(NOTHING, (ex.Band(None, number(1)),)), MISSING),
        # A band that ends before the one below it adds nothing.
        (ex.Bands(number(15), (ex.Band(number(10), number(2)), ex.Band(number(8), number(5)), LAST)), 25),
    ],
)  # fmt: skip
def test_a_table_and_bands(value: ex.Expression, found: object) -> None:
    assert reckoned(value) == found


def shared_out(total: ex.Expression, own: ex.Expression, *weights: ex.Expression) -> ex.SharedOut:
    return ex.SharedOut(total, weights, own, CENT)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (shared_out(money(10), number(0), number(1), number(1), number(1)), Fraction(334, 100)),
        (shared_out(money(10), number(2), number(1), number(1), number(1)), Fraction(333, 100)),
        (shared_out(money(10), NOTHING, number(1), number(1)), MISSING),
        (shared_out(NOTHING, number(0), number(1), number(1)), MISSING),
        (shared_out(money(10), number(0), NOTHING, number(1)), 0),
        (shared_out(money(10), number(1), NOTHING, number(1)), 10),
        (shared_out(money(10), number(1), number(-1), number(1)), 10),
    ],
)
def test_what_one_takes_of_a_total(value: ex.Expression, found: object) -> None:
    assert reckoned(value, of=k.money("GBP")) == found


def test_nothing_is_shared_out_by_no_weight() -> None:
    assert isinstance(reckoned(shared_out(money(10), number(0), number(0), NOTHING), of=k.money("GBP")), NotMeasured)


@pytest.mark.parametrize("where", ["sum", "first", "last", "rate"])
def test_interest_on_what_is_not_measured(where: str) -> None:
    parts: dict[str, ex.Expression] = {
        "sum": money(1000), "first": ex.Literal(date(2026, 1, 1), k.DAY), "last": ex.Literal(date(2026, 1, 31), k.DAY),
        "rate": number(Fraction(73, 1000)),
    }  # fmt: skip
    asked = {"of": k.money("GBP")}
    whole = ex.Interest(**parts, basis="365", every="", rounding=CENT)
    # Thirty days of 7.3 % a year are 0.6 %.
    assert reckoned(whole, **asked) == 6
    assert reckoned(ex.Interest(**(parts | {where: NOTHING}), basis="365", every="", rounding=CENT), **asked) == MISSING


def sales(*pairs: tuple[int, int]) -> list[Event]:
    return [event("sale", f"2026-01-{5 + n:02}", n, amount=a, weight=w) for n, (a, w) in enumerate(pairs, 1)]


@pytest.mark.parametrize(
    ("op", "pairs", "found"),
    [
        ("quantile", [(1, 1), (2, 1), (3, 2)], 2),
        ("quantile", [(1, 1), (2, 1), (3, 3)], 3),
        ("quantile", [(1, 1), (1, 1), (3, 2)], 1),
        ("mean", [(1, 1), (4, 2)], 3),
        ("mean", [(1, 1), (4, -1)], NotMeasured),
        ("lowest", [(7, 2), (8, 1), (9, 1)], 8),
        ("highest", [(7, 2), (8, 2), (9, 1)], 7),
        ("first", [(7, 2), (8, 1)], 7),
        ("last", [(7, 2), (8, 1)], 8),
        ("min", [(7, 2), (8, 1)], 7),
        ("max", [(7, 2), (8, 1)], 8),
        ("count", [(7, 2), (8, 1)], 3),
        ("sum", [(7, 2), (8, 1)], 22),
        ("sum", [], 0),
        ("count", [], 0),
        ("max", [], NotMeasured),
        ("lowest", [], NotMeasured),
    ],
)
def test_one_value_out_of_many(op: str, pairs: list[tuple[int, int]], found: object) -> None:
    value = ex.Aggregate(op, ex.EventRows("sale"), value=ex.FieldOf("amount") if op != "count" else None,
                         weight=ex.FieldOf("weight"), q=Fraction(1, 2) if op == "quantile" else None)  # fmt: skip
    said = reckoned(value, *sales(*pairs))
    assert isinstance(said, NotMeasured) if found is NotMeasured else said == found


def day(text: str) -> ex.Literal:
    return ex.Literal(date.fromisoformat(text), k.DAY)


@pytest.mark.parametrize(
    ("value", "measured"),
    [
        (ex.DayAfter(day("2026-01-05"), days(3), 1, None), True),
        (ex.DayAfter(day("2026-01-05"), years(230), 1, None), False),
        (ex.DayAfter(day("2026-01-05"), days(2), 1, number(80_000)), False),
        (ex.DayAfter(day("2026-01-05"), days(2), 1, number(Fraction(1, 3))), False),
        (ex.CellDay(day("2026-01-05"), "months", 1, date(2026, 1, 1), "first", on=10**6), False),
        (ex.CellDay(day("2026-01-05"), "weeks", 1, date(2026, 1, 1), "first", on=10**7), False),
        (ex.CellDay(day("2026-01-05"), "weeks", 1, date(2026, 1, 1), "last"), True),
    ],
)
def test_days_there_are_none_of(value: ex.Expression, measured: bool) -> None:
    asked = ex.Between("days", day("2026-01-01"), value, False, None)
    assert isinstance(reckoned(asked), NotMeasured) != measured


# ------------------------------------------------------------------------------------ deadlines
@pytest.mark.parametrize("length", [years(230), months(2_760), weeks(12_000), days(84_000), working(60_000)])
def test_what_is_due_beyond_the_calendar_is_never_missed(length: Any) -> None:
    agreed = contract(
        events=KINDS, calendars=[office()],
        norms=[norm("fix", opening="opened", acts="done", by=("id",), due=within(length))],
    )  # fmt: skip
    given = [event("opened", "2026-01-05", 1, id="A"), event("opened", "2026-01-05", 2, id="B"),
             event("done", "2026-03-05", 3, id="B")]  # fmt: skip
    ledger = both(agreed, given, "2026-12-30")
    assert named(ledger, "fix/Fulfilled/s/2").at == at("2026-03-05")
    assert not [e for e in ledger.outcome if e.kind in ("Missed", "Late")]
    assert named(ledger, "fix/Opened/s/1").number("due") is None


# ------------------------------------------------------------------------------------ occurrences
def fires(recurrence: Recurrence, *times: str) -> list[str]:
    calls = [event("call", when, n, who="x") for n, when in enumerate(times, 1)]
    often = rule("r", OnHappens(on("call")), recurrence=recurrence)
    agreed = contract(events=KINDS, calendars=[office()], rules=[often])
    return [e.instance for e in both(agreed, calls, "2026-12-30").outcome if e.kind == "Fired"]


def test_so_often_within_working_hours() -> None:
    span = hours(8, "office")
    # From Friday at four until Monday at four lie eight of them: the first is just out.
    assert fires(Recurrence(2, span=span), "2026-01-09T16:00", "2026-01-12T15:59:59") == ["s/2"]
    assert fires(Recurrence(2, span=span), "2026-01-09T16:00", "2026-01-12T16:00") == []
    assert fires(Recurrence(2, span=span), "2026-01-10T16:00", "2026-01-11T16:00") == ["s/2"]


@pytest.mark.parametrize(
    ("once", "times", "found"),
    [
        ("", ["2026-01-05T10:00", "2026-01-05T11:00"], ["s/2"]),
        ("day", ["2026-01-05T10:00", "2026-01-05T11:00", "2026-01-06T00:00"], ["s/3"]),
        # From Monday to Sunday.
        ("week", ["2026-01-05T10:00", "2026-01-11T23:59", "2026-01-12T00:00"], ["s/3"]),
        ("month", ["2026-01-05T10:00", "2026-01-31T23:59", "2026-02-01T00:00"], ["s/3"]),
        ("quarter", ["2026-01-05T10:00", "2026-03-31T23:59", "2026-04-01T00:00"], ["s/3"]),
        ("year", ["2026-01-05T10:00", "2026-12-29T00:00"], []),
    ],
)
def test_of_those_of_one_day_or_the_like_only_the_first_counts(once: str, times: list[str], found: list[str]) -> None:
    assert fires(Recurrence(2, span=days(365), once=once), *times) == found


def test_days_beyond_the_beginning_of_the_calendar_are_none() -> None:
    assert fires(Recurrence(2, span=years(230)), "2026-01-05T10:00", "2026-11-05T10:00") == ["s/2"]


# ------------------------------------------------------------------------------------ states
def test_two_that_last_until_one_instant_both_end_it() -> None:
    down = state("held", by=("id",), intervals="outage")
    given = [event("outage", "2026-01-05T10:00", n, until=f"2026-01-05T{end}", id="A")
             for n, end in ((1, "12:00"), (2, "12:00"), (3, "11:00"))]  # fmt: skip
    ledger = both(contract(events=KINDS, states=[down]), given, "2026-01-06")
    (closed,) = [e for e in ledger.outcome if e.clause == "held" and e.kind == "Closed"]
    assert (closed.at, closed.event_causes) == (at("2026-01-05T12:00"), ("s/1", "s/2"))


def test_what_lasts_no_time_begins_nothing() -> None:
    down = state("held", by=("id",), intervals="outage")
    given = [event("outage", "2026-01-05T10:00", 1, until="2026-01-05T10:00", id="A")]
    ledger = both(contract(events=KINDS, states=[down]), given, "2026-01-06")
    assert [(e.kind, e.words) for e in ledger.outcome if e.clause == "held"] == [("Noted", "nothing open")]


# ------------------------------------------------------------------------------------ rights and prohibitions
def test_an_exercise_that_is_not_as_the_right_asks() -> None:
    asked = Selector("extend", ex.Compare(">=", ex.FieldOf("level"), number(3)))
    more = right("more", opening="opened", acts=[asked], by=("id",), due=within(days(9)))
    given = [event("opened", "2026-01-05", 1, id="A"), event("extend", "2026-01-06", 2, id="A", level=2),
             event("extend", "2026-01-07", 3, id="B", level=3),
             event("extend", "2026-01-08", 4, id="A", level=3)]  # fmt: skip
    ledger = both(contract(events=KINDS, norms=[more]), given, "2026-02-01")
    assert [(e.kind, e.words, e.event_causes) for e in ledger.outcome if e.clause == "more"] == [
        ("RightOpened", "", ("s/1",)), ("Noted", "not as the right asks", ("s/2",)), ("Noted", "not open", ("s/3",)),
        ("Exercised", "", ("s/4",)),
    ]  # fmt: skip


def test_what_is_prohibited_is_so_no_more_after_the_end() -> None:
    agreed = contract(events=KINDS, last="2026-03-31", norms=[prohibition("quiet", "call")])
    given = [event("call", "2026-03-31T23:59", 1, who="x"), event("call", "2026-04-01T00:00", 2, who="x")]
    ledger = both(agreed, given, "2026-05-01")
    assert [(e.kind, e.event_causes) for e in ledger.outcome if e.clause == "quiet"] == [("Missed", ("s/1",))]


def test_a_prohibition_that_ends_with_a_state_says_so_of_what_comes_later() -> None:
    quiet = prohibition("quiet", "call", ends_with="handed_over")
    agreed = contract(events=KINDS, states=[state("handed_over", "done", "up")], norms=[quiet])
    given = [event("call", "2026-01-05", 1, who="x"), event("done", "2026-01-06", 2, id="A"),
             event("call", "2026-01-07", 3, who="x")]  # fmt: skip
    ledger = both(agreed, given, "2026-02-01")
    assert [(e.kind, e.event_causes) for e in ledger.outcome if e.clause == "quiet"] == [
        ("Missed", ("s/1",)), ("Noted", ("s/3",)),
    ]  # fmt: skip


def test_a_day_of_a_clock_change_is_as_long_as_it_is() -> None:
    # London's 29 March is an hour shorter than others.
    count = ex.Aggregate("count", ex.EventRows("call"))
    end = at("2026-03-29") + 23 * HOUR
    given = [event("call", when, n, who="x") for n, when in enumerate((at("2026-03-29"), end - 1, end))]
    ledger = both(contract(events=KINDS, figures=[figure("n", count, DAY)]), given, "2026-03-31")
    assert [named(ledger, f"n/Settled/2026-03-{d}").number("value") for d in (28, 29, 30)] == [0, 2, 1]
