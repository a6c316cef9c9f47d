"""What could have stood there, in the author's words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from bpodsl.language.grammar import END, tables
from bpodsl.language.layout import LINE, ROW, SUB

SHOWN: Final = 8
CLOSE: Final = 0.74

_PHRASES: Final = (
    (("either",), "a figure or a condition"),
    (("sum",), "a figure"),
    (("_window",), "a window (`each month`)"),
    (("consequence",), "what follows (`escalate …`, `tell …`, `… pays …`)"),
    (("weekdays",), "days of the week (`mon-fri`)"),
    (("elapsed_unit", "civil_unit", "working_unit"), "a unit of time (`hours`, `working days` …)"),
    (("window_unit",), "`month`, `quarter` or another window"),
    (("window_units",), "`months`, `weeks` or other windows"),
    (("field_kind", "one_of_kind"), "a kind of value (`text`, `money`, `one of` …)"),
    (("outcome_status",), "an outcome (`missed`, `fulfilled`, `late` …)"),
    (("outcome",), "an outcome (`missed`, `fulfilled`, `late` …)"),
    (("status",), "how it stands (`fulfilled`, `missed`, `open` …)"),
    (("rounding_rule",), "a rule of rounding (`half up`)"),
    (("comparator",), "a comparison (`at least`, `less than` …)"),
)
"""Rules whose beginnings are better said in one phrase, the widest first."""

_LEAVES: Final = {
    "NAME": "a name",
    "STRING": "words in double quotes",
    "NUMBER": "a number",
    "PERCENT": "a percentage",
    "DAY": "a day (`2026-04-01`)",
    "INSTANT": "a day and time (`2026-04-07T19:00`)",
    "TIME": "a time (`08:00`)",
    "PERIOD": "a month (`2026-04`)",
    "LABEL": "a window (`2026-04`)",
    "ZONE": "a time zone (`Europe/London`)",
    "REGION": "a country or region (`GB-ENG`)",
    "CURRENCY": "a currency (`GBP`)",
    "REFERENCE": "a reference in brackets",
    "_AT": "`at`",
    "_AS_PUBLISHED": "`as published on`",
    "_IN_THE": "`in the`",
    "_AND_THE_SAME": "`and the same`",
    "IN_CURRENCY": "another currency (`in GBP at RATE`)",
    "_COMMA_OR": "`, or`",
    "_COMMA_AND": "`, and`",
    "_COMMA_COUNTED": "`, counted when`",
    "_COMMA_AS_IF": "`, as if met`",
    "THIRTY_DAYS": "`30/360 days`",
    "_LEFT_OUT": "`left out where`",
    "_INTEREST_ON": "`interest on`",
    ROW: "a row (`| … |`)",
}

_TRIVIAL: Final = frozenset({"REFERENCE", "MINUS", "PLUS", "STAR", "SLASH", "CROSS"})
"""Left out where there is more to say."""


@cache
def _texts() -> dict[str, str]:
    """What each word or sign of the language is written like."""
    table = tables()
    return {name: text for text, name in (*table.keywords.items(), *table.marks.items())}


def words_of(accepted: Iterable[str]) -> list[str]:
    """Those of the terminals that are words, as written."""
    keywords = set(tables().keywords.values())
    return sorted(_texts()[name] for name in accepted if name in keywords)


def expected(accepted: Iterable[str]) -> tuple[str, ...]:
    """A short list of what could stand there."""
    left = set(accepted)
    phrases: list[str] = []
    if left & {END, LINE, SUB}:
        left -= {END, LINE, SUB}
        phrases.append("the end of the line")
    for rules, phrase in _PHRASES:
        first = frozenset().union(*(tables().first[rule] for rule in rules))
        if len(first) > 1 and first <= left:
            left -= first
            phrases.insert(0, phrase)
    for plain, after_comma in (("OR", "_COMMA_OR"), ("AND", "_COMMA_AND")):
        if plain in left:
            left.discard(after_comma)
    serious = left - _TRIVIAL
    if serious or phrases:
        left = serious
    said = [phrase for name, phrase in _LEAVES.items() if name in left]
    texts = _texts()
    words = sorted(f"`{texts[name]}`" for name in left if name not in _LEAVES and name in texts)
    found = [*words, *said, *phrases]
    if len(found) > SHOWN:
        kept = [*words[: max(2, SHOWN - len(said) - len(phrases))], *said, *phrases][:SHOWN]
        return (*kept, f"{len(found) - len(kept)} more")
    return tuple(found)


def _likeness(one: str, other: str) -> float:
    """How alike two words are. Letters in another order are a slip of the fingers, however short the word."""
    if len(one) == len(other) > 2 and sorted(one) == sorted(other):
        return 0.95
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, if any is like it; the first of equals in order of the alphabet."""
    best, score = None, CLOSE
    folded = word.lower()
    for other in sorted(known):
        if len(other) < 2 or abs(len(other) - len(word)) > 3:
            continue
        likeness = 1.0 if other == folded else _likeness(folded, other)
        if likeness > score:
            best, score = other, likeness
    return best if best != word else None
