"""From characters to tokens. What a word is depends on what the parser can take: words of the language are soft."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any, Final

from bpodsl.language import ast
from bpodsl.language.grammar import tables
from bpodsl.language.problems_characters import (
    BadNumber,
    ForeignDigit,
    InvalidCharacter,
    NoSuchTime,
    NumberTooLong,
    Unterminated,
)
from bpodsl.lean import define, frozen
from bpodsl.text import Problem, Source, Span
from bpodsl.values import NumberError, TimeError, exact, parse_day, parse_instant, parse_number

FIGURES: Final = ("INSTANT", "DAY", "PERIOD", "TIME", "PERCENT", "NUMBER")
"""Shapes made of digits, in the order in which they are tried."""

_FROM: Final = r"from\b(?!\s+(?:[0-9 ]+\s+windows?|a\s+year)\s+ago\b)"
_PHRASES: Final = (
    ("availability count groups length mean median outstanding share sum weekday", r"of\b"),
    ("outer", r"[A-Za-z(]"),
    ("day", r"of\b|[0-9]"),
    ("days", rf"of\b|{_FROM}"),
    ("months", _FROM),
    ("time", rf"of\s+day\s+of\b|of\s+\w+\s+from\b|of\s*\(|{_FROM}"),
    ("working", r"days?\s+of\b"),
    ("calendar", r"months\s+from\b|(?:day|week|month|quarter|year)\b"),
)
PHRASES: Final[Mapping[str, re.Pattern[str]]] = {
    word: re.compile(rf"[ \t\r\n]+(?:{before})") for words, before in _PHRASES for word in words.split()
}
"""Words that begin a phrase of the language only before certain others; elsewhere they are good names for figures."""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_RUN_ON: Final = re.compile(r"[A-Za-z0-9_]|[.,'][0-9]")
_RUN: Final = re.compile(r"[0-9][A-Za-z0-9_.,:'+-]*")
_TWELVE_HOURS: Final = re.compile(r"\b(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?(am|pm)\b", re.I)
_FROM_TO: Final = re.compile(r"(\d{1,9})-(\d{1,9})")
_GROUPED: Final = re.compile(r"([0-9]{1,3}(?:[,'_][0-9]{3})+)(\.[0-9]+)?")

INSTEAD: Final[Mapping[str, str]] = {
    "“": 'a straight quote, "', "”": 'a straight quote, "', "„": 'a straight quote, "', "'": 'a double quote, "',
    "‘": 'a double quote, "', "’": 'a double quote, "', "«": 'a straight quote, "', "»": 'a straight quote, "',
    "–": "a plain -", "—": "a plain -", "−": "a plain -", "‐": "a plain -", "‑": "a plain -",
    "\u00a0": "a plain blank", "\u202f": "a plain blank", "\u2009": "a plain blank", "\u3000": "a plain blank",
    ">=": "`at least`", "<=": "`at most`", "==": "`is`", "!=": "`is not`", "<>": "`is not`", "≠": "`is not`",
    "≥": "`at least`", "≤": "`at most`", ">": "`more than`", "<": "`less than`", "=": "`is`", "÷": "`/`", "·": "`*`",
    "&": "`and`", "…": "all of it out",
    "£": "the code of the currency (`GBP`, and `5 GBP` with a number)",
    "€": "the code of the currency (`EUR`, and `5 EUR` with a number)",
    "$": "the code of the currency (`USD`, and `5 USD` with a number)",
}  # fmt: skip


@frozen
class Token:
    """A terminal and where it stands. `soft`: a word of the language where a name might stand as well."""

    terminal: str
    start: int
    end: int
    value: Any
    soft: bool = False


class Unreadable(Exception):
    """The characters here make no token. It never leaves this package: the parser turns it into its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message())
        self.problem = problem


@frozen
class _Lexicon:
    """The shapes of the grammar, ready to be matched."""

    all: re.Pattern[str]
    eager: Mapping[str, re.Pattern[str]]
    name: re.Pattern[str]
    words: Mapping[str, str]
    signs: Mapping[str, str]


