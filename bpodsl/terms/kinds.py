"""The kinds of values. Values of different kinds neither mix nor compare."""

from __future__ import annotations

from bpodsl.lean import frozen


@frozen
class Kind:
    """A kind of value and what narrows it.

    | base      | held as                         | detail                      |
    |-----------|---------------------------------|-----------------------------|
    | number    | int or Fraction                 |                             |
    | share     | int or Fraction; 95 % is 19/20  |                             |
    | money     | int or Fraction, in major units | (currency,)                 |
    | instant   | int, ticks since 1970           |                             |
    | day       | datetime.date                   |                             |
    | time      | int, ticks since 0:00           |                             |
    | period    | values.Period                   | (unit,): month, quarter, …; |
    |           |                                 | of a table: its name, rows  |
    | length    | int or Fraction, ticks          |                             |
    | text      | str                             |                             |
    | one_of    | str                             | the words allowed           |
    | yes_no    | bool                            |                             |
    """

    base: str
    detail: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.base == "one_of":
            return "one of " + ", ".join(self.detail)
        if len(self.detail) > 1:
            return self.detail[0]
        if self.base in ("money", "period") and self.detail:
            return f"{self.base} ({self.detail[0]})"
        return self.base.replace("_", "/")


NUMBER = Kind("number")
SHARE = Kind("share")
INSTANT = Kind("instant")
DAY = Kind("day")
TIME = Kind("time")
LENGTH = Kind("length")
TEXT = Kind("text")
YES_NO = Kind("yes_no")


def money(currency: str) -> Kind:
    """The kind of amounts in one currency (ISO 4217 code)."""
    return Kind("money", (currency,))


def period(unit: str) -> Kind:
    """The kind of `month`, `quarter`, `year` or `day` fields."""
    return Kind("period", (unit,))


def one_of(*words: str) -> Kind:
    """The kind of a field that takes one of the given words."""
    return Kind("one_of", words)
