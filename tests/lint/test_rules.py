"""Each doubt: its page's bad example has it and the good one has not; what it says; and what must not raise it."""

from __future__ import annotations

import inspect
import re
from textwrap import dedent

import pytest

from bpodsl.lint import DOUBTS
from bpodsl.lint.pieces import pieces
from bpodsl.pipeline import NOTHING_MORE, Asked, understand_text
from bpodsl.values import parse_money
from tests.conftest import ROOT

PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
# There something must escalate to its ladder, which otherwise is a doubt of its own.
PRELUDE = PRELUDE.replace('then tell "failing"', 'then tell "failing"\n  then escalate ladder')
EXAMPLE = re.compile(r"^(Not so|But so):\n\n((?:(?:    .*)?\n)+)", re.M)


def doubts(text, asked=NOTHING_MORE):
    """The doubts about a text, which must be sound; clauses are put behind the prelude."""
    whole = text if text.startswith("agreement") else f"{PRELUDE}\n{text}"
    contract, problems = understand_text("small.bpo", whole, asked=asked)
    assert contract is not None, [problem.message() for problem in problems]
    return [problem for problem in problems if isinstance(problem, DOUBTS)]


def said(text):
    return [(problem.code, problem.message()) for problem in doubts(text)]


WITH_EXAMPLES = [doubt for doubt in DOUBTS if "Not so:\n\n" in (doubt.__doc__ or "")]


@pytest.mark.parametrize("doubt", WITH_EXAMPLES, ids=lambda doubt: doubt.code)
def test_the_examples_of_its_page(doubt):
    page = inspect.getdoc(doubt) + "\n"
    found = {match[1]: dedent(match[2]).strip() + "\n" for match in EXAMPLE.finditer(page)}
    # A cliff is asked for only where it is said how much is much.
    asked = Asked(parse_money("50 GBP")) if doubt.code == "BPO409" else NOTHING_MORE
    assert {problem.code for problem in doubts(found["Not so"], asked)} == {doubt.code}
    assert doubts(found["But so"], asked) == []
    assert "\nNext: " in page


def test_only_what_is_no_fault_of_the_agreement_has_no_examples():
    assert [doubt.code for doubt in DOUBTS if doubt not in WITH_EXAMPLES] == ["BPO449"]


def test_the_guide_lists_all_of_them():
    listed = re.findall(r"^\| (BPO4\d\d) \|", (ROOT / "docs" / "check.md").read_text("utf-8"), re.M)
    assert listed == [doubt.code for doubt in DOUBTS]


def test_each_is_one_file():
    assert len({doubt.__module__ for doubt in DOUBTS}) == len(DOUBTS)


def test_codes_are_unique_and_in_order():
    codes = [doubt.code for doubt in DOUBTS]
    assert codes == sorted(set(codes))


def test_the_prelude_raises_none():
    assert doubts(PRELUDE) == []


# ------------------------------------------------------------------------------------ tables
def credit(*rows):
    return "credit c for on_time, of fee\n" + "".join(f"  | {row} |\n" for row in rows)


@pytest.mark.parametrize(
    ("rows", "values", "witness"),
    [
        (("at least 95% | 0%", "at least 90% | 5%"), "from 0 % to just below 90 %", "0 %"),
        (("more than 95% | 0%", "less than 95% | 5%"), "exactly 95 %", "95 %"),
        (("at least 95% | 0%", "less than 90% | 5%"), "from 90 % to just below 95 %", "90 %"),
    ],
)
def test_a_gap_names_its_values(rows, values, witness):
    assert said(credit(*rows)) == [
        ("BPO401", f"The table of `c` has no row for {values}: at {witness} it gives no result.")
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("at least 95% | 0%", "otherwise | 5%"),
        ("at least 95% | 0%", "less than 95% | 5%"),
        ("less than 90% | 5%", "at least 90% | 0%"),
        ("at least 95% | 0%", "at least 0% | 5%"),
    ],
)
def test_a_whole_table_has_no_gap(rows):
    assert doubts(credit(*rows)) == []


def test_bands_that_end():
    text = "charge k\n  each month\n  northwind pays meridian by bands of count of down\n    | up to 10 | 1 GBP |\n"
    assert said(text) == [
        ("BPO401", "The bands of `k` have no price for more than 10: at 11, what lies beyond costs nothing.")
    ]
    assert doubts(text + "    | the rest | 2 GBP |\n") == []


def test_a_credit_that_falls_says_where():
    rows = "at least 95% | 0%", "at least 90% | 10%", "at least 80% | 5%", "otherwise | 20%"
    assert said(credit(*rows)) == [
        ("BPO402", "`c` is 10 % when `on_time` is 90 %, but only 5 % when it is worse, 80 %.")
    ]


