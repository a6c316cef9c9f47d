"""Performances that are taken back, and windows that had settled on them: what these then say."""

from __future__ import annotations

from typing import Any

import pytest

from bpodsl.terms import OnFired, OnSettled, Raise
from bpodsl.terms import expressions as ex
from tests.campaign.compare import canonical
from tests.engine.running import swept
from tests.engine.test_at_the_edges import both
from tests.reference.build import (
    QUARTER,
    account,
    back,
    contract,
    count,
    days,
    event,
    events,
    figure,
    kind,
    line,
    money,
    named,
    names,
    norm,
    number,
    outcomes,
    rule,
    same,
    within,
)
from tests.reference.build import kinds as k

GBP = k.money("GBP")
KINDS = [kind("opened", "id", grade=k.NUMBER), kind("done", "id"), kind("call", "id")]
DUTY: dict[str, Any] = {"opening": "opened", "acts": "done", "by": ("id",)}
LAST = norm("fix", needs="last", **DUTY)
IN_TIME = norm("fix", needs="last", due=within(days(50)), **DUTY)
AGAIN = norm("fix", reopening="continue", due=within(days(50)), **DUTY)
GOOD = outcomes("fix", "fulfilled")
DONE = figure("good", count(GOOD))
BY_ID = figure("good", count(GOOD), by=("id",))
SO = Raise("so")

GIVEN = [
    event("opened", "2026-01-05", 1, id="A", grade=1), event("done", "2026-01-12", 2, id="A"),
    event("opened", "2026-01-10", 3, id="B", grade=2), event("done", "2026-01-15", 4, id="B"),
    event("call", "2026-01-20", 5, id="A"), event("call", "2026-02-15", 6, id="B"),
    event("done", "2026-02-20", 7, id="A"), event("opened", "2026-02-21", 8, id="B", grade=3),
    event("done", "2026-03-10", 9, id="A"), event("done", "2026-03-11", 10, id="B"),
    event("opened", "2026-04-01", 11, id="C"),
]  # fmt: skip

FIGURES: dict[str, dict[str, Any]] = {
    "how many": {"figures": [DONE]},
    "how many of each": {"figures": [BY_ID]},
    "how many of each, and of all calls": {"figures": [BY_ID, figure("g", ex.Arithmetic(
        "+", count(events("call")), ex.IfMeasured(same("good"), number(0))), by=("id",))]},
    "quarters of months": {"figures": [BY_ID, figure("g", count(ex.FigureRows("good")), QUARTER)]},
    "quarters of months, of each": {"figures": [BY_ID, figure("g", count(ex.FigureRows("good")), QUARTER,
                                                              by=("id",))]},
    "the last months": {"figures": [BY_ID, figure("g", count(ex.FigureRows("good", 2)))]},
    "the month before": {"figures": [DONE, figure("g", back("good", number(0)))]},
    "the month before, of each": {"figures": [BY_ID, figure("g", ex.IfMeasured(back("good", number(7)), number(9)),
                                                            by=("id",))]},
    "how many were opened": {"figures": [figure("good", count(outcomes("fix", "fulfilled", counted="opened")))]},
    "how many were opened, no longer than so": {"figures": [
        figure("good", count(outcomes("fix", "fulfilled", counted="opened")), settle_latest=days(60))]},
    "how many were opened, so long": {"figures": [
        figure("good", count(outcomes("fix", "fulfilled", counted="opened")), settle_latest=days(5))]},
    "how many were due": {"figures": [figure("good", count(outcomes("fix", "fulfilled", "missed", counted="due")))]},
    "how many were performed": {"figures": [figure("good", count(outcomes("fix", "fulfilled", counted="performed")),
                                                   by=("id",))]},
    "what waits by a branch": {"figures": [figure("g", ex.If(
        ex.Compare(">", count(events("call")), number(0)), number(1), count(outcomes("fix", "fulfilled",
                                                                                    counted="opened"))))]},
    "what waits by a branch of how many": {"figures": [figure("g", ex.If(
        ex.Compare(">", count(GOOD), number(0)), number(1), count(outcomes("fix", "missed", counted="opened"))))]},
    "all grades": {"figures": [figure("good", ex.Aggregate("sum", GOOD, value=ex.FieldOf("grade")))]},
    "grades by a key": {"figures": [figure("good", ex.Aggregate("sum", GOOD, value=ex.FieldOf("grade")),
                                           by=(("id", ("A", "B")),))]},
    "sums under a cap": {
        "figures": [figure("sums", ex.Arithmetic("*", count(GOOD), money(10)), of=GBP, by=("id",))],
        "lines": [line("due", "sums")], "accounts": [account("cap", money(15), "due", QUARTER)]},
    "a limit of a cap": {
        "figures": [DONE, figure("base", money(25), of=GBP)], "lines": [line("due", "base")],
        "accounts": [account("cap", ex.Arithmetic("*", money(4), same("good")), "due")]},
    "triggers": {"figures": [DONE], "rules": [
        rule("some", OnSettled("good"), SO, when=ex.Compare(">", same("good"), number(0))),
        rule("none", OnSettled("good"), SO, when=ex.Compare("=", same("good"), number(0)))]},
    "triggers of triggers": {"figures": [DONE], "rules": [
        rule("some", OnSettled("good"), SO, when=ex.Compare(">", same("good"), number(0))),
        rule("then", OnFired("some"), SO)]},
}  # fmt: skip
NORMS = {"the last counts": LAST, "the last counts, in time": IN_TIME, "it is taken up again": AGAIN}


@pytest.mark.parametrize("way", NORMS)
@pytest.mark.parametrize("case", FIGURES)
@pytest.mark.parametrize("until", ["2026-02-25", "2026-07-02"])
def test_windows_that_settled_on_what_is_taken_back(case: str, way: str, until: str) -> None:
    agreed = contract(events=KINDS, norms=[NORMS[way]], **FIGURES[case])
    ledger = both(agreed, GIVEN, until)
    for careful in (False, True):
        assert canonical(swept(agreed, GIVEN, until, careful)[0]) == canonical(ledger)
    assert [each.kind for each in ledger if each.entry.clause == "fix"].count("Fulfilled") >= 2
    assert {"fix/Opened/s/1", "fix/Opened/s/3"} <= set(names(ledger))


def test_a_month_loses_the_group_of_what_is_done_again() -> None:
    ledger = both(contract(events=KINDS, norms=[LAST], figures=[BY_ID]), GIVEN, "2026-07-02")
    assert named(ledger, "good/Settled/2026-03/A").number("value") == 1
    assert "good/Settled/2026-01/A" not in names(ledger)
    assert [each.kind for each in ledger if each.entry.name == "good/Settled/2026-01/A"] == ["Settled", "Withdrawn"]
