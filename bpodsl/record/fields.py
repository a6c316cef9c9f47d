"""From a raw value to a typed one: one strict reader for each kind."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction

from bpodsl.record.refusals import (
    BAD_TIME,
    CLOCK_CHANGE,
    NAIVE_TIME,
    NOT_A_NUMBER,
    NOT_ONE_OF,
    OTHER_CURRENCY,
    TIME_RANGE,
    WRONG_KIND,
    Refused,
    quoted,
)  # fmt: skip
from bpodsl.record.rows import Raw
from bpodsl.terms import Kind
from bpodsl.values import (
    HOUR,
    MINUTE,
    SECOND,
    Exact,
    NumberError,
    Period,
    TimeError,
    Zone,
    exact,
    listed_period,
    parse_day,
    parse_instant,
    parse_measured,
    parse_period,
    quick_instant,
)  # fmt: skip

Reader = Callable[[Raw, list[str]], object]
"""Makes a typed value of a raw one; notes what was read with a grain of salt; raises `Refused`."""

WORD_LIMIT = 500
"""How many characters a name may have that is kept, compared and shown: an id, a source, a key."""

_LARGEST = 10**18
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?: [0-9]{3})+)(\.[0-9]+)?")
_MONEY = re.compile(r"(.*[0-9]) ?([A-Z]{3})")
_DAY_LENGTH = len("2026-04-07")
_ISO_LENGTH = re.compile(r"PT(?=.)(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?")
_LENGTH = re.compile(
    r"(?=.)(?:([0-9.]+) ?(?:h|hours?))?(?:(?<=[a-z]) )?(?:([0-9.]+) ?(?:min|minutes?))?"
    r"(?:(?<=[a-z]) )?(?:([0-9.]+) ?(?:s|seconds?))?"
)
_YES = {"true": True, "yes": True, "false": False, "no": False}
_EXPECTED = {
    "number": "a number such as 1234.50",
    "share": "a share such as 95% or 0.95",
    "money": "an amount such as 1234.50",
    "instant": "a date and time such as 2026-04-07T19:00:00+01:00",
    "day": "a day such as 2026-04-07",
    "length": "a length of time such as 4 hours, 90 minutes or PT1H30M",
    "text": "text",
    "yes_no": "yes or no",
}
_PERIODS = {"day": "2026-04-07", "month": "2026-04", "quarter": "2026-Q2", "year": "2026"}


def missing(value: Raw) -> bool:
    """Whether there is nothing: no column, null, or an empty cell."""
    return value is None or value == ""


def normal(text: str) -> str:
    """The text in Unicode's composed form (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words(value: Raw) -> str | None:
    """The raw text of a value that is no object and no list, else None."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return None


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` as a part of a sentence, or nothing."""
    # Hardly any run needs it.
    from difflib import get_close_matches

    found = get_close_matches(word[:80], sorted(known), 1, 0.6)
    return f" (did you mean “{found[0]}”?)" if found else ""


def instant(name: str, value: Raw, zone: Zone | None, notes: list[str]) -> int:
    """An instant in ticks; without an offset, local time of `zone`."""
    if not isinstance(value, str):
        raise Refused(BAD_TIME, name=name, why=f"“{quoted(value)}” is not a date and time.")
    try:
        stamp = parse_instant(value.strip(" "), zone)
    except TimeError as error:
        raise _refused_time(name, error) from None
    if stamp.noted:
        notes.append(f"`{name}`: the leap second in “{quoted(value)}” is read as the second before.")
    return stamp.instant


def instant_or_day(name: str, value: Raw, zone: Zone | None, notes: list[str]) -> int | date:
    """An instant in ticks, or a bare day."""
    if type(value) is str and (found := quick_instant(value)) is not None:
        return found
    if isinstance(value, str) and len(value.strip(" ")) == _DAY_LENGTH:
        try:
            return parse_day(value.strip(" "))
        except TimeError as error:
            raise _refused_time(name, error) from None
    return instant(name, value, zone, notes)


def reader(name: str, kind: Kind, currency: str, zone: Zone | None, key: bool = False) -> Reader:
    """The reader of the field `name`. `currency` is the agreement's; `zone` that of local times, None: refuse them."""
    if kind.base == "text" and key:
        return _key(name)
    if kind.base == "instant":
        return lambda value, notes: instant(name, value, zone, notes)
    if kind.base == "one_of":
        return _one_of(name, kind.detail)
    if kind.base == "money":
        return _money(name, kind.detail[0] if kind.detail else currency)
    if len(kind.detail) > 1 and kind.base == "period":
        return _listed(name, kind.detail)
    if kind.base == "period":
        return _period(name, kind.detail[0] if kind.detail else "")
    return _PLAIN[kind.base](name)


