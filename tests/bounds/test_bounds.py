"""What can be: ranges of values are exact where they are known, and no run leaves them."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from bpodsl.bounds import Bounds, owed, sides
from bpodsl.bounds.windows import MONTH, Times, days_of, touched, within
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.terms import NotMeasured
from bpodsl.values import Grid
from tests.campaign.__main__ import drawn
from tests.conftest import ROOT

PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
YEAR = Grid("month", 12)


def contract(text):
    found, problems = understand_text("small.bpo", PRELUDE + text)
    assert found is not None, [problem.message() for problem in problems]
    return found


def value(formula, windows="each month", extra=""):
    """The range of a formula, as an amount over these windows."""
    return Bounds(contract(f"amount x\n  {windows}\n  {formula}\n{extra}")).of_figure("x")


def ends(found):
    return found.low, found.high


# ------------------------------------------------------------------------------------ formulas
@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("3 + 4 * 2", 11, 11),
        ("count of down", 0, None),
        ("5 - count of down", None, 5),
        ("the greater of 3 - count of down and 0", 0, 3),
        ("the lesser of count of down and 7", 0, 7),
        ("count of down where during outage / count of down", 0, 1),
        ("100% - count of down where during outage / count of down", 0, 1),
        ("10 / (count of down + 4)", 0, Fraction(5, 2)),
        ("10 / count of down", 0, 10),
        ("if count of down more than 3 then 10 - count of down else 2", None, 6),
        ("if count of down at most 3 then 10 - count of down else 2", 2, 10),
        ("if on_time is missed then 5 else 9", 5, 9),
        ("if on_time is missed then on_time else 95%", 0, Fraction(19, 20)),
        ("days of the window", 28, 31),
        ("count of down / days of the window", 0, None),
        ("on_time rounded down to 10%", 0, 1),
        ("(previous x, at first 0) + count of down", None, None),
        ("on_time * 3 - on_time", -1, 3),
        ("count of ticket_opened where amount at least 5 GBP", 0, None),
        ("sum of amount over ticket_opened where amount at least 5 GBP", 0, None),
        ("sum of amount over ticket_opened", None, None),
        ("mean of amount over ticket_opened where amount at least 5 GBP and amount at most 9 GBP", 5, 9),
    ],
)
def test_between_what_a_formula_lies(formula, low, high):
    assert ends(value(formula)) == (low, high)


def test_why_there_is_no_end():
    assert value("5 - count of down").below == ("nothing limits how many `down` there are",)
    assert value("sum of amount over ticket_opened").above == (
        "`amount` of `ticket_opened` may be any money", "nothing limits how many `ticket_opened` there are",
    )  # fmt: skip
    assert value("(previous x, at first 0) + count of down").below == ("`x` rests on its own earlier windows",)


def test_windows_in_windows_are_counted():
    fees = "amount y\n  each contract year\n  sum of value over windows of fee\n"
    found = Bounds(contract(fees)).of_figure("y")
    assert ends(found) == (12000, 12000)


def test_what_is_reported_may_be_taken_to_be_no_less_than_nothing():
    with_sums = contract("amount x\n  each month\n  sum of amount over ticket_opened\n")
    assert ends(Bounds(with_sums).of_figure("x")) == (None, None)
    assert ends(Bounds(with_sums, from_zero=True).of_figure("x")) == (0, None)


# ------------------------------------------------------------------------------------ windows
@pytest.mark.parametrize(
    ("inner", "outer", "times"),
    [
        (MONTH, YEAR, Times(12, 12)),
        (Grid("month", 3), YEAR, Times(4, 4)),
        (YEAR, MONTH, Times(0, 1)),
        (Grid("day"), MONTH, Times(28, 31)),
        (Grid("week"), MONTH, Times(4, 5)),
        (Grid("day", 30), MONTH, Times(0, 2)),
        (MONTH, Grid("term"), Times(0, 40)),
        (Grid("month", times=2), YEAR, Times(0, 2)),
        (Grid("month", partial="exclude"), YEAR, Times(0, 12)),
    ],
)
def test_how_many_windows_end_in_another(inner, outer, times):
    assert within(inner, outer, contract("")) == times


def test_days_of_windows():
    term = contract("").term
    assert [days_of(grid, term) for grid in (MONTH, Grid("month", 3), YEAR, Grid("week"))] == [
        Times(28, 31), Times(89, 92), Times(365, 366), Times(7, 7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "period", "windows"),
    [
        (MONTH, MONTH, 1),
        (MONTH, YEAR, 12),
        (YEAR, MONTH, 1),
        (Grid("month", span=12), YEAR, 1),
        (Grid("term"), YEAR, 1),
    ],
)
def test_windows_of_caps(by, period, windows):
    assert touched(by, period, contract("")) == windows


# ------------------------------------------------------------------------------------ money
def test_what_customer_care_can_come_to():
    bounds = Bounds(understand(ROOT / "examples" / "customer_care" / "customer_care.bpo").contract)
    lines = {each.line.name: each for each in owed(bounds)}
    assert ends(lines["monthly_charge"].year) == (3_000_000, 3_000_000)
    assert ends(lines["help_desk_credit"].each) == (0, 30_000)
    assert lines["help_desk_credit"].each.at_high == (("p1_on_time", "0 %"),)
    assert lines["call_charge"].month.above == ("nothing limits how many `call_answered` there are",)
    credits = next(side for side in sides(bounds, list(lines.values())) if side.payer == "meridian")
    assert ends(credits.month) == (0, 30_000)
    assert ends(credits.year) == (0, 360_000)
    assert [held.account.name for held in credits.capped] == ["monthly_cap"]


def test_a_yearly_cap_holds_the_months_together():
    text = (
        "charge k\n  each month\n  northwind pays meridian 100 GBP\n"
        "charge l\n  each quarter\n  northwind pays meridian 50 GBP\n"
        "cap c on k, l at 700 GBP each contract year\n"
    )
    bounds = Bounds(contract(text))
    lines = [each for each in owed(bounds) if each.line.name in ("k", "l")]
    assert [ends(each.year) for each in lines] == [(700, 700), (200, 200)]
    (side,) = sides(bounds, lines)
    assert ends(side.month) == (100, 150)
    assert side.year.high == 700


def test_what_follows_from_a_duty_of_each_month_comes_as_often():
    text = (
        "obligation sent\n  meridian must report_sent each month\n  within 5 days after the end of the month\n"
        '  performs the period of month\n  failing that meridian pays northwind 100 GBP as "none"\n'
    )
    bounds = Bounds(contract(text))
    (paid,) = [each for each in owed(bounds) if each.grid is None]
    assert (ends(paid.each), ends(paid.month), ends(paid.year)) == ((100, 100), (0, 100), (0, 1200))


def test_what_follows_from_each_event_has_no_end():
    text = 'trigger x\n  when claimed\n  then meridian pays northwind 9 GBP as "claim"\n'
    bounds = Bounds(contract(text))
    (paid,) = [each for each in owed(bounds) if each.grid is None]
    assert ends(paid.year) == (0, None)
    assert paid.year.above == ("nothing limits how often `x` fires",)


# ------------------------------------------------------------------------------------ no run leaves them
def leaves(found, amount):
    low, high = found.low, found.high
    return found.empty or (low is not None and amount < low) or (high is not None and amount > high)


def assert_inside(agreement, entries):
    """That what settled and was owed lies in its range; sums of windows that the term cuts may be smaller."""
    bounds, cut = Bounds(agreement), Bounds(agreement, cut=True)
    lines = {each.line.name: each for each in owed(bounds)}
    for entry in entries:
        if entry.kind == "Settled":
            found, settled = bounds.of_figure(entry.clause), entry.number("value")
            if isinstance(settled, NotMeasured):
                assert found.gap or found.empty, (entry, found)
            elif isinstance(settled, int | Fraction) and bounds.figures[entry.clause].kind.base in (
                "number", "share", "money", "length",
            ):  # fmt: skip
                assert not leaves(found, settled), (entry, found)
                # What is reasoned of windows that may be cut holds of all.
                assert not leaves(cut.of_figure(entry.clause), settled), (entry, found)
        elif entry.kind == "Accrued":
            found, amount = lines[entry.clause].each, entry.number("amount")
            assert amount == 0 or not leaves(found, amount), (entry, found)


@pytest.mark.parametrize("start", range(0, 120, 40))
def test_random_runs_stay_inside(start):
    for index in range(start, start + 40):
        case = drawn(77, index)[0]
        ledger = evaluate(case.contract, case.events, case.until)
        assert_inside(case.contract, ledger.outcome)


# ------------------------------------------------------------------------------------ the command
def worth(*arguments):
    result = CliRunner().invoke(bpodsl, ["worth", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


EXAMPLE = str(ROOT / "examples" / "it_service_desk" / "it_service_desk.bpo")


def test_the_command_prints_clauses_and_reasons():
    told = worth(EXAMPLE)
    assert "Base charge for 2 400 users [Sch C 1.1]" in told
    assert "1 152 000.00" in told
    assert "Couriers, at cost plus three per cent has no least: `cost` of `courier_bill` may be any money" in told
    assert "P3 and P4; half as much again in a second month running: 3 456.00 USD when `minor` is missed and" in told


def test_the_command_prints_json():
    whole = json.loads(worth(EXAMPLE, "--format", "json"))
    by_line = {each["line"]: each for each in whole["clauses"]}
    assert by_line["portal_credit"]["month"] == {"least": "0", "most": "3456", "most_when": {"portal": "0 %"}}
    assert by_line["couriers"]["year"]["why_no_least"] == ["`cost` of `courier_bill` may be any money"]
    assert json.loads(worth(EXAMPLE, "--from-zero", "--format", "json"))["clauses"] != whole["clauses"]


def test_the_most_of_a_clause_is_shown_by_events_that_a_run_confirms(tmp_path):
    clauses = json.loads(worth(EXAMPLE, "--shown", "--format", "json"))["clauses"]
    shown = {each["line"]: each for each in clauses if "most_shown" in each}
    assert {"major_credit", "stocktaking"} <= set(shown)
    for line, each in shown.items():
        trace = each["most_shown"]
        assert trace["finds"] in worth(EXAMPLE, "--shown")
        (tmp_path / "shown.jsonl").write_text("\n".join(trace["events"]), encoding="utf-8")
        asked = ["run", EXAMPLE, str(tmp_path / "shown.jsonl"), "--until", trace["until"], "--format", "jsonl"]
        entries = [json.loads(entry) for entry in CliRunner().invoke(bpodsl, asked).stdout.splitlines()]
        own = [entry for entry in entries if (entry["clause"], entry["kind"]) == (line, "Accrued")]
        assert each["each"]["most"] in [entry["numbers"]["amount"] for entry in own]
