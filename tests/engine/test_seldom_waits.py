"""What a window waits for by branches of its formula, and others of which there are few: each in an agreement of it."""

from __future__ import annotations

from typing import Any

import pytest

from bpodsl.record import Event
from bpodsl.terms import Begin, Clause, Finish, Norm, OnOutcome, Point, Raise, Selector, Series, Waiver
from bpodsl.terms import expressions as ex
from tests.campaign.compare import canonical
from tests.engine.running import swept
from tests.engine.test_at_the_edges import both
from tests.reference.build import (
    contract,
    count,
    days,
    event,
    events,
    figure,
    hours,
    kind,
    names,
    norm,
    number,
    outcomes,
    period,
    prohibition,
    rule,
    state,
    within,
)
from tests.reference.build import kinds as k

PERIOD = k.Kind("period", ("month",))
KINDS = [kind("opened", "id", grade=k.NUMBER), kind("done", "id"), kind("call", "id"), kind("forgive", "id"),
         kind("sale", "id", amount=k.NUMBER, month=PERIOD), kind("down", "id"), kind("up", "id"),
         kind("index", value=k.NUMBER, month=PERIOD)]  # fmt: skip
DUTY: dict[str, Any] = {"opening": "opened", "acts": "done", "by": ("id",)}


def fix(**more: Any) -> Norm:
    return norm("fix", **(DUTY | {"due": within(days(40))} | more))


WAITS = count(outcomes("fix", "fulfilled", counted="opened"))
MISSED = count(outcomes("fix", "missed", counted="opened"))
CALLS = count(events("call"))
SO = Raise("so")


def over(value: ex.Expression, bound: int) -> ex.Compare:
    return ex.Compare(">", value, number(bound))


def chosen(condition: ex.Expression) -> ex.If:
    return ex.If(condition, number(1), number(0))


def ladder(subject: ex.Expression, bound: ex.Expression) -> ex.Table:
    return ex.Table(subject, (ex.Row(">=", bound, number(3)), ex.Row(">=", number(0), number(2))), number(1))


GIVEN = [
    event("opened", "2026-01-05", 1, id="A", grade=1), event("call", "2026-01-15", 2, id="A"),
    event("done", "2026-02-10", 3, id="A"), event("opened", "2026-02-12", 4, id="B", grade=2),
    event("call", "2026-02-15", 5, id="B"), event("call", "2026-02-16", 6, id="B"), event("opened", "2026-03-01", 7,
                                                                                          id="C"),
    event("done", "2026-05-01", 8, id="B"),
]  # fmt: skip

# The value of a figure, and whether January waits with it for what was opened in it.
BRANCHES: dict[str, tuple[ex.Expression, bool]] = {
    "both, of which one waits and the other does not hold": (
        chosen(ex.AllOf((over(WAITS, 0), over(CALLS, 5)))), False),
    "both, of which the second waits": (chosen(ex.AllOf((over(CALLS, 0), over(WAITS, 0)))), True),
    "one of two, of which the other holds": (chosen(ex.AnyOf((over(WAITS, 0), over(CALLS, 0)))), False),
    "one of two, and neither holds yet": (chosen(ex.AnyOf((over(WAITS, 0), over(CALLS, 9)))), True),
    "what is measured only then": (ex.IfMeasured(ex.Arithmetic("/", CALLS, WAITS), number(7)), True),
    "what is measured only then, or waits": (ex.IfMeasured(ex.Arithmetic("/", CALLS, WAITS), MISSED), True),
    "if not measured, what waits": (ex.IfMeasured(ex.Arithmetic("/", number(1), count(events("sale"))), WAITS), True),
    "a table of what waits": (ladder(WAITS, number(1)), True),
    "a table of what waits, with such a result": (ex.Table(WAITS, (ex.Row(">=", number(1), MISSED),), CALLS), True),
    "a table with a bound that waits": (ladder(CALLS, WAITS), True),
    "a table with a bound and a result that wait": (ex.Table(CALLS, (ex.Row(">=", WAITS, MISSED),), CALLS), True),
    "a table with a bound that cannot be told": (
        ex.Table(CALLS, (ex.Row(">=", ex.Unmeasured("no bound"), number(3)), ex.Row(">=", number(0), WAITS)),
                 number(1)), False),
    "a table with a result that waits": (ex.Table(CALLS, (ex.Row(">", number(1), number(3)),), WAITS), True),
    "a condition that waits": (ex.If(over(WAITS, 0), number(1), CALLS), True),
}  # fmt: skip


@pytest.mark.parametrize("until", ["2026-02-05", "2026-07-01"])
@pytest.mark.parametrize("latest", [None, 2, 20])
@pytest.mark.parametrize("way", BRANCHES)
def test_branches_that_wait(way: str, latest: int | None, until: str) -> None:
    value, waits = BRANCHES[way]
    agreed = contract(events=KINDS, norms=[fix()], figures=[
        figure("f", value, settle_latest=None if latest is None else days(latest)),
        figure("g", value, by=(("id", ("A", "B")),))])  # fmt: skip
    ledger = both(agreed, GIVEN, until)
    for careful in (False, True):
        assert canonical(swept(agreed, GIVEN, until, careful)[0]) == canonical(ledger)
    early = until == "2026-02-05" and latest != 2 and waits
    assert ("f/Settled/2026-01" in names(ledger)) == (not early)


