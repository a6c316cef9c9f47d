"""Conditions in the words of the language, as far as there are any."""

from __future__ import annotations

from bpodsl.lint.domains import Domain
from bpodsl.lint.pieces import Piece, shown
from bpodsl.terms import Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import in_words
from bpodsl.values import show_length, show_time_of_day


def told(part: object) -> str:
    """An expression as an agreement would write it; what is long is left out."""
    return in_words(part, _literal, _other)


def state_told(name: str) -> str:
    """A state by its name; the one that `clock stops from … to …` makes has none, and is told by its duty."""
    duty, held, _ = name.partition(".held")
    return f"the pause of `{duty}`" if held else f"`{name}`"


def _other(part: object) -> str:
    match part:
        case ex.Reading():
            return "reading"
        case ex.Weekday(ex.Moment()):
            return "the weekday"
        case ex.Aggregate("count", ex.EventRows(event) | ex.TrailRows(event)):
            return f"count of {event} …"
        case _:
            return "…"


def _literal(value: object, kind: Kind) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind.base == "length" and isinstance(value, int):
        return show_length(value)
    if kind.base == "time" and isinstance(value, int):
        return show_time_of_day(value)
    if kind.base in ("number", "share", "money") and not isinstance(value, str):
        return shown(value, kind)
    return str(value)


def range_of(domain: Domain, kind: Kind | None) -> str | None:
    """The values of a domain in words; None where it has no end."""
    if domain.values is not None:
        return " or ".join(_literal(value, kind or Kind("text")) for value in domain.values)
    if domain.low is None and domain.high is None:
        return None
    return Piece(domain.low, domain.low_in, domain.high, domain.high_in, None).told(kind)
