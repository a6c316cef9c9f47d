"""The doubts about money: what they say, and where they keep quiet."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import Asked, understand_text
from bpodsl.values import parse_money
from tests.lint.test_rules import PRELUDE, credit, doubts, said

CHARGE = "charge k\n  each month\n  northwind pays meridian {}\n"
TABLE = """charge k
  each month
  northwind pays meridian by steps of count of down
    | up to 10 | {} GBP |
    | the rest | {} GBP |
"""


def codes(text):
    return [code for code, _ in said(text)]


# ------------------------------------------------------------------------------------ caps
def test_a_cap_is_held_against_all_windows_that_it_covers():
    text = CHARGE.format("1 000 GBP") + "cap c on k at {} GBP each contract year\n"
    assert codes(text.format("11 999.99")) == ["BPO406"]
    assert codes(text.format("12 000")) == ["BPO405"]
    assert said(text.format("11 000")) == [
        ("BPO406", "`c` cuts at 11 000.00 GBP, but `k` comes to 12 000.00 GBP at the least: it always cuts.")
    ]


def test_a_rolling_cap_is_held_against_its_whole_span():
    text = CHARGE.format("1 000 GBP") + "cap c on k at {} GBP in any 3 months\n"
    assert codes(text.format("2 999")) == ["BPO406"]
    assert codes(text.format("3 000")) == ["BPO405"]


@pytest.mark.parametrize("amount", ["1 GBP * count of down", "2 GBP * days of the window"])
def test_a_cap_that_may_or_may_not_cut(amount):
    assert doubts(CHARGE.format(amount) + "cap c on k at 60 GBP each month\n") == []


# ------------------------------------------------------------------------------------ performing and missing
def duty(performed, missed):
    return f"""obligation replace
  meridian must ticket_resolved for each ticket_opened where amount is given
  within 5 days
  when fulfilled then {performed}
  when missed then {missed}
