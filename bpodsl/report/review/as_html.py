"""The report as one page that needs nothing else: no network, no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from bpodsl.report.review.as_text import as_known, head_of, made_from
from bpodsl.report.review.charts import bars, bars_of_steps, spark, trend
from bpodsl.report.review.model import Number, Review, Sum
from bpodsl.report.review.sheets import WEIGHTS, Cell, Column, Sheet, comes_to, sheets_of
from bpodsl.report.templating import environment, markup

_ELSEWHERE = ("summary", "trends", "steps", "origin")
_NOT_PLAIN = re.compile(r"[^0-9A-Za-z .,·+-]")
_DATED = re.compile(r"[0-9Qto .:\-]{1,22}")


@frozen
class Shown:
    """A cell of the page: its text, the calculation it opens to, a small second text, how it stands, and a picture."""

    text: str
    href: str = ""
    small: str = ""
    how: str = ""
    picture: str = ""


@frozen
class Part:
    """A table of the page. Its first column holds the clause below the name."""

    name: str
    title: str
    note: str
    empty: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Shown, ...], ...]


def as_html(review: Review) -> str:
    """The page. Raises `MissingExtra` where the template engine is not installed."""
    folder = Path(__file__).parent
    template = environment(folder, "html").get_template("page.html.jinja")
    sheets = {each.name: each for each in sheets_of(review)}
    parts = [_part(review, each) for each in sheets.values() if each.name not in _ELSEWHERE]
    text: str = template.render(
        review=review, head=head_of(review), known=as_known(review), parts=parts,
        facts=[(fact.weight, WEIGHTS[fact.weight], fact.says, fact.part) for fact in review.facts],
        trends=[(level, markup(trend(level))) for level in review.levels],
        ways=[(each, _way(each)) for each in review.sums],
        origin=[(str(row[0]), str(row[1])) for row in sheets["origin"].rows],
        style=markup((folder / "page.css").read_text(encoding="utf-8") + _foot(review)),
    )  # fmt: skip
    return text


def _foot(review: Review) -> str:
    """What stands at the foot of each page that is printed: what it is made from, and which page it is."""
    said = _NOT_PLAIN.sub("", made_from(review))
    return (
        "@page{margin:14mm 12mm 17mm;"
        f'@bottom-left{{content:"{said}";font:7.5pt sans-serif;color:#444;white-space:nowrap}}'
        '@bottom-right{content:counter(page) " / " counter(pages);font:7.5pt sans-serif;color:#444}}\n'
    )


def _way(of: Sum) -> list[tuple[str, Number, str, str]]:
    """The steps of a sum: what, by how much, what it has come to by then, and its bar."""
    drawn = bars_of_steps(of.steps)
    reached = [comes_to(of, step) for step in of.steps]
    return [
        (step.what, step.number, number.shown if number is not None else "", markup(bar))
        for step, number, bar in zip(of.steps, reached, drawn, strict=True)
    ]


def _part(review: Review, sheet: Sheet) -> Part:
    has_clause = len(sheet.columns) > 1 and sheet.columns[1].name == "clause"
    at = [n for n in range(len(sheet.columns)) if not (has_clause and n == 1)]
    # A column in which nothing stands is left out.
    at = [n for n in at if n == 0 or any(_text(row[n]) for row in sheet.rows)]
    columns = [sheet.columns[n] for n in at]
    rows = [
        [_shown(sheet, row, n, _text(row[1]) if has_clause and n == 0 else "") for n in at] for row in sheet.rows
    ]  # fmt: skip
    note = sheet.note
    if sheet.name == "charges_and_credits" and rows:
        if len(review.waterfalls) == 1:
            only = review.waterfalls[0]
            note = f"What {only.payer} owes {only.payee}: {note[:1].lower()}{note[1:]}"
            columns, rows = columns[2:], [row[2:] for row in rows]
        columns.append(Column("picture", "Picture"))
        pictures = [picture for each in review.waterfalls for picture in bars(each.bars)]
        rows = [[*row, Shown("", picture=markup(p))] for row, p in zip(rows, pictures, strict=True)]
    if sheet.name == "service_levels" and rows:
        columns.append(Column("trend", "Trend"))
        pictures = [spark(level) for level in review.levels for w in level.windows if w.told]
        rows = [[*row, Shown("", picture=markup(p))] for row, p in zip(rows, pictures, strict=True)]
    return Part(sheet.name, sheet.title, note, sheet.empty, tuple(columns), tuple(map(tuple, rows)))


def _shown(sheet: Sheet, row: Sequence[Cell], n: int, small: str) -> Shown:
    cell = row[n]
    href = cell.detail if isinstance(cell, Number) else ""
    return Shown(_text(cell), href, small, _how(sheet, n, _text(cell)))


def _how(sheet: Sheet, n: int, text: str) -> str:
    """The class of a cell whose words say how something stands."""
    name = sheet.columns[n].name
    if name == "standing":
        return "good" if text.startswith("✓") else "bad" if text.startswith("✗") else "watch"
    if _DATED.fullmatch(text) or name in ("target", "minimum"):
        return "whole"
    if name == "status":
        return "bad" if text == "open" else ""
    if sheet.name == "charges_and_credits" and name == "kind":
        return text
    return ""


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.shown if isinstance(cell, Number) else str(cell)
