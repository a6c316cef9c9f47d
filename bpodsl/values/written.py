"""How files write days and numbers in other ways than ours, and the strict change into ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from bpodsl.lean import frozen
from bpodsl.values.instants import HOUR, MINUTE, SECOND, TimeError, parse_day

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

SCALES: Final[Mapping[str, Fraction]] = MappingProxyType(
    {
        "percent": Fraction(1, 100), "basis points": Fraction(1, 10_000), "hundredths": Fraction(1, 100),
        "thousands": Fraction(1000), "millions": Fraction(1_000_000),
    }
)  # fmt: skip
"""What one of a unit in which a file counts numbers comes to."""

LENGTHS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "milliseconds": (SECOND // 1000,), "seconds": (SECOND,), "minutes": (MINUTE,), "hours": (HOUR,),
        "hours and minutes": (HOUR, MINUTE, SECOND), "minutes and seconds": (MINUTE, SECOND),
    }
)  # fmt: skip
"""What one of a unit in which a file counts time comes to, in ticks; of what stands between colons, each part."""

_PART = re.compile(r"yyyy|yy|mmmm|mmm|month|mon|mm|m|dd|d", re.IGNORECASE)
_SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "yyyy": ("year", "[0-9]{4}"), "yy": ("year", "[0-9]{2}"),
    "mm": ("month", "[0-9]{1,2}"), "m": ("month", "[0-9]{1,2}"),
    "mon": ("word", "[A-Za-z]{3,9}"), "mmm": ("word", "[A-Za-z]{3,9}"),
    "month": ("word", "[A-Za-z]{3,9}"), "mmmm": ("word", "[A-Za-z]{3,9}"),
    "dd": ("day", "[0-9]{1,2}"), "d": ("day", "[0-9]{1,2}"),
}  # fmt: skip
_TIME = re.compile(
    r"(?:T|,? +)([0-9]{1,2}):([0-9]{2})(:[0-9]{2}(?:\.[0-9]+)?)?(?: ?([AaPp])\.?[Mm]\.?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NUMBER = re.compile(r"([^0-9]*)1([^0-9]?)234([^0-9])56([^0-9]*)")
_BLANKS: Final = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_MINUS: Final = "\N{MINUS SIGN}"


@frozen
class DateForm:
    """A way to write days: `dd/mm/yyyy`, `Mon d, yyyy`."""

    pattern: str
    _shape: re.Pattern[str]

    def ours(self, text: str) -> str | None:
        """A day, or a day and time, written so, as `2026-04-07` or `2026-04-07 19:00`; None if it is not."""
        match = self._shape.match(text)
        if match is None:
            return None
        day = _day_of(match.groupdict())
        if day is None:
            return None
        if match.end() == len(text):
            return day
        time = _TIME.fullmatch(text, match.end())
        clock = None if time is None else _clock(*time.groups())
        return None if clock is None else f"{day} {clock}"


@frozen
class MonthForm:
    """A way to write months: `mm/yyyy`, `Mon-yy`, or by a day of each, `dd/mm/yyyy`."""

    pattern: str
    _shape: re.Pattern[str]

    def ours(self, text: str) -> str | None:
        """A month written so, as `2026-04`; where the form has a day, a day of the month. None if it is not."""
        match = self._shape.fullmatch(text)
        found = None if match is None else _day_of(match.groupdict())
        if found is None:
            return None
        try:
            return parse_day(found).isoformat()[: len("2026-04")]
        except TimeError:
            return None


@frozen
class NumberForm:
    """A way to write numbers, shown by how it writes 1234.56: `1.234,56`."""

    specimen: str
    _shape: re.Pattern[str]
    _bracketed: bool

    def ours(self, text: str) -> str | None:
        """A number written so, as `-1234.56`; None if it is not."""
        for blank in _BLANKS:
            text = text.replace(blank, " ")
        text = text.replace(_MINUS, "-").strip(" ")
        negative = self._bracketed and text.startswith("(") and text.endswith(")")
        match = self._shape.fullmatch(text[1:-1].strip(" ") if negative else text)
        if match is None or sum(map(bool, (negative, match["a"], match["b"], match["c"]))) > 1:
            return None
        sign = "-" if negative or "-" in (match["a"], match["b"], match["c"]) else ""
        whole = "".join(c for c in match["whole"] if c.isdigit())
        return f"{sign}{whole}.{match['part']}" if match["part"] else sign + whole


@lru_cache(maxsize=256)
def date_form(pattern: str) -> DateForm | None:
    """The form that a pattern means: a year, a month and a day, each once; None if it means none."""
    shape = _shape_of(pattern, ["day", "month", "year"])
    return None if shape is None else DateForm(pattern, re.compile(shape + r"(?![0-9])"))


@lru_cache(maxsize=256)
def month_form(pattern: str) -> MonthForm | None:
    """The form that a pattern means: a year and a month, each once, and perhaps a day; None if it means none."""
    shape = _shape_of(pattern, ["month", "year"]) or _shape_of(pattern, ["day", "month", "year"])
    return None if shape is None else MonthForm(pattern, re.compile(shape))


def _shape_of(pattern: str, needed: list[str]) -> str | None:
    """The regular expression of a pattern of these parts, each once; None if it has others."""
    parts: list[str] = []
    seen: list[str] = []
    at = 0
    while at < len(pattern):
        found = _PART.match(pattern, at)
        if found is None:
            if pattern[at].isalnum():
                return None
            parts.append(" +" if pattern[at] == " " else re.escape(pattern[at]))
            at += 1
            continue
        name, shape = _SHAPES[found.group().lower()]
        seen.append("month" if name == "word" else name)
        parts.append(f"(?P<{name}>{shape})")
        at = found.end()
    return "".join(parts) if sorted(seen) == needed else None


@lru_cache(maxsize=256)
def number_form(specimen: str) -> NumberForm | None:
    """The form in which 1234.56 is written like this; None if this is not that number."""
    text = specimen.strip(" ")
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    bracketed = text.startswith("(") and text.endswith(")")
    found = _NUMBER.fullmatch(text[1:-1] if bracketed else text)
    if found is None or found[2] == found[3]:
        return None
    before, group, point, after = found.groups()
    if any(c in "+-()" for c in before + after) or any(c.isalnum() for c in group + point):
        return None
    mark = re.escape(group)
    whole = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|[0-9]+" if group else "[0-9]+"
    head = f"(?:{re.escape(before.strip(' '))})? *" if before.strip(" ") else ""
    tail = f" *(?:{re.escape(after.strip(' '))})?" if after.strip(" ") else ""
    shape = rf"(?P<a>[+-]?) *{head}(?P<b>[+-]?)(?P<whole>{whole})(?:{re.escape(point)}(?P<part>[0-9]+))?(?P<c>-?){tail}"
    return NumberForm(specimen, re.compile(shape), bracketed)


def _day_of(found: Mapping[str, str]) -> str | None:
    """The parts of a day (of a month: its first), as `2026-04-07`; None if the month is none."""
    month = _month(found["word"]) if "word" in found else int(found["month"])
    year = found["year"] if len(found["year"]) > 2 else "20" + found["year"]
    if month is None or not 1 <= month <= 99:
        return None
    return f"{year}-{month:02d}-{int(found.get('day', '1')):02d}"


def _month(word: str) -> int | None:
    """The number of a month that is written as an English word, whole or cut to three letters (or `Sept`)."""
    word = word.lower()
    fits: Callable[[str], bool] = lambda name: word in (name, name[:3]) or (name == MONTHS[8] and word == "sept")  # noqa: E731
    return next((n for n, name in enumerate(MONTHS, 1) if fits(name)), None)


def _clock(hours: str, minutes: str, seconds: str | None, half: str | None, offset: str | None) -> str | None:
    hour = int(hours)
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    if offset is not None and len(offset) == len("+0100"):
        offset = f"{offset[:3]}:{offset[3:]}"
    return f"{hour:02d}:{minutes}{seconds or ''}{offset or ''}"
