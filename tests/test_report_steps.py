"""How a sum came about, step by step: gross, tier, weight, cap, what is carried forward; and that all of it opens."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from attrs import evolve

from bpodsl.report.review.as_excel import as_excel
from bpodsl.report.review.as_html import as_html
from bpodsl.report.review.charts import bars_of_steps
from bpodsl.report.review.model import Number
from bpodsl.report.review.sheets import sheet, sheets_of
from bpodsl.values import parse_period
from tests.test_report import made, understood

DESK = """
agreement desk "Help desk agreement"
  client     harbour "Harbour Ltd"
  provider   lantern "Lantern plc"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

list classes by class "Classes"
  weight adds up to 100%
  |        | weight |
  | urgent |    60% |
  | plain  |    40% |

event asked from harbour
  ticket key
  class  one of urgent, plain
event answered from lantern
  ticket key
event told from lantern
  ticket key

charge fee "Monthly fee" [D 1]
  each month
  harbour pays lantern 10 000 GBP

charge calls "Calls" [D 2]
  each month
  harbour pays lantern by bands of count of asked
    | up to 10 | 1 GBP |
    | the rest | 2 GBP |

obligation answer "Answer" [C 1]
  lantern must answered for each asked
  within 1 days

obligation hush "Nothing to others" [C 9]
  lantern must not told

measure in_time "Answered in time" [C 2]
  each month for each class of classes, counted when decided
  share of answer fulfilled
  target at least 95%

amount earned "Credit earned" [C 3]
  each month for each class of classes
  if in_time is missed then (if in_time less than 80% then 50% else 20%) * fee * weight of class in classes else 0 GBP

credit late "Credit for late answers" [C 4]
  each month for each class of classes
  lantern pays harbour earned + (previous carried, at first 0 GBP)

credit each_late "For each late answer" [C 7]
  each month, counted when decided
  lantern pays harbour 0.1% of fee * (count of answer missed)

cap monthly_cap "A tenth of the fee" on late at 10% of fee each month [C 5]

amount carried "Credit not given yet" [C 6]
  each month for each class of classes
  (previous carried, at first 0 GBP) + earned - posted late

trigger often "Late three months running" [C 8]
  when in_time is missed in 3 consecutive months
  not measured breaks the run
  resets
  then tell "late"
