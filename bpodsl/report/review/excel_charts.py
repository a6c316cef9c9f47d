"""The pictures of the workbook: its own charts, over a hidden sheet of the numbers that they draw.

A chart takes a cell of text for nought, so a window without a value is an empty cell there: a gap in the line.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, log10
from typing import Any, Final

from bpodsl.report.review.as_text import decimal, harmless
from bpodsl.report.review.model import Level, Number, Review, Waterfall, Window

DRAWN: Final = "Drawn"
"""The name of the hidden sheet."""

_LINES: Final = 4
"""Rows of a level there: names of windows, result, target, minimum."""
_WIDE, _HIGH = 620, 300
"""Of a picture, in points of the screen; and the rows and columns that it takes."""
_ROWS, _COLUMNS = 16, 10
_BESIDE: Final = 11
"""The first column to the right of the table of levels."""

_SHAPES: Final = {"share": "0.###%", "length": "0.##", "number": "#,##0.####"}
_GOOD, _BAD, _INK = "#1f6f43", "#a61b1b", "#1a1a1a"


class Charts:
    """Trends and waterfalls of a report. `page` is the hidden sheet, made by whoever makes the others."""

    def __init__(self, review: Review, book: Any, page: Any) -> None:
        self.review = review
        self.book = book
        self.page = page
        page.hide()
        self.rows = {id(level): _LINES * n for n, level in enumerate(review.levels)}
        for level in review.levels:
            self._level(level)
        row = _LINES * len(review.levels)
        self.falls: list[tuple[Waterfall, int, list[tuple[str, int]]]] = []
        for fall in review.waterfalls:
            self.falls.append((fall, row, self._fall(fall, row)))
            row += 1 + len(self.falls[-1][2])

    def _fall(self, fall: Waterfall, row: int) -> list[tuple[str, int]]:
        """The parts that bars are stacked from: of what kind each is ("" one that is not seen), and its row.

        A bar from one value to another is what lies between nought and its nearer end, unseen, and the rest; one that
        crosses nought is two of the latter. Charts stack what is above nought and what is below apart.
        """
        parts: dict[tuple[str, bool], dict[int, Fraction]] = {}
        for at, bar in enumerate(fall.bars):
            _put(self.page, row, at, bar.what)
            low, high = sorted((Fraction(bar.before), Fraction(bar.after)))
            above, below = max(low, Fraction(0)), min(high, Fraction(0))
            parts.setdefault(("", True), {})[at] = above
            parts.setdefault(("", False), {})[at] = below
            parts.setdefault((bar.kind, True), {})[at] = max(high, Fraction(0)) - above
            parts.setdefault((bar.kind, False), {})[at] = min(low, Fraction(0)) - below
        found: list[tuple[str, int]] = []
        # The unseen ones lie lowest.
        for (kind, _), values in sorted(parts.items(), key=lambda each: each[0][0] != ""):
            if any(values.values()):
                found.append((kind, row + 1 + len(found)))
                for at, value in values.items():
                    _put(self.page, found[-1][1], at, float(value))
        return found

    def _level(self, level: Level) -> None:
        row = self.rows[id(level)]
        for at, window in enumerate(level.windows):
            _put(self.page, row, at, window.period.rpartition("..")[2])
            for line, number in enumerate(_numbers(window), row + 1):
                _put(self.page, line, at, _value(number))

    def beside_levels(self, page: Any, heading: Any) -> None:
        """A line as high as a cell, in the row of each window told of, right of the table. `heading`: a format."""
        from xlsxwriter.utility import xl_range_abs

        page.write_string(0, _BESIDE, "Trend", heading)
        page.set_column(_BESIDE, _BESIDE, 24)
        row = 1
        for level in self.review.levels:
            drawn = self.rows[id(level)] + 1
            for window in level.windows:
                if window.told:
                    last = len(level.windows) - 1
                    page.add_sparkline(row, _BESIDE, {
                        "range": f"={DRAWN}!{xl_range_abs(drawn, 0, drawn, last)}", "markers": True, "weight": 1.5,
                        "series_color": _INK, "markers_color": _INK, "last_point": True, "last_color": _BAD,
                        "show_hidden": True, "empty_cells": "gaps",
                    })  # fmt: skip
                    row += 1

    def drawn(self, page: Any) -> None:
        """All pictures, two in a row: what is owed first, then a chart of each service level."""
        made = [self._waterfall(*each) for each in self.falls] + [self._trend(level) for level in self.review.levels]
        for n, (title, chart) in enumerate(made):
            page.insert_chart(n // 2 * _ROWS, n % 2 * _COLUMNS, chart, {"description": title})
        if not made:
            page.write_string(0, 0, "There is nothing to draw.")
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def _trend(self, level: Level) -> tuple[str, Any]:
        row, last = self.rows[id(level)], len(level.windows) - 1
        chart = self.book.add_chart({"type": "line"})
        lines = [[_value(each) for each in numbers] for numbers in zip(*map(_numbers, level.windows), strict=True)]
        for line, (name, look) in enumerate(_LOOKS.items(), row + 1):
            if any(value is not None for value in lines[line - row - 1]):
                chart.add_series({
                    "name": name, "categories": [DRAWN, row, 0, row, last], "values": [DRAWN, line, 0, line, last],
                    **look,
                })  # fmt: skip
        title = level.clause.shown + (f", {level.group}" if level.group else "")
        _frame(chart, title)
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"label_position": "low"})
        chart.set_y_axis({
            "num_format": _SHAPES.get(level.base, "#,##0.####"), "major_gridlines": _GRID,
            **_ends([value for line in lines for value in line if value is not None]),
        })  # fmt: skip
        return f"{title}: results over time", chart

    def _waterfall(self, fall: Waterfall, row: int, parts: list[tuple[str, int]]) -> tuple[str, Any]:
        last = len(fall.bars) - 1
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        for kind, line in parts:
            fill = {"color": _FILLS[kind]} if kind else {"none": True}
            chart.add_series({
                "name": kind or "from nought", "categories": [DRAWN, row, 0, row, last],
                "values": [DRAWN, line, 0, line, last], "fill": fill, "border": {"none": True}, "gap": 40,
            })  # fmt: skip
        title = f"What {fall.payer} owes {fall.payee}, in {fall.currency}"
        _frame(chart, title)
        chart.set_legend({"none": True})
        # The first step is on top.
        chart.set_y_axis({"reverse": True, "label_position": "low"})
        chart.set_x_axis({"num_format": "#,##0", "major_gridlines": _GRID})
        return f"{title}: from charges to payable", chart


_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "result": {"line": {"color": _INK, "width": 1.75}, "marker": {"type": "circle", "size": 6}},
    "target": {"line": {"color": _GOOD, "width": 1.25, "dash_type": "dash"}},
    "minimum": {"line": {"color": _BAD, "width": 1.25, "dash_type": "round_dot"}},
}
_FILLS: Final = {"charge": "#3d6fa5", "credit": "#c2571a", "cap": "#7a6a9a", "total": _INK}
_GRID: Final = {"visible": True, "line": {"color": "#d9d9d9"}}


def _frame(chart: Any, title: str) -> None:
    # A title that begins like a formula would be read as one.
    chart.set_title({"name": harmless(title), "name_font": {"size": 11}, "overlay": False})
    chart.set_size({"width": _WIDE, "height": _HIGH})


def _ends(values: list[float]) -> dict[str, float]:
    """Where an axis of lines begins and ends: around the values, at a round number."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return {}
    step = 10.0 ** floor(log10(high - low))
    # A line below which nothing lies does not lie on the axis.
    low -= (high - low) / 20 if low > 0 else 0
    return {"min": round(floor(low / step) * step, 9), "max": round(ceil(high / step) * step, 9)}


def _numbers(window: Window) -> tuple[Number, Number, Number]:
    return window.value, window.target, window.minimum


def _value(number: Number) -> float | None:
    return None if number.exact is None else float(decimal(number))


def _put(page: Any, row: int, column: int, value: str | float | None) -> None:
    if isinstance(value, str):
        page.write_string(row, column, value)
    elif value is not None:
        page.write_number(row, column, value)
