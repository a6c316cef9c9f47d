"""Doubts about conditions that leave nothing out, clocks that start paused, times that do not fit, and odd sums."""

from __future__ import annotations

import pytest

from tests.lint.test_rules import PRELUDE, credit, doubts, said

COUNT = "amount some\n  each month\n  count of ticket_opened where {}\n"
CHARGE = "charge k\n  each month\n  northwind pays meridian {}\n"


def codes(text):
    return [code for code, _ in said(text)]


# ------------------------------------------------------------------------------------ conditions
@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("priority is not P1 or priority is not P2",
         "“priority is not P1 or priority is not P2” always holds: it leaves nothing out."),
        ("urgent and (priority is P1 or priority is not P1)",
         "“priority is P1 or priority is not P1” always holds: it leaves nothing out."),
        ("amount at least 5 GBP or amount at most 10 GBP",
         "“amount at least 5.00 GBP or amount at most 10.00 GBP” holds wherever `amount` is given: "
         "it leaves out nothing else."),
    ],
)  # fmt: skip
def test_a_condition_that_always_holds(condition, message):
    assert said(COUNT.format(condition)) == [("BPO447", f"In `some`, {message}")]


@pytest.mark.parametrize(
    "condition",
    [
        "priority is P1 or priority is P2 or priority is P3",  # all words, listed on purpose
        "priority is one of P1, P2, P3",
        "amount at least 5 GBP or amount less than 4 GBP",
        "priority is not P1 or urgent",
        "amount is given and amount at least 0 GBP",
    ],
)
def test_a_condition_that_leaves_something_out_or_is_meant(condition):
    assert codes(COUNT.format(condition)) == []


@pytest.mark.parametrize(("level", "found"), [("at least 0%", ["BPO447"]), ("at least 0.1%", [])])
def test_a_trigger_that_every_measured_window_fires(level, found):
    assert codes(f'trigger t\n  when on_time {level}\n  then tell "t"\n') == found


# ------------------------------------------------------------------------------------ clocks
CLOCK = """state waiting from {} to ticket_resumed by ticket
obligation answer
  meridian must ticket_resolved for each ticket_opened where priority is P1
  {}
  clock stops during waiting
"""


@pytest.mark.parametrize(
    ("start", "within", "found"),
    [
        ("ticket_opened", "within 8 hours of support", ["BPO431"]),
        ("ticket_opened where priority is P1", "within 8 hours", ["BPO431"]),
        # Some of those that open it only: that may well be meant.
        ("ticket_opened where priority is P1 and urgent", "within 8 hours", []),
        ("ticket_opened where priority is P2", "within 8 hours", []),
        ("ticket_held", "within 8 hours", []),
    ],
)
def test_an_event_that_starts_a_clock_and_stops_it(start, within, found):
    assert codes(CLOCK.format(start, within)) == found


def test_its_event_is_shown_and_its_line_underlined():
    (problem,) = doubts(CLOCK.format("ticket_opened", "within 8 hours"))
    assert "begins `waiting`: of its 8 h nothing runs until that ends" in problem.message()
    assert problem.span.text == "clock stops during waiting"
    (line,) = problem.trace()
    assert '"priority": "P1"' in line


# ------------------------------------------------------------------------------------ times
@pytest.mark.parametrize(
    ("calendar", "said_so"),
    [
        ("calendar night\n  sat  08:00-20:00\ncalendar joint is support and night\n", "2026-04-01 to 2029-03-31."),
        ("calendar joint\n  mon-fri 09:00-17:00\n  closed 2026-01-01 to 2029-12-31\n", "it first opens on 2030-01-01."),
        ("calendar joint\n  mon-fri 09:00-17:00\n  closed 2026-01-01 to 2029-03-29\n", None),
        ("calendar joint is support less support\n", "2026-04-01 to 2029-03-31."),
    ],
)
def test_a_calendar_that_is_never_open(calendar, said_so):
    use = (
        "obligation answer\n  meridian must ticket_resolved for each ticket_opened\n  within 2 hours of joint\n"
        + ("obligation night_too\n  meridian must ticket_resolved for each ticket_opened\n  within 90 hours of night\n"
           if "night" in calendar else "")
    )  # fmt: skip
    found = [message for code, message in said(calendar + use) if code == "BPO437"]
    assert len(found) == (said_so is not None)
    assert all(message.startswith("The calendar `joint` is open at no time") for message in found)
    assert all(message.endswith(said_so) for message in found)


@pytest.mark.parametrize(
    ("length", "found"),
    [
        ("1095 days", []), ("1096 days", []), ("1097 days", ["BPO428"]), ("36 months", []), ("40 months", ["BPO428"]),
        ("26303 hours", []), ("26305 hours", ["BPO428"]), ("9000 hours of support", []),
        ("9500 hours of support", ["BPO428"]),
    ],
)  # fmt: skip
def test_a_state_that_would_outlast_the_agreement(length, found):
    assert codes(f'trigger t\n  when outage lasts at least {length}\n  then tell "t"\n') == found


def test_a_renewed_agreement_may_last_long_enough():
    renewed = PRELUDE.replace("for 36 months", "for 36 months\n  renews     for 12 months once", 1)
    assert codes(renewed + 'trigger t\n  when outage lasts at least 40 months\n  then tell "t"\n') == []


NOTICE = """agreement care "Care"
  client     northwind "Northwind plc"
  provider   meridian "Meridian Ltd"
  effective  2026-04-01 for 1 month
  renews     for 1 month unless ended {} days before expiry
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
notice ended from northwind
  sent  instant
  deemed given
    | otherwise | {} days after sent |
"""


