"""Doubts that are shown by events: a run of these events, as far as is said, finds what is said."""

from __future__ import annotations

import inspect
import json
from textwrap import dedent

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.lint import DOUBTS
from bpodsl.pipeline import NOTHING_MORE, Asked
from bpodsl.values import parse_money
from tests.lint.test_more import CAPPED
from tests.lint.test_rules import AGREEMENT, EXAMPLE, PRELUDE, credit, doubts

SHOWN = {
    "BPO401", "BPO402", "BPO403", "BPO405", "BPO406", "BPO408", "BPO409", "BPO411", "BPO424", "BPO431", "BPO432",
    "BPO433", "BPO441", "BPO442", "BPO443", "BPO444", "BPO446", "BPO451", "BPO452", "BPO453", "BPO454", "BPO455",
}  # fmt: skip
BY_CODE = {doubt.code: doubt for doubt in DOUBTS}


def whole(text):
    return text if text.startswith("agreement") else f"{PRELUDE}\n{text}"


def ran(tmp_path, text, trace):
    """The entries of a run of the command, as a person would start it, and what it needed to be told."""
    (tmp_path / "a.bpo").write_text(whole(text), encoding="utf-8")
    (tmp_path / "shown.jsonl").write_text("\n".join(trace.lines), encoding="utf-8")
    until = ["--until", trace.until] if trace.until else []
    asked = ["run", str(tmp_path / "a.bpo"), str(tmp_path / "shown.jsonl"), "--format", "jsonl", *until]
    done = CliRunner().invoke(bpodsl, asked)
    assert done.exit_code == exits.OK, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def example(code):
    page = inspect.getdoc(BY_CODE[code]) + "\n"
    return {match[1]: dedent(match[2]).strip() + "\n" for match in EXAMPLE.finditer(page)}["Not so"]


@pytest.mark.parametrize("code", sorted(SHOWN))
def test_the_bad_example_of_a_page_is_shown_by_events_that_run(tmp_path, code):
    asked = Asked(parse_money("50 GBP")) if code == "BPO409" else NOTHING_MORE
    found = [problem.shown() for problem in doubts(example(code), asked)]
    assert found and all(found)
    for trace in found:
        entries = ran(tmp_path, example(code), trace)
        # Of an empty file only time tells.
        assert entries and (trace.lines or trace.until)
        told = {event for entry in entries for event in entry["event_causes"]}
        assert not trace.lines or told


def only(text, code, asked=NOTHING_MORE):
    (found,) = [problem for problem in doubts(text, asked) if problem.code == code]
    return found


def of(entries, kind, clause):
    return [entry for entry in entries if (entry["kind"], entry["clause"]) == (kind, clause)]


def test_a_cap_that_never_cuts_is_shown_in_the_worst_of_its_windows(tmp_path):
    text = credit("at least 95% | 0%", "otherwise | 5%") + "cap k on c at 600 GBP each contract year\n"
    trace = only(text, "BPO405").shown()
    assert len(trace.lines) == 12  # One case missed in each month of the year.
    assert trace.finds.startswith("`c` is 600.00 GBP in ") and trace.finds.endswith("and nothing is cut.")
    entries = ran(tmp_path, text, trace)
    assert [entry["numbers"]["amount"] for entry in of(entries, "Accrued", "c")] == ["50"] * 12
    assert of(entries, "Capped", "k") == []


def test_a_cap_of_several_credits_is_shown_with_all_of_them(tmp_path):
    text = credit("at least 95% | 0%", "otherwise | 5%")
    text += text.replace("credit c", "credit d").replace("5%", "7%", 2) + "cap k on c, d at 12% of fee each month\n"
    trace = only(text, "BPO405").shown()
    assert trace.finds == "`c` and `d` are 120.00 GBP in 2026-04, and nothing is cut."


def test_a_cap_of_nothing_is_shown_by_what_it_cuts(tmp_path):
    text = credit("at least 95% | 0%", "otherwise | 5%") + "cap k on c at 0 GBP each month\n"
    trace = only(text, "BPO406").shown()
    assert trace.finds == "`c` would be 50.00 GBP in 2026-04, of which 0.00 GBP is owed."
    (cut,) = of(ran(tmp_path, text, trace), "Capped", "k")
    assert (cut["numbers"]["wanted"], cut["numbers"]["posted"]) == ("50", "0")


DUTY = """obligation replace
  meridian must ticket_resolved for each ticket_opened
  within 5 days
  when fulfilled then meridian pays northwind {} as "value of the part"
  when missed then meridian pays northwind {} as "part not replaced"
"""


@pytest.mark.parametrize(
    ("performed", "missed", "finds"),
    [
        ("100 GBP", "60 GBP", ("100.00 GBP", "60.00 GBP")),
        ("the lesser of amount and 500 GBP", "60 GBP", ("500.00 GBP", "60.00 GBP")),
    ],
)
def test_a_cheaper_miss_is_one_case_with_and_without_its_performance(tmp_path, performed, missed, finds):
    text = DUTY.format(performed, missed)
    trace = only(text, "BPO408").shown()
    assert trace.finds == f"`meridian` owes {finds[0]}; without the last event it owes {finds[1]}."
    whole_case = ran(tmp_path, text, trace)
    without = ran(tmp_path, text, type(trace)(trace.lines[:-1], trace.until))
    assert of(whole_case, "Fulfilled", "replace") and not of(without, "Fulfilled", "replace")
    assert of(without, "Missed", "replace")


