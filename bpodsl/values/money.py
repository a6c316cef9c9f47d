"""Sums of money: an exact amount and its currency, never mixed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bpodsl.lean import frozen
from bpodsl.values.numbers import (
    Exact,
    NumberError,
    Rounding,
    decimal_places,
    exact,
    parse_number,
    round_to,
    show_decimal,
    show_exact,
)

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG "
        # Withdrawn since 2023, but agreements in force still name them.
        "ANG BGN HRK SLL"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

CURRENCIES: Final[Mapping[str, int]] = MappingProxyType(
    dict(sorted((code, digits) for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()))
)
"""The currency codes of ISO 4217 and the digits of their minor unit; metals and other codes without one are left
out."""

_MONEY = re.compile(r"([+-]?[0-9]{1,3}(?: [0-9]{3})+|[+-]?[0-9]+)(\.[0-9]+)? ([A-Z]{3})")


class MoneyError(ValueError):
    """Money that cannot be used. ``reason`` is one of ``malformed``, ``unknown_currency``, ``mixed``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


@frozen
class Money:
    """An exact amount of a currency, in its main unit (pounds, not pence).

    Adds, subtracts and compares with its own currency only, else raises `MoneyError` ``mixed``; multiplied by
    exact numbers.
    """

    __slots__ = ("amount", "currency")

    amount: Exact
    currency: str

    def __init__(self, amount: Exact, currency: str) -> None:
        object.__setattr__(self, "amount", exact(amount))
        object.__setattr__(self, "currency", currency)

    def __reduce__(self) -> tuple[type[Money], tuple[Exact, str]]:
        return Money, (self.amount, self.currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._like(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._like(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Exact) -> Money:
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._like(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._like(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._like(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._like(other)

    def rounded(self, step: Exact, rule: Rounding) -> Money:
        """Rounded to whole multiples of ``step``."""
        return Money(round_to(self.amount, step, rule), self.currency)

    def show(self) -> str:
        """``1 234.50 GBP``: at least the digits of the minor unit, and as many more as an exact amount needs; an
        amount without a short decimal as ``10/3 GBP``."""
        places = decimal_places(self.amount)
        if places is None:
            return f"{show_exact(self.amount)} {self.currency}"
        shown = show_decimal(self.amount, max(places, CURRENCIES.get(self.currency, 0)))
        whole, point, part = shown.removeprefix("-").partition(".")
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{int(whole):,}{point}{part} {self.currency}".replace(",", " ")

    def _like(self, other: Money) -> Exact:
        if other.currency != self.currency:
            raise MoneyError("mixed", f"{self.currency} and {other.currency} cannot be added or compared.")
        return other.amount


def parse_money(text: str) -> Money:
    """Read ``1 234.50 GBP``: the amount, with or without spaces between thousands, then the currency code.

    Raises `MoneyError` ``malformed`` or ``unknown_currency``.
    """
    match = _MONEY.fullmatch(text)
    if match is None:
        raise MoneyError("malformed", f"“{text[:40]}” is not a sum of money; write it like 1 234.50 GBP.")
    whole, part, currency = match.groups()
    if currency not in CURRENCIES:
        raise MoneyError("unknown_currency", f"There is no currency “{currency}” in ISO 4217.")
    try:
        amount = parse_number(whole.replace(" ", "") + (part or ""))
    except NumberError as error:
        raise MoneyError("malformed", str(error)) from None
    return Money(amount, currency)