@pytest.mark.parametrize(("before", "after", "found"), [(24, 5, []), (25, 5, ["BPO411"]), (24, 6, ["BPO411"])])
def test_a_notice_of_the_first_day_that_counts_too_late(before, after, found):
    assert codes(NOTICE.format(before, after)) == found


# ------------------------------------------------------------------------------------ sums
def test_a_cap_of_nothing():
    table = credit("at least 95% | 0%", "otherwise | 10%")
    (problem,) = doubts(f"{table}cap none on c at 0% of fee each month\n")
    assert problem.message() == "`none` cuts at 0.00 GBP: nothing of `c` is ever owed."
    assert problem.span.text == "0% of fee"
    assert codes(f"{table}cap none on c at 0.01 GBP each month\n") == []
    assert codes(CHARGE.format("-5 GBP") + "cap none on k at 0 GBP each month\n") == ["BPO405", "BPO455"]


@pytest.mark.parametrize(
    ("amount", "found"),
    [
        ("-5 GBP * count of ticket_held", ["BPO455"]), ("-5 GBP", ["BPO455"]), ("0.01 GBP", []),
        ("20 GBP - 5 GBP", []), ("0 GBP * count of ticket_held", ["BPO450"]),
    ],
)  # fmt: skip
def test_a_sum_that_is_always_owed_the_other_way(amount, found):
    assert codes(CHARGE.format(amount)) == found


def test_a_band_with_a_price_below_nothing():
    bands = "by bands of count of ticket_held\n    | up to 10 | 2 GBP |\n    | the rest | -1 GBP |"
    found = [each for each in doubts(CHARGE.format(bands)) if each.code == "BPO455"]
    assert [each.span.text for each in found] == ["| the rest | -1 GBP |"]


PER = "amount per\n  each month\n  fee / (count of ticket_opened)\n"
RATIO = """measure ratio
  each month
  (count of ticket_held) / (count of ticket_opened)
  target at most 10%
credit c for ratio, of fee
  | at most 10% |  0% |
  | otherwise   | 10% |
"""


def test_a_division_under_a_sum_is_named_with_the_sum():
    text = "credit c for on_time, of per\n  | at least 95% | 0% |\n  | otherwise | 10% |\n"
    (problem,) = doubts(PER + text)
    assert problem.message() == (
        "`per` divides by the number of `ticket_opened`, which may be 0: then nothing is owed for `c`."
    )
    assert problem.span.text == "count of ticket_opened"


def test_a_division_that_nothing_rests_on_or_that_is_made_up_for():
    assert codes(PER) == []
    assert codes(PER + CHARGE.format("per, or 0 GBP if not measured")) == []
    assert codes(PER + CHARGE.format("the greater of 2 GBP and per")) == ["BPO451"]
    assert codes(RATIO) == []  # It has nothing to measure then, as a share of nothing.


CAPPED = """obligation replace
  meridian must ticket_resolved for each ticket_opened
  within 5 days
  failing that meridian pays northwind 160 GBP as "part not replaced"
trigger part_used
  when replace is fulfilled
  then meridian pays northwind 100 GBP as "value of the part"
cap most on replace at {} each month
"""


@pytest.mark.parametrize(("cap", "found"), [("99.99 GBP", ["BPO408"]), ("100 GBP", []), ("150 GBP", [])])
def test_a_cap_that_makes_a_miss_cheap(cap, found):
    assert codes(CAPPED.format(cap)) == found


def test_it_is_named():
    (problem,) = doubts(CAPPED.format("40 GBP"))
    assert problem.message().endswith(
        "by 60.00 GBP to miss `replace` than to perform it, since `most` holds what a miss costs down to 40.00 GBP."
    )
    assert problem.span.text.startswith("failing that")
    assert [each.span.text for each in problem.related()] == ["40 GBP"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("clock stops from ticket_opened to ticket_resumed", "begins the pause of `answer`: of its 8 h"),
        ("clock stops from ticket_held to ticket_held", "that ends the pause of `answer` begins it again"),
        ("clock stops from ticket_opened to ticket_resolved", "begins the pause of `answer`, and only"),
    ],
)
def test_a_pause_without_a_name_is_told_by_its_duty(line, told):
    duty = "obligation answer\n  meridian must ticket_resolved for each ticket_opened\n  within 8 hours\n  {}\n"
    (problem,) = doubts(duty.format(line))
    assert told in problem.message()
    assert "held`" not in problem.message().replace("`ticket_held`", "")
    assert problem.span.text == line


# ------------------------------------------------------------------------------------ shown by a run
@pytest.mark.parametrize(
    ("text", "code", "opened", "performed"),
    [
        (credit("at least 95% | 0%", "at least 90% | 5%"), "BPO401", 1, 0),
        (credit("at least 95% | 0%", "at least 80% | 5%", "otherwise | 3%"), "BPO402", 1, 0),
        (credit("at least 100% | 0%", "otherwise | 5%"), "BPO404", None, None),  # 95 % takes too many cases.
        ("measure m\n  each month, counted when decided\n  share of restore fulfilled\n  target at least 80%\n"
         "  minimum at least 90%\n", "BPO403", 5, 4),
    ],
)  # fmt: skip
def test_a_value_of_a_measure_is_shown_by_cases(text, code, opened, performed):
    (problem,) = [each for each in doubts(text) if each.code == code]
    lines = problem.trace()
    if opened is None:
        assert lines == ()
    else:
        assert sum('"ticket_opened"' in line for line in lines) == opened
        assert sum('"ticket_resolved"' in line for line in lines) == performed