def test_a_cap_that_makes_a_miss_cheap_is_shown():
    assert only(CAPPED.format("40 GBP"), "BPO408").shown().finds == (
        "`meridian` owes 100.00 GBP; without the last event it owes 40.00 GBP."
    )


def test_a_notice_of_the_first_day_does_not_prevent_the_renewal(tmp_path):
    text = AGREEMENT.replace(
        "effective  2026-04-01 for 36 months",
        "effective  2026-04-01 for 36 months\n  renews for 1 month unless ended 32 days before expiry",
    )
    text += "\nnotice ended from northwind\n"
    trace = only(text, "BPO411").shown()
    assert [json.loads(line)["time"][:10] for line in trace.lines] == ["2029-04-01"]
    renewed = [entry["at_local"][:10] for entry in ran(tmp_path, text, trace) if entry["kind"] == "Extended"]
    assert renewed == ["2029-04-01", "2029-05-01"]


def test_a_right_on_a_run_of_bad_months_is_shown_with_these_months(tmp_path):
    text = (
        "notice leave_notice from northwind\n  method  one of letter, email\n  sent    day\n  deemed given\n"
        "    | method is letter | 5 days after sent |\n    | otherwise | when sent |\n"
        "trigger bad\n  when on_time is missed in 3 consecutive months\n  not measured breaks the run\n  resets\n"
        "  then tell \"bad\"\n"
        "termination leave\n  by northwind on bad\n  exercised by leave_notice\n"
        "  exercised within 3 days after the ground\n"
    )  # fmt: skip
    trace = only(text, "BPO444").shown()
    kinds = [json.loads(line)["type"] for line in trace.lines]
    assert kinds == ["ticket_opened"] * 3 + ["leave_notice"]
    entries = ran(tmp_path, text, trace)
    assert of(entries, "RightOpened", "leave") and of(entries, "Lapsed", "leave")
    assert not of(entries, "Exercised", "leave")


def test_a_notice_ends_the_agreement_while_the_miss_may_be_cured(tmp_path):
    trace = only(example("BPO446"), "BPO446").shown()
    entries = ran(tmp_path, example("BPO446"), trace)
    (missed,) = of(entries, "Missed", "answer")
    (ended,) = [entry for entry in entries if entry["kind"] == "Ended" and entry["clause"] == "care"]
    assert missed["at"] < ended["at"] < "2026-05-08"


def test_what_is_divided_by_nothing_is_shown_by_a_window_without_a_value(tmp_path):
    text = (
        "amount price\n  each month\n  1 000 GBP / count of ticket_opened where priority is P1\n"
        "charge handling\n  each month\n  northwind pays meridian price\n"
    )
    trace = only(text, "BPO451").shown()
    assert (trace.lines, trace.until) == ((), "2026-05-02")
    entries = ran(tmp_path, text, trace)
    (settled,) = [entry for entry in of(entries, "Settled", "price") if entry["period"] == "2026-04"]
    assert settled["numbers"]["value"].startswith("not measured")
    assert of(entries, "Accrued", "handling") == []


def test_a_share_of_events_is_shown_by_events(tmp_path):
    text = (
        "measure urgent\n  each month\n  share of ticket_opened where priority is P1\n  target at least 50%\n"
        "credit c for urgent, of fee\n  | at least 75% | 0% |\n  | otherwise | 5% |\n"
    )
    trace = only(text, "BPO404").shown()
    assert trace.finds == "`urgent` is 50 % in 2026-04."
    assert sorted(json.loads(line)["priority"] == "P1" for line in trace.lines) == [False, True]
    (settled,) = [e for e in of(ran(tmp_path, text, trace), "Settled", "urgent") if e["period"] == "2026-04"]
    assert settled["numbers"]["value"] == "1/2"


def test_a_mean_is_shown_by_one_event_that_has_the_value():
    text = (
        "measure size\n  each month\n  mean of amount over ticket_opened\n  target at most 100 GBP\n"
        "credit c for size, of fee\n  | at most 50 GBP | 0% |\n  | otherwise | 5% |\n"
    )
    trace = only(text, "BPO404").shown()
    assert [json.loads(line)["amount"] for line in trace.lines] == [75]


def test_of_many_doubts_the_first_of_each_code_are_shown(monkeypatch):
    credits = "".join(
        credit("at least 100% | 0%", "at least 0% | 5%").replace("credit c", f"credit c{n}")
        + f"cap k{n} on c{n} at 10% of fee each month\n" for n in range(6)
    )  # fmt: skip
    monkeypatch.setattr("bpodsl.lint.rules.RUNS", 60)
    few = doubts(credits)
    monkeypatch.undo()
    many = doubts(credits)
    assert [(each.code, each.message()) for each in few] == [(each.code, each.message()) for each in many]
    caps = [[each.shown() is not None for each in found if each.code == "BPO405"] for found in (few, many)]
    assert caps[1] == [True] * 6
    assert caps[0][0] and not all(caps[0])


def test_what_never_comes_about_has_no_events_that_could_show_it():
    text = "amount urgent\n  each month\n  count of ticket_opened where priority is P1 and priority is P3\n"
    assert only(text, "BPO440").shown() is None
