"""How a notice is given, in words: by what it is reported, in which forms, and when each counts as given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bpodsl.report.conditions import written
from bpodsl.report.review.desk import Desk
from bpodsl.terms import DeemedRow, EventKind
from bpodsl.terms import expressions as ex
from bpodsl.values import show_time_of_day

SILENT: Final = "The agreement, as it is written here, says nothing of how this is given: see its clause on notices."


def method_of(desk: Desk, kinds: Sequence[EventKind]) -> str:
    """By what something is given, a sentence in each line."""
    return "\n".join(line for kind in kinds for line in _told(desk, kind)) or SILENT


def method_of_others(desk: Desk, sender: Sequence[str]) -> str:
    """Of a notice of which the agreement says nothing: that, and what it says of other notices of its sender."""
    others = [
        kind for kind in desk.contract.events
        if kind.deemed and (not kind.reporters or set(sender) & set(kind.reporters))
    ]  # fmt: skip
    rest = [f"Of a {_name(kind)} it says: {line}" for kind in others for line in _rows(desk, kind)]
    return "\n".join([SILENT, *rest])


def _name(kind: EventKind) -> str:
    reference = f" [{kind.clause.reference}]" if kind.clause.reference else ""
    title = kind.clause.title or kind.name.replace("_", " ")
    return f"{title}{reference}"


def _told(desk: Desk, kind: EventKind) -> Iterator[str]:
    by = " or ".join(desk.words.party(party) for party in kind.reporters)
    yield f"By: {_name(kind)}{f', from {by}' if by else ''}"
    forms = [str(form).replace("_", " ") for f in kind.fields if f.kind.base == "one_of" for form in f.kind.detail]
    if kind.deemed:
        yield from _rows(desk, kind)
    elif forms:
        yield f"It names one of: {', '.join(forms)}."
    else:
        yield "It has effect from the instant at which it is given; the agreement asks for no form."


def _rows(desk: Desk, kind: EventKind) -> Iterator[str]:
    for row in kind.deemed:
        yield f"{_where(desk, row)}: {_given(desk, row)}."


def _where(desk: Desk, row: DeemedRow) -> str:
    """`by hand`; a condition that is no form of sending is told as it is written."""
    if row.where is None:
        return "otherwise"
    parts = row.where.parts if isinstance(row.where, ex.AllOf) else (row.where,)
    # That a time is given at all need not be said of what counts from it.
    told = [said for part in parts if (said := _condition(desk, part))]
    return " and ".join(told) or "in the case that the clause describes"


def _condition(desk: Desk, part: ex.Expression) -> str:
    match part:
        case ex.Compare("=", ex.FieldOf(name), ex.Literal(str(value))):
            return f"{_plain(name)} {_plain(value)}"
        case ex.AnyOf(parts):
            told = [_condition(desk, each) for each in parts]
            return " or ".join(told) if all(told) else ""
    return _plain(written(part, desk.show))


def _given(desk: Desk, row: DeemedRow) -> str:
    if not row.effective:
        return "it has no effect"
    since = f"“{_plain(row.given)}”" if row.given else "it is given"
    open_ = "" if row.calendar is None else f" of {desk.show.calendar(row.calendar)}"
    if row.plus_days:
        word = "working day" if row.calendar else "day"
        told = f"it counts {row.plus_days} {word}{'s' if row.plus_days > 1 else ''}{open_} after {since}"
    else:
        told = f"it counts when {since}" if not row.given else f"it counts from the time that is given as {since}"
    if row.cutoff is not None:
        told += f"; after {show_time_of_day(row.cutoff)} on the next {'working ' if row.calendar else ''}day"
        told += "" if row.plus_days else open_
    return told if row.at is None else f"{told}, at {show_time_of_day(row.at)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")
