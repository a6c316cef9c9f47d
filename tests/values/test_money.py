"""Money: one currency at a time."""

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import CURRENCIES, Money, MoneyError, parse_money


def test_sums() -> None:
    assert Money(2, "GBP") + Money(Fraction(1, 2), "GBP") == Money(Fraction(5, 2), "GBP")
    assert Money(2, "GBP") - Money(3, "GBP") == -Money(1, "GBP")
    assert Money(3, "GBP") * Fraction(1, 3) == Fraction(1, 3) * Money(3, "GBP") == Money(1, "GBP")
    assert type((Money(3, "GBP") * Fraction(1, 3)).amount) is int
    assert Money(1, "GBP") < Money(2, "GBP") <= Money(2, "GBP")
    assert Money(2, "GBP") > Money(1, "GBP") >= Money(1, "GBP")
    assert Money(1, "GBP") != Money(1, "EUR")
    assert hash(Money(Fraction(4, 2), "GBP")) == hash(Money(2, "GBP"))
    assert pickle.loads(pickle.dumps(Money(1, "GBP"))) == Money(1, "GBP")


def test_currencies_never_mix() -> None:
    for mixed in (
        lambda: Money(1, "GBP") + Money(1, "EUR"),
        lambda: Money(1, "GBP") - Money(1, "EUR"),
        lambda: Money(1, "GBP") < Money(1, "EUR"),
        lambda: Money(1, "GBP") >= Money(1, "EUR"),
    ):
        with pytest.raises(MoneyError) as caught:
            mixed()
        assert caught.value.reason == "mixed"


def test_rounded() -> None:
    penny = Fraction(1, 100)
    assert Money(Fraction(1005, 1000), "GBP").rounded(penny, "half up") == Money(Fraction(101, 100), "GBP")
    assert Money(Fraction(-1005, 1000), "GBP").rounded(penny, "half up") == Money(Fraction(-101, 100), "GBP")


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(Fraction(12345, 10), "GBP"), "1 234.50 GBP"),
        (Money(-1234567, "USD"), "-1 234 567.00 USD"),
        (Money(Fraction(-1, 2), "EUR"), "-0.50 EUR"),
        (Money(1234, "JPY"), "1 234 JPY"),
        (Money(5, "KWD"), "5.000 KWD"),
        (Money(Fraction(12345, 10000), "GBP"), "1.2345 GBP"),
        (Money(0, "GBP"), "0.00 GBP"),
    ],
)
def test_shown_and_read(money: Money, shown: str) -> None:
    assert money.show() == shown
    assert parse_money(shown) == money


def test_an_endless_amount_is_shown_exactly() -> None:
    assert Money(Fraction(10, 3), "GBP").show() == "10/3 GBP"


@given(st.integers(-(10**17), 10**17), st.sampled_from(list(CURRENCIES)))
def test_every_sum_in_minor_units_reads_back(minor: int, currency: str) -> None:
    money = Money(Fraction(minor, 10 ** CURRENCIES[currency]), currency)
    assert parse_money(money.show()) == money


def test_read() -> None:
    assert parse_money("1234.5 GBP") == parse_money("1 234.50 GBP") == parse_money("+1234.50 GBP")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1234.50", "malformed"),
        ("GBP 1234.50", "malformed"),
        ("1,234.50 GBP", "malformed"),
        ("12 34.50 GBP", "malformed"),
        ("1 234.50  GBP", "malformed"),
        ("1 234. GBP", "malformed"),
        ("1e3 GBP", "malformed"),
        ("1.0123456789 GBP", "malformed"),
        ("1" * 19 + " GBP", "malformed"),
        ("1 gbp", "malformed"),
        ("1 XXX", "unknown_currency"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_money(text)
    assert caught.value.reason == reason


def test_the_currencies() -> None:
    assert (CURRENCIES["GBP"], CURRENCIES["JPY"], CURRENCIES["BHD"], CURRENCIES["CLF"]) == (2, 0, 3, 4)
    assert list(CURRENCIES) == sorted(CURRENCIES)
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    with pytest.raises(TypeError):
        CURRENCIES["GBP"] = 3  # type: ignore[index]
