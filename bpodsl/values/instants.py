"""Instants and lengths of time as whole microseconds, and the one strict way to read and show them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bpodsl.lean import frozen

if TYPE_CHECKING:
    from bpodsl.values.zones import Zone

MICRO: Final = 1
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY_TICKS: Final = 24 * HOUR

EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
"""The proleptic day number (``date.toordinal``) of 1970-01-01."""

FIRST: Final = 0
"""1970-01-01T00:00Z, the earliest instant that can be written."""

LAST: Final = (date(2200, 1, 1).toordinal() - EPOCH_DAY) * DAY_TICKS
"""2200-01-01T00:00Z, the end of time: every instant that can be written lies before it."""

FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class TimeError(ValueError):
    """A time that cannot be used.

    ``reason`` is one of ``naive``, ``malformed``, ``out_of_range``, ``gap``, ``fold``, ``precision``,
    ``no_such_day``; the message says the same in plain words.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


@frozen
class Stamp:
    """An instant as it was written: the instant in ticks, its offset in minutes east of UTC, and whether a leap
    second (``:60``) had to be read as ``:59``."""

    instant: int
    offset_minutes: int
    noted: bool = False


def parse_instant(text: str, zone: Zone | None = None) -> Stamp:
    """Read an RFC 3339 instant, such as ``2026-04-07T19:00:00+01:00``.

    ``T`` may be a space, and the seconds may be left out. Without an offset the time is local time of ``zone``.
    Raises `TimeError`: ``naive`` without offset and zone, ``gap`` or ``fold`` for a local time that the clock change
    skips or repeats, ``precision`` for more than six fraction digits, ``out_of_range`` outside 1970 to 2199.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise TimeError("malformed", f"“{text[:40]}” is not a date and time; write it like 2026-04-07T19:00:00+01:00.")
    day, hour, minute, second, fraction, offset = match.groups()
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 60:
        raise TimeError("malformed", f"“{text[:40]}” names a time of day that does not exist.")
    noted = seconds == 60
    ticks = hours * HOUR + minutes * MINUTE + (59 if noted else seconds) * SECOND
    if fraction is not None:
        if len(fraction) > 6:
            raise TimeError("precision", f"“{text[:40]}” is finer than a microsecond; give at most six decimals.")
        ticks += int(fraction) * 10 ** (6 - len(fraction))
    if offset is not None:
        east = _minutes_east(offset)
        instant = _ticks_to(day) + ticks - east * MINUTE
    elif zone is not None:
        instant = zone.at(_civil(day), ticks)
        east = zone.offset(instant)
    else:
        raise TimeError("naive", f"“{text[:40]}” does not say in which time zone it is; add Z or an offset.")
    if not FIRST <= instant < LAST:
        raise TimeError("out_of_range", f"“{text[:40]}” lies outside the years 1970 to 2199.")
    return Stamp(instant, east, noted)


def quick_instant(text: str) -> int | None:
    """What `parse_instant` says of the commonest form, ``2026-04-07T18:00:00.123Z``, by tables; None: ask that."""
    if text[-1:] != "Z" or text[10:11] != "T":
        return None
    minute, second, fraction = _MINUTE_OF.get(text[11:16]), _SECOND_OF.get(text[16:19]), text[19:-1]
    if minute is None or second is None:
        return None
    if fraction:
        digits = fraction[1:]
        if fraction[0] != "." or not (digits.isascii() and digits.isdigit()) or len(digits) > 6:
            return None
        second += int(digits) * 10 ** (6 - len(digits))
    try:
        return _written_day(text[:10]) + minute + second
    except TimeError:
        return None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def ticks(at: datetime) -> int:
    """The instant of a datetime that knows its offset."""
    return (at - _EPOCH) // _TICK


def moment(instant: int) -> datetime:
    """An instant as a datetime of UTC."""
    return _EPOCH + instant * _TICK


def parse_day(text: str) -> date:
    """Read a day written ``YYYY-MM-DD``, from 1970-01-01 to 2199-12-31.

    Raises `TimeError` with ``malformed``, ``no_such_day`` or ``out_of_range``.
    """
    day = _civil(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise TimeError("out_of_range", f"“{text[:40]}” lies outside the years 1970 to 2199.")
    return day


def show_instant(instant: int, zone: Zone) -> str:
    """Show an instant in RFC 3339 with the offset that ``zone`` has then: ``2026-04-07T19:00:00+01:00``."""
    minutes = zone.offset(instant)
    return _local_text(instant + minutes * MINUTE) + _offset_text(minutes)


@lru_cache(maxsize=256)
def _offset_text(minutes: int) -> str:
    sign, size = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{sign}{size // 60:02d}:{size % 60:02d}"


def show_utc(instant: int) -> str:
    """Show an instant in RFC 3339, in UTC: ``2026-04-07T18:00:00Z``."""
    return _local_text(instant) + "Z"


def show_wall(ticks: int) -> str:
    """Show what a clock on the wall says, given in ticks since 1970-01-01T00:00 of that clock, with seconds only
    where they matter: ``2026-04-07 19:00``."""
    days, rest = divmod(ticks, DAY_TICKS)
    minutes, rest = divmod(rest, MINUTE)
    text = f"{_day_text(days)} {_MINUTES[minutes]}"
    if rest:
        seconds, micros = divmod(rest, SECOND)
        text = f"{text}:{_TWO[seconds]}{_fraction(micros)}"
    return text


def show_time_of_day(ticks: int) -> str:
    """Show a time of day given in ticks after midnight: ``08:00``, ``17:30:15``, ``23:59:59.5``."""
    hours, rest = divmod(ticks, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, micros = divmod(rest, SECOND)
    text = f"{hours:02d}:{minutes:02d}"
    return text + (f":{seconds:02d}{_fraction(micros)}" if seconds or micros else "")


def show_length(ticks: int) -> str:
    """Show a length of time in hours, minutes and seconds: ``3 h 59 min 59 s``, ``-1.5 s``, ``0 s``."""
    hours, rest = divmod(abs(ticks), HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, micros = divmod(rest, SECOND)
    parts = []
    if hours:
        parts.append(f"{hours} h")
    if minutes:
        parts.append(f"{minutes} min")
    if seconds or micros or not parts:
        parts.append(f"{seconds}{_fraction(micros)} s")
    return ("-" if ticks < 0 else "") + " ".join(parts)


def _civil(text: str) -> date:
    match = _DAY.fullmatch(text)
    if match is None:
        raise TimeError("malformed", f"“{text[:40]}” is not a day; write it like 2026-04-07.")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise TimeError("no_such_day", f"There is no day {text} in the calendar.") from None


@lru_cache(maxsize=4096)
def _ticks_to(day: str) -> int:
    return (_civil(day).toordinal() - EPOCH_DAY) * DAY_TICKS


@lru_cache(maxsize=4096)
def _written_day(day: str) -> int:
    return (parse_day(day).toordinal() - EPOCH_DAY) * DAY_TICKS


@lru_cache(maxsize=256)
def _minutes_east(offset: str) -> int:
    if offset == "Z":
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise TimeError("malformed", f"There is no offset {offset} from UTC.")
    return -(hours * 60 + minutes) if offset[0] == "-" else hours * 60 + minutes


def _local_text(ticks: int) -> str:
    days, rest = divmod(ticks, DAY_TICKS)
    minutes, rest = divmod(rest, MINUTE)
    seconds, micros = divmod(rest, SECOND)
    text = f"{_day_text(days)}T{_MINUTES[minutes]}:{_TWO[seconds]}"
    return text + _fraction(micros) if micros else text


_TWO: Final = tuple(f"{n:02d}" for n in range(60))
_MINUTES: Final = tuple(f"{n // 60:02d}:{n % 60:02d}" for n in range(24 * 60))

_MINUTE_OF: Final = {text: n * MINUTE for n, text in enumerate(_MINUTES)}
_SECOND_OF: Final = {f":{text}": n * SECOND for n, text in enumerate(_TWO)}


@lru_cache(maxsize=1 << 14)
def _day_text(days: int) -> str:
    return date.fromordinal(days + EPOCH_DAY).isoformat()


def _fraction(micros: int) -> str:
    return f".{micros:06d}".rstrip("0") if micros else ""
