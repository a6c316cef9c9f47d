"""The report as JSON, Markdown and CSV: the standard library does."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from io import StringIO
from typing import Any, Final

from attrs import fields, has

from bpodsl.report.formats import whole_text
from bpodsl.report.review.model import Number, Review
from bpodsl.report.review.sheets import Cell, Sheet, sheets_of
from bpodsl.values import show_exact, show_plain
from bpodsl.values.numbers import decimal_places

SCHEMA: Final = "bpodsl.review/1"
PLACES: Final = 12
"""So many decimals a number has in tables at the most, where it has no end."""

_OF_DIGEST: Final = 12
"""So many letters of a digest stand at the foot of a page."""


# ------------------------------------------------------------------ JSON
def as_json(review: Review) -> str:
    """The model as it is; exact numbers are text (`33/38`), days ISO dates."""
    return whole_text({"schema": SCHEMA, **_plain(review)}) + "\n"


def _plain(value: object) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, Fraction):
        return show_exact(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Number):
        exact = None if value.exact is None else show_exact(value.exact)
        named = {"shown": value.shown, "exact": exact, "base": value.base}
        return named | ({"currency": value.currency} if value.currency else {}) | (
            {"detail": value.detail} if value.detail else {}
        )  # fmt: skip
    kind = type(value)
    if has(kind):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(kind)}
    return value


# ------------------------------------------------------------------ CSV
def as_csv(sheet: Sheet) -> str:
    """A table with a header line. Numbers are plain decimals; no cell is taken for a formula."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([column.name for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_cell(cell) for cell in row])
    return buffer.getvalue()


def details_csv(review: Review) -> str:
    """Every calculation, a line of it in each row."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["calculation", "title", "clause", "reference", "place", "line", "text"])
    for detail in review.details:
        cited = detail.clause
        for number, line in enumerate(detail.lines, 1):
            cells = (detail.name, detail.title, cited.name, cited.reference, cited.place, number, line)
            writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


def _cell(cell: Cell) -> object:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return harmless(cell.shown) if cell.exact is None else decimal(cell)
    return harmless(cell) if isinstance(cell, str) else str(cell)


def decimal(number: Number) -> str:
    """A number as a plain decimal: shares as such (0.85), lengths in hours; rounded only where it has no end."""
    assert number.exact is not None
    value = Fraction(number.exact)
    if number.base == "length":
        value /= 3_600_000_000
    places = decimal_places(value)
    if places is None or places > PLACES:
        scaled = round(value * 10**PLACES)
        value = Fraction(scaled, 10**PLACES)
    return show_plain(value)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


# ------------------------------------------------------------------ Markdown
def as_markdown(review: Review) -> str:
    """One page; nothing in it is taken for markup of its own."""
    return "\n".join(_markdown(review)) + "\n"


def _markdown(review: Review) -> Iterator[str]:
    yield f"# {escaped(review.title)}: {escaped(head_of(review))}"
    yield ""
    for role, _, title in review.parties:
        yield f"- {role}: {escaped(title)}"
    yield f"- known until {review.until} ({escaped(review.zone)}), exclusive{escaped(as_known(review))}"
    for sheet in sheets_of(review):
        if not sheet.rows and not sheet.empty:
            continue
        yield ""
        yield f"## {escaped(sheet.title)}"
        yield ""
        if sheet.name == "summary":
            yield from (f"- **{row[0]}** {escaped(str(row[1]))}" for row in sheet.rows)
            continue
        if not sheet.rows:
            yield escaped(sheet.empty)
            continue
        if sheet.note:
            yield escaped(sheet.note)
            yield ""
        # A column in which nothing stands is left out.
        shown = [n for n in range(len(sheet.columns)) if any(_shown(row[n]) for row in sheet.rows)]
        yield "| " + " | ".join(escaped(sheet.columns[n].title) for n in shown) + " |"
        yield "|" + "|".join("---:" if sheet.columns[n].right else "---" for n in shown) + "|"
        for row in sheet.rows:
            yield "| " + " | ".join(_linked(row[n]) for n in shown) + " |"
    yield ""
    yield "## Calculations"
    for detail in review.details:
        yield ""
        yield f'### <a id="{detail.name}"></a>{detail.name}. {escaped(detail.title)}'
        yield ""
        place = f" · {detail.clause.place}" if detail.clause.place else ""
        yield f"Clause {escaped(detail.clause.shown)}{escaped(place)}"
        if detail.prose:
            yield ""
            yield f"> {escaped(detail.prose)}"
        if detail.text:
            yield ""
            yield from _fenced(detail.text.split("\n"))
        yield ""
        yield from _fenced(detail.lines)


def _fenced(lines: object) -> Iterator[str]:
    """Indented by four, which no line can end."""
    assert isinstance(lines, list | tuple)
    yield from (f"    {one_line(line)}" for line in lines)


def head_of(review: Review) -> str:
    """`report on 2026-01`, and of which world."""
    of = f", world {review.world}" if review.world else ""
    return f"report on {'the ' if not review.span.label[:1].isdigit() else ''}{review.span.label}{of}"


def made_from(review: Review) -> str:
    """What it is made from, for the foot of each page: the beginnings of the digests, and the version."""
    origin = review.origin
    return (
        f"agreement {origin.digest[:_OF_DIGEST]} · events {origin.events[:_OF_DIGEST]} · "
        f"ledger {origin.ledger[:_OF_DIGEST]} · {origin.program}"
    )


def as_known(review: Review) -> str:
    """As of when it is told."""
    return f", as it was known at {review.as_known}" if review.as_known else ""


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.shown if isinstance(cell, Number) else str(cell)


def _linked(cell: Cell) -> str:
    text = escaped(_shown(cell))
    return f"[{text}](#{cell.detail})" if isinstance(cell, Number) and cell.detail and text else text


_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!])")


def escaped(text: str) -> str:
    """Text of others: no markup, no line ends."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def one_line(text: str) -> str:
    """Control characters and line ends as blanks."""
    return "".join(c if c.isprintable() or c == " " else " " for c in text)
