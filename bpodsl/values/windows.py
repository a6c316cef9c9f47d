"""Windows: the term of an agreement cut by a grid of days, weeks or months."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, Literal

from bpodsl.lean import evolve, frozen
from bpodsl.values.days import CivilUnit, PeriodUnit, add_days, add_months, further, period_label
from bpodsl.values.instants import FIRST_DAY, LAST_DAY
from bpodsl.values.zones import Zone

GridUnit = Literal["day", "week", "month", "listed", "term"]
Partial = Literal["inside", "exclude"]


@frozen
class DayFrom:
    """A day that events tell: ``n`` units after the day of the first event of that kind."""

    event: str
    n: int = 0
    unit: CivilUnit = "days"

    def counted(self, day: date) -> date:
        """The day, where the event is of ``day``; months and years clamp. Raises `TimeError` beyond the calendar."""
        return further(day, self.n, self.unit)


@frozen
class Grid:
    """How a term is cut into windows.

    A cell is ``n`` days, weeks or months long (a quarter is 3 months, a year 12), or the whole term. With an
    ``anchor`` the cells are counted from that day; cell k begins k times n months after the anchor itself, so that a
    short month clamps one boundary only. Without one they follow the calendar: weeks begin on Monday, quarters in
    January, April, July and October; lengths the calendar does not know (5 months, 10 days, 2 weeks) are counted from
    the month, day or week in which the term begins. The cells of a "listed" grid are written out: ``edges`` are their
    first days in order and, last, the day after them all, ``labels`` what each is called; its ``anchor`` is the first
    of these days and ``times`` how many cells there are. A window is ``span`` cells, ending with its own; ``partial``
    says whether windows that the term cuts keep the days inside or are left out. Windows that begin before the day
    ``begins`` are left out too; the index of the others stays what it is. With ``times`` only so many windows from
    the anchor on are kept. From each day of ``later`` on, which begins a cell of both, the cells are those of another
    grid (of which nothing else counts); only grids of one cell a window have such days. ``anchor_from`` and
    ``begins_from`` stand for days that are known only from events; a grid that still has one of them has no windows.
    ``goes_on``: it has windows after the end of the agreement too, though the term has not; with ``survives`` only as
    long as whatever has that name survives the end.
    """

    unit: GridUnit
    n: int = 1
    anchor: date | None = None
    span: int = 1
    partial: Partial = "inside"
    begins: date | None = None
    times: int | None = None
    anchor_from: DayFrom | None = None
    begins_from: DayFrom | None = None
    later: tuple[tuple[date, Grid], ...] = ()
    goes_on: bool = False
    survives: str = ""
    edges: tuple[date, ...] = ()
    labels: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.n < 1 or self.span < 1:
            raise ValueError("a grid has cells of at least one unit, and windows of at least one cell")

    @cached_property
    def _hash(self) -> int:
        return hash((self.unit, self.n, self.anchor, self.span, self.partial, self.begins, self.times, self.later,
                     self.edges))

    def __hash__(self) -> int:
        return self._hash

    @property
    def each(self) -> tuple[Grid, ...]:
        """The grids of its windows: its own before any later one, and those."""
        return (evolve(self, later=()), *(grid for _, grid in self.later)) if self.later else (self,)

    @property
    def waits(self) -> bool:
        """Whether an event must tell where its windows lie."""
        return self.anchor_from is not None or self.begins_from is not None


@frozen
class Window:
    """A stretch of the term: instants ``[start, end)``, days ``first`` to ``last``, both included.

    ``index`` is the place of its cell, 0 for the one in which the term begins. ``whole`` says that the term does not
    cut it; ``whole_days`` are its days uncut, ``days`` those inside.
    """

    start: int
    end: int
    first: date
    last: date
    label: str
    index: int
    whole: bool
    whole_days: int
    days: int

    def __lt__(self, other: Window) -> bool:
        return (self.start, self.end) < (other.start, other.end)


def windows(grid: Grid, zone: Zone, first: date, end: date) -> Iterator[Window]:
    """The windows of the term from ``first`` to the day before ``end``, made one at a time, earliest first."""
    if first < end:
        cells = _cells(grid, first, end)
        low, high = _range(grid, cells, first, end)
        for cell in range(low, high + 1):
            yield _window(grid, cells, zone, first, end, cell)


def count_windows(grid: Grid, first: date, end: date) -> int:
    """How many windows `windows` gives, without making them."""
    if first >= end:
        return 0
    low, high = _range(grid, _cells(grid, first, end), first, end)
    return max(0, high - low + 1)


def last_index(grid: Grid, first: date, end: date) -> int:
    """The index of the last window that `windows` gives; less than 0 where it gives none of index 0 or later."""
    if first >= end:
        return -1
    cells = _cells(grid, first, end)
    low, high = _range(grid, cells, first, end)
    return high - cells.cell_of(first) if low <= high else -1


def window_at(grid: Grid, zone: Zone, first: date, end: date, instant: int) -> Window | None:
    """The window whose last cell holds the instant; None outside the term or where that window is left out."""
    return window_on(grid, zone, first, end, zone.day(instant))


def window_on(grid: Grid, zone: Zone, first: date, end: date, day: date) -> Window | None:
    """The window whose last cell holds the day; None outside the term or where that window is left out."""
    return _window_on(grid, zone, first, end, day)


@lru_cache(maxsize=8192)
def _window_on(grid: Grid, zone: Zone, first: date, end: date, day: date) -> Window | None:
    if not first <= day < end:
        return None
    cells = _cells(grid, first, end)
    cell = cells.cell_of(day)
    low, high = _range(grid, cells, first, end)
    return _window(grid, cells, zone, first, end, cell) if low <= cell <= high else None


def window_of_index(grid: Grid, zone: Zone, first: date, end: date, index: int) -> Window | None:
    """The window with that index; None if the term has none or it is left out."""
    if first >= end:
        return None
    cells = _cells(grid, first, end)
    cell = cells.cell_of(first) + index
    low, high = _range(grid, cells, first, end)
    return _window(grid, cells, zone, first, end, cell) if low <= cell <= high else None


@frozen
class _DayCells:
    """Cells of equal length in days from an origin."""

    origin: int
    length: int
    unit: GridUnit

    def edge(self, cell: int) -> date:
        return add_days(date.fromordinal(self.origin), cell * self.length)

    def cell_of(self, day: date) -> int:
        return (day.toordinal() - self.origin) // self.length

    def label(self, cell: int) -> str:
        first = self.edge(cell)
        if self.unit == "day" and self.length == 1:
            return first.isoformat()
        if self.unit == "week" and self.length == 7 and first.weekday() == 0:
            year, week, _ = first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return _stretch(first, self.edge(cell + 1))


@frozen
class _MonthCells:
    """Cells of equal length in months from an origin, whose day of the month clamps each edge by itself."""

    origin: date
    n: int

    def edge(self, cell: int) -> date:
        return add_months(self.origin, cell * self.n)

    def cell_of(self, day: date) -> int:
        cell = ((day.year - self.origin.year) * 12 + day.month - self.origin.month) // self.n
        return cell if self.edge(cell) <= day else cell - 1

    def label(self, cell: int) -> str:
        first = self.edge(cell)
        unit = _CALENDAR_MONTHS.get(self.n)
        if unit is not None and first.day == 1 and (first.month - 1) % self.n == 0:
            return period_label(unit, first)
        return _stretch(first, self.edge(cell + 1))


@frozen
class _ListedCells:
    """Cells as they are written out; all days before them are one cell, and so are all after them."""

    edges: tuple[date, ...]
    labels: tuple[str, ...]

    def edge(self, cell: int) -> date:
        if cell < 0:
            return FIRST_DAY
        return self.edges[cell] if cell < len(self.edges) else add_days(LAST_DAY, 1)

    def cell_of(self, day: date) -> int:
        return bisect_right(self.edges, day) - 1

    def label(self, cell: int) -> str:
        return self.labels[cell] if 0 <= cell < len(self.labels) else _stretch(self.edge(cell), self.edge(cell + 1))


@frozen
class _ChangedCells:
    """Cells of one kind before a day, of another from it on; the day begins a cell of both."""

    old: _Cells
    day: date
    new: _Cells

    @property
    def _first(self) -> int:
        return self.old.cell_of(self.day)

    def edge(self, cell: int) -> date:
        if cell < self._first:
            return self.old.edge(cell)
        return self.new.edge(self._new(cell))

    def cell_of(self, day: date) -> int:
        if day < self.day:
            return self.old.cell_of(day)
        return self._first + self.new.cell_of(day) - self.new.cell_of(self.day)

    def label(self, cell: int) -> str:
        return self.old.label(cell) if cell < self._first else self.new.label(self._new(cell))

    def _new(self, cell: int) -> int:
        return self.new.cell_of(self.day) + cell - self._first


_Cells = _DayCells | _MonthCells | _ListedCells | _ChangedCells
_CALENDAR_MONTHS: Final[dict[int, PeriodUnit]] = {1: "month", 3: "quarter", 12: "year"}


def _cells(grid: Grid, first: date, end: date) -> _Cells:
    found = _cells_of_one(grid, first, end)
    for day, later in grid.later:
        found = _ChangedCells(found, day, _cells_of_one(later, first, end))
    return found


def _cells_of_one(grid: Grid, first: date, end: date) -> _Cells:
    if grid.unit == "term":
        return _DayCells(first.toordinal(), (end - first).days, grid.unit)
    if grid.unit == "listed":
        return _ListedCells(grid.edges, grid.labels)
    if grid.unit == "month":
        calendar = date(first.year, 1 if 12 % grid.n == 0 else first.month, 1)
        return _MonthCells(grid.anchor or calendar, grid.n)
    if grid.anchor is not None:
        origin = grid.anchor.toordinal()
    else:
        origin = first.toordinal() - (first.weekday() if grid.unit == "week" else 0)
    return _DayCells(origin, grid.n * (7 if grid.unit == "week" else 1), grid.unit)


def _span(grid: Grid) -> int:
    return 1 if grid.unit == "term" else grid.span


def _range(grid: Grid, cells: _Cells, first: date, end: date) -> tuple[int, int]:
    """The first and last cell that end a window; the term is not empty."""
    if grid.waits:
        return 0, -1
    low, high = cells.cell_of(first), cells.cell_of(add_days(end, -1))
    if grid.partial == "exclude":
        low += _span(grid) - (1 if cells.edge(low) == first else 0)
        high -= 0 if cells.edge(high + 1) == end else 1
    if grid.begins is not None and grid.begins > first:
        cell = cells.cell_of(grid.begins)
        low = max(low, cell + _span(grid) - (1 if cells.edge(cell) == grid.begins else 0))
    if grid.times is not None and grid.anchor is not None:
        # The cell of the anchor is cell 0.
        low, high = max(low, _span(grid) - 1), min(high, grid.times - 1)
    return low, high


def _window(grid: Grid, cells: _Cells, zone: Zone, first: date, end: date, cell: int) -> Window:
    begins = cells.cell_of(first)
    opening = cell - _span(grid) + 1
    whole_first, whole_end = cells.edge(opening), cells.edge(cell + 1)
    inside_first, inside_end = max(whole_first, first), min(whole_end, end)
    return Window(
        start=zone.start_of(inside_first),
        end=zone.start_of(inside_end),
        first=inside_first,
        last=add_days(inside_end, -1),
        label=_label(cells, max(opening, begins), cell),
        index=cell - begins,
        whole=inside_first == whole_first and inside_end == whole_end,
        whole_days=(whole_end - whole_first).days,
        days=(inside_end - inside_first).days,
    )


def _label(cells: _Cells, opening: int, closing: int) -> str:
    own = cells.label(closing)
    if opening == closing:
        return own
    if "/" in own:
        return _stretch(cells.edge(opening), cells.edge(closing + 1))
    return f"{cells.label(opening)}..{own}"


def _stretch(first: date, end: date) -> str:
    return f"{first.isoformat()}/{add_days(end, -1).isoformat()}"
