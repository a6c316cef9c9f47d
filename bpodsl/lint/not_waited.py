"""A figure that settles before what it asks about its rows is decided."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract, Figure, Length, Norm, OnEvent, WhenImposed, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity
from bpodsl.values import DAY_TICKS

_DAYS = {"days": 1, "working days": 1, "weeks": 7, "months": 28, "years": 365}
_EVER = 1 << 62
"""Longer than any time, in ticks."""
_MOST = {"days": 1, "working days": 3, "weeks": 7, "months": 31, "years": 366}


@frozen
class NotWaited(Problem):
    """A figure asks, of each of its rows, what became of another duty, and settles before that need be decided.

    What is asked inside a `where` is not waited for: it stands as it is known when the window settles, and what the
    duty becomes later changes nothing.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 10 days
        amount answered
          each month
          count of ticket_opened where (count of answer fulfilled with the same ticket) at least 1

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 10 days
        amount answered
          each month
          count of ticket_opened where (count of answer fulfilled with the same ticket) at least 1
          settles 11 days after the end

    Next: let the figure settle later than the duty can be decided, or count the outcomes themselves `counted when
    opened`, for which a window waits.
    """

    code: ClassVar[str] = "BPO461"
    severity: ClassVar[Severity] = Severity.WARNING

    figure: str
    norm: str
    by_period: bool = False
    endless: str = ""

    def message(self) -> str:
        what = f"`{self.figure}` asks of its rows what became of `{self.norm}`, but does not wait for it"
        if self.by_period:
            return f"{what}: a row may be reported so late that `{self.norm}` is undecided when its window settles."
        return f"{what}: of the last rows of a window `{self.norm}` may be undecided when that settles."

    def part(self) -> tuple[str, ...]:
        return self.figure, "value"

    def hint(self) -> str | None:
        late = f"`settles N days after the end`, later than `{self.norm}` can be decided"
        if self.endless == "norm":
            late = f"a deadline to `{self.norm}`, which is never decided while it is open, and {late}"
        elif self.endless == "row":
            closing = "`records close 15 days after the end of the month`"
            late = f"in the head until when rows are reported, such as {closing}, and here {late} for the last of them"
        return f"Add {late}; or count the outcomes of `{self.norm}` themselves, `counted when opened`."


def find(contract: Contract) -> Iterator[Problem]:
    """Figures that ask of their rows for outcomes."""
    norms = {norm.name: norm for norm in contract.norms}
    for figure in contract.figures:
        found: dict[str, tuple[bool, str]] = {}
        for part in walk((figure.value, figure.target, figure.minimum)):
            if isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.EventRows | ex.OutcomeRows):
                for asked in walk((part.where, part.value, part.weight)):
                    if isinstance(asked, ex.TrailOutcomes) and asked.of == "row" and asked.reach == "all":
                        norm = norms[asked.norm]
                        if asked.statuses != ("opened",) and _too_early(contract, figure, part, norm):
                            by_period = isinstance(part.rows, ex.EventRows) and part.rows.by_period is not None
                            row = by_period and _lateness(contract, part) == _EVER
                            endless = "norm" if _least(norm) == _EVER else "row" if row else ""
                            found[norm.name] = by_period, endless
        for name, (by_period, endless) in found.items():
            yield NotWaited(figure.clause.span, figure.clause.name or figure.name, name, by_period, endless)


def _too_early(contract: Contract, figure: Figure, of: ex.Aggregate, norm: Norm) -> bool:
    """Whether the norm can surely be undecided, for a row of a window, when that settles."""
    rows = of.rows
    if norm.form == "prohibition" or any(
        isinstance(part, ex.OutcomeRows) and (part.norm, part.counted) == (norm.name, "opened")
        for part in walk((figure.value, figure.shows))
    ):
        return False
    if isinstance(rows, ex.OutcomeRows):
        # Of duties that one event opens, the shorter is decided first.
        other = next(each for each in contract.norms if each.name == rows.norm)
        imposed = any(isinstance(way, WhenImposed) for way in norm.opening)
        if not imposed and (_events(norm) & _events(other)) and _least(norm) <= _least(other):
            return False
    elif isinstance(rows, ex.EventRows) and rows.by_period is not None:
        return rows.event in _events(norm) and _lateness(contract, of) + _least(norm) > _most(figure.settle_after)
    return _least(norm) > _most(figure.settle_after)


def _events(norm: Norm) -> set[str]:
    return {way.selector.event for way in norm.opening if isinstance(way, OnEvent)}


def _lateness(contract: Contract, of: ex.Aggregate) -> int | Fraction:
    """How long after its period a row may be reported, as its condition says, or the day on which records close."""
    where, rows = of.where, of.rows
    assert isinstance(rows, ex.EventRows)
    parts = where.parts if isinstance(where, ex.AllOf) else (where,)
    limits = [
        part.right.value for part in parts
        if isinstance(part, ex.Compare) and part.op in ("<", "<=") and isinstance(part.left, ex.Between)
        and isinstance(part.right, ex.Literal)
    ]  # fmt: skip
    days = [each * DAY_TICKS for each in limits if isinstance(each, int | Fraction)]
    # Those of the kind itself come before those of all others.
    closings = sorted(contract.closings, key=lambda each: not each.events)
    closing = next((each for each in closings if rows.event in each.events or not each.events), None)
    return min([*days, *([] if closing is None else [_ticks(closing.length, _DAYS)])], default=_EVER)


def _least(norm: Norm) -> int | Fraction:
    """The least time after its opening for which each of its instances may be undecided, in ticks."""
    found = [
        _EVER if terms.due is None
        else 0 if terms.due.length is None or terms.due.anchor != "opening" or terms.due.back or terms.due.count
        else _ticks(terms.due.length, _DAYS)
        for terms in norm.versions
    ]  # fmt: skip
    return min(found)


def _most(length: Length | None) -> int | Fraction:
    """The most time that passes before a window settles."""
    return 0 if length is None else _EVER if length.unit == "open" else _ticks(length, _MOST)


def _ticks(length: Length, days: dict[str, int]) -> int | Fraction:
    return length.amount if length.by_clock else length.amount * days[length.unit] * DAY_TICKS
