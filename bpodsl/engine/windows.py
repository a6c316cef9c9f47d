"""The windows and cells of a term as far as it is known."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from bpodsl.engine.program import cells_of
from bpodsl.lean import evolve
from bpodsl.values import LAST, Grid, Window, Zone, add_days, count_windows, last_index, window_of_index, window_on

FAR = date(2200, 1, 1)


class Windows:
    """The windows of a term.

    `first`: the first day; `begin` its first instant. `after`: the day after the last one as known now (None: without
    end). `open`: whether a renewal may follow. `ended`: the instant at which the agreement ended.
    """

    def __init__(self, zone: Zone, first: date, after: date | None, renewable: bool) -> None:
        self.zone = zone
        self.first = first
        self.begin = zone.start_of(first)
        self.after = after
        self.renewable = renewable
        self.ended: int | None = None
        # After the end: when the grids of a name cease that survive it.
        self.over: dict[str, int] = {}
        self._cells: dict[Grid, tuple[int, int, int]] = {}
        self._windows: dict[tuple[Grid, int], Window | None] = {}
        self._grids: dict[Grid, Grid] = {}

    def one(self, grid: Grid) -> Grid:
        """The same grid for all that have an equal one: what is looked up by it is found without comparing."""
        return self._grids.setdefault(grid, grid)

    def changed(self, after: date | None, renewable: bool, ended: int | None = None) -> None:
        """The term was extended, or has ended."""
        self.after, self.renewable, self.ended = after, renewable, ended
        self._windows.clear()
        self._cells.clear()

    @property
    def end_of_term(self) -> int:
        """The first instant after the term as it stands."""
        if self.ended is not None:
            return self.ended
        return LAST if self.after is None else self.zone.start_of(self.after)

    def window(self, grid: Grid, index: int) -> Window | None:
        """The window of that index as the term stands, None if there is none."""
        key = (grid, index)
        if key not in self._windows:
            self._windows[key] = self._make(grid, index)
        return self._windows[key]

    def _make(self, grid: Grid, index: int) -> Window | None:
        if index < 0:
            return None
        beyond = self._beyond(grid, index)
        if beyond is not None:
            return beyond
        window = window_of_index(grid, self.zone, self.first, self._horizon(grid), index)
        if window is not None and self.ended is not None and window.end > self.ended:
            # An end by act within a day cuts it at the instant itself.
            if grid.partial == "exclude":
                return None
            return evolve(window, end=self.ended, whole=False)
        return window

    def is_beyond(self, grid: Grid, index: int) -> bool:
        """Whether a window lies after the end of the agreement, in a grid that goes on."""
        return grid.goes_on and self._beyond(grid, index) is not None

    def _beyond(self, grid: Grid, index: int) -> Window | None:
        if not grid.goes_on or self.ended is None:
            return None
        cell = window_of_index(grid, self.zone, self.first, FAR, index)
        if cell is None or cell.start < self.ended:
            return None
        start, end, first, last = cell.start, cell.end, cell.first, cell.last
        held = _cell_on(cells_of(grid), self.zone, self.first, FAR, self.zone.day(self.ended))
        if held is not None and held.index == index - 1 and held.start != self.ended:
            # What is left of the cell in which the agreement ended belongs to the next.
            start, first = self.ended, self.zone.day(self.ended)
        over = self.over[grid.survives] if grid.survives else end
        if start >= over:
            return None
        if over < end:
            end, last = over, self.zone.day(over - 1)
        if (start, end) == (cell.start, cell.end):
            return cell
        return evolve(cell, start=start, end=end, first=first, last=last, whole=False, days=(last - first).days + 1)

    def counts(self, grid: Grid, instant: int) -> bool:
        """Whether what lies after the end counts in a grid: it goes on, and has not ceased."""
        return grid.goes_on and (not grid.survives or instant < self.over[grid.survives])

    def uncut(self, grid: Grid, window: Window) -> tuple[date, date]:
        """The first and last day of a window as if no term cut it; that of the whole term as it is."""
        cell = None
        if grid.unit != "term":
            cell = window_of_index(cells_of(grid), self.zone, self.first, FAR, window.index)
        if cell is None:
            return window.first, window.last
        return add_days(cell.last, 1 - window.whole_days), cell.last

    def at_end(self, grid: Grid, index: int, end: int) -> bool:
        """Whether the end of the term at `end` ends this window: it is cut there, or is the whole term."""
        if grid.unit == "term":
            return True
        whole = window_of_index(cells_of(grid), self.zone, self.first, FAR, index)
        return whole is None or whole.end > end

    def exists(self, grid: Grid, index: int) -> bool:
        """Whether the term reaches the cell of that index, and the grid goes as far."""
        if index < 0 or (grid.times is not None and index > last_index(grid, self.first, FAR)):
            return False
        if grid.unit == "term":
            return index == 0
        cell = window_of_index(cells_of(grid), self.zone, self.first, FAR, index)
        if cell is None:
            return False
        if self.ended is not None:
            return cell.start < self.ended or self.is_beyond(grid, index)
        return self.renewable or self.after is None or cell.first < self.after

    def cell(self, grid: Grid, instant: int) -> int | None:
        """The index of the cell that holds an instant; `grid` is one of cells."""
        known = self._cells.get(grid)
        if known is not None and known[0] <= instant < known[1]:
            return known[2]
        window = _cell_on(grid, self.zone, self.first, self._far(grid), self.zone.day(instant))
        if window is None:
            return None
        end = window.end
        if grid.goes_on and self.ended is not None and window.start < self.ended:
            if instant >= self.ended:
                return window.index + 1
            end = min(end, self.ended)
        self._cells[grid] = (window.start, end, window.index)
        return window.index

    def cell_around(self, grid: Grid, instant: int) -> tuple[int, int, int]:
        """The first instant of the cell that holds an instant in force, the first after it, and its index. A cell
        whose beginning lies before the agreement begins with that, and one in which it ends ends there."""
        self.cell(grid, instant)
        start, end, index = self._cells[grid]
        return max(start, self.begin), end if self.ended is None else min(end, self.ended), index

    def cell_of_day(self, grid: Grid, day: date) -> int | None:
        """The index of the cell that holds a day."""
        if day < self.first:
            return self._before(grid, day)
        window = _cell_on(grid, self.zone, self.first, self._far(grid), day)
        return None if window is None else window.index

    def _before(self, grid: Grid, day: date) -> int | None:
        """The index, 0 or less, of the cell of a day before the term."""
        if grid.unit == "term":
            return None
        anchor = grid.anchor or _anchor(grid, self.first)
        cells = Grid(grid.unit, grid.n, anchor, edges=grid.edges, labels=grid.labels)
        return 1 - count_windows(cells, day, add_days(self.first, 1))

    def cells(self, grid: Grid, index: int) -> range:
        """The cells that a window is made of."""
        span = 1 if grid.unit == "term" else grid.span
        return range(index - span + 1, index + 1)

    def last_holding(self, grid: Grid, instant: int) -> Window | None:
        """The window whose last cell holds an instant."""
        index = self.cell(cells_of(grid), instant)
        window = None if index is None else self.window(grid, index)
        return window if window is not None and window.start <= instant < window.end else None

    def matching(self, grid: Grid, window: Window, of: Grid) -> int | None:
        """The index of the window of `grid` that has the same first and last day as a window of `of`."""
        if grid == of:
            return window.index
        found = self.last_holding(grid, self.zone.start_of(window.last))
        if found is None or (found.first, found.last) != (window.first, window.last):
            return None
        return found.index

    def inside(self, grid: Grid, window: Window) -> list[int]:
        """The windows of a grid that end in a window (of the whole term: that lie inside it), earliest first."""
        base = cells_of(grid)
        low, high = self.cell(base, window.start), self.cell(base, window.end - 1)
        if low is None or high is None:
            return []
        found = []
        for index in range(low, high + 1):
            inner = self.window(grid, index)
            if inner is None or not window.start < inner.end <= window.end:
                continue
            if grid.unit != "term" or inner.start >= window.start:
                found.append(index)
        return found

    def last_before(self, grid: Grid, limit: int, n: int) -> list[int]:
        """The last `n` windows of a grid that ended no later than an instant, earliest first."""
        until = limit if grid.goes_on or self.ended is None else min(limit, self.ended)
        index = 0 if grid.unit == "term" else self.cell(cells_of(grid), until - 1)
        found: list[int] = []
        while index is not None and index >= 0 and len(found) < n:
            earlier = self.window(grid, index)
            if earlier is not None and earlier.end <= limit:
                found.append(index)
            index -= 1
        return found[::-1]

    def _horizon(self, grid: Grid) -> date:
        if self.after is None:
            return FAR
        if self.ended is None and self.renewable and grid.unit != "term":
            return FAR
        return self.after

    def _far(self, grid: Grid) -> date:
        # Until it has ended the term may be extended: what lies after its end as known now may yet be in it.
        return FAR if grid.unit != "term" or self.after is None or self.ended is None else self.after


def _anchor(grid: Grid, first: date) -> date:
    """From where the cells of a grid without an anchor are counted, in a term that begins on `first`."""
    if grid.unit == "month":
        return date(first.year, 1 if 12 % grid.n == 0 else first.month, 1)
    return add_days(first, -first.weekday()) if grid.unit == "week" else first


@lru_cache(maxsize=8192)
def _cell_on(grid: Grid, zone: Zone, first: date, end: date, day: date) -> Window | None:
    return window_on(grid, zone, first, end, day)
