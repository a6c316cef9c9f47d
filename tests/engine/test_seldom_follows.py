"""What follows seldom: each an agreement in which it does, and what then stands in the ledger of both evaluators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from bpodsl.record import Event
from bpodsl.terms import (
    Accrue,
    AddsUp,
    Assignment,
    Begin,
    Change,
    Clause,
    Finish,
    Impose,
    Norm,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Point,
    Raise,
    Recurrence,
    Regrade,
    Renewal,
    Selector,
    Series,
    SoLong,
    State,
    Terminate,
    Variant,
    Waiver,
)
from bpodsl.terms import expressions as ex
from tests.engine.test_at_the_edges import both
from tests.reference.build import (
    CENT,
    IMPOSED,
    MONTH,
    ONCE,
    QUARTER,
    YEAR,
    account,
    contract,
    count,
    days,
    event,
    events,
    figure,
    hours,
    kind,
    line,
    money,
    names,
    norm,
    number,
    on,
    period,
    prohibition,
    right,
    rule,
    same,
    state,
    within,
    years,
)
from tests.reference.build import kinds as k

PERIOD = k.Kind("period", ("month",))
KINDS = [kind("sale", "id", amount=k.NUMBER, weight=k.NUMBER, month=PERIOD), kind("call", "id", grade=k.NUMBER,
         began=k.INSTANT), kind("opened", "id", grade=k.NUMBER, began=k.INSTANT), kind("done", "id", grade=k.NUMBER),
         kind("down", "id", count=k.NUMBER), kind("up", "id"), kind("off", "id"), kind("ends"),
         kind("index", value=k.NUMBER, month=PERIOD), kind("forgive", "id", month=PERIOD), kind("pay", "id",
                                                                                                sum=k.NUMBER),
         kind("notice")]  # fmt: skip
GBP = k.money("GBP")
HELD = state("held", "down", "up", by=("id",))
OFF = state("off", "off", "up", by=("id",))
DUTY: dict[str, Any] = {"opening": "opened", "acts": "done", "by": ("id",)}
HIGH = ex.Compare(">=", ex.FieldOf("grade"), number(3))
SO = Raise("so")


def fix(**more: Any) -> Norm:
    return norm("fix", **(DUTY | {"due": within(hours(30))} | more))


def graded(other: Any = None, **more: Any) -> Norm:
    """Of a high grade two hours, or what is said."""
    own = fix(**more)
    terms = evolve(own, **(other or {"due": within(hours(2))}))
    return evolve(own, variants=(Variant(HIGH, terms),))


def assigned(name: str, day: str, **more: Any) -> Assignment:
    return Assignment(name, Clause(name, "assignment"), "provider", "other", date.fromisoformat(day), **more)


def changed(name: str, effective: str, **more: Any) -> Change:
    return Change(name, Clause(name, "change"), date.fromisoformat(effective), date(2025, 12, 1), **more)


def timed(**more: Any) -> State:
    return evolve(HELD, **more)


ADDED = AddsUp(ex.FieldOf("sum"), ex.FieldOf("grade"), k.NUMBER)
A = event("opened", "2026-01-05T09:00", 1, id="A", grade=1)
DONE = event("done", "2026-01-05T12:00", 2, id="A", grade=1)
DOWN, UP = event("down", "2026-01-05T10:00", 3, id="A", count=2), event("up", "2026-01-05T15:00", 4, id="A")
CALL = event("call", "2026-01-06", 5, id="A", grade=4)
ENDS = event("ends", "2026-02-10T12:00", 6)
LAST = "2026-12-30"

Seldom = tuple[dict[str, Any], list[Event], set[str]]
CASES: dict[str, Seldom] = {
    # ------------------------------------------------------------------ states
    "two pauses hold back a deadline, the second ends first": (
        {"states": [HELD, OFF], "norms": [fix(suspended_during=("held", "off"))]},
        [A, event("down", "2026-01-06T10:00", 7, id="A"), event("off", "2026-01-06T11:00", 8, id="A"),
         event("up", "2026-01-06T20:00", 9, id="A")], {"fix/Missed/s/1"}),
    "a state that begins with a notice beyond the calendar": (
        {"states": [state("gone")], "rules": [rule("go", OnHappens(on("call")), Begin("gone", years(230)))]},
        [CALL], {"go/Fired/s/5"}),
    "a notice of a consequence is withdrawn by another": (
        {"states": [timed(starts=(), ends=(), after=SoLong(days(9)))],
         "rules": [rule("go", OnHappens(on("call")), Begin("held")),
                   rule("back", OnHappens(on("up")), Finish("held"))]},
        [CALL, event("up", "2026-01-07", 8, id="A"), event("up", "2026-01-08", 9, id="A")],
        {"held/Noted/s/8", "held/Noted/s/9"}),
    "a state that lasts is ended by a consequence": (
        {"states": [timed(starts=(), ends=(), lasts=SoLong(days(9)))],
         "rules": [rule("go", OnHappens(on("call")), Begin("held")),
                   rule("back", OnHappens(on("up")), Finish("held"))]},
        [CALL, event("up", "2026-01-07", 8, id="A"), event("up", "2026-01-08", 9, id="A")], {"held/Closed/s/5",
                                                                                             "held/Noted/s/9"}),
    "a notice that nothing is left of": (
        {"states": [timed(after=SoLong(hours(5), "count"), lasts=SoLong(hours(5), "count"), prolonged=True)]},
        [DOWN, event("down", "2026-01-05T11:00", 8, id="A"), event("down", "2026-01-05T12:00", 9, id="A", count=0),
         event("down", "2026-01-05T20:30", 10, id="A", count=1), event("down", "2026-01-06T03:00", 11, id="A"), ENDS],
        {"held/Opened/s/3"}),
    "it begins, ends and begins at one instant": (
        {"states": [HELD], "figures": [figure("f", ex.LengthOf(ex.StateTimes("held")), of=k.LENGTH)],
         "rules": [rule("told", OnHappens(on("call")), SO, when=ex.InState("held"))]},
        [*(event(("down", "up")[n % 2], "2026-01-05T10:00", 30 + n, id="A") for n in range(5)), CALL,
         event("up", "2026-02-05T10:00", 8, id="A"), event("down", "2026-03-05T10:00", 9, id="A"),
         event("up", "2026-03-05T12:00", 10, id="A")], {"held/Closed/s/30", "held/Closed/s/9"}),
    "a state made of one of other keys": (
        {"states": [HELD, state("quiet", "off", "up"),
                    State("both", Clause("both", "state"), ("id",), made=ex.BothTimes(
                        (ex.StateTimes("held"), ex.LessTimes(ex.WindowTimes(), ex.StateTimes("quiet"))))),
                    State("some", Clause("some", "state"), ("id",), members=("A", "Z"), made=ex.StateTimes("held"))]},
        [DOWN, event("down", "2026-01-05T11:00", 7, id="B"), event("off", "2026-01-06", 8, id="A"),
         event("up", "2026-01-07", 9, id="A"), event("up", "2026-01-08", 10, id="B")],
        {"both/Closed/2026-01-07T00:00:00Z/B", "some/Closed/2026-01-05T10:00:00Z/A"}),
    # ------------------------------------------------------------------ what reclassifies, waives, answers
    "reclassified while it is held": (
        {"states": [HELD], "norms": [
            evolve(graded(suspended_during=("held",)), regraded=(Regrade(Selector("call"), "later"),))]},
        [A, DOWN, event("call", "2026-01-05T11:00", 7, id="A", grade=4), UP], {"fix/Missed/s/1"}),
    "reclassified by one event of two, as it asks": (
        {"norms": [evolve(graded(), regraded=(Regrade(Selector("call", HIGH), "anew"),
                                              Regrade(Selector("sale"), "kept")))]},
        [A, event("call", "2026-01-05T11:00", 7, id="A", grade=1), event("call",
                                                                         "2026-01-05T12:00", 8, id="A", grade=4)],
        {"fix/Missed/s/1"}),
    "reclassified into what has no terms": (
        {"norms": [evolve(fix(), variants=(Variant(HIGH, None),), regraded=(Regrade(Selector("call"), "anew"),))]},
        [A, event("call", "2026-01-05T11:00", 7, id="A", grade=4)], {"fix/Missed/s/1"}),
    "a deadline of a field that is told anew": (
        {"norms": [evolve(fix(due=within(hours(2), anchor="field", field="began")),
                          regraded=(Regrade(Selector("call"), "kept"),))]},
        [event("opened", "2026-01-05T09:00", 1, id="A", grade=1, began=1767603600000000),
         event("call", "2026-01-05T10:00", 7, id="A", began=1767690000000000)], {"fix/Missed/s/1"}),
    "taken up again under other terms": (
        {"norms": [evolve(graded(), reopening="continue", reopens_anew=True)]},
        [A, DONE, event("opened", "2026-01-06", 7, id="A", grade=4), event("opened", "2026-01-09", 8, id="A", grade=1)],
        {"fix/Missed/s/1"}),
    "a waiver of a month": (
        {"norms": [norm("tell", opening=MONTH, acts="done", due=within(days(3)), after=(("missed", SO),),
                        waivers=(Waiver(Selector("forgive"), period_field="month"),))]},
        [event("forgive", "2026-02-20", 7, month=period("2026-02")), event("forgive",
                                                                           "2026-02-21", 8, month=period("2027-02")),
         event("forgive", "2026-02-22", 9)], {"tell/Waived/2026-02"}),
    "what a waived miss had imposed": (
        {"norms": [fix(after=(("missed", Impose("tell")), ("missed", Impose("may"))),
                       waivers=(Waiver(Selector("forgive")),)),
                   norm("tell", opening=IMPOSED, acts="call", by=("id",), due=within(days(30))),
                   right("may", acts="pay", by=("id",), due=within(days(30)))]},
        [A, event("opened", "2026-01-05T09:00", 7, id="B"), event("forgive", "2026-01-09", 8, id="A")],
        {"tell/Ended/s/1", "tell/Missed/s/7", "may/Lapsed/s/1"}),
    # ------------------------------------------------------------------ prohibitions and rights
    "a prohibition of some, that is waived": (
        {"norms": [evolve(prohibition("quiet", "call", by=("id",), waivers=(Waiver(Selector("forgive")),)),
                          variants=(Variant(HIGH, None),))]},
        [event("call", "2026-01-05", 7, id="A", grade=1), event("call", "2026-01-05", 8, id="B", grade=4),
         event("call", "2026-01-06", 9, id="C"), event("forgive", "2026-01-06", 10, id="A")],
        {"quiet/Missed/s/7", "quiet/Waived/s/7", "quiet/Missed/s/9"}),
    "only what is told of a high grade is exercised": (
        {"norms": [right("may", opening="opened", acts=[Selector("call", HIGH)], by=("id",), due=within(days(30)),
                         barred_during=("held",))], "states": [HELD]},
        [A, event("call", "2026-01-05T09:30", 7, id="A", grade=1), DOWN, event("call",
                                                                               "2026-01-05T12:00", 8, id="A", grade=4),
         UP, event("call", "2026-01-05T18:00", 9, id="A", grade=4)], {"may/Exercised/s/1"}),
    # ------------------------------------------------------------------ money
    "a limit that looks at the sum": (
        {"rules": [rule("cost", OnHappens(on("call")), Accrue("fee", money(40))),
                   rule("dear", OnSettled("calls"), Accrue("fee", money(30))),
                   rule("more", OnFired("cost"), Accrue("fee", money(7)))],
         "figures": [figure("calls", count(events("call")), by=("id",)), figure("base", money(25), of=GBP)],
         "lines": [line("fee"), line("charge", "base")],
         "accounts": [account("cap", ex.Arithmetic("*", money(10), ex.OfSum(ex.Arithmetic(
             "+", count(ex.TrailRows("call", "so far", same=())), number(2)))), "charge fee", QUARTER)]},
        [CALL, event("call", "2026-01-07", 7, id="B"), event("call", "2026-03-07", 8, id="B")], {"cost/Fired/s/5"}),
    "a limit by an index that comes late": (
        {"series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month", event="index", value_field="value",
                           at_field="month", points=(Point(date(2026, 1, 1), 2),))],
         "figures": [figure("base", money(25), of=GBP)], "lines": [line("charge", "base")],
         "accounts": [account("cap", ex.Arithmetic("*", money(10), ex.SeriesAt("cpi", ex.WindowDay("last"))), "charge"),
                      account("own", ex.Arithmetic("*", money(10), ex.OfSum(ex.SeriesAt("cpi",
                                                                                        ex.Moment("row", True)))),
                              "charge", YEAR)]},
        [event("index", "2026-04-07", 7, value=1, month=period("2026-02")), event("index", "2026-04-08", 8, value=3),
         event("index", "2026-04-09", 9, month=period("2026-03")), event("index", "2026-05-09", 10, value=2,
                                                                         month=period("2026-03")),
         event("call", "2026-05-10", 11, id="A")], {"base/Settled/2026-02"}),
    "weights by an index that comes late": (
        {"series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month", event="index", value_field="value",
                           at_field="month")],
         "figures": [figure("f", ex.Aggregate("sum", events("sale"), value=ex.FieldOf("amount"),
                                              weight=ex.SeriesAt("cpi", ex.Moment("row", True)))),
                     figure("g", ex.SharedOut(money(10), (number(1), ex.SeriesAt("cpi", ex.WindowDay("last"))),
                                              number(0),
                                              CENT), of=GBP)]},
        [event("sale", "2026-01-07", 7, id="A", amount=2), event("index",
                                                                 "2026-02-20", 8, value=3, month=period("2026-01")),
         event("sale", "2026-02-07", 9, id="A", amount=2)], {"f/Settled/2026-01"}),
    "a sum owed by whoever has taken over": (
        {"assignments": [assigned("taken", "2026-02-01"), assigned("too_late", "2026-06-01")],
         "rules": [rule("cost", OnHappens(on("call")), Accrue("fee", money(40))),
                   rule("stop", OnHappens(on("ends")), Terminate()),
                   rule("dear", OnSettled("calls"), Accrue("fee", money(30))),
                   rule("miss", OnOutcome("fix", "missed"), Accrue("fee", money(5)))],
         "figures": [figure("calls", count(events("call")))], "lines": [line("fee")], "norms": [fix()]},
        [CALL, event("opened", "2026-01-31", 7, id="A"), event("call", "2026-02-07", 8, id="A"),
         event("ends", "2026-03-10", 9)], {"taken/Amended", "fee/Accrued/2026-01", "fee/Accrued/s/7"}),
    "so much is posted of a group": (
        {"figures": [figure("calls", ex.Arithmetic("*", count(events("call")), money(3)), of=GBP, by=("id",)),
                     figure("posted", ex.Posted("charge"), of=GBP, by=("id",)),
                     figure("all", ex.Posted("charge"), of=GBP)],
         "lines": [line("charge", "calls")]},
        [CALL, event("call", "2026-01-07", 7, id="B"), event("call", "2026-01-08", 8, id="B")],
        {"posted/Settled/2026-01/B"}),
    "a payment of what cannot be told": (
        {"norms": [norm("owe", opening="opened", acts="pay", by=("id",), due=within(days(9)), adds_up=ADDED)]},
        [event("opened", "2026-01-05", 7, id="A", grade=10), event("pay", "2026-01-06", 8, id="A"),
         event("pay", "2026-01-07", 9, id="A", sum=10)], {"owe/Fulfilled/s/7"}),
    # ------------------------------------------------------------------ the term and changes
    "changes that come after the end": (
        {"changes": [changed("first", "2026-02-01", moves=True), changed("later", "2026-05-01", moves=True)],
         "assignments": [assigned("taken", "2026-06-01")], "norms": [fix(due=within(days(60)))],
         "rules": [rule("stop", OnHappens(on("ends")), Terminate())]},
        [A, ENDS], {"first/Amended"}),
    "a notice beyond the calendar ends nothing": (
        {"rules": [rule("stop", OnHappens(on("ends")), Terminate(years(230))),
                   rule("later", OnHappens(on("call")), Terminate(years(230), to=YEAR)),
                   rule("named", OnHappens(on("notice")), Terminate(days(9), to=MONTH, earliest=date(2026, 6, 3)))]},
        [CALL, ENDS, event("notice", "2026-02-11", 9)], {"agreement/Ended", "stop/Terminated/s/6"}),
    "renewed for longer than there are days": (
        {"last": "2026-03-31", "renewal": Renewal(years(230))}, [CALL], {"agreement/Extended/term 2"}),
    "ended as it begins": (
        {"norms": [norm("tell", opening=[ONCE, MONTH], acts="done",
                        due=within(days(3)))],
         "rules": [rule("stop", OnHappens(on("ends")), Terminate())]},
        [event("ends", "2025-12-31T23:59", 7), event("ends", "2026-01-01", 8)],
        {"agreement/Noted/s/7", "tell/Ended/2026-01", "tell/Ended/term"}),
    # ------------------------------------------------------------------ triggers
    "counted in each contract year, as windows settle": (
        {"figures": [figure("calls", count(events("call")))], "rules": [
            rule("often", OnSettled("calls"), SO, when=ex.Compare(">=", same("calls"), number(1)),
                 recurrence=Recurrence(2, within=YEAR)),
            rule("two", OnSettled("calls"), SO, when=ex.Compare(">=", same("calls"), number(1)),
                 recurrence=Recurrence(2, m=3, unmeasured="skipped")),
            rule("twice", OnFired("often"), Raise("twice"), recurrence=Recurrence(2, span=days(365)))]},
        [CALL, event("call", "2026-02-06", 7, id="A"), event("call", "2026-03-06", 8, id="A")],
        {"often/Fired/2026-02"}),
    "a state that lasts beyond the calendar": (
        {"states": [HELD], "rules": [
            rule("long", OnLasting("held", years(230), "at least"), SO),
            rule("high", OnLasting("held", days(2), "at least", days(2)), SO,
                 when=ex.Compare(">=", ex.FieldOf("count"), number(3)))]},
        [DOWN], {"held/Opened/s/3"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_follows_as_it_should(case: str) -> None:
    tables, given, expected = CASES[case]
    ledger = both(contract(**({"events": KINDS} | tables)), given, LAST)
    found = set(names(ledger))
    assert expected <= found
