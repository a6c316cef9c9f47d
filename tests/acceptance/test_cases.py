"""Clauses of real agreements, written in the language alone, give their worked answers."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from bpodsl.reference import run as reference_run
from tests.acceptance.runs import Run, fixed, run
from tests.conftest import shared

CASES = Path(__file__).parent / "cases"
MINUTE = 60_000_000
SECOND = 1_000_000


def case(name: str) -> tuple[Path, dict]:
    folder = shared("cases") / name
    return folder / "events.jsonl", json.loads((folder / "expected.json").read_text("utf-8"))


def number(value):
    value = Fraction(value)
    return value.numerator if value.denominator == 1 else float(value)


# ------------------------------------------------------------------ service points
POINTS = "04_uk_msa_service_points"


def points_run(events: Path, **options) -> Run:
    return run(CASES / "service_points.bpo", events, until="2025-09-01T00:00", **options)


def points_row(run_: Run, month: str) -> dict:
    return {
        "MP": number(Fraction(run_.value("measured_time", month), MINUTE)),
        "SD": number(Fraction(run_.value("downtime_counted", month), MINUTE)),
        "pct": fixed(run_.value("availability", month) * 100, 1),
        "points": run_.value("points", month),
        "repeat": run_.value("repeat_failure", month) == 1,
        "credit": fixed(run_.posted("service_credit", month), 2),
    }


def points_answer(run_: Run) -> dict:
    return {
        "periods": {month: points_row(run_, month) for month in sorted(run_.settled("points"))},
        "critical_performance_failure": bool(run_.fired("critical_failure")),
        "rolling6_2025-08": next(
            e.number("value") for period, e in run_.settled("points_in_six").items() if period.endswith("2025-08")
        ),
    }


def test_service_points():
    events, expected = case(POINTS)
    answer = points_answer(points_run(events))
    assert answer == {name: expected[name] for name in answer}


def test_service_points_as_known_before_the_relief():
    events, expected = case(POINTS)
    for instant, months in expected["as_known_at"].items():
        known = points_run(events, as_known_at=instant)
        for month, answers in months.items():
            row = points_row(known, month)
            assert {name: row[name] for name in answers} == answers


def test_service_points_restated():
    events, expected = case(POINTS)
    ledger = points_run(events).ledger
    wanted = dict(expected["restatement_2025-06-12"])
    net = wanted.pop("net_to_supplier")
    changes: dict[str, Fraction] = {}
    for posted in ledger.posted:
        if posted.act in ("Reversed", "Reissued") and posted.entry.clause == "service_credit":
            changes[posted.entry.period] = changes.get(posted.entry.period, 0) + posted.entry.number("amount")
    assert {month: fixed(change, 2) for month, change in changes.items()} == wanted
    assert fixed(-sum(changes.values()), 2) == net


def test_without_the_relief_the_earlier_answer_stands(tmp_path):
    events, expected = case(POINTS)
    kept = [line for line in events.read_text("utf-8").splitlines(True) if "relief_event_accepted" not in line]
    (tmp_path / "events.jsonl").write_text("".join(kept), "utf-8")
    run_ = points_run(tmp_path / "events.jsonl")
    for month, answers in expected["as_known_at"]["2025-06-11T00:00:00+01:00"].items():
        row = points_row(run_, month)
        assert {name: row[name] for name in answers} == answers


# ------------------------------------------------------------------ working hours
HOURS = "11_smelters_working_hours"


def hours_run(events: Path) -> Run:
    return run(CASES / "working_hours.bpo", events, until="2009-09-03T00:00")


def hours_answer(run_: Run) -> dict:
    month = "2009-08"
    verdicts = {dict(v.key)["ticket"]: v for v in run_.verdicts("answer")}
    readings = {}
    for ticket, verdict in sorted(verdicts.items()):
        performed = next(e for e in verdict.entries if e.kind in ("Fulfilled", "Late"))
        readings[ticket] = number(Fraction(performed.number("reading"), SECOND))
    share, network = run_.settled("answered")[month], run_.settled("network")[month]
    return {
        "working_seconds": readings,
        "missed": sorted(t for t, v in verdicts.items() if v.status == "missed"),
        "ratio": str(Fraction(share.number("value"))),
        "pct": fixed(share.number("value") * 100, 1),
        "met": share.number("standing") == "met",
        "availability": {
            "scheduled_minutes": number(Fraction(run_.value("network_time", month), MINUTE)),
            "down": number(Fraction(run_.value("network_down", month), MINUTE)),
            "pct": fixed(network.number("value") * 100, 1),
            "met": network.number("standing") == "met",
        },
    }


def test_working_hours():
    events, expected = case(HOURS)
    assert hours_answer(hours_run(events)) == expected


# ------------------------------------------------------------------ fee in tiers, worlds
FEE = "08_sykes_tiered_fee"
FEBRUARY = "1998-02"


def fee_run(events: Path, world: str = "R1", **options) -> Run:
    return run(CASES / "tiered_fee.bpo", events, until="2000-06-01T00:00", world=world, **options)


def fee_row(run_: Run) -> dict:
    (opened,) = [v for v in run_.verdicts("pay_fee") if v.instance == FEBRUARY]
    return {
        "revenues_current": fixed(run_.value("revenues", FEBRUARY), 2),
        "fee_2_1": fixed(run_.posted("fee", FEBRUARY), 2),
        "new_client_net": fixed(run_.posted("new_client_revenues", FEBRUARY), 2),
        "deduction": fixed(run_.posted("allocated", FEBRUARY), 2),
        "due": fixed(run_.value("due_for_month", FEBRUARY), 2),
        "due_date": opened.due.isoformat(),
        "paid": fixed(run_.value("paid_for_month", FEBRUARY), 2),
        "shortfall": fixed(run_.value("shortfall", FEBRUARY), 2),
    }


def renewal(run_: Run) -> dict:
    """Whether the only notice held the term that ran when it was given, and the last day of the agreement."""
    own = [e for e in run_.ledger.outcome if e.clause == run_.contract.name]
    (notice,) = [e for e in run_.events if e.kind == "non_renewal_notice"]
    extended = [(e.at, e.number("last")) for e in own if e.kind == "Extended"]
    running = [run_.contract.term.last, *(last for at, last in extended if at <= notice.acts)][-1].isoformat()
    ended = [run_.show.day(e.at - 1) for e in own if e.kind == "Ended"]
    noted = [e.words for e in own if e.kind == "Noted" and e.instance == notice.ref]
    # It either ended the agreement with that term, or is said to have come too late.
    assert noted == ([] if ended == [running] else ["too late"])
    return {"valid": not noted, "ends": (ended or [extended[-1][1].isoformat()])[0]}


def fee_answer(run_: Run) -> dict:
    return {
        FEBRUARY: fee_row(run_),
        "audit": {
            "threshold": fixed(run_.value("audit_threshold", FEBRUARY), 2),
            "provider_recovers_cost": run_.posted("audit_borne", FEBRUARY) > 0,
            "cost": fixed(run_.posted("audit_borne", FEBRUARY), 2),
        },
    }


def test_tiered_fee():
    events, expected = case(FEE)
    for world, answer in expected["renewal"].items():
        run_ = fee_run(events, world)
        assert fee_answer(run_) == {FEBRUARY: expected[FEBRUARY], "audit": expected["audit"]}
        assert renewal(run_) == answer


@pytest.mark.parametrize("early", [True, False], ids=["the day before", "the day after"])
@pytest.mark.parametrize("world", ["R1", "R2"])
def test_a_notice_counts_by_the_day_on_which_it_is_mailed(tmp_path, world, early):
    events, expected = case(FEE)
    lines = lines_of(events)
    mailed = {"R1": ("1998-10-01", "1998-10-03"), "R2": ("1999-10-01", "1999-10-03")}[world][not early]
    for line in lines:
        if line.get("scenario") == world:
            line["mailed_at"] = f"{mailed}T23:59:59-04:00" if early else f"{mailed}T00:00:00-04:00"
    ends = {"R1": ("1998-12-31", "2000-12-31"), "R2": ("1999-12-31", "2000-12-31")}[world][not early]
    run_ = fee_run(rewritten(lines, tmp_path), world)
    assert renewal(run_) == {"valid": early, "ends": ends}
    assert expected["renewal"]["R1"]["valid"] and not expected["renewal"]["R2"]["valid"]


def test_tiered_fee_as_known_before_the_late_record():
    events, expected = case(FEE)
    for instant, answers in expected["as_known_at"].items():
        row = fee_row(fee_run(events, as_known_at=instant))
        assert {name: row[name] for name in answers} == answers


def test_without_the_late_record_the_earlier_answer_stands(tmp_path):
    events, expected = case(FEE)
    lines = [line for line in lines_of(events) if "recorded_at" not in line]
    row = fee_row(fee_run(rewritten(lines, tmp_path)))
    for answers in expected["as_known_at"].values():
        assert {name: row[name] for name in answers} == answers


# ------------------------------------------------------------------ uptime, claims, termination, refund
UPTIME = "06_commonpaper_uptime"


def uptime_run(events: Path) -> Run:
    return run(CASES / "uptime_credits.bpo", events, until="2025-02-13T00:00")


def uptime_month(run_: Run, month: str, keys: dict) -> dict:
    claimed = {dict(v.key).get("for_month", v.instance): v for v in run_.verdicts("claim_credits")}
    found = {
        "available_minutes": number(Fraction(run_.value("available_time", month), MINUTE)),
        "downtime": number(Fraction(run_.value("downtime", month), MINUTE)),
        "met": run_.settled("uptime")[month].number("standing") == "met",
        "claim_in_time": claimed[month].status == "fulfilled",
        "credit": fixed(run_.value("credit_of_month", month), 2),
        "capped": any(e.kind == "Capped" and e.period == month for e in run_.ledger.outcome),
    }
    return {name: found[name] for name in keys}


def uptime_answer(run_: Run) -> dict:
    expected = case(UPTIME)[1]
    (right,) = run_.verdicts("for_failures")
    opened = next(e for e in right.entries if e.kind == "RightOpened")
    return {
        "months": {month: uptime_month(run_, month, keys) for month, keys in expected["months"].items()},
        "response": {
            dict(v.key)["request"]: "met" if v.status == "fulfilled" else v.status for v in run_.verdicts("respond")
        },
        "credits_total": fixed(next(iter(run_.settled("credits_in_all").values())).number("value"), 2),
        "termination_right_since": run_.show.day(opened.at),
        "termination_valid": any(e.kind == "Exercised" for e in right.entries),
        "refund": fixed(run_.posted("for_failures.payment"), 2),
        "credits_expired": fixed(next(iter(run_.settled("credits_expired").values())).number("value"), 2),
        "cash_for_credits": fixed(next(iter(run_.settled("paid_for_credits").values())).number("value"), 2),
    }


def test_uptime_credits():
    events, expected = case(UPTIME)
    assert uptime_answer(uptime_run(events)) == expected


@pytest.mark.parametrize(("in_cash", "cash"), [(True, "1500.00"), (False, "0.00")])
def test_credits_that_are_used_expire_no_more(tmp_path, in_cash, cash):
    events, expected = case(UPTIME)
    used = {"seq": 901, "type": "credit_used", "amount": "1500.00", "in_cash": in_cash, "at": "2024-07-08T12:00:00Z"}
    answer = uptime_answer(uptime_run(rewritten([*lines_of(events), used], tmp_path)))
    assert answer == {**expected, "credits_expired": "8100.00", "cash_for_credits": cash}


# ------------------------------------------------------------------ all but two days, a mean and a tail
BATCH = "12_tricity_batch_allowance"


def batch_run(events: Path) -> Run:
    return run(CASES / "batch_allowance.bpo", events, until="1998-04-02T00:00")


def batch_answer(run_: Run) -> dict:
    month = "1998-03"

    def of_kind(kind: str) -> dict:
        return {
            "mean": fixed(run_.value("mean_time", month, kind=kind), 2),
            "over_limit_pct": fixed(run_.value("slow", month, kind=kind) * 100, 0),
            "met": run_.value("quick_enough", month, kind=kind),
        }

    return {
        "batch": {
            "misses": sorted(dict(v.key)["about"] for v in run_.verdicts("reports") if v.status == "missed"),
            "excluded": [run_.show.day(e.at) for e in run_.fired("late_input")],
            "allowance": run_.value("days_allowed", month),
            "met": run_.settled("batch")[month].number("standing") == "met",
        },
        "teller": of_kind("teller"),
        "CRT": of_kind("CRT"),
    }


def test_batch_allowance():
    events, expected = case(BATCH)
    assert batch_answer(batch_run(events)) == expected


# ------------------------------------------------------------------ what must hold on each
EACH = [
    (POINTS, points_run, points_answer),
    (HOURS, hours_run, hours_answer),
    (FEE, fee_run, fee_answer),
    (UPTIME, uptime_run, uptime_answer),
    (BATCH, batch_run, batch_answer),
]
IDS = ["points", "hours", "fee", "uptime", "batch"]


@pytest.fixture(params=EACH, ids=IDS)
def each(request):
    name, runner, answer = request.param
    events, expected = case(name)
    return events, runner, answer, {k: expected[k] for k in answer(runner(events))}


def rewritten(lines: list[dict], tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def lines_of(events: Path) -> list[dict]:
    return [json.loads(line) for line in events.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_lines_is_nothing(each, tmp_path, seed):
    events, runner, answer, expected = each
    lines = lines_of(events)
    random.Random(seed).shuffle(lines)
    assert answer(runner(rewritten(lines, tmp_path))) == expected


def test_each_line_twice_is_nothing(each, tmp_path):
    events, runner, answer, expected = each
    assert answer(runner(rewritten(lines_of(events) * 2, tmp_path))) == expected


def test_the_same_instants_in_utc_are_nothing(each, tmp_path):
    events, runner, answer, expected = each
    lines = lines_of(events)
    for line in lines:
        for name in ("at", "recorded_at", "from", "to", "mailed_at", "received_at"):
            if name in line:
                line[name] = datetime.fromisoformat(line[name]).astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert answer(runner(rewritten(lines, tmp_path))) == expected


@pytest.mark.parametrize(("name", "runner"), [each[:2] for each in EACH], ids=IDS)
def test_both_evaluators_give_the_same(name, runner):
    run_ = runner(case(name)[0])
    assert len(run_.ledger.posted) > 20
    assert run_.ledger.posted == reference_run(run_.contract, run_.events, run_.until).posted


PAID = {
    POINTS: {("monthly_charges", "authority", "supplier"), ("service_credit", "supplier", "authority")},
    HOURS: set(),
    FEE: {
        ("fee", "hps", "shps"), ("new_client_revenues", "hps", "shps"), ("allocated", "shps", "hps"),
        ("audit_borne", "hps", "shps"),
    },
    UPTIME: {
        ("uptime_credit", "provider", "customer"), ("response_credit", "provider", "customer"),
        ("for_failures.payment", "provider", "customer"),
    },
    BATCH: set(),
}  # fmt: skip


@pytest.mark.parametrize(("name", "runner"), [each[:2] for each in EACH], ids=IDS)
def test_who_owes_whom(name, runner):
    accrued = [e for e in runner(case(name)[0]).ledger.outcome if e.kind == "Accrued"]
    assert {(e.clause, e.number("payer"), e.number("payee")) for e in accrued} == PAID[name]


def test_an_outage_split_in_two_is_nothing(tmp_path):
    events, expected = case(POINTS)
    lines = lines_of(events)
    middle = "2025-04-10T11:00:00+01:00"
    lines.append({"seq": 901, "type": "downtime_ended", "id": "D3", "at": middle})
    lines.append({"seq": 902, "type": "downtime_started", "id": "D3", "at": middle})
    assert points_answer(points_run(rewritten(lines, tmp_path)))["periods"] == expected["periods"]
