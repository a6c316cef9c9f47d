"""What a window waits for that has ended and not settled: other windows, points of series, answers, outcomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final

from attrs import frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.report.periods import all_windows
from bpodsl.report.reached import Reached
from bpodsl.terms import Contract, Figure, NotMeasured, Series, awaited
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, Period, Window, Zone, day_of, period_of

_MOST: Final = 3
_DEEPEST: Final = 20


@frozen
class Waiting:
    """The windows of one line, by their labels, that have ended and not settled, and for what they all wait; or that
    settled without a value, and why."""

    line: str
    periods: tuple[str, ...]
    awaited: tuple[str, ...]


@frozen
class Lack:
    """One thing that a window waits for: in a sentence, and `short` in a list ("" of what is no end of the chain).

    `below`: what that waits for in turn. `sure`: it is not there, for certain.
    """

    told: str
    short: str = ""
    below: tuple[Lack, ...] = ()
    sure: bool = True

    def lines(self) -> Iterator[str]:
        """The sentence, and below it what that waits for."""
        yield self.told
        for each in self.below:
            yield from ("  " + line for line in each.lines())

    def ends(self) -> Iterator[Lack]:
        """What the chain ends in."""
        if not self.below:
            yield self
        for each in self.below:
            yield from each.ends()


def awaited_by(contract: Contract, ledger: Ledger, events: Collection[Event], name: str, period: str) -> Iterator[str]:
    """What the first windows of a figure wait for that have ended and not settled (or the window asked about)."""
    waits = Waits(contract, ledger, events)
    found = 0
    for window in waits.unsettled(name):
        if period and window.label != period:
            continue
        found += 1
        if found > _MOST:
            yield "… and later windows"
            return
        lines = [line for lack in waits.of(name, window) for line in lack.lines()]
        if lines:
            yield f"{window.label} waits for:"
            yield from ("  " + line for line in lines)


def sums_that_wait(contract: Contract, ledger: Ledger, events: Collection[Event]) -> Iterator[Waiting]:
    """The sums that are not in the ledger for want of a point of a series, or of an answer."""
    if not any(series.event for series in contract.series) and not any(e.kind == "Provisional" for e in ledger.outcome):
        return
    waits = Waits(contract, ledger, events)
    for line in contract.lines:
        found: dict[tuple[str, ...], list[str]] = {}
        for window in waits.unsettled(line.figure or ""):
            ends = [end for lack in waits.of(line.figure or "", window) for end in lack.ends() if end.short]
            # What may be there is not named where something is missing for certain.
            short = [end.short for end in ends if end.sure] or [end.short for end in ends]
            if short:
                found.setdefault(tuple(dict.fromkeys(short)), []).append(window.label)
        for awaited_here, periods in found.items():
            yield Waiting(line.name, tuple(periods), awaited_here)


def sums_for_want(contract: Contract, ledger: Ledger) -> Iterator[Waiting]:
    """The sums that came to nothing since a series had no value, and that do not wait for one (any more)."""
    lacks = {f"{series.name} not recorded" for series in contract.series}
    found: dict[str, dict[str, list[str]]] = {line.figure: {} for line in contract.lines if line.figure}
    for entry in ledger.outcome:
        if entry.kind == "Settled" and entry.clause in found:
            value = entry.number("value")
            if isinstance(value, NotMeasured) and value.why in lacks:
                found[entry.clause].setdefault(value.why, []).append(entry.period)
    for line in contract.lines:
        for why, periods in found.get(line.figure or "", {}).items():
            yield Waiting(line.name, tuple(dict.fromkeys(periods)), (why,))


class Waits:
    """What the windows of one run wait for. `events`: all that was reported."""

    def __init__(self, contract: Contract, ledger: Ledger, events: Collection[Event]) -> None:
        self.contract, self.ledger, self.events = contract, ledger, events
        self.figures = {figure.name: figure for figure in contract.figures}
        self._zone = Zone.load(contract.zone)
        self._settled: dict[tuple[str, str], list[Entry]] = {}
        self._asked: dict[tuple[str, str], str] = {}
        self._windows: dict[Grid, list[Window]] = {}
        self._points: dict[str, set[date]] = {}
        self._ended: int | None = None
        self._reached = Reached(contract, self._settled, self._over)
        for entry in ledger.outcome:
            if entry.kind == "Settled":
                self._settled.setdefault((entry.clause, entry.period), []).append(entry)
            elif entry.kind == "Provisional" and entry.period:
                self._asked[entry.clause, entry.period] = entry.words
            elif entry.kind == "Ended" and entry.clause == contract.name:
                self._ended = entry.at

    # -------------------------------------------------------------------------------- windows
    def unsettled(self, name: str) -> list[Window]:
        """The windows of a figure that have ended and not settled, in order."""
        figure = self.figures.get(name)
        if figure is None:
            return []
        return [window for window in self._over(figure.grid) if not self._is_settled(figure, window)]

    def _over(self, grid: Grid) -> list[Window]:
        """The windows of a grid that had ended when the ledger was made."""
        if grid not in self._windows:
            ended = None if grid.goes_on else self._ended
            self._windows[grid] = [
                window for window in all_windows(self.contract, self.ledger, grid)
                if (ended is None or window.start < ended)
                and (window.end if ended is None else min(window.end, ended)) <= self.ledger.until
            ]  # fmt: skip
        return self._windows[grid]

    def _is_settled(self, figure: Figure, window: Window) -> bool:
        found = self._settled.get((figure.name, window.label), ())
        groups = 1
        for group in figure.by:
            groups *= 1 if group.members is None else len(group.members)
        return len(found) >= groups

    # -------------------------------------------------------------------------------- what they wait for
    def of(self, name: str, window: Window, above: frozenset[tuple[str, str]] = frozenset()) -> tuple[Lack, ...]:
        """What one window of a figure waits for; of branches that are not taken nothing."""
        figure, place = self.figures[name], (name, window.label)
        if place in above or len(above) > _DEEPEST:
            return ()
        found: list[Lack] = []
        if place in self._asked:
            found.append(Lack(f"the answer to {self._asked[place]}", self._asked[place]))
        for part in self._reached.parts((figure.value, figure.awaits), figure, window):
            found += self._lacks(part, figure, window, above | {place})
        return tuple(dict.fromkeys(found))

    def _lacks(
        self, part: object, figure: Figure, window: Window, above: frozenset[tuple[str, str]]
    ) -> Iterator[Lack]:  # fmt: skip
        match part:
            case ex.SeriesAt():
                yield from self._point(part, window)
            case ex.FigureAt(name, ex.Same()) | ex.Standing(name, _, ex.Same()) if name in self.figures:
                for same in self._over(self.figures[name].grid):
                    if (same.first, same.last) == (window.first, window.last):
                        yield from self._window(name, same, above)
            case ex.FigureAt(name, ex.Back(n)) | ex.Standing(name, _, ex.Back(n)) if name in self.figures:
                yield from self._before(name, n, window, above)
            case ex.FigureRows(name, last) if name in self.figures:
                every = self._over(self.figures[name].grid)
                if last is None:
                    inner = [each for each in every if window.start < each.end <= window.end]
                else:
                    inner = [each for each in every if each.end <= window.start][-last:]
                lacking = [lack for each in inner for lack in self._window(name, each, above)]
                yield from lacking[:_MOST]
                if len(lacking) > _MOST:
                    yield Lack("… and later windows", sure=False)
            case ex.Posted(name):
                line = next((line for line in self.contract.lines if line.name == name), None)
                if line is not None and line.figure in self.figures:
                    yield from self._lacks(ex.FigureAt(line.figure, ex.Same()), figure, window, above)
            case ex.OutcomeRows(norm) if awaited(part):
                yield Lack(f"what was opened in {window.label} of `{norm}`, if it is undecided", sure=False)

    def _window(self, name: str, window: Window, above: frozenset[tuple[str, str]]) -> Iterator[Lack]:
        if not self._is_settled(self.figures[name], window):
            yield Lack(f"`{name}` in {window.label}", "", self.of(name, window, above))

    def _before(self, name: str, n: int, window: Window, above: frozenset[tuple[str, str]]) -> Iterator[Lack]:
        """An earlier window; of one that waits for its own earlier ones only the first tells why."""
        every, figure = self._over(self.figures[name].grid), self.figures[name]
        at = next((i for i, each in enumerate(every) if each.label == window.label), None)
        if at is None or at < n or self._is_settled(figure, every[at - n]):
            return
        at = first = at - n
        while first >= n and not self._is_settled(figure, every[first - n]):
            first -= n
        told = f"`{name}` in {every[at].label}"
        if first < at:
            told += f", which waits for {every[at - n].label}"
            told += f", and so on back to {every[first].label}" if first < at - n else ""
        yield Lack(told, "", self.of(name, every[first], above))

    def _point(self, part: ex.SeriesAt, window: Window) -> Iterator[Lack]:
        """A point of a series that is asked for, by days of the window, and is not recorded."""
        series = next(each for each in self.contract.series if each.name == part.series)
        day = self._reached.value(part.day, window)
        if isinstance(day, Period):
            day = day.last
        if series.by or not isinstance(day, date):
            told = f"a figure of `{series.name}`, if one that it asks for is not recorded yet"
            yield Lack(told, series.name, (), False)
            return
        recorded, wanted = self._recorded(series), _place(day, series.unit)
        if wanted in recorded if part.find == "exact" else any(each <= wanted for each in recorded):
            return
        when = day.isoformat() if series.unit == "day" else period_of(day, series.unit).label  # type: ignore[arg-type]
        yield Lack(f"the figure of `{series.name}` for {when}, which is not recorded", f"{series.name} {when}")

    def _recorded(self, series: Series) -> set[date]:
        if series.name not in self._points:
            found = {point.at for point in series.points}
            for event in self.events:
                at = event.fields.get(series.at_field) if series.at_field else event.acts
                known = event.known < self.ledger.until
                if series.event and event.kind == series.event and at is not None and known:
                    found.add(_place(day_of(at, self._zone), series.unit))  # type: ignore[arg-type]
            self._points[series.name] = found
        return self._points[series.name]


def _place(day: date, unit: str) -> date:
    return day if unit == "day" else period_of(day, unit).first  # type: ignore[arg-type]