"""


PAYS = "meridian pays northwind {} as \"{}\""


@pytest.mark.parametrize(
    ("performed", "missed", "said_so"),
    [
        ("60 GBP", "60 GBP", None),
        ("60.01 GBP", "60 GBP", "`meridian` is better off by 0.01 GBP to miss `replace` than to perform it."),
        ("10 GBP", "the greater of 2% of amount and 15 GBP", None),
        ("the lesser of 2% of amount and 15 GBP", "10 GBP",
         "`meridian` may be better off to miss `replace` than to perform it: by 5.00 GBP."),
    ],
)  # fmt: skip
def test_what_a_miss_costs_is_held_against_what_performing_costs(performed, missed, said_so):
    text = duty(PAYS.format(performed, "price"), PAYS.format(missed, "miss"))
    assert [message for code, message in said(text) if code == "BPO408"] == ([] if said_so is None else [said_so])


def test_what_performing_earns_is_lost_by_a_miss():
    earned = 'northwind pays meridian 40 GBP as "price"'
    assert codes(duty(earned, PAYS.format("1 GBP", "miss"))) == []
    assert codes(duty(earned, 'northwind pays meridian 50 GBP as "consolation"')) == ["BPO408"]


def test_prices_of_counts_are_prices_too():
    text = (
        "credit lost\n  each month, counted when decided\n  meridian pays northwind 5 GBP * count of restore missed\n"
        "charge kept\n  each month, counted when decided\n  {} 8 GBP * count of restore fulfilled\n"
    )
    assert codes(text.format("meridian pays northwind")) == ["BPO408"]
    assert codes(text.format("northwind pays meridian")) == []


@pytest.mark.parametrize(
    ("lost", "kept", "said_so"),
    [
        # formulas
        ("(5 GBP + 1 GBP) * count of restore missed", "2 * 4 GBP * count of restore fulfilled", "by 2.00 GBP to miss"),
        ("9 GBP * count of restore missed", "2 * 4 GBP * count of restore fulfilled", None),
        ("(if count of down more than 3 then 4 GBP else 6 GBP) * count of restore missed",
         "8 GBP * count of restore fulfilled", "by 2.00 GBP or more to miss"),
        ("(if on_time is missed then 6 GBP else 9 GBP) * count of restore missed",
         "8 GBP * count of restore fulfilled", None),  # The price itself rests on the outcomes.
        ("(if fee more than 2 GBP then 6 GBP else 9 GBP) * count of restore missed",
         "8 GBP * count of restore fulfilled", "by 2.00 GBP to miss"),
        ("per_down * count of restore missed", "per_down * count of restore fulfilled", None),
        ("(if count of down more than 3 then 9 GBP else 8 GBP) * count of restore missed",
         "8 GBP * count of restore fulfilled", None),
        ("10% of 20 GBP * count of restore missed + 1 GBP * count of restore missed",
         "8 GBP * count of restore fulfilled", "by 5.00 GBP to miss"),
        ("12 GBP * count of restore missed / 3", "8 GBP * count of restore fulfilled", "by 4.00 GBP to miss"),
        ("100 GBP - 5 GBP * count of restore fulfilled", "1 GBP * count of restore fulfilled", None),
        # of some of them only, and of all
        ("5 GBP * count of restore missed where priority is P1", "8 GBP * count of restore fulfilled",
         "by 3.00 GBP or more to miss"),
        ("9 GBP * count of restore missed where priority is P1", "8 GBP * count of restore fulfilled",
         "`meridian` may be better off"),
        # by the length of a field, by way of another figure
        ("sum of amount over restore missed", "8 GBP * count of restore fulfilled", None),
        ("per_miss * count of restore missed", "8 GBP * count of restore fulfilled", "by 3.00 GBP to miss"),
        ("all_missed", "8 GBP * count of restore fulfilled", "by 4.00 GBP to miss"),
        # no price of one: a share, the larger of two
        ("1 GBP * count of restore missed / (count of restore missed + 1)", "8 GBP * count of restore fulfilled", None),
        ("the lesser of 2 GBP * count of restore missed and 9 GBP", "8 GBP * count of restore fulfilled", None),
    ],
)  # fmt: skip
def test_prices_may_be_formulas(lost, kept, said_so):
    text = (
        "amount per_miss\n  each month\n  2 GBP + 3 GBP\n"
        "amount per_down\n  each month\n  the lesser of 1 GBP * count of down and 9 GBP\n"
        "amount all_missed\n  each month, counted when decided\n  4 GBP * count of restore missed\n"
        f"credit lost\n  each month, counted when decided\n  meridian pays northwind {lost}\n"
        f"charge kept\n  each month, counted when decided\n  meridian pays northwind {kept}\n"
    )
    found = [message for code, message in said(text) if code == "BPO408"]
    assert len(found) == (said_so is not None) and all(said_so in each for each in found), found


def test_what_depends_on_outcomes_in_another_way_leaves_it_open():
    prices = duty(PAYS.format("100 GBP", "part"), PAYS.format("60 GBP", "part missed"))
    assert codes(prices) == ["BPO408"]
    share = "measure done\n  each month, counted when decided\n  share of replace fulfilled\n  target at least 95%\n"
    lost = "credit lost for done\n  | at least 95% | 0 GBP |\n  | otherwise | 50 GBP |\n"
    assert "BPO408" not in codes(prices + share + lost)
    assert "BPO408" in codes(prices + share)


# ------------------------------------------------------------------------------------ nothing, and by nothing
def test_a_sum_that_is_never_anything():
    assert codes(credit("at least 95% | 0%", "otherwise | 0%")) == ["BPO450"]
    assert codes(CHARGE.format("0 GBP * count of down")) == ["BPO450"]
    assert codes(CHARGE.format("the greater of 0 GBP - 3 GBP * count of down and 0 GBP")) == ["BPO450"]


@pytest.mark.parametrize(
    ("amount", "found"),
    [
        ("100 GBP / count of down", ["BPO451"]),
        ("100 GBP / (count of down + 1)", []),
        ("if count of down more than 0 then 100 GBP / count of down else 0 GBP", []),
        ("100 GBP / count of down, or 5 GBP if not measured", []),
        ("100 GBP * (count of down where during outage / count of down)", []),
        ("100 GBP / days of the window", []),
    ],
)
def test_divisors_that_may_be_nothing(amount, found):
    assert codes(CHARGE.format(amount)) == found


@pytest.mark.parametrize(
    ("amount", "least"),
    [
        ("2 GBP * (count of down - 100)", "-200.00 GBP"),
        ("500 GBP + 2 GBP * (count of down - 100)", None),
        ("5 GBP + 2 GBP * (count of down - 100)", "-195.00 GBP"),
        ("2 GBP * the greater of 0 and count of down - 100", None),
        ("if count of down more than 100 then 2 GBP * (count of down - 100) else 0 GBP", None),
        ("fee * (on_time - 90%)", "-900.00 GBP"),
        # What was done less what was foreseen settles both ways.
        ("2 GBP * (count of down - count of claimed)", None),
        ("100 GBP - 2 GBP * count of down", None),
        ("fee * (1 - length of outage / length of the window)", None),
    ],
)
def test_differences_that_may_be_less_than_nothing(amount, least):
    found = [message for code, message in said(CHARGE.format(amount)) if code == "BPO454"]
    assert len(found) == (least is not None)
    if least is not None:
        assert found[0].startswith(f"`k` may come to as little as {least}, where “")
        assert found[0].endswith("” is less than nothing: then `meridian` pays.")


LIMITED = """list limits by urgency
  |    | limit   |
  | P1 | 2 hours |
  | P2 | 4 hours |
  | P3 | 8 hours |
