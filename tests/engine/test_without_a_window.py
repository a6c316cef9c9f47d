"""What asks for a window, or for what only a figure has, where there is neither: it is not measured, nothing stops."""

from __future__ import annotations

import pytest

from bpodsl.terms import OnHappens, Raise
from bpodsl.terms import expressions as ex
from tests.engine.test_at_the_edges import KINDS, both
from tests.reference.build import (
    contract,
    count,
    days,
    event,
    events,
    figure,
    line,
    money,
    norm,
    number,
    on,
    outcomes,
    rule,
    same,
    state,
    within,
)
from tests.reference.build import kinds as k

FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(2)))
DOWN = state("held", "down", "up", by=("id",))
ASKED: dict[str, ex.Expression] = {
    "days": ex.WindowLength(False), "days of the whole": ex.WindowLength(True), "less": ex.WindowLength(False, "held"),
    "first day": ex.Between("days", ex.WindowDay("first", whole=True), ex.WindowDay("last", whole=True), False, None),
    "a figure": same("calls"),
    "a standing": ex.Standing("calls", "met", ex.Same()), "posted": ex.Posted("fee"),
    "events": count(events("call")), "outcomes": count(outcomes("fix")), "states": count(ex.StateRows("held")),
    "those that stand": count(ex.StandingRows("fix", False)), "windows": count(ex.FigureRows("calls")),
    "windows before": count(ex.FigureRows("calls", 2)),
    "a stretch": ex.TrailLength(ex.StateTimes("held"), of="window", reach="last", length=days(3)),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_of_an_event_nothing_of_a_window_is_measured(what: str) -> None:
    asked = ASKED[what]
    if what == "a standing":
        asked = ex.If(asked, number(1), number(0))
    more = number(0) if asked != ASKED["posted"] else money(0)
    told = rule("told", OnHappens(on("call")), Raise("so"), when=ex.Compare(">=", asked, more))
    agreed = contract(
        events=KINDS, norms=[FIX], states=[DOWN], rules=[told],
        figures=[figure("calls", count(events("call"))), figure("charge", money(5), of=k.money("GBP"))],
        lines=[line("fee", "charge")],
    )  # fmt: skip
    given = [event("call", "2026-02-10", 1, who="x"), event("opened", "2026-02-10", 2, id="A"),
             event("call", "2026-02-20", 3, who="x")]  # fmt: skip
    ledger = both(agreed, given, "2026-04-01")
    print(what, [e.name for e in ledger.outcome if e.clause == "told"])
