"""Which figures and which points of series a window waits for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from bpodsl.record import Event, Ledger
from bpodsl.record.dates import computed, operands
from bpodsl.terms import Contract, Figure, Series, awaited, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import LAST_DAY, Period, Window, Zone, add_days, day_of, period_of, windows

_MOST = 3


def awaited_by(contract: Contract, ledger: Ledger, events: Collection[Event], name: str, period: str) -> Iterator[str]:
    """What the first windows of a figure wait for that have ended and not settled (or the window asked about)."""
    yield from _awaited(contract, ledger, events, name, period, frozenset())


def _awaited(
    contract: Contract, ledger: Ledger, events: Collection[Event], name: str, period: str, above: frozenset[str]
) -> Iterator[str]:  # fmt: skip
    figure = next((f for f in contract.figures if f.name == name), None)
    if figure is None or name in above:
        return
    found = 0
    for window in _ended(contract, ledger, figure):
        if (period and window.label != period) or _settled(ledger, name, window.label):
            continue
        found += 1
        if found > _MOST:
            yield "… and later windows"
            return
        lines = [*_points(contract, events, figure, window)]
        for part in walk((figure.value, figure.awaits)):
            if isinstance(part, ex.FigureAt | ex.Standing) and isinstance(part.shift, ex.Same):
                other = next((f for f in contract.figures if f.name == part.figure), None)
                if other is not None and other.grid == figure.grid and not _settled(ledger, other.name, window.label):
                    lines.append(f"`{other.name}` in {window.label}")
                    below = _awaited(contract, ledger, events, other.name, window.label, above | {name})
                    lines += ["  " + line for line in below]
            elif isinstance(part, ex.OutcomeRows) and awaited(part):
                lines.append(f"what was opened in {window.label} of `{part.norm}`, if it is undecided")
        if lines:
            yield f"{window.label} waits for:"
            yield from ("  " + line for line in dict.fromkeys(lines))


def _settled(ledger: Ledger, name: str, period: str) -> bool:
    return any(e.kind == "Settled" and e.clause == name and e.period == period for e in ledger.outcome)


def _ended(contract: Contract, ledger: Ledger, figure: Figure) -> Iterator[Window]:
    """The windows of a figure that had ended when the ledger was made."""
    last, zone = contract.term.last, Zone.load(contract.zone)
    endless = contract.term.renewals or figure.grid.goes_on
    end = LAST_DAY if last is None or endless else add_days(last, 1)
    for window in windows(figure.grid, zone, contract.term.effective, end):
        if window.end > ledger.until:
            return
        yield window


def _points(
    contract: Contract, events: Collection[Event], figure: Figure, window: Window
) -> Iterator[str]:  # fmt: skip
    """The points of series that a window asks for, by days of its own, and that are not recorded."""
    for part in walk(figure.value):
        if isinstance(part, ex.SeriesAt):
            series = next(s for s in contract.series if s.name == part.series)
            day = _day(part.day, contract, window)
            if day is None or series.by:
                yield f"a figure of `{series.name}`, if one that it asks for is not recorded yet"
                continue
            recorded = _recorded(contract, series, events)
            wanted = _place(day, series.unit)
            if wanted in recorded if part.find == "exact" else any(each <= wanted for each in recorded):
                continue
            when = day.isoformat() if series.unit == "day" else period_of(day, series.unit).label  # type: ignore[arg-type]
            yield f"the figure of `{series.name}` for {when}, which is not recorded"


def _recorded(contract: Contract, series: Series, events: Collection[Event]) -> set[date]:
    zone = Zone.load(contract.zone)
    found = {point.at for point in series.points}
    for event in events:
        at = event.fields.get(series.at_field) if series.at_field else event.acts
        if series.event and event.kind == series.event and at is not None:
            found.add(_place(day_of(at, zone), series.unit))  # type: ignore[arg-type]
    return found


def _place(day: date, unit: str) -> date:
    return day if unit == "day" else period_of(day, unit).first  # type: ignore[arg-type]


def _day(e: ex.Expression, contract: Contract, window: Window) -> date | None:
    """The day that an expression of days of the window and of the agreement comes to; None if it asks for more."""
    match e:
        case ex.WindowDay(edge, False):
            return window.first if edge == "first" else window.last
        case ex.Literal(value):
            return value.last if isinstance(value, Period) else value if isinstance(value, date) else None
        case ex.DayAfter() | ex.DayOf():
            values = [_day(part, contract, window) for part in operands(e)]
            if None in values:
                return None
            found = computed(e, values, Zone.load(contract.zone), {c.name: c.calendar for c in contract.calendars})
            return found if isinstance(found, date) else None
        case _:
            return None
