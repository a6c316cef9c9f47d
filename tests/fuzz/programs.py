"""Programs made from the grammar: clauses derived from its rules by chance, behind a head that is sound.

What is drawn is one derivation of a rule in few steps; words are those of the language, names are a few that the head
declares, so that some of them stand for something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from random import Random
from typing import Final

from bpodsl.language.grammar import STARTS, tables

HEAD: Final = """\
agreement small "A small agreement"
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01

event asked from buyer
  case  key
  cost  money, optional
  size  number, optional
  site  one of north, south
event answered from maker
  case  key

obligation answer
  maker must answered for each asked
  within 2 hours

measure speed
  each month, counted when decided
  share of answer fulfilled
  target at least 50%

amount sold
  each month
  sum of cost over asked

charge fee
  each month
  buyer pays maker 5 EUR
"""

LEAVES: Final[Mapping[str, Sequence[str]]] = {
    "NAME": ("asked", "answered", "answer", "speed", "sold", "fee", "case", "cost", "size", "site", "north", "buyer",
             "maker", "small", "x", "y", "missed", "month", "first"),
    "STRING": ('"A text"', '""', '"Two; words"'),
    "REFERENCE": ("[§1]", "[Sch C 2.1]"),
    "INSTANT": ("2026-03-29T01:30", "2026-01-05T10:00Z", "2026-12-31T23:59:59.5+01:00"),
    "DAY": ("2026-01-01", "2026-02-28", "2027-01-01", "2026-12-31"),
    "PERIOD": ("2026-04", "2026-Q2", "2026-W14"),
    "TIME": ("09:00", "17:30", "24:00"),
    "PERCENT": ("95%", "0%", "12.5 %"),
    "NUMBER": ("0", "1", "2", "12", "1 000", "0.5", "31"),
    "ZONE": ("Europe/London", "America/St_Johns"),
    "REGION": ("GB", "DE-BY"),
    "CURRENCY": ("EUR", "GBP"),
    "LABEL": ("2026", "2026-04", "2026-01..2026-03"),
    "_COMMA_OR": (", or",), "_COMMA_AND": (", and",), "_DAYS_30_360": ("30/360 days from",), "_AT": ("at",),
    "_AT_WILL": ("at will",), "_AS_PUBLISHED": ("as published on",), "_IN_THE": ("in the",),
    "_AND_THE_SAME": ("and the same",), "IN_CURRENCY": ("in GBP",), "_COMMA_COUNTED": (", counted",),
    "_COMMA_AS_IF": (", as if",), "_COMMA_TIMES": (",",), "THIRTY_DAYS": ("30/360 days",),
    "_INTEREST_ON": ("interest on",), "_LEFT_OUT": ("left out",),
    "_LINE": ("\n ",), "_SUB": ("\n   ",), "_ROW": ("\n  ",),
}  # fmt: skip
"""What may stand for each terminal that is no word of the language; the marks of the layout are lines."""

STEPS: Final = 120
"""After so many the shortest way to an end is taken."""


@cache
def _rules() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """What each rule may become."""
    found: dict[str, list[tuple[str, ...]]] = {}
    table = tables()
    for n in count():
        try:
            rule = table.rules[n]
        except IndexError:
            break
        found.setdefault(rule.origin, []).append(tuple(name for name, _ in rule.symbols))
    return {name: tuple(dict.fromkeys(each)) for name, each in found.items()}


@cache
def _depths() -> Mapping[str, int]:
    """How deep the shortest derivation of each rule is."""
    rules, depth = _rules(), dict[str, int]()
    for deep in count(1):
        new = [
            name for name, ways in rules.items() if name not in depth
            and any(all(part not in rules or part in depth for part in way) for way in ways)
        ]  # fmt: skip
        if not new:
            return depth
        depth |= dict.fromkeys(new, deep)
    raise AssertionError  # No rule is without an end.


@cache
def _words() -> Mapping[str, Sequence[str]]:
    """What each terminal is written as."""
    table = tables()
    return {**{name: (text,) for text, name in (*table.keywords.items(), *table.marks.items())}, **LEAVES}


def clause(dice: Random, start: str) -> str:
    """One derivation of that rule, written."""
    rules, depths, words = _rules(), _depths(), _words()
    found: list[str] = []
    left, steps = [start], 0
    while left:
        name = left.pop()
        if name not in rules:
            found.append(dice.choice(words[name]))
            continue
        ways = rules[name]
        steps += 1
        if steps > STEPS:
            ways = (min(ways, key=lambda way: max(depths.get(part, 0) for part in way)),)
        left.extend(reversed(dice.choice(ways)))
    return " ".join(found).replace(" \n", "\n") + "\n"


def program(dice: Random) -> str:
    """A head and one to three clauses of any sort."""
    starts = sorted(set(STARTS.values()))
    every = [clause(dice, dice.choice(starts)) for _ in range(dice.choice((1, 1, 2, 3)))]
    return "\n".join((HEAD if dice.random() < 0.9 else "", *every))


def programs(seed: int) -> Iterator[str]:
    """Programs without an end."""
    dice = Random(f"programs {seed}")
    while True:
        yield program(dice)