def _number(name: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> Exact:
        if type(value) is int and -_LARGEST < value < _LARGEST:
            return value
        return _measured(name, _text(name, "number", value), "number", value)

    return read


def _share(name: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> Exact:
        text = _text(name, "share", value)
        if text.endswith("%"):
            return exact(Fraction(_measured(name, text[:-1].rstrip(" "), "share", value)) / 100)
        return _measured(name, text, "share", value)

    return read


def _money(name: str, currency: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> Exact:
        text = _text(name, "money", value)
        match = _MONEY.fullmatch(text)
        if match is not None:
            if match[2] != currency:
                raise Refused(OTHER_CURRENCY, name=name, found=match[2], expected=currency)
            text = match[1]
        return _measured(name, text, "money", value)

    return read


def _day(name: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> date:
        try:
            return parse_day(_text(name, "day", value))
        except TimeError as error:
            raise _refused_time(name, error) from None

    return read


def _period(name: str, unit: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> Period:
        text = words(value)
        expected = f"a {unit or 'period'} such as {_PERIODS.get(unit, '2026-04')}"
        if text is None or isinstance(value, bool):
            raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=expected)
        period, wrong = None, f"“{quoted(value)}” is not {expected}."
        try:
            period = parse_period(text.strip(" "))
        except TimeError as error:
            if error.reason != "malformed" or not unit:
                raise _refused_time(name, error) from None
        if period is None or (unit and period.unit != unit):
            raise Refused(BAD_TIME, name=name, why=wrong)
        return period

    return read


def _listed(name: str, table: tuple[str, ...]) -> Reader:
    known = tuple(row.split("/", 2)[2] for row in table[1:])
    periods = {normal(label): listed_period(table, label) for label in known}

    def read(value: Raw, notes: list[str]) -> object:
        text = words(value)
        found = None if text is None or isinstance(value, bool) else periods.get(normal(text.strip(" ")))
        if found is None:
            raise Refused(
                NOT_ONE_OF, name=name, found=quoted(value), expected=", ".join(known), near=near(text or "", known)
            )
        return found

    return read


def _length(name: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> Exact:
        text = _text(name, "length", value)
        match = _ISO_LENGTH.fullmatch(text) or _LENGTH.fullmatch(text)
        if match is None or not any(match.groups()):
            raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=_EXPECTED["length"])
        total = Fraction(0)
        for part, unit in zip(match.groups(), (HOUR, MINUTE, SECOND), strict=True):
            if part is not None:
                total += Fraction(_measured(name, part, "length", value)) * unit
        return exact(total)

    return read


def _plain_text(name: str) -> Callable[[Raw, list[str]], str]:
    def read(value: Raw, notes: list[str]) -> str:
        text = value if type(value) is str else words(value)
        if text is None or isinstance(value, bool):
            raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=_EXPECTED["text"])
        return text if text.isascii() else normal(text)

    return read


def _key(name: str) -> Reader:
    text = _plain_text(name)

    def read(value: Raw, notes: list[str]) -> object:
        found = text(value, notes)
        if len(found) > WORD_LIMIT:
            expected = f"a key of at most {WORD_LIMIT} characters"
            raise Refused(WRONG_KIND, name=name, found=quoted(found), expected=expected)
        return found

    return read


def _one_of(name: str, allowed: tuple[str, ...]) -> Reader:
    known = {normal(word): word for word in allowed}

    def read(value: Raw, notes: list[str]) -> str:
        text = value if type(value) is str else words(value)
        word = None if text is None else known.get(text) or known.get(normal(text.strip(" ")))
        if word is None:
            raise Refused(
                NOT_ONE_OF, name=name, found=quoted(value), expected=", ".join(allowed), near=near(text or "", allowed)
            )
        return word

    return read


def _yes_no(name: str) -> Reader:
    def read(value: Raw, notes: list[str]) -> bool:
        found = _YES.get(value.strip(" ").lower()) if isinstance(value, str) else value
        if not isinstance(found, bool):
            raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=_EXPECTED["yes_no"])
        return found

    return read


_PLAIN: dict[str, Callable[[str], Reader]] = {
    "number": _number, "share": _share, "day": _day, "length": _length, "text": _plain_text, "yes_no": _yes_no,
}  # fmt: skip


def yes(name: str, value: Raw) -> bool:
    """A yes or no of the envelope."""
    return bool(_yes_no(name)(value, []))


def _text(name: str, base: str, value: Raw) -> str:
    """The text of a number or a string, without blanks around it."""
    text = words(value)
    if text is None or isinstance(value, bool):
        raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=_EXPECTED[base])
    return text.strip(" ")


def _measured(name: str, text: str, base: str, value: Raw) -> Exact:
    grouped = _GROUPED.fullmatch(text)
    if grouped is not None:
        text = text.replace(" ", "")
    try:
        return parse_measured(text)
    except NumberError as error:
        if error.reason == "malformed":
            raise Refused(WRONG_KIND, name=name, found=quoted(value), expected=_EXPECTED[base]) from None
        raise Refused(NOT_A_NUMBER, found=f"“{quoted(value)}” in `{name}`") from None


def _refused_time(name: str, error: TimeError) -> Refused:
    reasons = {"naive": NAIVE_TIME, "out_of_range": TIME_RANGE, "gap": CLOCK_CHANGE, "fold": CLOCK_CHANGE}
    return Refused(reasons.get(error.reason, BAD_TIME), name=name, why=error.message)