def test_a_credit_for_a_measure_that_is_better_when_low():
    measure = "measure slow\n  each month\n  count of claimed\n  target at most 5\n"
    table = "credit c for slow, of fee\n  | at most 5 | 0% |\n  | at most 10 | {} |\n  | otherwise | {} |\n"
    assert doubts(measure + table.format("5%", "10%")) == []
    assert [code for code, _ in said(measure + table.format("10%", "5%"))] == ["BPO402"]


def test_a_credit_while_the_target_is_met():
    assert said(credit("at least 97% | 0%", "otherwise | 5%")) == [
        ("BPO404", "When `on_time` is 95 % it meets its target, and yet `c` is 5 %.")
    ]
    assert said(credit("at least 97% | 0%", "at least 90% | 5%", "otherwise | 9%")) == [
        ("BPO404", "When `on_time` is 95 % it meets its target, and yet `c` is 5 %.")
    ]
    assert doubts(credit("at least 94% | 0%", "otherwise | 5%")) == []
    assert doubts(credit("at least 95% | 0%", "at least 90% | 5%", "otherwise | 9%")) == []


def test_levels_that_face_each_other():
    text = "measure m\n  each month\n  count of down\n  target at most 5\n  minimum at most {}\n"
    assert doubts(text.format(9)) == []
    assert doubts(text.format(5)) == []
    assert said(text.format(3)) == [("BPO403", "At 5, `m` meets its target and is below its minimum.")]


# ------------------------------------------------------------------------------------ money and the end
def test_a_cap_over_several_credits():
    text = credit("at least 95% | 0%", "otherwise | 5%") + credit("at least 95% | 0%", "otherwise | 7%").replace(
        "credit c", "credit d"
    )
    cap = "cap k on c, d at {} of fee each month\n"
    assert doubts(text + cap.format("11.9%")) == []
    assert said(text + cap.format("12%")) == [
        ("BPO405", "`k` cuts at 12 % of `fee`, but all that it limits can come to 12 % of it at the most.")
    ]


def test_a_cap_at_a_sum():
    text = credit("at least 95% | 0%", "otherwise | 5%")
    assert said(text + "cap k on c at 600 GBP each contract year\n") == [
        ("BPO405", "`k` cuts at 600.00 GBP, but all that it limits can come to 600.00 GBP at the most.")
    ]
    assert doubts(text + "cap k on c at 599 GBP each contract year\n") == []


AGREEMENT = PRELUDE.partition("\n\n")[0] + "\n"


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("effective  2026-04-01", ["BPO410"]),
        ("effective  2026-04-01 for 36 months\n  renews for 12 months", ["BPO410"]),
        ("effective  2026-04-01 for 36 months\n  renews for 12 months 2 times", []),
        ("effective  2026-04-01 for 36 months\n  renews for 12 months unless ended 90 days before expiry", []),
        ("effective  2026-04-01 for 36 months\n  renews for 1 month unless ended 32 days before expiry", ["BPO411"]),
        ("effective  2026-04-01 for 36 months\n  renews for 1 month once unless ended 32 days before expiry", []),
        # The longest that can be written do not leave the calendar.
        ("effective  2026-04-01 for 36 months\n  renews for 230 years unless ended 90 days before expiry", []),
        ("effective  2026-04-01 for 36 months\n  renews for 1 year unless ended 84000 days before expiry", ["BPO411"]),
    ],
)
def test_how_an_agreement_ends(line, codes):
    text = AGREEMENT.replace("effective  2026-04-01 for 36 months", line) + "\nnotice ended from northwind\n"
    assert [code for code, _ in said(text)] == codes


def test_a_termination_is_a_way_out():
    text = AGREEMENT.replace(" for 36 months", "")
    text += "\nnotice ended from northwind\n"
    text += "termination at_will\n  by northwind at will\n  exercised by ended\n  notice 30 days\n"
    assert doubts(text) == []


# ------------------------------------------------------------------------------------ reasoning
@pytest.mark.parametrize(
    ("rows", "least", "found"),
    [
        ([(">=", 5)], None, [(None, False, 5, False, None), (5, True, None, False, 0)]),
        ([(">", 5)], 0, [(0, True, 5, True, None), (5, False, None, False, 0)]),
        (
            [("<", 3), (">", 3)],
            None,
            [(None, False, 3, False, 0), (3, True, 3, True, None), (3, False, None, False, 1)],
        ),
        ([(">=", 5), (">=", 2)], 0, [(0, True, 2, False, None), (2, True, 5, False, 1), (5, True, None, False, 0)]),
        ([(">=", -1)], 0, [(0, True, None, False, 0)]),
    ],
)
def test_pieces_cover_the_line_once(rows, least, found):
    made = [(each.low, each.low_in, each.high, each.high_in, each.row) for each in pieces(rows, least)]
    assert made == found
