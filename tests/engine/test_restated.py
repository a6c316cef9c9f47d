"""What comes to be known late changes windows that have settled, and what rests on them: as one run over all says."""

from __future__ import annotations

from typing import Any

import pytest

from bpodsl.record import Event
from bpodsl.terms import Contract, Raise
from bpodsl.terms import expressions as ex
from bpodsl.terms.rules import OnSettled
from tests.campaign.compare import canonical
from tests.engine.running import swept
from tests.engine.test_at_the_edges import KINDS, both
from tests.reference.build import (
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
    line,
    money,
    named,
    norm,
    number,
    rule,
    same,
    share_of,
    target,
    total,
    within,
)
from tests.reference.build import kinds as k

SHARE, GBP = k.SHARE, k.money("GBP")
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(20)))
CALLS = figure("calls", count(events("call")))
BY_ID = ex.Arithmetic("+", count(events("done")), same("calls"))
BEFORE = ex.Arithmetic("+", count(events("done")), back("calls", number(0)))

ON_TIME = [
    event("opened", "2026-01-10", 1, id="A"), event("done", "2026-01-12", 2, id="A"),
    event("opened", "2026-01-29", 3, id="B"), event("done", "2026-02-10", 4, id="B"),
    event("call", "2026-01-15", 5, who="x"), event("call", "2026-02-15", 6, who="x"),
    event("sale", "2026-01-20", 7, amount=100, weight=1),
]  # fmt: skip
LATE: dict[str, list[Event]] = {
    "a call": [event("call", "2026-01-16", 11, who="y", known="2026-03-20")],
    "two calls": [event("call", "2026-01-16", 11, who="y", known="2026-03-20"),
                  event("call", "2026-02-16", 12, who="y", known="2026-03-20")],
    "one that was none": [event("call", "2026-01-15", 5, who="x", rev=1, known="2026-03-20", retracts=True)],
    "one that is opened": [event("opened", "2026-01-11", 13, id="C", known="2026-03-20")],
    "one that was done": [event("opened", "2026-01-11", 13, id="C", known="2026-02-20"),
                          event("done", "2026-01-13", 14, id="C", known="2026-03-20")],
    "one that was done before": [event("done", "2026-01-30", 15, id="B", known="2026-03-20")],
    "a sale": [event("sale", "2026-01-21", 16, amount=50, weight=1, known="2026-03-20")],
    "a sale that was none": [event("sale", "2026-01-20", 7, amount=100, weight=1, rev=1, known="2026-03-20",
                                   retracts=True)],
}  # fmt: skip


def with_figures(*figures: Any, **more: Any) -> Contract:
    return contract(events=KINDS, norms=[FIX], figures=figures, **more)


SALES = figure("sales", total("sale", "amount"), of=k.NUMBER)
PART = (figure("fee", money(10), of=GBP), SALES,
        figure("part", ex.Arithmetic("*", same("fee"), same("sales")), of=GBP))  # fmt: skip
AGREED: dict[str, Contract] = {
    "by a key, of one without": with_figures(CALLS, figure("g", BY_ID, by=("id",))),
    "a month before": with_figures(CALLS, figure("g", BEFORE)),
    "a month before, by a key": with_figures(CALLS, figure("g", BEFORE, by=("id",))),
    "no later than that": with_figures(figure("rate", share_of("fix", "opened"), of=SHARE, settle_latest=days(2))),
    "no earlier than that": with_figures(figure("rate", share_of("fix", "opened"), of=SHARE, settle_after=days(9))),
    "that and what reads it": with_figures(
        figure("rate", share_of("fix", "opened"), of=SHARE, settle_latest=days(2)),
        figure("g", ex.Arithmetic("*", same("rate"), count(events("done"))), by=("id",))),
    "quarters and the term": with_figures(
        CALLS, figure("q", count(events("call")), QUARTER), figure("all", count(events("call")), WHOLE_TERM)),
    "what triggers wait for": with_figures(
        figure("rate", share_of("fix"), of=SHARE, target=target(">=", ex.Literal(1, SHARE))),
        rules=[rule("low", OnSettled("rate"), Raise("so"), when=is_("missed", "rate"))]),
    "money": with_figures(*PART, lines=[line("part", "part")]),
    "money under a cap": with_figures(
        *PART, lines=[line("part", "part")], accounts=[account("cap", money(900), "part", QUARTER)]),
    "a cap that rests on it": with_figures(
        CALLS, *PART, lines=[line("part", "part")],
        accounts=[account("cap", ex.Arithmetic("*", money(400), same("calls")), "part")]),
}  # fmt: skip


@pytest.mark.parametrize("late", LATE)
@pytest.mark.parametrize("way", AGREED)
@pytest.mark.parametrize("until", ["2026-03-21", "2026-04-15"])
def test_it_is_what_one_run_over_all_says(way: str, late: str, until: str) -> None:
    agreed, given = AGREED[way], [*ON_TIME, *LATE[late]]
    ledger = both(agreed, given, until)
    for careful in (False, True):
        found, _ = swept(agreed, given, until, careful)
        assert canonical(found) == canonical(ledger)


def test_what_reads_another_grouping_is_settled_anew() -> None:
    """A call of January that is told in March counts for both keys of January, and not for those of February."""
    agreed = AGREED["by a key, of one without"]
    ledger = both(agreed, [*ON_TIME, *LATE["a call"]], "2026-04-15")
    assert named(ledger, "calls/Settled/2026-01").number("value") == 2
    assert named(ledger, "g/Settled/2026-01/A").number("value") == 3
    assert named(ledger, "g/Settled/2026-02/B").number("value") == 2
    kept = [each.kind for each in ledger if each.entry.name == "g/Settled/2026-02/B"]
    assert len(kept) == 1
