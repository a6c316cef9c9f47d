"""Agreements over two real logs reproduce the computed truth, digit for digit."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.acceptance.runs import Run, fixed, run
from tests.conftest import shared

HERE = Path(__file__).parent
LEVELS = {"SL": "sl", "ABN": "abn", "ASA": "asa"}


# ------------------------------------------------------------------ a city's contact centre
@pytest.fixture(scope="module")
def city() -> Run:
    return run(HERE / "logs/city_calls.bpo", shared("data") / "vancouver_311_daily.csv", until="2024-10-01T00:00")


@pytest.fixture(scope="module")
def city_truth():
    return json.loads((shared("data") / "vancouver_311.expected.json").read_text("utf-8"))


def shown(level: str, value) -> str:
    return fixed(value if level == "ASA" else value * 100, 6)


def met(run_: Run, level: str, period: str) -> bool:
    return run_.settled(LEVELS[level])[period].number("standing") == "met"


def month_row(city: Run, month: str) -> dict:
    value = lambda figure: city.value(figure, month)  # noqa: E731
    return {
        "month": month,
        "days": value("days"),
        "offered": value("offered_calls"),
        "handled": value("handled_calls"),
        "abandoned": value("abandoned_calls"),
        **{level: shown(level, value(name)) for level, name in LEVELS.items()},
        "met": {level: met(city, level, month) for level in LEVELS},
        "SL_below_minimum": city.settled("sl")[month].number("below minimum"),
        "invoice": fixed(city.posted("invoice", month), 2),
        "at_risk": fixed(value("at_risk"), 3),
        "points": value("points"),
        "credit": fixed(city.posted("pool", month), 2),
        "share": {level: fixed(value(f"{name}_part"), 2) for level, name in LEVELS.items()},
    }


def test_every_month_of_the_city(city, city_truth):
    months = sorted(city.settled("sl"))
    assert months == [row["month"] for row in city_truth["monthly"]]
    assert [month_row(city, month) for month in months] == city_truth["monthly"]


def test_chronic_months_of_the_city(city, city_truth):
    got = {level: [e.period for e in city.fired(f"{name}_chronic")] for level, name in LEVELS.items()}
    assert got == city_truth["chronic"]
    # A right opens with the first of them and stays open.
    for level, name in LEVELS.items():
        rights = city.verdicts(f"end_{name}")
        assert len(rights) == 1
        assert rights[0].status == "not measurable", "it ended with the agreement, unexercised"
        assert rights[0].opened == city.fired(f"{name}_chronic")[0].at, level


def test_earn_back_of_the_city(city, city_truth):
    rows = []
    for year in sorted(city.settled("sl_earned_back")):
        back = {level: city.posted(f"{name}_earned_back", year) for level, name in LEVELS.items()}
        rows.append({
            "year": year,
            **{level: shown(level, city.value(f"{name} over the year", year)) for level, name in LEVELS.items()},
            "met": {level: met_over_year(city, level, year) for level in LEVELS},
            "credits": fixed(city.value("year_credits", year), 2),
            "earned_back": {level: fixed(sum_, 2) for level, sum_ in back.items()},
            "earned_back_total": fixed(sum(back.values()), 2),
        })  # fmt: skip
    assert rows == city_truth["earn_back"]


def met_over_year(city: Run, level: str, year: str) -> bool:
    return city.settled(f"{LEVELS[level]} over the year")[year].number("standing") == "met"


def test_summary_of_the_city(city, city_truth):
    truth = city_truth["summary"]
    months = sorted(city.settled("sl"))
    assert (len(months), months[0], months[-1]) == (truth["months"], truth["first"], truth["last"])
    assert {level: sum(not met(city, level, m) for m in months) for level in LEVELS} == truth["missed"]
    assert fixed(city.posted("pool"), 2) == truth["credits_total"]
    assert fixed(sum(city.posted(f"{n}_earned_back") for n in LEVELS.values()), 2) == truth["earned_back_total"]
    chronic = {level: [e.period for e in city.fired(f"{n}_chronic")] for level, n in LEVELS.items()}
    assert {level: months[0] for level, months in chronic.items()} == truth["chronic_first"]
    assert {level: len(months) for level, months in chronic.items()} == truth["chronic_months"]


def test_every_line_of_the_city_is_accounted_for(city):
    assert city.taken.account.as_dict()["lines"] == 5585
    assert not city.taken.quarantined
    assert not city.taken.incomplete


# ------------------------------------------------------------------ a software company's help desk
@pytest.fixture(scope="module")
def desk() -> Run:
    return run(HERE / "logs/software_desk.bpo", shared("data") / "helpdesk.csv.gz", until="2015-01-01T00:00")


@pytest.fixture(scope="module")
def desk_truth():
    return json.loads((shared("data") / "helpdesk.expected.json").read_text("utf-8"))


def seconds(ticks) -> int:
    exact = Fraction(ticks, 1_000_000)
    assert exact.denominator == 1
    return exact.numerator


def readings(desk: Run, norm: str) -> dict[str, int]:
    found = {}
    for verdict in desk.verdicts(norm):
        if verdict.status in ("fulfilled", "missed"):
            deciding = next(e for e in verdict.entries if e.kind in ("Fulfilled", "Missed"))
            found[dict(verdict.key)["ticket"]] = seconds(deciding.number("reading"))
    return found


def number_of(ticket: str) -> int:
    return int(ticket.split()[1])


def test_every_month_of_the_desk(desk, desk_truth):
    rows = []
    for month, entry in sorted(desk.settled("in_time").items()):
        if entry.number("fulfilled") + entry.number("missed") == 0:
            assert entry.number("standing") == "not measured"
            continue
        rows.append({
            "month": month, "measured": entry.number("fulfilled") + entry.number("missed"),
            "in_time": entry.number("fulfilled"), "pct": fixed(entry.number("value") * 100, 4),
            "met": entry.number("standing") == "met",
        })  # fmt: skip
    assert rows == desk_truth["monthly"]


def test_tickets_of_the_desk(desk, desk_truth):
    effective, elapsed = readings(desk, "resolve"), readings(desk, "resolve_elapsed")
    in_time = {dict(v.key)["ticket"] for v in desk.verdicts("resolve") if v.status == "fulfilled"}
    by_elapsed = {dict(v.key)["ticket"] for v in desk.verdicts("resolve_elapsed") if v.status == "fulfilled"}
    flipped = sorted(in_time - by_elapsed, key=number_of)
    assert [
        {"case": t, "elapsed": elapsed[t], "waiting": elapsed[t] - effective[t], "effective": effective[t]}
        for t in flipped
    ] == desk_truth["flipped_to_in_time"]
    late = sorted((t for t in effective if t not in in_time), key=number_of)
    assert late == desk_truth["late"]


def test_summary_of_the_desk(desk, desk_truth):
    truth = desk_truth["summary"]
    effective, elapsed = readings(desk, "resolve"), readings(desk, "resolve_elapsed")
    (term,) = desk.settled("all_in_time")
    whole, whole_elapsed = desk.settled("all_in_time")[term], desk.settled("all_in_time_elapsed")[term]
    cases = {dict(v.key)["ticket"] for v in desk.verdicts("resolve")}
    months = [e for e in desk.settled("in_time").values() if e.number("standing") != "not measured"]
    sum_elapsed, sum_effective = (seconds(desk.value(f, term)) for f in ("elapsed_time", "effective_time"))
    assert {
        "events": desk.taken.account.as_dict()["applied"],
        "cases": len(cases),
        "measured": len(effective),
        "not_measured": sorted(cases - effective.keys(), key=number_of),
        "limit_seconds": 2592000,
        "in_time_elapsed": whole_elapsed.number("fulfilled"),
        "in_time_effective": whole.number("fulfilled"),
        "pct_elapsed": fixed(whole_elapsed.number("value") * 100, 4),
        "pct_effective": fixed(whole.number("value") * 100, 4),
        "cases_with_waiting_time": sum(elapsed[t] != effective[t] for t in effective),
        "flipped": sum(1 for t in effective if elapsed[t] > 2592000 >= effective[t]),
        "late": whole.number("missed"),
        "sum_elapsed_seconds": sum_elapsed,
        "sum_waiting_seconds": sum_elapsed - sum_effective,
        "months": len(months),
        "months_met": sum(e.number("standing") == "met" for e in months),
    } == truth
