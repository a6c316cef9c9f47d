"""Reports on months that are over, and what rests on these: settled anew in place, or made anew from before."""

from __future__ import annotations

from typing import Any

import pytest

from bpodsl.record import Event
from bpodsl.terms import Accrue, OnFired, OnSettled, Raise, Recurrence, Renewal
from bpodsl.terms import expressions as ex
from tests.campaign.compare import canonical
from tests.engine.running import swept
from tests.engine.test_at_the_edges import both
from tests.reference.build import (
    DAY,
    QUARTER,
    WHOLE_TERM,
    account,
    back,
    contract,
    count,
    days,
    event,
    events,
    figure,
    is_,
    kind,
    line,
    money,
    months,
    named,
    norm,
    number,
    outcomes,
    period,
    rule,
    same,
    target,
    within,
)
from tests.reference.build import kinds as k

GBP = k.money("GBP")
KINDS = [kind("sale", "id", amount=k.NUMBER, month=k.Kind("period", ("month",))), kind("call", "id"),
         kind("opened", "id"), kind("done", "id")]  # fmt: skip
REPORTED = ex.Aggregate("sum", events("sale", "month"), value=ex.FieldOf("amount"))
SALES = figure("sales", REPORTED)
BY_ID = figure("sales", REPORTED, by=("id",))
SUMS = figure("sums", ex.Arithmetic("*", REPORTED, money(1)), of=GBP)
CALLS = figure("calls", count(events("call")))
MANY = ex.Compare(">=", same("sales"), number(5))
SO = Raise("so")
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(20)))


def sale(when: str, n: int, month: str, amount: int, id: str = "A") -> Event:
    return event("sale", when, n, id=id, amount=amount, month=period(month))


GIVEN = [
    event("opened", "2026-01-10", 1, id="A"), event("call", "2026-01-15", 2, id="A"),
    sale("2026-01-20", 3, "2026-01", 4), event("done", "2026-02-10", 4, id="A"), event("call", "2026-02-15", 5, id="B"),
    sale("2026-02-20", 6, "2026-02", 6, "B"), event("opened", "2026-03-05", 7, id="C"),
    sale("2026-03-20", 8, "2026-01", 3), sale("2026-04-20", 9, "2026-02", 2, "C"),
    sale("2026-05-02", 10, "2026-03", 7, "B"), sale("2026-07-20", 11, "2026-03", -7),
]  # fmt: skip

