"""The report on paper. The text goes in as data, so nothing in it is taken for markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from bpodsl.report.review.as_text import as_known, head_of, made_from, one_line
from bpodsl.report.review.charts import bars, bars_of_steps, trend
from bpodsl.report.review.extras import wanted
from bpodsl.report.review.model import Number, Review
from bpodsl.report.review.sheets import WEIGHTS, Cell, Sheet, sheets_of

_ELSEWHERE: Final = ("summary", "trends")
_LEGEND: Final = "● met  ▲ missed  ■ below the minimum  ○ no target  – no value  dashed: target  dotted: minimum"
_LONG: Final = 22
_EPOCH: Final = 719_163
"""The first of January 1970, counted as Python counts days."""
_DAY: Final = 86_400
_STYLE: Final = (
    "text{fill:#555;font-size:11px;font-family:'Libertinus Serif'}text.last{fill:#000;font-weight:bold}"
    "polyline{fill:none;stroke:#555;stroke-width:1.5}.target{stroke:#000;stroke-dasharray:6 4;stroke-width:1}"
    ".minimum{stroke:#000;stroke-dasharray:1 4;stroke-width:1.4}.met{fill:#1a6b3c}.missed,.below{fill:#a4161a}"
    ".plain{fill:#fff;stroke:#555}.none{stroke:#8a5a00;stroke-width:2}.told{stroke:#000;stroke-width:1.5}"
    ".charge{fill:#3d6a9e}.credit{fill:#b3541e}.cap{fill:none;stroke:#7a8699;stroke-dasharray:3 2}.total{fill:#000}"
    ".nought{stroke:#bbb}"
)


def as_pdf(review: Review) -> bytes:
    """The pages. Raises `MissingExtra` where the typesetter is not installed."""
    library = wanted("typst", "pdf")
    data = json.dumps(_data(review), ensure_ascii=False)
    # Only its own fonts, so that every machine makes the same bytes; the day of the record, not of the making.
    stamp = (review.until_day.toordinal() - _EPOCH) * _DAY
    pages: bytes = library.compile(
        str(Path(__file__).parent / "page.typ"), format="pdf", ignore_system_fonts=True, sys_inputs={"data": data},
        timestamp=stamp,
    )  # fmt: skip
    return pages


def _data(review: Review) -> dict[str, Any]:
    names = {detail.name for detail in review.details}
    of = f", the agreement ended on {review.ended}" if review.ended else ""
    return {
        "title": one_line(review.title),
        "head": _upper(one_line(head_of(review))),
        "origin": one_line(made_from(review)),
        "parties": [[role, one_line(title)] for role, _, title in review.parties],
        "known": f"{review.span.first.isoformat()} to {review.span.last.isoformat()}, known until {review.until} "
        f"({review.zone}), exclusive{as_known(review)}{of}",
        "legend": _LEGEND,
        "facts": [[WEIGHTS[fact.weight], one_line(fact.says)] for fact in review.facts],
        "parts": [_part(review, each, names) for each in sheets_of(review) if each.name not in _ELSEWHERE],
        "details": [
            {
                "name": each.name, "title": one_line(each.title), "prose": one_line(each.prose),
                "clause": one_line(" ".join(filter(None, (each.clause.shown, each.clause.place)))),
                "lines": [one_line(line) for line in each.lines],
            }
            for each in review.details
        ],
    }  # fmt: skip


def _part(review: Review, sheet: Sheet, names: set[str]) -> dict[str, Any]:
    # A column in which nothing stands is left out.
    at = [n for n in range(len(sheet.columns)) if n == 0 or any(_text(row[n]) for row in sheet.rows)]
    longest = {n: max([len(_text(row[n])) for row in sheet.rows], default=0) for n in at}
    pictures = []
    if sheet.name == "service_levels":
        for level in review.levels:
            title = " ".join(filter(None, (level.clause.shown, level.group)))
            if picture := trend(level):
                pictures.append({"title": one_line(title), "svg": _alone(picture)})
    drawn: list[str] = []
    if sheet.name == "charges_and_credits":
        drawn = [_alone(bar) for each in review.waterfalls for bar in bars(each.bars)]
    if sheet.name == "steps":
        drawn = [bar and _alone(bar) for each in review.sums for bar in bars_of_steps(each.steps)]
    return {
        "bars": drawn,
        "title": one_line(sheet.title), "note": sheet.note, "empty": sheet.empty,
        "columns": [
            {"title": sheet.columns[n].title, "right": sheet.columns[n].right, "wide": longest[n] > _LONG} for n in at
        ],
        "rows": [[_cell(row[n], names) for n in at] for row in sheet.rows],
        "pictures": pictures,
    }  # fmt: skip


def _alone(picture: str) -> str:
    """A picture of the page with what the page knows besides."""
    head, _, rest = picture.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{_STYLE}</style>{rest}'


def _cell(cell: Cell, names: set[str]) -> dict[str, str]:
    text = one_line(_text(cell))
    found = {"text": text}
    if text.startswith("✗") or text == "open":
        found["mark"] = "bad"
    if isinstance(cell, Number) and cell.detail in names:
        found["to"] = cell.detail
    return found


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.shown if isinstance(cell, Number) else str(cell)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
