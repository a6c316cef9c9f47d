"""Cases that are decided one by one, of sorts that come seldom: by all ways there are, which must say the same."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from bpodsl import reference
from bpodsl.native import library
from bpodsl.record import Event, Ledger
from bpodsl.terms import (
    Clock,
    Contract,
    Impose,
    Norm,
    OnEvent,
    OnHappens,
    OnOutcome,
    Raise,
    Selector,
    Terminate,
    Variant,
)
from bpodsl.terms import expressions as ex
from tests.campaign.compare import canonical, shared
from tests.reference.build import (
    IMPOSED,
    at,
    contract,
    count,
    days,
    event,
    figure,
    hours,
    kind,
    less_than,
    level,
    named,
    norm,
    number,
    office,
    on,
    outcomes,
    rule,
    state,
    within,
    working,
)
from tests.reference.build import kinds as k

KINDS = [kind("opened", "id", grade=k.NUMBER, tier=k.TEXT, site=k.TEXT), kind("done", "id", tier=k.TEXT, site=k.TEXT),
         kind("down", "id"), kind("up", "id"), kind("held", "id"), kind("freed", "id"), kind("asked", "id"),
         kind("told", "id"), kind("ends"), kind("called", "id", "desk"), kind("heard", "id", "desk")]  # fmt: skip
HIGH = ex.Compare(">=", ex.FieldOf("grade"), number(3))
GOLD = ex.Compare("=", ex.FieldOf("tier"), ex.Literal("gold", k.TEXT))
HERE = ex.Compare("=", ex.FieldOf("site"), ex.Literal("here", k.TEXT))
DOWN, HELD = state("down", "down", "up", by=("id",)), state("held", "held", "freed", by=("id",))
FIRST = ex.Compare("=", ex.FieldOf("id"), ex.Literal("B", k.TEXT))
TELL = norm("tell", opening=IMPOSED, acts="told", by=("id",), due=within(hours(9)))
TIERS = [*(each for each in KINDS if each.name != "down"), kind("down", "id", tier=k.TEXT)]
STOP = rule("stop", OnHappens(on("ends")), Terminate())
TERM = {"last": "2026-02-28"}


def fix(**more: Any) -> Norm:
    return norm("fix", **({"opening": "opened", "acts": "done", "by": ("id",), "due": within(hours(4))} | more))


def under(when: ex.Expression, **other: Any) -> Norm:
    """With other terms where that holds."""
    own = fix()
    return evolve(own, variants=(Variant(when, evolve(own, **other)),))


def counted(*of: str, by: tuple[str, ...] = ()) -> dict[str, Any]:
    """Figures of how many came out how."""
    return {"figures": [figure(f"n_{name}_{status}", count(outcomes(name, status)), by=by)
                        for name in of for status in ("fulfilled", "missed")]}  # fmt: skip


def lives(*more: Event) -> list[Event]:
    """Some in time, some not, some open to the end."""
    return sorted([
        event("opened", "2026-01-05T09:00", "a1", id="A", grade=1, tier="gold", site="here"),
        event("done", "2026-01-05T12:00", "a2", id="A", tier="gold", site="here"),
        event("opened", "2026-01-05T10:00", "b1", id="B", grade=4, tier="tin", site="there"),
        event("done", "2026-01-06T09:00", "b2", id="B", tier="tin", site="here"),
        event("opened", "2026-01-30T16:00", "c1", id="C", grade=4, tier="tin", site="here"),
        event("done", "2026-02-02T11:00", "c2", id="C", tier="gold", site="there"),
        event("opened", "2026-02-05T09:00", "d1", id="D", grade=3, tier="gold", site="there"),
        event("opened", "2026-02-27T23:00", "e1", id="E", grade=1, tier="tin"), *more,
    ], key=lambda each: each.known)  # fmt: skip


def by_all_ways(agreed: Contract, given: list[Event], until: str = "2026-03-10") -> tuple[Ledger, Any]:
    """The ledger to which all come, and what was decided how."""
    ledger, share = shared(agreed, given, at(until))
    assert canonical(ledger) == canonical(reference.run(agreed, given, at(until)))
    return ledger, share


PAUSES = [
    event("down", "2026-01-05T11:00", "p1", id="B"), event("held", "2026-01-05T12:00", "p2", id="B"),
    event("up", "2026-01-05T13:00", "p3", id="B"), event("freed", "2026-01-05T14:00", "p4", id="B"),
    event("held", "2026-02-05T10:00", "p5", id="D"), event("down", "2026-02-05T11:00", "p6", id="D"),
    event("freed", "2026-02-05T11:30", "p7", id="D"), event("up", "2026-02-05T11:40", "p8", id="D"),
    event("down", "2026-02-27T23:30", "p9", id="E"), event("held", "2026-02-27T23:40", "p10", id="E"),
]  # fmt: skip
STEPS = [
    event("asked", "2026-01-05T15:00", "s1", id="B"), event("told", "2026-01-05T15:30", "s2", id="B"),
    event("asked", "2026-02-06T15:00", "s3", id="D"), event("told", "2026-02-08T15:30", "s4", id="D"),
    event("told", "2026-02-09T15:30", "s5", id="Z"),
]  # fmt: skip

Way = tuple[dict[str, Any], list[Event], str]
WAYS: dict[str, Way] = {
    "by a clock that two states stop": (
        {"states": [DOWN, HELD], "norms": [fix(clock=Clock(stops_during=("down", "held")))], **counted("fix")},
        lives(*PAUSES), "fix/Missed/s/b1"),
    "early, by a clock of office hours that stops": (
        {"states": [DOWN], "calendars": [office()], **counted("fix", by=("id",)),
         "norms": [fix(due=less_than(hours(4, "office")), clock=Clock(stops_during=("down",)))]},
        lives(*PAUSES), "fix/Missed/s/d1"),
    "late, by a clock of office hours": (
        {"calendars": [office()], "norms": [fix(due=within(hours(4, "office")))], **counted("fix", by=("tier",))},
        lives(), "fix/Missed/s/d1"),
    "a limit beyond the calendar": (
        {"calendars": [office()], "norms": [fix(due=within(hours(900_000, "office")))], **TERM, **counted("fix")},
        lives(), "fix/Ended/s/d1"),
    "in days": ({"norms": [fix(due=within(days(1)))], **counted("fix")}, lives(), "fix/Missed/s/d1"),
    "in working days beyond the calendar": (
        {"calendars": [office()], "norms": [fix(due=within(working(60_000)))], **TERM, **counted("fix")}, lives(),
        "fix/Ended/s/d1"),
    "without a deadline": ({"norms": [fix(due=None)], **TERM, **counted("fix")}, lives(), "fix/Ended/s/e1"),
    "by a number": ({"norms": [under(HIGH, due=within(hours(30)))], **counted("fix")}, lives(), "fix/Fulfilled/s/b1"),
    "by two texts": (
        {"norms": [under(ex.AllOf((GOLD, HERE)), due=within(hours(1)))], **counted("fix", by=("tier", "site"))},
        lives(), "fix/Missed/s/a1"),
    "none at all of some": (
        {"norms": [evolve(fix(), variants=(Variant(GOLD, None),))], **counted("fix")}, lives(), "fix/Missed/s/b1"),
    "no limit for some": (
        {"norms": [under(GOLD, due=None)], **TERM, **counted("fix", by=("site",))}, lives(), "fix/Ended/s/d1"),
    "no limit for some, office hours for others": (
        {"calendars": [office()], "norms": [evolve(fix(due=within(hours(4, "office"))), variants=(
            Variant(GOLD, fix(due=None)),))], **counted("fix"), **TERM}, lives(), "fix/Ended/s/d1"),
    "under terms of a field that one way to open it lacks": (
        {"norms": [evolve(under(GOLD, due=within(hours(1))), opening=(OnEvent(on("opened")), OnEvent(on("asked"))),
                          variants=(Variant(GOLD, evolve(fix(due=within(hours(1))), opening=(
                              OnEvent(on("opened")), OnEvent(on("asked"))))),))], **counted("fix")},
        lives(event("asked", "2026-01-07T09:00", "s1", id="G")), "fix/Missed/s/s1"),
    "what follows has the terms of what began it": (
        {"norms": [fix(), evolve(TELL, variants=(Variant(GOLD, evolve(TELL, due=within(hours(1)))),
                                                 Variant(FIRST, evolve(TELL, due=within(hours(2))))))],
         "rules": [rule("not", OnOutcome("fix", "missed"), Impose("tell"))], **counted("fix", "tell", by=("tier",))},
        lives(event("told", "2026-01-05T17:00", "s1", id="B")), "tell/Missed/s/b1"),
    "imposed again while it is open": (
        {"norms": [fix(), evolve(TELL, due=None)], "rules": [rule("not", OnOutcome("fix", "missed"), Impose("tell"))],
         **counted("fix")},
        lives(*(event("opened", f"2026-01-{day}T09:00", f"f{day}", id="F") for day in (12, 14)),
              *(event("done", f"2026-01-{day}T09:00", f"g{day}", id="F") for day in (13, 15)),
              *(event("done", f"2026-01-14T{hour}:00", f"h{hour}", id="Z") for hour in range(10, 24))),
        "tell/Noted/s/f14"),
    "a state that begins anew in some cases": (
        {"states": [evolve(DOWN, starts=(on("down", GOLD),), ends=(on("up"), on("down")))],
         "norms": [fix(clock=Clock(stops_during=("down",)))], **counted("fix"), "events": TIERS},
        lives(*(evolve(each, fields=each.fields | {"tier": "tin" if each.id == "p6" else "gold"})
                if each.kind == "down" else each for each in PAUSES)), "down/Noted/s/p6"),
    "only some open it, and some do it": (
        {"norms": [fix(opening=Selector("opened", GOLD), acts=[Selector("done", HERE)])], **counted("fix")}, lives(),
        "fix/Fulfilled/s/a1"),
    "two ways to open, and to do it": (
        {"norms": [fix(opening=[Selector("opened", GOLD), Selector("asked")], acts=[Selector("done", HERE), "told"])],
         **counted("fix")}, lives(*STEPS), "fix/Noted/s/s3"),
    "a state that one event ends and begins": (
        {"states": [evolve(state("down", "down", "up down", by=("id",)))],
         "norms": [fix(clock=Clock(stops_during=("down",)))], **counted("fix")},
        lives(*PAUSES, event("down", "2026-02-05T11:35", "p11", id="D")), "fix/Missed/s/d1"),
    "what follows from it": (
        {"norms": [fix(after=(("missed", Impose("tell")), ("late", Raise("so late")), ("fulfilled", Raise("done")))),
                   norm("tell", opening=IMPOSED, acts="told", by=("id",), due=within(hours(9)))],
         "rules": [rule("open", OnOutcome("fix", "opened"), Raise("it is open")),
                   rule("late", OnOutcome("tell", "late"), Raise("late")),
                   rule("not", OnOutcome("tell", "missed"), Raise("not told"))], **counted("fix", "tell")},
        lives(*STEPS), "tell/Missed/s/d1"),
    "what goes on": (
        {"norms": [fix(), level("up", 1, opening=IMPOSED, acts="told", by=("id",), due=within(hours(1))),
                   level("up", 2, opening=IMPOSED, acts="told", by=("id",))],
         "rules": [rule("one", OnOutcome("fix", "missed"), Impose("up_1")),
                   rule("two", OnOutcome("up_1", "missed"), Impose("up_2"))], **counted("fix")},
        lives(*STEPS), "fix/Missed/s/d1"),
    "two families": (
        {"norms": [fix(), norm("call", opening="called", acts="heard", by=("id", "desk"), due=within(hours(2)))],
         **counted("fix", "call")},
        lives(event("called", "2026-01-05T11:00", "h1", id="A", desk="x"), event("heard", "2026-01-05T12:00", "h2",
                                                                                id="A", desk="x"),
              event("called", "2026-02-05T11:00", "h3", id="A", desk="y")), "call/Missed/s/h3"),
    "how many are late": (
        {"norms": [fix()], "figures": [figure("n", count(outcomes("fix", "late", counted="performed"))),
                                       figure("m", count(outcomes("fix", "missed", counted="due")))]},
        lives(), "fix/Late/s/b1"),
    "it ends while some are open": (
        {"norms": [fix(due=within(hours(30)))], "rules": [STOP], **counted("fix")},
        lives(event("ends", "2026-02-28T01:00", "z1")), "fix/Ended/s/e1"),
    "it ends, and goes on being told of": (
        {"norms": [fix()], "rules": [STOP], **counted("fix")}, lives(event("ends", "2026-02-05T10:00", "z1")),
        "fix/Ended/s/d1"),
    "it ends before one that is odd goes on": (
        {"norms": [fix()], "rules": [STOP], **counted("fix")},
        lives(event("ends", "2026-02-27T23:30", "z1"), event("opened", "2026-02-27T23:10", "e2", id="E", grade=1),
              event("opened", "2026-02-27T23:50", "e3", id="E", grade=1)), "fix/Ended/s/e1"),
    "its term ends": ({"norms": [fix(due=within(hours(30)))], **counted("fix"), **TERM}, lives(), "fix/Ended/s/e1"),
    "its term ends, then more comes": (
        {"norms": [fix()], **counted("fix"), **TERM}, lives(event("opened", "2026-03-05", "y1", id="F")),
        "fix/Missed/s/e1"),
    "before the first day": (
        {"norms": [fix()], **counted("fix")},
        lives(event("opened", "2025-12-31T23:00", "x1", id="A", grade=1, tier="tin")), "fix/Missed/s/d1"),
    "twice at an instant": (
        {"norms": [fix()], **counted("fix")},
        lives(event("done", "2026-02-05T09:00", "x1", id="D"), event("opened", "2026-02-05T09:00", "x2", id="D")),
        "fix/Missed/s/e1"),
    "without a key": (
        {"norms": [fix()], **counted("fix")}, lives(event("opened", "2026-02-05T09:00", "x1", grade=1)),
        "fix/Missed/s/d1"),
    "known late": (
        {"norms": [fix()], **counted("fix")},
        lives(event("done", "2026-02-05T10:00", "x1", id="D", known="2026-02-20")), "fix/Fulfilled/s/d1"),
}  # fmt: skip


GENERALLY = {"it ends, and goes on being told of", "it ends before one that is odd goes on",
             "its term ends, then more comes", "known late"}  # fmt: skip
NOT_IN_SHORT = {"in days", "in working days beyond the calendar", "how many are late"}
NOT_NATIVELY = {"by a number"}


@pytest.mark.parametrize("way", WAYS)
def test_all_ways_say_the_same(way: str) -> None:
    """Decided case by case, a few events at a time, told in short, by the compiled machine, and generally."""
    terms, given, expected = WAYS[way]
    ledger, share = by_all_ways(contract(**({"events": KINDS} | terms)), given)
    named(ledger, expected)
    assert (share.cases > 0) == (share.parts > 0) == (way not in GENERALLY)
    assert (share.briefs > 0) == (way not in GENERALLY | NOT_IN_SHORT)
    assert (share.natives > 0) == (library() is not None and way not in GENERALLY | NOT_IN_SHORT | NOT_NATIVELY)
