"""What rows and windows ask of the time before and after them, in each way, by both evaluators: rows there are in a
stretch of time, whatever it is counted in, from where it is reckoned, and what of it there is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bpodsl.terms import OnHappens, OnLasting, OnOutcome, OnSettled, Raise, Rule
from bpodsl.terms import expressions as ex
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
    norm,
    number,
    office,
    on,
    rule,
    state,
    within,
    years,
)
from tests.reference.build import kinds as k

KINDS = [kind("call", "id", day=k.DAY, then=k.INSTANT), kind("opened", "id"), kind("done", "id"), kind("down", "id"),
         kind("up", "id"), kind("notice")]  # fmt: skip
DUTY: dict[str, Any] = {"opening": "opened", "acts": "done", "by": ("id",)}
NORMS = [
    norm("fix", **DUTY, due=within(hours(30)), cure=within(days(2)), reopening="new cycle"),
    norm("tell", **DUTY, due=within(days(2)), reopening="new cycle"),
]
HELD = state("held", "down", "up", by=("id",))
CALLS = figure("calls", count(events("call")), of=k.NUMBER)
LENGTHS = {"hours": hours(30), "days": days(3), "open": hours(9, "office"), "beyond": years(230)}
FROM: dict[str, ex.Expression] = {
    "its day": ex.DayOf(ex.Moment("row", False), "first"), "its field": ex.FieldOf("day"), "then": ex.FieldOf("then"),
    "a day": ex.Literal(date(2026, 2, 10), k.DAY), "nothing": ex.Unmeasured("nothing to tell"),
}  # fmt: skip

GIVEN = [
    event("opened", "2026-01-28T10:00", 1, id="A"), event("down", "2026-01-28T12:00", 2, id="A"),
    event("call", "2026-01-29T10:00", 3, id="A"), event("up", "2026-01-29T12:00", 4, id="A"),
    event("done", "2026-01-30T09:00", 5, id="A"), event("opened", "2026-01-31T00:00", 6, id="B"),
    event("call", "2026-01-31T00:00", 7, day=date(2026, 1, 31)), event("down", "2026-02-01T00:00", 8, id="B"),
    event("call", "2026-02-01T06:00", 9, id="B", day=date(2026, 1, 30)), event("done", "2026-02-01T06:00", 10, id="B"),
    event("opened", "2026-02-03T09:00", 11, id="A"), event("opened", "2026-02-03T09:00", 12, id="C"),
    event("up", "2026-02-03T10:00", 13, id="B"), event("down", "2026-02-03T10:00", 14, id="B"),
    event("done", "2026-02-05T00:00", 15, id="A"), event("call", "2026-02-05T00:00", 16, id="A", day=date(2026, 2, 4)),
    event("call", "2026-02-06T00:00", 17, id="C", then=1770163200000000), event("up", "2026-02-06T00:00", 18, id="B"),
    event("opened", "2026-02-27T09:00", 19, id="D"), event("call", "2026-03-01T00:00", 20, id="D"),
    event("notice", "2026-03-02T00:00", 21), event("opened", "2026-03-02T00:00", 22, id="E"),
    event("done", "2026-03-30T00:00", 23, id="D"), event("call", "2026-03-30T00:00", 24, id="E"),
]  # fmt: skip
HAPPENS: dict[str, Any] = {
    "event": OnHappens(on("call")), "without a key": OnHappens(on("notice")), "late": OnOutcome("fix", "missed"),
    "early": OnOutcome("tell", "missed"), "performed": OnOutcome("fix", "fulfilled"),
    "lasting": OnLasting("held", days(1), "at least"),
}  # fmt: skip


def stretches(of: str, same: tuple[str, ...]) -> dict[str, ex.Rows]:
    """Rows in a stretch of time before or after a row, or before a window or its end."""
    found: dict[str, ex.Rows] = {}
    statuses = ("opened", "fulfilled", "late", "missed", "cured", "breached", "excused")
    for name, length in LENGTHS.items():
        for reach in ("last", "next") if of == "row" else ("last",):
            found[f"events {reach} {name}"] = ex.TrailRows("opened", reach, of, length, same)
            found[f"outcomes {reach} {name}"] = ex.TrailOutcomes("tell", statuses, reach, of, length, same)
            found[f"missed {reach} {name}"] = ex.TrailOutcomes("fix", ("missed", "late"), reach, of, length, same)
        found[f"times {name}"] = ex.TrailIntervals("held", "last", of, length)
        if of == "row":
            for where, before in FROM.items():
                found[f"events {name} before {where}"] = ex.TrailRows("opened", "last", of, length, same, before)
                found[f"outcomes {name} before {where}"] = ex.TrailOutcomes(
                    "tell", statuses, "last", of, length, same, before
                )
    for reach in ("all", "so far") if of == "row" else ("so far",):
        found[f"events {reach}"] = ex.TrailRows("opened", reach, of, same=same)
        found[f"outcomes {reach}"] = ex.TrailOutcomes("fix", ("breached", "cured"), reach, of, same=same)
    found["events since"] = ex.TrailRows("opened", "so far", of, same=same, since="done")
    found["outcomes since"] = ex.TrailOutcomes("fix", ("opened", "missed"), "so far", of, same=same, since="done")
    found["times so far"] = ex.TrailIntervals("held", "so far", of)
    found["long ones"] = ex.TrailIntervals("held", "so far", of, least=hours(24))
    found["longer ones"] = ex.TrailIntervals("held", "so far", of, least=hours(9, "office"), more=True)
    return found


def told(occasion: Any, rows: dict[str, ex.Rows]) -> list[Rule]:
    """For each a trigger that fires where there is one such row, and three."""
    return [
        rule(f"r{n}_{least}", occasion, Raise(name), when=ex.Compare(">=", count(each), number(least)))
        for n, (name, each) in enumerate(rows.items()) for least in (1, 3)
    ]  # fmt: skip


def raised(rules: list[Rule], **more: Any) -> list[str]:
    """What is raised, in order, as both evaluators say."""
    agreed = contract(events=KINDS, norms=NORMS, states=[HELD], calendars=[office()], rules=rules,
                      **{"figures": [CALLS], **more})  # fmt: skip
    ledger = both(agreed, GIVEN, "2026-04-02")
    return [entry.words for entry in ledger.outcome if entry.kind == "Raised"]


@pytest.mark.parametrize("same", [(), ("id",)])
@pytest.mark.parametrize("happens", HAPPENS)
def test_before_and_after_a_row(happens: str, same: tuple[str, ...]) -> None:
    found = raised(told(HAPPENS[happens], stretches("row", same)))
    assert ("events so far" in found) == (happens != "without a key" or not same)


@pytest.mark.parametrize("of", ["window", "before the window"])
def test_before_a_window(of: str) -> None:
    assert "outcomes so far" in raised(told(OnSettled("calls"), stretches(of, ())))


@pytest.mark.parametrize("of", ["window", "before the window"])
def test_before_a_window_of_a_group(of: str) -> None:
    by_id = figure("calls", count(events("call")), by=("id",))
    assert "outcomes so far" in raised(told(OnSettled("calls"), stretches(of, ())), figures=[by_id])


def lengths(of: str) -> dict[str, ex.Expression]:
    """How long it was so in a stretch of time."""
    times = {"held": ex.StateTimes("held"), "less": ex.LessTimes(ex.CalendarTimes("office"), ex.StateTimes("held")),
             "two": ex.ManyTimes("held", 2), "long": ex.StateTimes("held", hours(24))}  # fmt: skip
    found: dict[str, ex.Expression] = {}
    for what, each in times.items():
        for name, length in LENGTHS.items():
            if length.calendar is None:
                found[f"{what} {name}"] = ex.TrailLength(each, "last", of, length)
        found[f"{what} so far"] = ex.TrailLength(each, "so far", of)
    return found


@pytest.mark.parametrize(
    ("happens", "of"),
    [*((each, "row") for each in HAPPENS), ("settled", "window"), ("settled", "before the window")],
)
def test_how_long_it_was_so(happens: str, of: str) -> None:
    occasion = HAPPENS.get(happens, OnSettled("calls"))
    rules = [
        rule(f"r{n}_{least}", occasion, Raise(name),
             when=ex.Compare(">=", each, ex.Literal(least * 3_600_000_000, k.LENGTH)))
        for n, (name, each) in enumerate(lengths(of).items()) for least in (1, 12, 48)
    ]  # fmt: skip
    assert "less so far" in raised(rules)


@pytest.mark.parametrize("before", [None, *FROM])
@pytest.mark.parametrize("happens", HAPPENS)
def test_windows_that_had_ended(happens: str, before: str | None) -> None:
    limit = None if before is None else FROM[before]
    rows = {"calls": ex.PastRows("calls", 2, limit), "by id": ex.PastRows("by_id", 1, limit)}
    by_id = figure("by_id", count(events("call")), by=("id",))
    found = raised(told(HAPPENS[happens], rows), figures=[CALLS, by_id])
    assert before != "nothing" or not found


def test_rows_that_ask_of_the_time_before_them() -> None:
    """In a window each row asks for itself; what is asked of the window is nothing of a row."""
    figures = [
        figure(f"f{n}", count(rows, where=ex.Compare(">=", count(each), number(1))), by=by)
        for n, (name, each) in enumerate(stretches("row", ("id",)).items()) if "before" not in name
        for by, rows in (((), events("done")),)
    ]  # fmt: skip
    agreed = contract(events=KINDS, norms=NORMS, states=[HELD], calendars=[office()], figures=figures)
    ledger = both(agreed, GIVEN, "2026-04-02")
    assert {entry.number("value") for entry in ledger.outcome if entry.kind == "Settled"} > {0, 1}