@cache
def _lexicon() -> _Lexicon:
    table = tables()
    signs = "|".join(re.escape(sign) for sign in sorted(table.marks, key=lambda sign: (-len(sign), sign)))
    groups = [f"(?P<{name}>{table.shapes[name]})" for name in (*FIGURES, "STRING", "REFERENCE")]
    groups += ["(?P<WORD>[A-Za-z_][A-Za-z0-9_]*)", f"(?P<SIGN>{signs})"]
    return _Lexicon(
        all=re.compile("|".join(groups)),
        eager={name: re.compile(table.shapes[name]) for name in sorted(table.eager)},
        name=re.compile(table.shapes["NAME"]),
        words=table.keywords,
        signs=table.marks,
    )


@cache
def _eager(state: int) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Which of the eager shapes may stand in a state."""
    row = tables().states[state]
    return tuple((name, shape) for name, shape in _lexicon().eager.items() if name in row)


def may_be_name(word: str) -> bool:
    """Whether a word is not reserved."""
    return _lexicon().name.fullmatch(word) is not None


@define
class Scanner:
    """Reads tokens of one source."""

    source: Source

    def skip(self, at: int, end: int) -> int:
        """Over blanks, line ends and comments."""
        match = _BLANK.match(self.source.text, at, end)
        return match.end() if match else at

    def token(self, at: int, end: int, state: int, forced: Mapping[int, str]) -> Token:
        """The token at `at`, given the state of the parser. `forced` says for words at given places what they are.

        Raises `Unreadable`.
        """
        text = self.source.text
        for name, shape in _eager(state):
            match = shape.match(text, at, end)
            if match is not None:
                if name in LEAVES:
                    self._check_end(at, match.end(), end)
                return self._leaf(name, at, match.end())
        match = _lexicon().all.match(text, at, end)
        if match is None:
            raise Unreadable(self._strange(at, end))
        kind, stop = match.lastgroup or "", match.end()
        if kind == "WORD":
            return self._word(match.group(), at, stop, state, forced)
        if kind == "SIGN":
            return Token(_lexicon().signs[match.group()], at, stop, match.group())
        if kind in FIGURES:
            self._check_end(at, stop, end)
        return self._leaf(kind, at, stop)

    def _word(self, word: str, at: int, stop: int, state: int, forced: Mapping[int, str]) -> Token:
        lexicon = _lexicon()
        row = tables().states[state]
        keyword = lexicon.words.get(word)
        name = "NAME" in row and lexicon.name.fullmatch(word) is not None
        wanted = forced.get(at)
        # Where a name would only end what stands before it, a word that goes on with that is the word.
        begins = name and (keyword not in row or row["NAME"] >= 0)
        phrase = PHRASES.get(word) if begins and wanted is None else None
        if phrase is not None and not phrase.match(self.source.text, stop):
            return self._leaf("NAME", at, stop)
        if wanted == "NAME" or (wanted is None and name and (keyword is None or keyword not in row)):
            return self._leaf("NAME", at, stop)
        if wanted is not None:
            return Token(wanted, at, stop, word)
        if keyword is not None:
            return Token(keyword, at, stop, word, soft=name and keyword in row)
        if word.startswith("_"):
            raise Unreadable(InvalidCharacter(Span(self.source, at, at + 1), character="_"))
        return self._leaf("NAME", at, stop)

    def _check_end(self, at: int, stop: int, end: int) -> None:
        """A number, day or time ends before a blank or a sign, not before a letter."""
        if _RUN_ON.match(self.source.text, stop, end):
            run = _RUN.match(self.source.text, stop - 1, end)
            stop = max(stop, run.end() if run else stop)
            seen = self.source.text[at:stop].rstrip(".,:'")
            grouped = _GROUPED.fullmatch(seen)
            instead = None
            if grouped is not None:
                instead = re.sub("[,'_]", " ", grouped[1]) + (grouped[2] or "")
            elif _TWELVE_HOURS.search(seen):
                instead = _TWELVE_HOURS.sub(_in_24_hours, seen)
            elif (span := _FROM_TO.fullmatch(seen)) is not None:
                first, last = int(span[1]), int(span[2])
                instead = f"{first:02}:00-{last:02}:00" if first < last <= 24 else f"up to {last}"
            raise Unreadable(BadNumber(Span(self.source, at, at + len(seen)), seen=seen[:40], instead=instead))

    def _leaf(self, kind: str, at: int, stop: int) -> Token:
        span = Span(self.source, at, stop)
        make = LEAVES.get(kind)
        try:
            return Token(kind, at, stop, " ".join(span.text.split()) if make is None else make(span))
        except NumberError:
            raise Unreadable(NumberTooLong(span)) from None
        except TimeError as error:
            raise Unreadable(NoSuchTime(span, why=error.message)) from None

    def _strange(self, at: int, end: int) -> Problem:
        """What to say of characters that begin no token."""
        character = self.source.text[at]
        here = Span(self.source, at, at + 1)
        if character == '"':
            stop = self.source.text.find("\n", at, end)
            return Unterminated(Span(self.source, at, end if stop < 0 else stop), opening='"', closing='"')
        if character == "[":
            stop = self.source.text.find("\n", at, end)
            return Unterminated(Span(self.source, at, end if stop < 0 else stop), opening="[", closing="]")
        if character.isdigit():
            value = unicodedata.digit(character, -1)
            if value >= 0:
                return ForeignDigit(here, character=character, value=value)
        pair = self.source.text[at : at + 2]
        if len(pair) == 2 and pair in INSTEAD:
            here = Span(self.source, at, at + 2)
        instead = INSTEAD.get(pair) or INSTEAD.get(character)
        return InvalidCharacter(here, character=character, instead=instead)


# ------------------------------------------------------------------------------------ leaves
def _percent(span: Span) -> ast.Percent:
    number = parse_number(span.text.rstrip(" %").replace(" ", ""))
    return ast.Percent(span, exact(Fraction(number) / 100))


def _instant(span: Span) -> ast.Instant:
    text = span.text
    whole = "Z" in text or "+" in text or text.count("-") > 2
    try:
        parse_instant(text if whole else text + "Z")
    except TimeError as error:
        # What was put in to read it is not the author's.
        raise error if whole else TimeError(error.reason, error.message.replace(text + "Z", text)) from None
    return ast.Instant(span, text)


def _time(span: Span) -> ast.Time:
    hours, minutes, seconds = (int(part) for part in f"{span.text}:00".split(":")[:3])
    if minutes > 59 or seconds > 59 or hours > 24 or (hours == 24 and minutes + seconds):
        raise TimeError("malformed", f"There is no time of day {span.text}.")
    return ast.Time(span, (hours * 60 + minutes) * 60 + seconds)


def _period(span: Span) -> ast.Period:
    for part in re.split(r"\.\.|/", span.text):
        _check_label(part)
    return ast.Period(span, span.text)


def _check_label(text: str) -> None:
    match = re.fullmatch(r"([0-9]{4})(?:-(?:Q[1-4]|W([0-9]{2})|([0-9]{2})(?:-([0-9]{2}))?))?", text)
    if match is None:
        raise TimeError("malformed", f"“{text}” is not a window; write it like 2026-04, 2026-Q2, 2026-W14 or 2026.")
    year, week, month, day = match.groups()
    if week is not None and not 1 <= int(week) <= 53:
        raise TimeError("malformed", f"There is no week {text}.")
    if month is not None and not 1 <= int(month) <= 12:
        raise TimeError("malformed", f"There is no month {year}-{month}.")
    parse_day(f"{year}-{month or '01'}-{day or '01'}")


def _number(span: Span) -> ast.Number:
    return ast.Number(span, parse_number(span.text.replace(" ", "")))


def _name(span: Span) -> ast.Name:
    return ast.Name(span, span.text)


LEAVES: Final[Mapping[str, Callable[[Span], ast.Node]]] = {
    "NAME": _name,
    "ZONE": _name,
    "REGION": _name,
    "CURRENCY": _name,
    "STRING": lambda span: ast.Text(span, span.text[1:-1]),
    "REFERENCE": lambda span: ast.Reference(span, " ".join(span.text[1:-1].split())),
    "NUMBER": _number,
    "PERCENT": _percent,
    "DAY": lambda span: ast.Day(span, parse_day(span.text)),
    "INSTANT": _instant,
    "TIME": _time,
    "PERIOD": _period,
    "LABEL": _period,
}
"""What each terminal that carries a value makes."""


def _in_24_hours(time: re.Match[str]) -> str:
    """`17:00` for `5pm`."""
    return f"{int(time[1]) % 12 + 12 * (time[3].lower() == 'pm'):02}:{time[2] or '00'}"
