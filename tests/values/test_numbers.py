"""Numbers: exact in, exact out."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    ROUNDINGS,
    Exact,
    NumberError,
    Rounding,
    exact,
    parse_measured,
    parse_number,
    round_to,
    share_out,
    show_decimal,
    show_exact,
    show_plain,
)

DECIMAL_ROUNDINGS: dict[Rounding, str] = {
    "half up": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "half down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}
numbers: st.SearchStrategy[Exact] = st.fractions(max_denominator=10**9) | st.integers()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+5", 5),
        ("007", 7),
        ("1234.50", Fraction(2469, 2)),
        ("-0.000000001", Fraction(-1, 10**9)),
        ("2.000", 2),
        ("999999999999999999.999999999", Fraction(10**27 - 1, 10**9)),
    ],
)
def test_numbers_read(text: str, value: Exact) -> None:
    assert parse_number(text) == parse_measured(text) == value
    assert type(parse_number(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "malformed") for text in ["", "-", ".5", "5.", "1e3", "1E3", "NaN", "inf", "0x1", "1_000", "1,000"]),
        *((text, "malformed") for text in [" 1", "1 ", "1\n", "--1", "1.2.3", "١٢", "1２", "½", "−1"]),
        ("1" * 19, "too_large"),
        ("0." + "1" * 19, "precision"),
    ],
)
def test_numbers_refused(text: str, reason: str) -> None:
    for parse in (parse_number, parse_measured):
        with pytest.raises(NumberError) as caught:
            parse(text)
        assert caught.value.reason == reason


def test_data_may_be_finer_than_an_agreement() -> None:
    text = "0." + "1" * 18
    assert parse_measured(text) == Fraction(int("1" * 18), 10**18)
    with pytest.raises(NumberError) as caught:
        parse_number(text)
    assert caught.value.reason == "precision"


def test_whole_numbers_are_ints() -> None:
    assert type(exact(Fraction(4, 2))) is int
    assert exact(Fraction(1, 2)) == Fraction(1, 2)


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.sampled_from(ROUNDINGS))
def test_rounding_agrees_with_decimal(value: int, places: int, rule: Rounding) -> None:
    given_ = Decimal(value).scaleb(-4)
    rounded = given_.quantize(Decimal(1).scaleb(-places), DECIMAL_ROUNDINGS[rule], Context(prec=60))
    assert round_to(Fraction(value, 10**4), Fraction(1, 10**places), rule) == Fraction(rounded)
    assert Decimal(show_decimal(Fraction(value, 10**4), places, rule)) == rounded


@given(
    numbers, st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000), st.sampled_from(ROUNDINGS)
)
def test_rounding_lands_on_a_step_nearby(value: Exact, step: Fraction, rule: Rounding) -> None:
    rounded = round_to(value, step, rule)
    assert (Fraction(rounded) / step).denominator == 1
    assert abs(Fraction(rounded) - value) < step
    assert round_to(rounded, step, rule) == rounded
    mirror: dict[Rounding, Rounding] = {"ceiling": "floor", "floor": "ceiling"}
    assert round_to(-value, step, mirror.get(rule, rule)) == -rounded


def test_halves() -> None:
    halves = [Fraction(-5, 2), Fraction(-3, 2), Fraction(3, 2), Fraction(5, 2)]
    assert [round_to(half, 1, "half up") for half in halves] == [-3, -2, 2, 3]
    assert [round_to(half, 1, "half even") for half in halves] == [-2, -2, 2, 2]
    assert [round_to(half, 1, "half down") for half in halves] == [-2, -1, 1, 2]
    assert round_to(Fraction(1005, 1000), Fraction(1, 100), "half up") == Fraction(101, 100)
    assert round_to(137, 50, "half up") == 150
    with pytest.raises(ValueError, match="more than zero"):
        round_to(1, 0, "up")


def test_shown() -> None:
    assert show_exact(Fraction(10, 4)) == "5/2"
    assert show_exact(Fraction(-4, 2)) == "-2"
    assert show_decimal(Fraction(1, 3), 2) == "0.33"
    assert show_decimal(Fraction(-1, 200), 2) == "-0.01"
    assert show_decimal(Fraction(-1, 1000), 2) == "0.00"
    assert show_decimal(Fraction(5, 2), 0) == "3"
    assert show_decimal(12, 3) == "12.000"
    assert show_plain(Fraction(1, 8)) == "0.125"
    assert show_plain(Fraction(-1, 10**12)) == "-0.000000000001"
    assert show_plain(Fraction(1, 10**13)) == "1/10000000000000"
    assert show_plain(Fraction(2, 3)) == "2/3"
    assert show_plain(100) == "100"


@given(numbers)
def test_a_plain_number_reads_back(value: Exact) -> None:
    shown = show_plain(value)
    assert Fraction(shown) == value
    assert "." not in shown or shown[-1] != "0"


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.fractions(0, 10**6, max_denominator=100), min_size=1, max_size=12).filter(any),
)
def test_parts_add_up(pence: int, weights: list[Fraction]) -> None:
    step = Fraction(1, 100)
    total = pence * step
    parts = share_out(total, weights, step)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert (Fraction(part) / step).denominator == 1
        assert abs(part - total * weight / sum(weights)) < step
        assert weight or part == 0
    assert share_out(-total, weights, step) == [-part for part in parts]


def test_the_largest_remainder_then_the_earlier_part() -> None:
    assert share_out(100, [1, 1, 1], 1) == [34, 33, 33]
    assert share_out(10, [1, 2, 4], 1) == [1, 3, 6]
    assert share_out(1, [1, 1, 1, 1], 1) == [1, 0, 0, 0]
    assert share_out(0, [0, 0], 1) == [0, 0]
    assert share_out(0, [], 1) == []
    refused: list[tuple[Exact, list[Exact]]] = [(1, [0, 0]), (1, []), (Fraction(1, 2), [1]), (3, [2, -1])]
    for total, weights in refused:
        with pytest.raises(NumberError) as caught:
            share_out(total, weights, 1)
        assert caught.value.reason == "shares"
