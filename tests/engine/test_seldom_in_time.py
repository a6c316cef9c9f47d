"""What seldom comes at such a time: too late, beyond the calendar, twice at an instant, after the end. Each in an
agreement of its own, by both evaluators."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from bpodsl.record import Event
from bpodsl.terms import (
    Answer,
    Answering,
    Begin,
    Clause,
    Finish,
    Impose,
    OnHappens,
    OnLasting,
    OnOutcome,
    Point,
    Raise,
    Recurrence,
    Renewal,
    Selector,
    Series,
    SoLong,
    State,
    Survival,
    Terminate,
    Waiver,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.engine.test_at_the_edges import both
from tests.engine.test_seldom_follows import (
    ADDED,
    CALL,
    DONE,
    DOWN,
    ENDS,
    GBP,
    HELD,
    KINDS,
    LAST,
    OFF,
    SO,
    UP,
    A,
    Seldom,
    changed,
    fix,
    graded,
    timed,
)
from tests.reference.build import (
    IMPOSED,
    MONTH,
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
    hours,
    kind,
    line,
    money,
    names,
    norm,
    number,
    office,
    on,
    outcomes,
    period,
    right,
    rule,
    same,
    state,
    total,
    within,
    working,
)
from tests.reference.build import kinds as k

FAR = working(60_000)
MORE = [*KINDS, kind("seen", "id", "desk", word=k.TEXT)]
GOES_ON = Grid("month", goes_on=True, survives="always")
WORDS = ex.Table(ex.FieldOf("word"), (ex.Row("=", ex.Literal("x", k.TEXT), number(2)),
                                      ex.Row("=", ex.Literal("y", k.TEXT), number(3))), number(0))  # fmt: skip
LATE = "2026-04-10T12:00"
DEBT: dict[str, Any] = {"opening": "opened", "acts": "pay", "by": ("id",), "adds_up": ADDED}

CASES: dict[str, Seldom] = {
    # ------------------------------------------------------------------ beyond the calendar
    "a state that lasts longer than the calendar": (
        {"states": [HELD], "calendars": [office()], "rules": [
            rule("long", OnLasting("held", FAR, "at least"), SO), rule("again", OnLasting("held", days(2),
                                                                                          "at least", FAR), SO)]},
        [DOWN], {"again/Fired/s/3"}),
    "a notice that ends after the calendar": (
        {"calendars": [office()], "states": [state("gone")],
         "rules": [rule("stop", OnHappens(on("ends")), Terminate(FAR, to=MONTH, earliest=date(2026, 3, 1))),
                   rule("go", OnHappens(on("call")), Begin("gone", FAR))]},
        [CALL, ENDS], {"stop/Terminated/s/6", "go/Terminated/s/5"}),
    "renewed beyond the calendar": (
        {"calendars": [office()], "last": "2026-03-31", "renewal": Renewal(FAR)}, [CALL],
        {"agreement/Extended/term 2"}),
    "settled beyond the calendar": (
        {"calendars": [office()], "figures": [figure("f", count(events("call")), settle_after=FAR),
                                              figure("g", count(events("call")), settle_latest=FAR)]},
        [CALL], {"g/Settled/2026-01"}),
    "states whose time is beyond the calendar, or over at once": (
        {"calendars": [office()], "states": [
            timed(name="held", lasts=SoLong(hours(5), "count"), prolonged=True),
            timed(name="off", starts=(Selector("off"),), after=SoLong(FAR)),
            timed(name="slow", starts=(Selector("off"),), lasts=SoLong(FAR), prolonged=True),
            timed(name="open", starts=(Selector("off"),), after=SoLong(hours(1, "office")), lasts=SoLong(hours(1,
                                                                                                               "office")))]},
        [event("down", "2026-01-05T10:00", 7, id="A", count=0), DOWN, event("down", "2026-01-05T11:00", 8, id="A"),
         event("off", "2026-01-05T12:00", 9, id="A"), event("off", "2026-01-05T13:00", 10, id="A")],
        {"held/Opened/s/3", "slow/Opened/s/9", "open/Opened/s/9"}),
    # ------------------------------------------------------------------ at one instant
    "a consequence begins, ends and begins it at one instant": (
        {"states": [state("held", by=("id",))],
         "figures": [figure("f", ex.LengthOf(ex.StateTimes("held")), of=k.LENGTH)],
         "rules": [rule("a_go", OnHappens(on("call")), Begin("held")),
                   rule("b_end", OnHappens(on("call")), Finish("held")),
                   rule("c_go", OnHappens(on("call")), Begin("held")),
                   rule("d_end", OnHappens(on("up")), Finish("held")),
                   rule("e_go", OnHappens(on("up")), Begin("held")),
                   rule("told", OnHappens(on("done")), SO, when=ex.InState("held"))]},
        [CALL, event("done", "2026-01-06T12:00", 7, id="A"), event("up", "2026-02-06", 8, id="A"),
         event("call", "2026-03-06", 9, id="A"), event("done", "2026-03-06", 10, id="A")], {"told/Fired/s/7"}),
    "two pauses of which the second ends first, counted in days": (
        {"states": [HELD, OFF], "norms": [fix(due=within(days(2)), suspended_during=("held", "off"))]},
        [A, event("down", "2026-01-06T10:00", 7, id="A"), event("off", "2026-01-06T11:00", 8, id="A"),
         event("up", "2026-01-09T20:00", 9, id="A")], {"fix/Missed/s/1"}),
    "excused by one state of two": (
        {"states": [HELD, OFF], "norms": [fix(excused_during=("off", "held"))]}, [A, DOWN], {"fix/Excused/s/1"}),
    # ------------------------------------------------------------------ after the end, or as it ends
    "what is imposed lacks a key": (
        {"events": MORE, "rules": [rule("tell", OnHappens(on("call")), Impose("told"))],
         "norms": [norm("told", opening=IMPOSED, acts="seen", by=("id", "desk"), due=within(days(2)))]},
        [CALL, event("seen", "2026-01-07", 7, id="A", desk="x")], {"told/Opened/s/5"}),
    "a duty that ends with a state opens nothing after it": (
        {"states": [state("gone", "call")], "norms": [
            norm("tell", opening=MONTH, acts="done", due=within(days(3)), ends_with="gone"), fix(ends_with="gone")]},
        [CALL, event("opened", "2026-01-07", 7, id="A")], {"fix/Noted/s/7"}),
    "windows of which the agreement keeps those after it": (
        {"figures": [figure("f", count(events("call")), GOES_ON, survival=Survival()),
                     figure("o", count(outcomes("fix", counted="opened")), GOES_ON, survival=Survival()),
                     figure("d", count(outcomes("fix")), GOES_ON, survival=Survival()),
                     figure("p", ex.Aggregate("sum", events("sale", "month"), value=ex.FieldOf("amount")), by=("id",)),
                     figure("s", count(ex.StateRows("held")), by=("id",))],
         "norms": [fix(survives=True, due=within(days(9)))], "states": [HELD, timed(name="loose", by=())],
         "rules": [rule("stop", OnHappens(on("ends")), Terminate())]},
        [A, event("opened", "2026-02-09", 7, id="B"), event("opened", "2026-02-10T12:00", 11, id="C"), ENDS,
         event("opened", "2026-02-11", 8, id="D"), event("done", "2026-02-12", 9, id="D"),
         event("opened", "2026-02-20", 10, id="E"), event("sale", "2026-02-01", 12, id="A", amount=3),
         event("sale", "2026-02-01", 13, amount=3, month=period("2026-01")),
         event("sale", "2026-02-01", 14, id="A", amount=3, month=period("2026-01")), event("down", "2026-02-01", 15)],
        {"agreement/Ended"}),
    "a window that the term cuts, and one that reads it": (
        {"last": "2026-03-20", "figures": [
            figure("f", count(events("call")), QUARTER), figure("g", ex.Arithmetic("+", same("f"), number(1)), QUARTER),
            figure("t", count(ex.FigureRows("f")), WHOLE_TERM),
            figure("h", ex.Arithmetic("+", same("t"), same("t")), WHOLE_TERM)]},
        [CALL], {"g/Settled/2026-Q1", "h/Settled/2026-01-01/2026-03-20"}),
    "what was taken up again as it ends": (
        {"norms": [fix(due=within(days(90)), reopening="continue", cure=within(days(4)))],
         "rules": [rule("stop", OnHappens(on("ends")), Terminate())]},
        [A, DONE, event("opened", "2026-02-09", 7, id="A"), ENDS, event("done", "2026-02-11", 8, id="A")],
        {"fix/Ended/s/1"}),
    "a right taken up again after it lapsed": (
        {"norms": [right("may", opening="opened", acts="call", by=("id",), due=within(days(2)), reopening="continue"),
                   right("might", opening="opened", acts="done", by=("id",), due=within(days(2)),
                         reopening="restart")]},
        [A, event("opened", "2026-02-09", 7, id="A"), DONE], {"may/Lapsed/s/1", "may/Noted/s/7", "might/Lapsed/s/1"}),
    "restarted before a change moves it": (
        {"norms": [fix(due=within(days(90)), reopening="restart")], "changes": [changed("first",
                                                                                        "2026-02-01", moves=True)]},
        [A, DONE, event("opened", "2026-01-09", 7, id="A")], {"first/Amended", "fix/Missed/s/1"}),
    # ------------------------------------------------------------------ learnt late
    "what is owed besides, learnt late": (
        {"norms": [norm("owe", **DEBT, due=within(days(9)), waivers=(Waiver(Selector("forgive")),)),
                   norm("owed", **DEBT, due=None),
                   norm("on", **DEBT, due=within(days(3), anchor="field", field="began"))],
         "figures": [figure("f", count(ex.StandingRows("owe", False))), figure("o", count(outcomes("owe")))]},
        [event("opened", "2026-01-05", 7, id="A", grade=10), event("pay", "2026-01-06", 8, id="A", sum=10),
         event("opened", "2026-01-05", 7, id="A", grade=15, rev=1, known=LATE),
         event("forgive", "2026-04-20", 9, id="A")], {"owe/Opened/s/7"}),
    "an exercise that was refused is none, whatever is learnt later": (
        {"states": [HELD], "norms": [right("may", opening="opened", acts="call", by=("id",), due=within(days(30)),
                                           barred_during=("held",), stands=True)]},
        [A, DOWN, CALL, event("down", "2026-01-05T10:00", 3, id="A", rev=1, known=LATE, retracts=True)],
        {"may/Lapsed/s/1"}),
    "an exercise of what was none stands": (
        {"norms": [right("may", opening="opened", acts="call", by=("id",), due=within(days(30)), stands=True,
                         answers=Answering("q", (Answer("call", True),)))],
         "figures": [figure("f", count(outcomes("may", "fulfilled"))),
                     figure("s", count(ex.StandingRows("may", False)))]},
        [A, CALL, event("opened", "2026-01-05T09:00", 1, id="A", rev=1, known=LATE, retracts=True)],
        {"may/Exercised/s/1", "may/BasisWithdrawn/s/1"}),
    "an answer that comes late": (
        {"norms": [fix(answers=Answering("q", (Answer("done", True),))), norm(
            "next", opening="opened", acts="call", by=("id",), due=within(hours(40)),
            after=(("missed", Raise("next")),))],
         "figures": [figure("f", count(outcomes("fix", "missed", "late"), ex.Answered("q", ("fix",), k.YES_NO)))],
         "rules": [rule("r", OnOutcome("next", "missed"), SO, when=ex.Answered("q", ("fix",), k.YES_NO)),
                   rule("e", OnHappens(on("call")), SO, when=ex.Answered("q", ("fix",), k.YES_NO)),
                   rule("w", OnHappens(on("call")), SO, when=ex.Answered("q", ("fix",), k.YES_NO, "window"))]},
        [A, event("done", "2026-01-08", 7, id="A", grade=1), event("call", "2026-01-09", 8, id="A")], {"fix/Late/s/1"}),
    "counted once a day, of what is waived": (
        {"norms": [fix(waivers=(Waiver(Selector("forgive")),))],
         "rules": [rule("often", OnOutcome("fix", "missed"), SO, recurrence=Recurrence(2, span=days(60), once="day"))]},
        [A, event("opened", "2026-01-05T09:00", 7, id="B"), event("opened", "2026-01-09T09:00", 8, id="C"),
         event("forgive", "2026-01-08", 9, id="A"), event("forgive", "2026-01-20", 10, id="C"),
         event("opened", "2026-01-25T09:00", 11, id="D"), event("opened", "2026-01-29T09:00", 12, id="E")],
        {"often/Fired/s/12"}),
    "reclassified by what takes it up again, decided since": (
        {"norms": [evolve(graded(unperformed="not measured"), reopening="continue", reopens_anew=True)]},
        [A, DONE, event("opened", "2026-01-06T16:00", 7, id="A", grade=4),
         event("opened", "2026-01-06T16:00", 8, id="A", grade=1)], {"fix/Amended/s/1", "fix/Noted/s/8"}),
    # ------------------------------------------------------------------ values
    "words that are not told": (
        {"events": MORE, "figures": [figure("f", ex.Aggregate("sum", events("seen"), value=WORDS))]},
        [event("seen", "2026-01-07", n, id="A", **more) for n, more in ((7, {}), (8, {"word": "x"}), (9,
                                                                                                      {"word": "z"}))],
        {"f/Settled/2026-01"}),
    "parts that are shown, of every kind": (
        {"figures": [figure("g", count(events("call"))), figure("f", number(1), shows=(
            ("a", same("g")), ("b", back("g", number(4))), ("c", ex.LengthOf(ex.StateTimes("held"))),
            ("d", total("sale", "amount")), ("e", ex.Aggregate("lowest", events("sale"), value=ex.FieldOf("id"),
                                                              weight=ex.FieldOf("amount"))),
            ("g", ex.SeriesAt("cpi", ex.WindowDay("last")))))],
         "states": [HELD], "series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month",
                                             points=tuple(Point(date(2026, n, 1), n) for n in range(1, 13)))]},
        [DOWN, UP, CALL, event("sale", "2026-01-07", 7, id="A", amount=2)], {"f/Settled/2026-01"}),
    "a state made of one with fewer keys": (
        {"events": MORE, "states": [
            state("open", "seen", by=("id", "desk")), HELD,
            State("both", Clause("both", "state"), ("id", "desk"), made=ex.BothTimes((ex.StateTimes("open"),
                                                                                      ex.StateTimes("held"))))]},
        [event("seen", "2026-01-04", 7, id="A", desk="x"), event("seen", "2026-01-04", 8, id="B", desk="x"), DOWN, UP],
        {"both/Closed/2026-01-05T10:00:00Z/A/x"}),
    "limits of which one does not look anything up, and windows left out": (
        {"series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month", event="index", value_field="value",
                           at_field="month")],
         "figures": [figure("base", money(25), of=GBP)], "lines": [line("charge", "base")],
         "accounts": [account("a", money(20), "charge"),
                      account("b", ex.SeriesAt("cpi", ex.WindowDay("last")),
                              "charge", Grid("month", 1, begins=date(2026, 3, 1)))]},
        [event("index", "2026-05-09", 10, value=2, month=period("2026-03"))], {"charge/Accrued/2026-01"}),
    "before the agreement begins": (
        {"series": [Series("cpi", Clause("cpi", "series"), k.NUMBER, "month", event="index", value_field="value",
                           at_field="month")],
         "figures": [figure("f", ex.SeriesAt("cpi", ex.WindowDay("last"), "latest"))]},
        [event("index", "2025-12-09", 7, value=2, month=period("2025-12")),
         event("index", "2025-12-10", 8, month=period("2025-11")),
         event("call", "2025-12-11", 9, id="A"), CALL], {"f/Settled/2026-01"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_follows_as_it_should(case: str) -> None:
    tables, given, expected = CASES[case]
    ledger = both(contract(**({"events": KINDS} | tables)), given, LAST)
    found = set(names(ledger))
    assert expected <= found


def test_only_who_has_a_right_exercises_it() -> None:
    """What another reports is none, and is told."""
    may = right("may", opening="opened", acts="call", by=("id",), due=within(days(30)))
    agreed = contract(events=KINDS, norms=[may])
    other: Event = evolve(event("call", "2026-01-06", 7, id="A"), reporter="client")
    mine: Event = evolve(event("call", "2026-01-07", 8, id="A"), reporter="provider")
    ledger = both(agreed, [A, other, mine], LAST)
    assert [(e.kind, e.words) for e in ledger.outcome if e.clause == "may"] == [
        ("RightOpened", ""), ("Noted", "not for client to do"), ("Exercised", ""),
    ]  # fmt: skip
