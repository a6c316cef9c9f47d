"""Files that write days, numbers and lengths of time in their own way."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from bpodsl.record.refusals import Refused
from bpodsl.record.written import Written, changed
from bpodsl.terms import Column, Condition, EventField, Kind, RowMapping
from bpodsl.terms.kinds import DAY, LENGTH, NUMBER, SHARE, TEXT
from bpodsl.values import HOUR, MINUTE, SECOND, date_form, month_form, number_form, parse_period
from tests.record.door import at, column, contract, event, kind, mapping, read, refused


@pytest.mark.parametrize(
    ("pattern", "text", "ours"),
    [
        ("dd/mm/yyyy", "31/12/2026", "2026-12-31"),
        ("dd/mm/yyyy", "1/2/2026", "2026-02-01"),
        ("mm/dd/yyyy", "1/2/2026", "2026-01-02"),
        ("dd/mm/yyyy", "2026-02-01", None),
        ("dd/mm/yyyy", "1/2/26", None),
        ("dd.mm.yyyy", "01.02.2026 9:05", "2026-02-01 09:05"),
        ("dd.mm.yyyy", "01.02.2026T19:05:01.25Z", "2026-02-01 19:05:01.25Z"),
        ("dd.mm.yyyy", "01.02.20261", None),
        ("dd.mm.yyyy", "01.02.2026 next", None),
        ("Mon d, yyyy", "Mar 3, 2026", "2026-03-03"),
        ("Mon d, yyyy", "March 3, 2026 12:00 AM", "2026-03-03 00:00"),
        ("Mon d, yyyy", "Sept 3, 2026, 12:30 pm", "2026-09-03 12:30"),
        ("Mon d, yyyy", "Mar 3, 2026 13:00 PM", None),
        ("Mon d, yyyy", "Mai 3, 2026", None),
        ("d-Mon-yy", "3-MAR-26", "2026-03-03"),
        ("yyyymmdd", "20260304", "2026-03-04"),
        ("dd/mm/yyyy", "01/02/2026 10:00 +0530", "2026-02-01 10:00+05:30"),
    ],
)
def test_days_in_their_way(pattern: str, text: str, ours: str | None) -> None:
    form = date_form(pattern)
    assert form is not None and form.ours(text) == ours


@pytest.mark.parametrize(
    ("pattern", "text", "ours"),
    [
        ("mm/yyyy", "09/2026", "2026-09"),
        ("mm/yyyy", "9/2026", "2026-09"),
        ("mm/yyyy", "2026-09", None),
        ("mm/yyyy", "13/2026", None),
        ("mm/yyyy", "09/2026 ", None),
        ("Mon-yy", "Feb-26", "2026-02"),
        ("Mon yyyy", "SEPTEMBER  2026", "2026-09"),
        ("yyyymm", "202602", "2026-02"),
        ("yyyy mm", "2026 2", "2026-02"),
        ("dd/mm/yyyy", "28/02/2026", "2026-02"),
        ("dd/mm/yyyy", "31/02/2026", None),
        ("dd/mm/yyyy", "28/02/2026 10:00", None),
        ("yyyy-mm-dd", "2026-02-28", "2026-02"),
    ],
)
def test_months_in_their_way(pattern: str, text: str, ours: str | None) -> None:
    form = month_form(pattern)
    assert form is not None and form.ours(text) == ours


@pytest.mark.parametrize("pattern", ["mm", "yyyy", "dd/mm", "09/2026", "mm/mm/yyyy", ""])
def test_patterns_that_show_no_month(pattern: str) -> None:
    assert month_form(pattern) is None


@pytest.mark.parametrize("pattern", ["dd/mm", "31/12/2026", "dd/mm/yyyy hh:mm", "dd/dd/yyyy", "", "Monday"])
def test_patterns_that_mean_nothing(pattern: str) -> None:
    assert date_form(pattern) is None


@pytest.mark.parametrize(
    ("specimen", "text", "ours"),
    [
        ("1.234,56", "1.234.567,8", "1234567.8"),
        ("1.234,56", "-1234,5", "-1234.5"),
        ("1.234,56", "12.34", None),
        ("1.234,56", "1.5", None),
        ("1 234,56", "1\N{NO-BREAK SPACE}234", "1234"),
        ("1234,56", "1.234,56", None),
        ("$1,234.56", "$ 1,234", "1234"),
        ("$1,234.56", "-$5", "-5"),
        ("1,234.56 €", "5.5", "5.5"),
        ("(1,234.56)", "(1,200)", "-1200"),
        ("(1,234.56)", "(-1)", None),
        ("1'234.56", "1'000-", "-1000"),
        ("1,234.56", "\N{MINUS SIGN}7", "-7"),
        ("1,234.56", "", None),
        ("1,234.56", "1e5", None),
    ],
)
def test_numbers_in_their_way(specimen: str, text: str, ours: str | None) -> None:
    form = number_form(specimen)
    assert form is not None and form.ours(text) == ours


@pytest.mark.parametrize("specimen", ["1,234", "1234.5", "1.234.56", "9.876,54", "", "-1,234.56"])
def test_specimens_that_show_nothing(specimen: str) -> None:
    assert number_form(specimen) is None


MONEY = Kind("money")
FIELDS: tuple[tuple[Kind, str | None, Any, object], ...] = (
    (SHARE, "percent", "3,5", Fraction(35, 1000)),
    (SHARE, "percent", "3,5 %", Fraction(35, 1000)),
    (SHARE, "percent", 4, Fraction(1, 25)),
    (SHARE, "basis points", "250", Fraction(1, 40)),
    (MONEY, "hundredths", "12345", Fraction(12345, 100)),
    (MONEY, "thousands", "1.234,5 GBP", 1234500),
    (NUMBER, "millions", "0,000001", 1),
    (LENGTH, "seconds", "90", 90 * SECOND),
    (LENGTH, "minutes", "1,5", 90 * SECOND),
    (LENGTH, "hours", "0,25", 15 * MINUTE),
    (LENGTH, "milliseconds", 1500, 1500 * SECOND // 1000),
    (LENGTH, "hours and minutes", "26:30", 26 * HOUR + 30 * MINUTE),
    (LENGTH, "hours and minutes", "0:01:02", 62 * SECOND),
    (LENGTH, "minutes and seconds", "90:05", 90 * MINUTE + 5 * SECOND),
)


@pytest.mark.parametrize(("of", "unit", "raw", "value"), FIELDS)
def test_units(of: Kind, unit: str | None, raw: object, value: object) -> None:
    row = RowMapping("step", (), (("n", column("N", unit=unit)),))
    agreement = contract(
        kind("step", EventField("n", of)), mappings=[mapping(row, files="*", format="jsonl", numbers="1.234,56")]
    )
    assert event(agreement, {"when": "2026-04-07T19:00Z", "N": raw}).fields == {"n": value}


@pytest.mark.parametrize(
    ("of", "unit", "raw"),
    [(LENGTH, "minutes", "1:30"), (LENGTH, "hours and minutes", "1:60"), (LENGTH, "hours and minutes", "90"),
     (LENGTH, "minutes", "-1"), (SHARE, "percent", "lots"), (NUMBER, None, "1.5"), (LENGTH, "minutes", True)],
)  # fmt: skip
def test_what_is_not_so_is_refused_with_its_column(of: Kind, unit: str | None, raw: object) -> None:
    row = RowMapping("step", (), (("n", column("N", unit=unit)),))
    agreement = contract(
        kind("step", EventField("n", of)), mappings=[mapping(row, files="*", format="jsonl", numbers="1.234,56")]
    )
    refusal = refused(agreement, {"when": "2026-04-07T19:00Z", "N": raw})
    assert refusal.code == "EVT141" and f"`n` (column “N”) is “{raw}”, not " in refusal.message()


def test_what_stands_for_a_word_or_is_missing_is_in_our_way() -> None:
    fields = (("n", column("N", unit="percent", values=(("-", "0%"),), absent="5%")),)
    agreement = contract(
        kind("step", EventField("n", SHARE)),
        mappings=[mapping(RowMapping("step", (), fields), files="*", numbers="1.234,56")],
    )
    base = {"when": "2026-04-07T19:00Z"}
    assert event(agreement, {**base, "N": "-"}).fields == {"n": 0}
    assert event(agreement, base).fields == {"n": Fraction(1, 20)}


def test_a_day_and_a_time_in_columns_of_their_own() -> None:
    row = RowMapping("step", (), (("t", Column(("Day",), more=(("Time",),))),))
    agreement = contract(
        kind("step", EventField("t", TEXT, optional=True)),
        mappings=[
            mapping(row, files="*", dates="dd/mm/yyyy", zone="Europe/London", time=Column(("Day",), more=(("Time",),)))
        ],
    )
    found = event(agreement, {"Day": "7/4/2026", "Time": "7:00 PM"})
    assert (found.time, found.day, found.fields) == (at("2026-04-07T19:00"), None, {"t": "7/4/2026 7:00 PM"})
    assert str(event(agreement, {"Day": "7/4/2026", "Time": ""}).day) == "2026-04-07"
    assert refused(agreement, {"Day": "", "Time": "19:00"}).message() == (
        "In `Day and Time`: “19:00” is not a day written dd/mm/yyyy, perhaps with a time such as 19:00 or 7:00 PM."
    )
    assert refused(agreement, {"Day": "30/2/2026"}).code == "EVT124"
    assert refused(agreement, {}).code == "EVT122"


def test_months_of_rows() -> None:
    month = Kind("period", ("month",))
    one = RowMapping("step", (), (("per", column("Per")), ("on", column("On"))))
    of = kind("step", EventField("per", month, optional=True), EventField("on", DAY, optional=True))
    agreement = contract(of, mappings=[mapping(one, files="*", dates="dd/mm/yyyy", months="mm/yyyy")])
    base = {"when": "07/04/2026 19:00Z"}
    found = event(agreement, {**base, "Per": " 9/2026 ", "On": "01/02/2026"})
    assert found.fields == {"per": parse_period("2026-09"), "on": date(2026, 2, 1)}
    assert refused(agreement, {**base, "Per": "2026-09"}).message() == (
        "In `per` (column “Per”): “2026-09” is not a month written mm/yyyy."
    )
    assert refused(agreement, {**base, "Per": "2026-09"}).code == "EVT124"
    joined = RowMapping("step", (), (("per", Column(("Y",), more=(("M",),))),))
    agreement = contract(of, mappings=[mapping(joined, files="*", format="jsonl", months="yyyy m")])
    assert event(agreement, {"when": "2026-04-07T19:00Z", "Y": 2026, "M": 2}).fields["per"] == parse_period("2026-02")
    agreement = contract(of, mappings=[mapping(one, files="*", format="jsonl", months="yyyymm")])
    assert event(agreement, {"when": "2026-04-07T19:00Z", "Per": 202602}).fields["per"] == parse_period("2026-02")
    for raw in ("2026-02-01", "202602", "Feb-26", "2026-Q1"):
        plain = contract(of, mappings=[mapping(one, files="*")])
        assert refused(plain, {"when": "2026-04-07T19:00Z", "Per": raw}).message() == (
            f"In `per` (column “Per”): “{raw}” is not a month such as 2026-04."
        )


def test_conditions_of_rows() -> None:
    when = (
        Condition(column("state"), ("void", "test"), "is not"),
        Condition(column("closed"), how="given"),
        Condition(column("error"), how="not given"),
    )
    agreement = contract(kind("step"), mappings=[mapping(RowMapping("step", when, ()), files="*")])
    base = {"when": "2026-04-07T19:00Z", "closed": "x"}
    assert len(read(agreement, base)) == 1
    assert len(read(agreement, {**base, "state": "done", "error": ""})) == 1
    assert read(agreement, {**base, "state": "void"}) == ()
    assert read(agreement, {**base, "closed": ""}) == () == read(agreement, {**base, "error": "e"})


def test_what_says_nothing_changes_nothing() -> None:
    assert changed("n", NUMBER, None, Written("dd/mm/yyyy", months="mm/yyyy")) is None
    assert changed("n", TEXT, None, Written("dd/mm/yyyy", "1.234,56", "mm/yyyy")) is None
    assert changed("n", LENGTH, None, Written("", "1.234,56")) is None


@pytest.mark.parametrize("raw", [True, ["1"], {"a": 1}, None, "", "some", "1.2.3", "1,5"])
def test_what_is_no_number_in_thousands(raw: object) -> None:
    change = changed("n", NUMBER, "thousands", Written())
    assert change is not None
    with pytest.raises(Refused) as caught:
        change(raw)  # type: ignore[arg-type]
    assert caught.value.reason.code == "EVT141"
    assert "a number written like 1234.50" in caught.value.refusal("a.csv:1").message()


def test_a_number_in_thousands() -> None:
    change = changed("n", NUMBER, "thousands", Written())
    assert change is not None
    assert (change("1.5"), change(2), change("-0.001")) == ("1500", "2000", "-1")


@pytest.mark.parametrize(
    ("unit", "raw", "seconds"),
    [("milliseconds", "1500", "1.5"), ("seconds", 90, "90"), ("minutes", "1.5", "90"), ("hours", "0.5", "1800"),
     ("hours and minutes", "1:30", "5400"), ("minutes and seconds", "1:30", "90"),
     ("hours and minutes", "1:00:01", "3601")],
)  # fmt: skip
def test_lengths_in_the_units_of_the_file(unit: str, raw: str | int, seconds: str) -> None:
    change = changed("n", LENGTH, unit, Written())
    assert change is not None and change(raw) == f"{seconds} s"