Case = tuple[dict[str, Any], dict[str, object]]
CASES: dict[str, Case] = {
    "what triggers wait for": (
        {"figures": [SALES], "rules": [rule("many", OnSettled("sales"), SO, when=MANY)]}, {"many/Fired/2026-01": None}),
    "what a trigger on another figure asks for": (
        {"figures": [SALES, CALLS], "rules": [rule("many", OnSettled("calls"), SO, when=MANY)]},
        {"many/Fired/2026-01": None}),
    "a trigger that counts": (
        {"figures": [SALES], "rules": [
            rule("many", OnSettled("sales"), SO, when=MANY, recurrence=Recurrence(2, m=3, unmeasured="skipped"))]},
        {"many/Fired/2026-02": None}),
    "a trigger by a key": (
        {"figures": [BY_ID], "rules": [
            rule("many", OnSettled("sales"), SO, when=ex.Compare(">=", same("sales"), number(7)))]},
        {"many/Fired/2026-01/A": None}),
    "a trigger of which money follows": (
        {"figures": [SALES], "lines": [line("fee")],
         "rules": [rule("many", OnSettled("sales"), Accrue("fee", money(9)), when=MANY)]},
        {"many/Fired/2026-01": None}),
    "a trigger for which another waits": (
        {"figures": [SALES], "rules": [rule("many", OnSettled("sales"), SO, when=MANY),
                                       rule("then", OnFired("many"), Raise("then"))]},
        {"then/Fired/2026-01": None}),
    "sums": ({"figures": [SUMS], "lines": [line("due", "sums")]}, {"sums/Settled/2026-01": 7}),
    "sums under a cap": (
        {"figures": [SUMS], "lines": [line("due", "sums")], "accounts": [account("cap", money(8), "due", QUARTER)]},
        {"sums/Settled/2026-01": 7}),
    "sums by a key under a cap of two lines": (
        {"figures": [figure("sums", SUMS.value, of=GBP, by=("id",)), figure("other", money(5), of=GBP)],
         "lines": [line("due", "sums"), line("more", "other")],
         "accounts": [account("cap", money(9), "due more", QUARTER)]}, {"sums/Settled/2026-01/A": 7}),
    "a sum that is a fee as well": (
        {"figures": [SUMS, CALLS], "lines": [line("due", "sums")],
         "rules": [rule("dear", OnSettled("calls"), Accrue("due", money(2)))]}, {"sums/Settled/2026-01": 7}),
    "a cap that rests on them": (
        {"figures": [SALES, figure("base", money(25), of=GBP)], "lines": [line("due", "base")],
         "accounts": [account("cap", ex.Arithmetic("*", money(4), same("sales")), "due")]},
        {"base/Settled/2026-01": 25}),
    "a month before": (
        {"figures": [SALES, figure("g", ex.Arithmetic("+", count(events("call")), back("sales", number(0))))]},
        {"g/Settled/2026-02": 8}),
    "by a key, of all": (
        {"figures": [SALES, figure("g", ex.Arithmetic("+", count(events("call")), same("sales")), by=("id",))]},
        {"g/Settled/2026-01/A": 8}),
    "all of a key together": (
        {"figures": [BY_ID, figure("g", ex.Aggregate("sum", ex.FigureRows("sales"), value=ex.RowValue()))]},
        {"g/Settled/2026-01": 7}),
    "by a key, beside": (
        {"figures": [BY_ID, figure("g", ex.IfMeasured(same("sales"), number(0)), by=("id",))]},
        {"g/Settled/2026-01/A": 7}),
    "months in quarters": (
        {"figures": [BY_ID, figure("g", count(ex.FigureRows("sales")), QUARTER)]}, {"g/Settled/2026-Q1": 5}),
    "the last months": (
        {"figures": [BY_ID, figure("g", count(ex.FigureRows("sales", 2)))]}, {"g/Settled/2026-03": 3}),
    "months in quarters, by a key": (
        {"figures": [BY_ID, figure("g", count(ex.FigureRows("sales")), QUARTER, by=("id",))]},
        {"g/Settled/2026-Q1/B": 2}),
    "days": ({"figures": [figure("sales", REPORTED, DAY)]}, {"sales/Settled/2026-01-31": 7}),
    "a target, and what reads whether it was met": (
        {"figures": [figure("sales", REPORTED, target=target(">=", number(5))), figure("g", ex.If(
            is_("missed", "sales"), number(1), number(0)))]}, {"g/Settled/2026-01": 0}),
    "what waits by a branch": (
        {"norms": [FIX], "figures": [SALES, figure("g", ex.If(
            ex.Compare(">", REPORTED, number(5)), number(1), count(outcomes("fix", counted="opened"))))]},
        {"g/Settled/2026-01": 1}),
    "what waits for outcomes, no longer than so": (
        {"norms": [FIX], "figures": [figure("g", ex.Arithmetic("+", REPORTED, count(outcomes("fix", counted="opened"))),
                                            settle_latest=days(5))]}, {"g/Settled/2026-01": 8}),
    "what waits for outcomes": (
        {"norms": [FIX], "figures": [figure("g", ex.Arithmetic("+", REPORTED, count(outcomes(
            "fix", counted="opened"))))]}, {"g/Settled/2026-01": 8}),
    "what settles later": (
        {"figures": [figure("sales", REPORTED, settle_after=days(60)), figure("g", same("sales"))]},
        {"g/Settled/2026-01": 7}),
    "of a term that was extended": (
        {"last": "2026-03-31", "renewal": Renewal(months(3)), "figures": [
            figure("f", REPORTED, WHOLE_TERM), SALES,
            figure("g", ex.Arithmetic("+", REPORTED, ex.IfMeasured(same("f"), number(0))))]},
        {"sales/Settled/2026-01": 7}),
    "after the end": (
        {"last": "2026-04-30", "figures": [SALES, figure("g", same("sales"), by=(("id", ("A", "B")),))]},
        {"sales/Settled/2026-03": 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("until", ["2026-04-05", "2026-09-01"])
def test_reports_on_months_that_are_over(case: str, until: str) -> None:
    tables, expected = CASES[case]
    agreed = contract(**({"events": KINDS} | tables))
    ledger = both(agreed, GIVEN, until)
    for careful in (False, True):
        assert canonical(swept(agreed, GIVEN, until, careful)[0]) == canonical(ledger)
    if until == "2026-09-01":
        for name, value in expected.items():
            entry = named(ledger, name)
            assert value is None or entry.number("value") == value