"""


def events() -> str:
    """Of 3 urgent and 10 plain tickets a month one each is answered late; somebody is told of one."""
    lines = []

    def add(who: str, kind: str, time: str, **fields: str) -> None:
        named = {"id": f"{len(lines)}", "source": who, "type": kind, "time": f"{time}:00Z", **fields}
        lines.append(json.dumps(named) + "\n")

    for month in (1, 2):
        for of, many in (("urgent", 3), ("plain", 10)):
            for n in range(many):
                ticket = f"{of}{month}{n}"
                add("harbour", "asked", f"2026-{month:02}-{10 + n}T10:00", ticket=ticket, **{"class": of})
                done = 10 + n + (3 if n == 0 else 0)
                add("lantern", "answered", f"2026-{month:02}-{done}T12:00", ticket=ticket)
    add("lantern", "told", "2026-02-20T09:00", ticket="plain21")
    return "".join(lines)


@pytest.fixture(scope="module")
def february():
    return made(understood(DESK), events(), "2026-03-05", month=parse_period("2026-02"))[1]


def steps(report, clause, which=""):
    found = next(each for each in report.sums if (each.clause.name, each.which) == (clause, which))
    return [
        (step.what, step.number.shown, None if step.after is None else Fraction(step.after)) for step in found.steps
    ]


def test_from_gross_by_tier_and_weight_and_cap_to_what_is_carried_forward(february):
    assert steps(february, "late", "class urgent") == [
        ("Answered in time [C 2]", "66.667 %", None),
        ("Monthly fee [D 1]", "10 000.00 GBP", 10000),
        ("share that the clause sets", "50 %", 5000),
        ("for class urgent, by classes", "60 %", 3000),
        ("Credit earned [C 3]", "3 000.00 GBP", 3000),
        ("Credit not given yet [C 6], of 2026-01", "2 800.00 GBP", None),
        ("worked out", "5 800.00 GBP", 5800),
        ("limit of A tenth of the fee [C 5]", "1 000.00 GBP", None),
        ("used of it before, A tenth of the fee [C 5]", "800.00 GBP", None),
        ("cut by A tenth of the fee [C 5]", "-5 600.00 GBP", 200),
        ("owed", "200.00 GBP", 200),
        ("carried forward, Credit not given yet [C 6]", "5 600.00 GBP", None),
    ]
    plain = steps(february, "late", "class plain")
    # 90 % is not less than 80 %: the other tier.
    assert plain[2:4] == [("share that the clause sets", "20 %", 2000), ("for class plain, by classes", "40 %", 800)]
    (urgent,) = [each for each in february.balances if each.period == "2026-02 class urgent"]
    assert (urgent.before.shown, urgent.now.shown) == ("2 800.00 GBP", "5 600.00 GBP")


def test_bands_and_counts_are_steps_too(february):
    assert steps(february, "calls")[:3] == [
        ("quantity", "13", None),
        ("up to 10: 10 × 1.00 GBP", "10.00 GBP", None),
        ("the rest, above 10: 3 × 2.00 GBP", "6.00 GBP", None),
    ]
    assert steps(february, "each_late")[:3] == [
        ("Monthly fee [D 1]", "10 000.00 GBP", 10000),
        ("share that the clause sets", "0.1 %", 10),
        ("number of Answer [C 1] missed", "2", 20),
    ]


def test_what_does_not_come_to_the_sum_is_not_told_as_its_steps():
    """What the clause takes off a product has no place among its factors."""
    text = DESK.replace("lantern 10 000 GBP", "lantern 10 000 GBP - 5 GBP * (count of asked)")
    report = made(understood(text), events(), "2026-03-05", month=parse_period("2026-02"))[1]
    assert steps(report, "fee") == [
        ("worked out", "9 935.00 GBP", 9935),
        ("owed", "9 935.00 GBP", 9935),
    ]
    # What rests on it is still told from it.
    assert steps(report, "late", "class urgent")[1:3] == [
        ("Monthly fee [D 1]", "9 935.00 GBP", 9935), ("share that the clause sets", "50 %", Fraction(9935, 2)),
    ]  # fmt: skip


def test_each_step_that_comes_to_something_has_a_bar(february):
    late = next(each for each in february.sums if (each.clause.name, each.which) == ("late", "class urgent"))
    drawn = bars_of_steps(late.steps)
    assert [bool(bar) for bar in drawn] == [step.after is not None for step in late.steps]
    widths = [float(re.search(r'<rect [^>]*width="([0-9.]+)"', bar)[1]) for bar in drawn if bar]
    # All to one scale, of which the gross sum is the longest.
    assert widths == [200, 100, 60, 60, 116, 112, 4]
    assert 'class="cap"' in drawn[9] and 'class="total"' in drawn[10]
    assert as_html(february).count('<table class="way">') == len(february.sums)


def test_every_number_of_every_table_opens_to_a_calculation(february):
    names = {detail.name for detail in february.details}
    closed = []
    for each in sheets_of(february):
        for row in each.rows:
            for column, cell in zip(each.columns, row, strict=True):
                if isinstance(cell, Number) and cell.exact and cell.detail not in names:
                    closed.append((each.name, column.name, row[0], cell.shown))
    # What a clause itself sets stands in the clause.
    assert [each for each in closed if each[0] != "steps"] == []
    assert {each[3] for each in closed if each[0] == "steps"} <= {
        "50 %", "20 %", "60 %", "40 %", "0.1 %", "13", "10.00 GBP", "6.00 GBP",
        # What these come to.
        "5 000.00 GBP", "3 000.00 GBP", "2 000.00 GBP", "800.00 GBP",
    }  # fmt: skip


def test_the_count_of_a_duty_opens_to_each_of_it(february):
    answer = next(each for each in february.tallies if each.clause.name == "answer")
    lines = next(each for each in february.details if each.name == answer.detail).lines
    assert lines[0] == "2 missed" and "11 fulfilled" in lines
    assert sum("ticket urgent20" in line for line in lines) == 3
    late = next(each for each in february.details if each.title.startswith("Credit for late answers [C 4] in all"))
    assert late.lines[0] == "2026-02 class plain: 800.00 GBP"


def test_what_must_not_be_done_is_never_done_late(february):
    hush = next(each for each in february.tallies if each.clause.name == "hush")
    assert (dict(hush.statuses)["missed"], hush.late) == (1, 0)


def test_a_trigger_that_has_not_come_about_says_why(february):
    found = {each.group: each for each in february.counters}
    assert (found["class urgent"].counted, found["class urgent"].needed) == (2, 3)
    lines = next(each for each in february.details if each.name == found["class urgent"].detail).lines
    assert any("Answered in time" in line for line in lines)


def test_a_point_is_one_and_two_are_points():
    text = DESK.replace("target at least 95%", "target at least 89%")
    report = made(understood(text), events(), "2026-03-05", month=parse_period("2026-02"))[1]
    assert [row[8].shown for row in sheet(report, "service_levels").rows] == ["1 point better", "22.333 points short"]


def test_each_first_line_leads_to_where_more_is_told(february):
    page = as_html(february)
    for fact in february.facts:
        assert fact.part and f'id="{fact.part}"' in page and f'href="#{fact.part}"' in page


def test_each_printed_page_says_what_it_is_made_from(february):
    origin = february.origin
    foot = as_html(february).partition("@bottom-left{content:")[2].partition(";")[0]
    assert foot == (
        f'"agreement {origin.digest[:12]} · events {origin.events[:12]} · ledger {origin.ledger[:12]} · '
        f'{origin.program}"'
    )
    # Nothing that was typed comes into the style.
    named = evolve(february, origin=evolve(origin, program="</style><script>"))
    assert as_html(named).count("</style>") == 1


def test_in_the_workbook_too_a_number_opens_to_its_clause_and_events(february):
    book = openpyxl.load_workbook(BytesIO(as_excel(february)))
    place = book["Duties"]["C2"].hyperlink.location
    page, _, cell = place.replace("'", "").partition("!")
    row = int(cell[1:])
    told = [each.value for (each,) in book[page].iter_rows(min_row=row, max_row=row + 30, max_col=1)]
    assert told[0] == "Answer [C 1]: each of 13" and told[1].startswith("Clause Answer [C 1] agreement.bpo:")
    assert told[2] == 'obligation answer "Answer" [C 1]' and told[4].strip() == "within 1 days"
    assert told[5] == "2 missed"
    assert any("event asked at 2026-02-10 10:00: ticket urgent20" in each for each in told[6:10])
