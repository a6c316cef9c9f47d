"""Why a clause is not decided case by case: each reason by an agreement that has it; the ledger is the same."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from bpodsl import reference
from bpodsl.engine import plan_contract, run
from bpodsl.engine.straight import reasons
from bpodsl.engine.straight.shares import why_not_shared
from bpodsl.terms import Clock, Contract, Due, Impose, Norm, OnHappens, OnOutcome, Raise, Selector, Variant
from bpodsl.terms import expressions as ex
from tests.campaign.compare import canonical
from tests.reference.build import (
    IMPOSED,
    at,
    contract,
    days,
    event,
    hours,
    kind,
    norm,
    number,
    on,
    outcomes,
    rule,
    state,
    within,
)
from tests.reference.build import figure as measured
from tests.reference.build import kinds as k

KINDS = [kind("opened", "id", grade=k.NUMBER, began=k.INSTANT), kind("done", "id", grade=k.NUMBER, began=k.INSTANT),
         kind("waits", "id"), kind("goes_on", "id"), kind("notice", "id", "desk"),
         kind("back", "id", "desk")]  # fmt: skip
HIGH = ex.Compare(">=", ex.FieldOf("grade"), number(3))
HELD = state("held", starts="waits", ends="goes_on", by=("id",))


def fix(**more: Any) -> Norm:
    return norm("fix", **({"opening": "opened", "acts": "done", "by": ("id",), "due": within(hours(4))} | more))


def varied(other: Due, **more: Any) -> Norm:
    """With another deadline, or more, where the grade is high."""
    own = fix(clock=Clock(stops_during=("held",)))
    return evolve(own, variants=(Variant(HIGH, evolve(own, due=other, **more)),))


SO = Raise("so")
TELL = norm("tell", opening=IMPOSED, acts="waits", by=("id",), due=within(hours(9)))
OFTEN = rule("often", OnOutcome("fix", "missed"), SO)

WAYS: dict[str, tuple[Contract, str, str]] = {
    "an event opens and performs it": (
        contract(events=KINDS, norms=[fix(acts=["done", "opened"])]), "decision:fix",
        "an event both opens and performs it"),
    "a rare outcome": (
        contract(events=KINDS, norms=[fix(after=(("excused", SO),))]), "decision:fix",
        "something follows from a rare outcome"),
    "several statements": (
        contract(events=KINDS, norms=[fix(after=(("missed", SO), ("missed", Raise("and so"))))]), "decision:fix",
        "it states several things"),
    "other terms": (
        contract(events=KINDS, states=[HELD], norms=[varied(within(hours(2)), after=(("missed", SO),))]),
        "decision:fix", "its variants differ in more than the deadline"),
    "a clock from a field": (
        contract(events=KINDS, norms=[fix(clock=Clock(from_field="began"))]), "decision:fix",
        "its clock or deadline is told by a field or period"),
    "a deadline from a field": (
        contract(events=KINDS, norms=[fix(due=within(days(2), anchor="field", field="began"))]), "decision:fix",
        "its clock or deadline is told by a field or period"),
    "hours or days": (
        contract(events=KINDS, states=[HELD], norms=[varied(within(days(2)))]), "decision:fix",
        "its variants count their deadlines in several ways"),
    "days, and a clock that stops": (
        contract(events=KINDS, states=[HELD], norms=[fix(due=within(days(1)), clock=Clock(stops_during=("held",)))]),
        "decision:fix", "its deadline is counted in days, and its clock stops"),
    "imposed twice": (
        contract(events=KINDS, norms=[fix(), TELL],
                 rules=[rule("one", OnOutcome("fix", "missed"), Impose("tell")),
                        rule("two", OnOutcome("fix", "late"), Impose("tell"))]),
        "decision:tell", "more than one thing imposes it"),
    "firings with a key": (
        contract(events=KINDS, norms=[fix()], rules=[evolve(OFTEN, by=("id",))]), "rule:often",
        "its firings have a key"),
    "firings of some": (
        contract(events=KINDS, norms=[fix()], rules=[evolve(OFTEN, only=(HIGH,))]), "rule:often",
        "it counts, or has a condition"),
    "an event that is no outcome": (
        contract(events=KINDS, norms=[fix()], rules=[rule("often", OnHappens(on("opened")), SO)]), "rule:often",
        "it does not wait for an outcome"),
    "other keys": (
        contract(events=KINDS, states=[state("held", starts="notice", ends="back", by=("id", "desk"))],
                 norms=[fix(clock=Clock(stops_during=("held",)))]),
        "decision:fix", "have other keys"),
    "a condition that asks for more": (
        contract(events=KINDS, norms=[fix(opening=Selector("opened", ex.Not(ex.InState("held"))))], states=[HELD]),
        "decision:fix", "a condition asks for more than fields of its event"),
}  # fmt: skip

GIVEN = [
    event("opened", "2026-01-05T09:00", 1, id="A", grade=1, began=at("2026-01-05T08:00")),
    event("opened", "2026-01-05T09:30", 2, id="B", grade=4, began=at("2026-01-05T09:00")),
    event("waits", "2026-01-05T10:00", 3, id="A"), event("waits", "2026-01-05T10:00", 4, id="B"),
    event("goes_on", "2026-01-05T11:00", 5, id="A"), event("notice", "2026-01-05T11:30", 6, id="B", desk="x"),
    event("done", "2026-01-05T13:30", 7, id="A", grade=1, began=at("2026-01-05T08:00")),
    event("opened", "2026-01-06T09:30", 8, id="C", grade=4, began=at("2026-01-06T09:00")),
    event("done", "2026-01-09T13:30", 9, id="B", grade=4, began=at("2026-01-06T09:00")),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_why_it_is_not_straight(way: str) -> None:
    agreed, node, why = WAYS[way]
    assert why in reasons(agreed)[node]
    limit = at("2026-02-01")
    found = run(plan_contract(agreed), GIVEN, limit, loop_from=0)
    assert canonical(found) == canonical(reference.run(agreed, GIVEN, limit))
    assert [e for e in found.outcome if e.kind == "Opened" and e.clause == "fix"]


def test_what_is_straight_may_be_shared_if_it_is_only_counted() -> None:
    missed = ex.Aggregate("count", outcomes("fix", "missed"))
    late = ex.Aggregate("sum", outcomes("fix", "late"), value=ex.FieldOf("grade"))
    for figure, why in ((missed, ""), (late, "its measures ask more of outcomes than how many there are")):
        agreed = contract(events=KINDS, norms=[fix()], figures=[measured("n", figure)])
        assert why_not_shared(plan_contract(agreed)) == why
        limit = at("2026-02-02")
        found = run(plan_contract(agreed), GIVEN, limit, loop_from=0)
        assert canonical(found) == canonical(reference.run(agreed, GIVEN, limit))
    agreed = contract(events=KINDS, norms=[fix(clock=Clock(from_field="began"))])
    assert why_not_shared(plan_contract(agreed)) == "no duty of it is decided by its own events alone"
