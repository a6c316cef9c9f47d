"""Raw texts of a file that writes days, numbers and lengths of time in its own way, changed into ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from bpodsl.lean import frozen
from bpodsl.record.fields import words
from bpodsl.record.refusals import BAD_TIME, WRONG_KIND, Refused, quoted
from bpodsl.record.rows import Decimals, Raw
from bpodsl.terms import Kind
from bpodsl.values import (
    LENGTHS,
    SCALES,
    SECOND,
    DateForm,
    Exact,
    MonthForm,
    NumberError,
    NumberForm,
    date_form,
    month_form,
    number_form,
    parse_measured,
    show_decimal,
)


@frozen
class Written:
    """How a file writes days, numbers and months, as `Mapping` has it; "": as an agreement does."""

    dates: str = ""
    numbers: str = ""
    months: str = ""


OURS = Written()

Change = Callable[[Raw], Raw]
"""Makes of a raw value one as an event of its own would bear; raises `Refused`."""

_CODE = re.compile(r"(.*[^A-Z ]) ?([A-Z]{3})", re.DOTALL)
_PLACES = 24
_WORDS = {each: f"{each} such as 1:30" for each in ("hours and minutes", "minutes and seconds")}


def changed(name: str, kind: Kind, unit: str | None, written: Written) -> Change | None:
    """How a field of this kind is read where the file says how it writes; None where it says nothing of it."""
    base = kind.base
    days = date_form(written.dates) if written.dates else None
    digits = number_form(written.numbers) if written.numbers else None
    months = month_form(written.months) if written.months else None
    if base in ("instant", "day"):
        return None if days is None else _day(name, base, days)
    if base == "period":
        return None if months is None or kind.detail != ("month",) else _month(name, months)
    if base == "length":
        return None if unit is None or unit not in LENGTHS else _length(name, unit, digits)
    if base in ("number", "money", "share"):
        scale = SCALES.get(unit or "")
        return None if digits is None and scale is None else _number(name, base, digits, scale or Fraction(1))
    return None


def _day(name: str, base: str, form: DateForm) -> Change:
    says = f"written {form.pattern}" + ("" if base == "day" else ", perhaps with a time such as 19:00 or 7:00 PM")

    def change(raw: Raw) -> Raw:
        found = form.ours(raw.strip(" ")) if isinstance(raw, str) else None
        if found is None:
            raise Refused(BAD_TIME, name=name, why=f"“{quoted(raw)}” is not a day {says}.")
        return found

    return change


def _month(name: str, form: MonthForm) -> Change:
    def change(raw: Raw) -> Raw:
        text = words(raw)
        found = None if text is None or isinstance(raw, bool) else form.ours(text.strip(" "))
        if found is None:
            raise Refused(BAD_TIME, name=name, why=f"“{quoted(raw)}” is not a month written {form.pattern}.")
        return found

    return change


def _number(name: str, base: str, form: NumberForm | None, scale: Fraction) -> Change:
    expected = f"a number written like {form.specimen if form else '1234.50'}"

    def change(raw: Raw) -> Raw:
        text, after = str(raw).strip(" "), ""
        if not isinstance(raw, str | int) or isinstance(raw, bool):
            raise Refused(WRONG_KIND, name=name, found=quoted(raw), expected=expected)
        if base == "share" and text.endswith("%"):
            text, after = text[:-1].rstrip(" "), "%"
        elif base == "money" and (coded := _CODE.fullmatch(text)):
            text, after = coded.group(1), " " + coded.group(2)
        value = _read(raw, text, form, name, expected)
        return _plain(value if after == "%" else value * scale) + after

    return change


def _length(name: str, unit: str, form: NumberForm | None) -> Change:
    parts = LENGTHS[unit]
    expected = _WORDS.get(unit, f"a number of {unit}")

    def change(raw: Raw) -> Raw:
        if not isinstance(raw, str | int) or isinstance(raw, bool):
            raise Refused(WRONG_KIND, name=name, found=quoted(raw), expected=expected)
        texts = str(raw).strip(" ").split(":") if len(parts) > 1 else [str(raw).strip(" ")]
        least = min(2, len(parts))
        if not least <= len(texts) <= len(parts):
            raise Refused(WRONG_KIND, name=name, found=quoted(raw), expected=expected)
        values = [_read(raw, text, form, name, expected) for text in texts]
        if any(value < 0 for value in values) or any(value >= 60 for value in values[1:]):
            raise Refused(WRONG_KIND, name=name, found=quoted(raw), expected=expected)
        ticks = sum((Fraction(value) * part for value, part in zip(values, parts, strict=False)), Fraction(0))
        return f"{_plain(ticks / SECOND)} s"

    return change


def _read(raw: Raw, text: str, form: NumberForm | None, name: str, expected: str) -> Exact:
    # What JSON wrote as a number is one; only a text is written in the file's way.
    ours = form.ours(text) if form is not None and not isinstance(raw, Decimals | int) else text
    try:
        if ours is not None:
            return parse_measured(ours)
    except NumberError:
        pass
    raise Refused(WRONG_KIND, name=name, found=quoted(raw), expected=expected)


def _plain(value: Exact) -> str:
    return show_decimal(value, _PLACES).rstrip("0").rstrip(".")