HELD = state("held", "down", "up", by=("id",))
BEGUN = state("begun")
QUIET = prohibition("quiet", "call", by=("id",), waivers=(Waiver(Selector("forgive")),))
REPORTED = ex.Aggregate("sum", events("sale", "month"), value=ex.FieldOf("amount"))
TWICE = [event(("down", "up")[n % 2], "2026-01-05T10:00", f"t{n}", id="A") for n in range(5)]

Case = tuple[dict[str, Any], list[Event], set[str]]
CASES: dict[str, Case] = {
    "what is decided as it opens": (
        {"norms": [QUIET], "figures": [figure("f", count(outcomes("quiet", "missed", counted="opened")), by=("id",))]},
        [*GIVEN, event("forgive", "2026-03-02", 11, id="B")], {"f/Settled/2026-01/A", "quiet/Waived/s/5"}),
    "what is waived, looked back at": (
        {"norms": [QUIET, fix()], "rules": [rule("often", OnOutcome("fix", "opened"), SO, when=over(count(
            ex.TrailOutcomes("quiet", ("waived",), "last", length=days(90), same=())), 0))]},
        [*GIVEN[:6], event("forgive", "2026-02-20", 11, id="B"), GIVEN[6], GIVEN[7]], {"often/Fired/s/7"}),
    "what has no key, looked back at": (
        {"norms": [fix(by=("id",)), norm("tell", opening="call", acts="up", by=("id",))],
         "rules": [rule("often", OnOutcome("tell", "opened"), SO, when=over(count(
             ex.TrailOutcomes("fix", ("opened",), "last", length=days(90), same=("grade",))), 0))]},
        [*GIVEN, event("call", "2026-03-20", 11, id="C")], {"tell/Opened/s/11"}),
    "a report without a key, and one of no month here, as all is made anew": (
        {"norms": [fix(reopening="continue")], "figures": [
            figure("f", REPORTED, by=("id",)), figure("g", count(outcomes("fix", "fulfilled", counted="opened")))]},
        [*GIVEN, event("sale", "2026-03-02", 11, amount=3, month=period("2026-01")),
         event("sale", "2026-03-03", 12, id="A", amount=3, month=period("2025-01")),
         event("sale", "2026-03-04", 13, id="A", amount=3, month=period("2026-01")),
         event("opened", "2026-03-05", 14, id="A", grade=1, known="2026-06-01")], {"f/Settled/2026-01/A"}),
    "a report that has no effect": (
        {"series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month", event="index", value_field="value",
                           at_field="month", points=(Point(period("2026-02").first, 2),))],  # type: ignore[attr-defined]
         "figures": [figure("f", ex.SeriesAt("cpi", ex.WindowDay("last")))]},
        [event("index", "2026-02-03", 11, value=4, month=period("2026-01"), effective=False),
         event("index", "2026-02-04", 12, value=5, month=period("2026-01"))], {"f/Settled/2026-01"}),
    "whether so, shown": (
        {"figures": [figure("f", CALLS, shows=(("busy", over(CALLS, 1)), ("held", ex.Not(over(CALLS, 1)))))]}, GIVEN,
        {"f/Settled/2026-02"}),
    "begun twice by one": (
        {"norms": [fix(due=within(days(5)))], "states": [BEGUN], "rules": [
            rule("one", OnOutcome("fix", "opened"), Begin("begun")),
            rule("two", OnOutcome("fix", "missed"), Finish("begun")),
            rule("three", OnOutcome("fix", "late"), Begin("begun"))]},
        GIVEN[:4], {"begun/Opened/s/1", "begun/Opened/s/1~2"}),
    "a time for a cure that is held back, and is over as it is missed": (
        {"norms": [fix(due=within(hours(30)), cure=within(days(1)), suspended_during=("held",))], "states": [HELD]},
        [GIVEN[0], event("down", "2026-01-05T22:00", 11, id="A"), event("up", "2026-01-09T09:00", 12, id="A"),
         event("down", "2026-01-09T09:30", 13, id="A"), event("up", "2026-01-11T09:00", 14, id="A"), *GIVEN[1:]],
        {"fix/Missed/s/1"}),
    "it turns more than once at an instant, and is asked for": (
        {"norms": [fix(due=within(days(5)), suspended_during=("held",))], "states": [HELD],
         "figures": [figure("f", ex.LengthOf(ex.StateTimes("held")), of=k.LENGTH, by=("id",))]},
        [*GIVEN[:1], *TWICE, event("up", "2026-01-25", 12, id="A"), *GIVEN[1:]], {"fix/Missed/s/1"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_comes_out_as_it_should(case: str) -> None:
    tables, given, expected = CASES[case]
    agreed = contract(**({"events": KINDS} | tables))
    ledger = both(agreed, sorted(given, key=lambda each: each.known), "2026-07-01")
    assert expected <= set(names(ledger))
