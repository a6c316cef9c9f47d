"""Exact numbers: read within bounds, rounded by a named rule, shared out without loss, shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final, Literal

Exact = int | Fraction
Rounding = Literal["half up", "half even", "half down", "up", "down", "ceiling", "floor"]

ROUNDINGS: Final[tuple[Rounding, ...]] = ("half up", "half even", "half down", "up", "down", "ceiling", "floor")
"""How a number between two steps is rounded. ``up`` and ``half up`` are away from zero, ``down`` and ``half down``
towards it."""

INTEGER_DIGITS: Final = 18
LITERAL_PLACES: Final = 9
MEASURED_PLACES: Final = 18
PLAIN_PLACES: Final = 12

_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?")


class NumberError(ValueError):
    """A number that cannot be used. ``reason`` is one of ``malformed``, ``too_large``, ``precision``, ``shares``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


def exact(value: Exact) -> Exact:
    """The same number, as an int if it is whole."""
    return value.numerator if value.denominator == 1 else value


def parse_number(text: str) -> Exact:
    """Read a number of an agreement: ASCII digits, at most 18 before and 9 after the point, no exponent.

    Raises `NumberError` with ``malformed``, ``too_large`` or ``precision``.
    """
    return _parse(text, LITERAL_PLACES)


def parse_measured(text: str) -> Exact:
    """As `parse_number`, for data: up to 18 digits after the point."""
    return _parse(text, MEASURED_PLACES)


def _parse(text: str, places: int) -> Exact:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise NumberError("malformed", f"“{text[:40]}” is not a number; write it like 1234.50.")
    sign, whole, part = match.groups()
    if len(whole) > INTEGER_DIGITS:
        raise NumberError("too_large", f"“{text[:40]}” has more than {INTEGER_DIGITS} digits before the point.")
    if part is None:
        return -int(whole) if sign == "-" else int(whole)
    if len(part) > places:
        raise NumberError("precision", f"“{text[:40]}” has more than {places} digits after the point.")
    value = Fraction(int(whole + part), 10 ** len(part))
    return exact(-value if sign == "-" else value)


def round_to(value: Exact, step: Exact, rule: Rounding) -> Exact:
    """``value`` rounded to a whole multiple of ``step`` (more than zero) by one of `ROUNDINGS`."""
    if step <= 0:
        raise ValueError("a rounding step is more than zero")
    count, of = value.numerator * step.denominator, value.denominator * step.numerator
    if count % of == 0:
        return exact(value)
    return exact(_round_whole(count, of, rule) * step)


def _round_whole(numerator: int, denominator: int, rule: Rounding) -> int:
    """A fraction, in lowest terms or not, of a denominator above zero."""
    floor, rest = divmod(numerator, denominator)
    if rest == 0:
        return floor
    twice = 2 * rest - denominator
    positive = floor >= 0
    if rule == "floor":
        return floor
    if rule == "ceiling":
        return floor + 1
    if rule == "up":
        return floor + positive
    if rule == "down":
        return floor + (not positive)
    if twice:
        return floor + (twice > 0)
    if rule == "half up":
        return floor + positive
    if rule == "half down":
        return floor + (not positive)
    if rule == "half even":
        return floor + floor % 2
    raise ValueError(f"no such rounding: {rule}")


def show_exact(value: Exact) -> str:
    """``p/q`` in lowest terms, or ``p`` if whole."""
    return str(exact(value))


def show_decimal(value: Exact, places: int, rule: Rounding = "half up") -> str:
    """With that many decimals, rounded by the rule: ``1234.50``. Zero has no sign."""
    scaled = _round_whole(value.numerator * 10**places, value.denominator, rule)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else sign + digits


def show_plain(value: Exact) -> str:
    """The shortest decimal that is exactly this number, if 12 decimals suffice, else ``p/q``."""
    places = decimal_places(value)
    return show_exact(value) if places is None else show_decimal(value, places)


def decimal_places(value: Exact) -> int | None:
    """How many decimals show the number exactly; None if more than 12 are needed."""
    scaled = Fraction(value)
    for places in range(PLAIN_PLACES + 1):
        if scaled.denominator == 1:
            return places
        scaled *= 10
    return None


def share_out(total: Exact, weights: Sequence[Exact], step: Exact) -> list[Exact]:
    """Split ``total`` by weight into whole multiples of ``step`` that add up to it.

    Each part is its exact share cut down towards zero; the steps left over go one each to the largest remainders, the
    earlier part first among equals. Raises `NumberError` ``shares`` if the total is no multiple of the step, a weight
    is negative, or all are zero while something is to be shared.
    """
    if step <= 0:
        raise ValueError("a rounding step is more than zero")
    steps = abs(Fraction(total)) / step
    weight = sum((Fraction(each) for each in weights), Fraction(0))
    if steps.denominator != 1:
        raise NumberError("shares", f"{show_plain(total)} is not a whole number of steps of {show_plain(step)}.")
    if any(each < 0 for each in weights) or (weight == 0 and steps):
        raise NumberError("shares", "Weights to share by must not be negative, nor all be zero.")
    if weight == 0:
        return [0 for _ in weights]
    shares = [steps * each / weight for each in weights]
    parts = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_remainder[: steps.numerator - sum(parts)]:
        parts[i] += 1
    signed = step if total >= 0 else -step
    return [exact(part * signed) for part in parts]