event ticket_graded from meridian
  ticket    key
  priority  one of P1, P2, P3
obligation mend
  meridian must ticket_resolved for each ticket_opened where amount is given
  within limit of priority in limits
  {}when late then meridian pays northwind 3 GBP * ((reading - {}) / 1 hour) as "late"
"""


@pytest.mark.parametrize(
    ("graded", "less", "least"),
    [
        ("", "limit of priority in limits", None),
        ("", "1 hour", None),
        ("", "6 hours", "-12.00 GBP"),
        ("reclassified by ticket_graded: the clock keeps its start\n  ", "limit of priority in limits", "-18.00 GBP"),
    ],
)
def test_what_a_late_performance_took_less_its_limit(graded, less, least):
    found = [message for code, message in said(LIMITED.format(graded, less)) if code == "BPO454"]
    expected = [] if least is None else [f"`mend` may come to as little as {least}"]
    assert [message.split(",")[0] for message in found] == expected


# ------------------------------------------------------------------------------------ tables
@pytest.mark.parametrize(
    ("rows", "at"),
    [
        (("at least 90% | 0%", "at most 95% | 10%"), "90 %"),
        (("at least 95% | 0%", "at most 95% | 10%"), "95 %"),
        (("at least 95% | 0%", "less than 95% | 10%"), None),
        (("at least 95% | 0%", "at least 90% | 5%", "otherwise | 10%"), None),
    ],
)
def test_rows_that_face_each_other(rows, at):
    found = [problem for problem in doubts(credit(*rows)) if problem.code == "BPO452"]
    assert [problem.at for problem in found] == ([] if at is None else [at])


@pytest.mark.parametrize(
    ("first", "second", "falls"), [("2.00", "1.50", True), ("2.00", "2.00", False), ("0", "1", False)]
)
def test_steps_that_fall(first, second, falls):
    found = [message for code, message in said(TABLE.format(first, second)) if code == "BPO453"]
    assert found == (["At 10 `k` is 20.00 GBP, and just above that 15.00 GBP: more costs less."] if falls else [])


# ------------------------------------------------------------------------------------ cliffs
def cliffs(text, limit):
    _, problems = understand_text("small.bpo", PRELUDE + text, asked=Asked(parse_money(limit)))
    return [problem.message() for problem in problems if problem.code == "BPO409"]


def test_a_cliff_is_asked_for():
    text = credit("at least 95% | 0%", "at least 90% | 5%", "otherwise | 20%")
    assert doubts(text) == []
    assert cliffs(text, "150 GBP") == []
    assert cliffs(text, "149.99 GBP") == [
        "Where `on_time` passes 90 %, `c` goes from 50.00 GBP to 200.00 GBP at once: more than 149.99 GBP."
    ]
    assert cliffs(text, "1 EUR") == []


def test_a_cliff_of_steps_is_one_more():
    text = TABLE.format("2.00", "3.00")
    assert cliffs(text, "13 GBP") == []
    assert cliffs(text, "12 GBP") == [
        "Where the number of `down` passes 10, `k` goes from 20.00 GBP to 33.00 GBP at once: more than 12.00 GBP."
    ]


def test_what_is_interpolated_has_no_cliff():
    assert cliffs(credit("at least 100% | 0%", "at least 0% | 40%") + "  interpolated\n", "1 GBP") == []


# ------------------------------------------------------------------------------------ weights
@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("50% * on_time + 50% * again", []),
        ("50% * on_time + 49.5% * again", ["BPO407"]),
        ("50% * on_time + 30% * again + 30% * on_time", ["BPO407"]),
        ("5% of fee + 3% of fee", []),
        ("50% * on_time", []),
    ],
)
def test_weights(formula, found):
    measure = "measure again\n  each month, counted when decided\n  share of restore fulfilled\n  target at least 50%\n"
    assert codes(measure + f"amount score\n  each month\n  {formula}\n") == found
