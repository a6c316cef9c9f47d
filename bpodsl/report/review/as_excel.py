"""The report as a workbook: a sheet for each table. Amounts are numbers; no text is a formula."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from bpodsl.report.review.as_text import as_known, decimal, head_of, made_from
from bpodsl.report.review.excel_charts import DRAWN, Charts
from bpodsl.report.review.extras import wanted
from bpodsl.report.review.model import Detail, Number, Review
from bpodsl.report.review.sheets import Cell, Sheet, sheets_of

_PICTURES: Final = "Pictures"
_CALCULATIONS: Final = "Calculations"
_WIDEST: Final = 60
_LONGEST: Final = 32_000
"""A cell holds 32 767 characters."""

_FORMATS: Final = {"share": "0.0##%", "length": '0.00## "h"', "number": "#,##0.####"}


def as_excel(review: Review) -> bytes:
    """The workbook. Raises `MissingExtra` where the library is not installed."""
    library = wanted("xlsxwriter", "xlsx")
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = library.Workbook(buffer, options)
    day = review.until_day
    # The day of the record, not of the making: the same inputs give the same bytes.
    book.set_properties({
        "title": f"{review.title}: {head_of(review)}"[:255], "created": datetime(day.year, day.month, day.day),
    })  # fmt: skip
    writer = _Writer(book, {detail.name: row for detail, row in _places(review)})
    first, *others = sheets_of(review)
    writer.sheet(review, first)
    pictures = writer.page(review, _PICTURES)
    pages = {sheet.name: writer.sheet(review, sheet) for sheet in others}
    writer.calculations(review)
    charts = Charts(review, book, writer.page(review, DRAWN))
    charts.beside_levels(pages["service_levels"], writer.format(bold=True, bottom=1))
    charts.drawn(pictures)
    book.close()
    return buffer.getvalue()


def _places(review: Review) -> list[tuple[Any, int]]:
    """In which row of the last sheet each calculation begins."""
    found, row = [], 1
    for detail in review.details:
        found.append((detail, row))
        row += len(_told(detail)) + 2
    return found


def _told(detail: Detail) -> list[tuple[str, bool]]:
    """What stands below the title of a calculation: the clause, as the paper and as the agreement has it, then the
    lines; and whether it is of the clause."""
    clause = " ".join(filter(None, (f"Clause {detail.clause.shown}", detail.clause.place)))
    written = [line for line in (clause, detail.prose, *detail.text.split("\n")) if line]
    return [*((line, True) for line in written), *((line, False) for line in detail.lines)]


class _Writer:
    def __init__(self, book: Any, places: dict[str, int]) -> None:
        self.book = book
        self.places = places
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **wanted: Any) -> Any:
        """One of its kind for the whole book."""
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(wanted | {"valign": "top"})
        return self.formats[key]

    def page(self, review: Review, name: str) -> Any:
        """A sheet, whose pages say below, when they are printed, what they are made from."""
        page = self.book.add_worksheet(name)
        page.set_footer(f"&L{made_from(review).replace('&', '&&')}&R&P / &N")
        return page

    def sheet(self, review: Review, sheet: Sheet) -> Any:
        page = self.page(review, _name(sheet))
        first = 0
        if sheet.name == "summary":
            self.text(page, 0, 0, f"{review.title}: {head_of(review)}", bold=True)
            known = f"known until {review.until} ({review.zone}), exclusive{as_known(review)}"
            self.text(page, 1, 0, known)
            first = 3
        for column, each in enumerate(sheet.columns):
            heading = self.format(bold=True, bottom=1, align="right" if each.right else "left", text_wrap=True)
            page.write_string(first, column, each.title, heading)
        widths = [len(each.title) for each in sheet.columns]
        for number, row in enumerate(sheet.rows, first + 1):
            for column, cell in enumerate(row):
                self.cell(page, number, column, cell)
                widths[column] = max(widths[column], len(cell.shown if isinstance(cell, Number) else str(cell or "")))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(width + 2, _WIDEST))
        page.freeze_panes(first + 1, 0)
        if sheet.rows:
            page.autofilter(first, 0, first + len(sheet.rows), len(sheet.columns) - 1)
        else:
            self.text(page, first + 1, 0, sheet.empty)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(first)
        return page

    def cell(self, page: Any, row: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, Number):
            self.number(page, row, column, cell)
        elif isinstance(cell, date):
            page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), self.format(
                num_format="yyyy-mm-dd", align="left"))  # fmt: skip
        elif isinstance(cell, int):
            page.write_number(row, column, cell, self.format())
        else:
            self.text(page, row, column, cell, text_wrap=len(cell) > _WIDEST)

    def number(self, page: Any, row: int, column: int, number: Number) -> None:
        look: dict[str, Any] = {}
        at = self.places.get(number.detail)
        if at is not None:
            look = {"font_color": "#0b5394", "underline": 1}
            target = f"internal:'{_CALCULATIONS}'!A{at + 1}"
            page.write_url(row, column, target, self.format(**look), _cut(number.shown))
        if number.exact is None:
            self.text(page, row, column, number.shown, **look)
            return
        # A number written over a link keeps the link.
        shape = (
            f'#,##0.00#### "{number.currency}"' if number.base == "money" else _FORMATS.get(number.base, "#,##0.####")
        )
        page.write_number(row, column, float(decimal(number)), self.format(num_format=shape, align="right", **look))

    def text(self, page: Any, row: int, column: int, text: str, **look: Any) -> None:
        """Text that stays text, also where it is copied or saved as something else."""
        if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
            look["quote_prefix"] = True
        page.write_string(row, column, _cut(text), self.format(**look))

    def calculations(self, review: Review) -> None:
        page = self.page(review, _CALCULATIONS)
        page.set_column(0, 0, 150)
        self.text(page, 0, 0, "Calculations: what each number rests on", bold=True)
        for detail, row in _places(review):
            self.text(page, row, 0, detail.title, bold=True)
            for number, (line, of_clause) in enumerate(_told(detail), row + 1):
                self.text(page, number, 0, line, **({"font_color": "#5a6472", "italic": True} if of_clause else {}))


def _name(sheet: Sheet) -> str:
    return sheet.title.partition(" until ")[0][:31]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
