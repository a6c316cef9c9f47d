"""Drafts as letters: Markdown, and Word where its library is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bpodsl.report.review.as_text import escaped, made_from, one_line
from bpodsl.report.review.extras import wanted
from bpodsl.report.review.model import Draft, Review

WARNING: Final = "Draft, made from the record. Have it read by whoever may sign it before it is sent."


def letters(review: Review) -> tuple[tuple[str, Draft], ...]:
    """Each draft with the name of its file, without ending."""
    return tuple(
        (f"{number:02}_{draft.kind}_{_plain(draft)}".rstrip("_"), draft)
        for number, draft in enumerate(review.drafts, 1)
    )


def _plain(draft: Draft) -> str:
    name = draft.clauses[0].name if len(draft.clauses) == 1 else ""
    return re.sub(r"[^a-z0-9_]+", "_", name.lower())[:40]


def _parts(review: Review, draft: Draft) -> Iterator[tuple[str, list[str]]]:
    """Headings and lines of a letter."""
    yield "Clause" if len(draft.clauses) == 1 else "Clauses", [each.shown for each in draft.clauses]
    yield "Facts", list(draft.facts)
    yield "", list(draft.ends)
    yield "Dates", list(draft.dates)
    yield "How it is given", [line for line in draft.method.split("\n") if line.strip()]
    yield "Record", [
        f"known until {review.until} ({review.zone}), exclusive",
        f"agreement {review.origin.digest}", f"events {review.origin.events}", f"ledger {review.origin.ledger}",
        review.origin.program,
    ]  # fmt: skip


def as_letter(review: Review, draft: Draft) -> str:
    """A letter in Markdown; nothing in it is taken for markup of its own."""
    lines = [f"*{WARNING}*", "", f"From: {escaped(draft.sender)}  ", f"To: {escaped(draft.addressee)}  "]
    lines += [
        f"Agreement: {escaped(review.title)}  ",
        "Date: \\[to be filled in\\]",
        "",
        f"# {escaped(draft.title)}",
        "",
    ]
    for paragraph in draft.says:
        lines += [escaped(paragraph), ""]
    for heading, items in _parts(review, draft):
        if items:
            lines += [f"## {heading}", ""] if heading else []
            lines += [*(f"- {escaped(item)}" for item in items), ""]
    return "\n".join([*lines, "Signed: \\[to be filled in\\]", ""])


def as_word(review: Review, draft: Draft) -> bytes:
    """The same for Word. Raises `MissingExtra` where the library is not installed."""
    library = wanted("docx", "docx")
    document = library.Document()
    day = review.until_day
    about = document.core_properties
    about.author, about.comments, about.title = "", "", one_line(draft.title)[:255]
    about.created = about.modified = datetime(day.year, day.month, day.day)
    document.add_paragraph().add_run(WARNING).italic = True
    for what, value in (("From", draft.sender), ("To", draft.addressee), ("Agreement", review.title)):
        _line(document.add_paragraph(), what, value)
    _line(document.add_paragraph(), "Date", "[to be filled in]")
    document.add_heading(one_line(draft.title), level=1)
    for paragraph in draft.says:
        document.add_paragraph(one_line(paragraph))
    for heading, items in _parts(review, draft):
        if items and heading:
            document.add_heading(heading, level=2)
        for item in items:
            document.add_paragraph(one_line(item), style="List Bullet")
    document.add_paragraph("Signed: [to be filled in]")
    document.sections[0].footer.paragraphs[0].text = one_line(made_from(review))
    buffer = BytesIO()
    document.save(buffer)
    return _timeless(buffer)


def _line(paragraph: Any, what: str, value: str) -> None:
    paragraph.add_run(f"{what}: ").bold = True
    paragraph.add_run(one_line(value))


def _timeless(made: BytesIO) -> bytes:
    """The same parts without the time of making, so that the same inputs give the same bytes."""
    found = BytesIO()
    with ZipFile(made) as old, ZipFile(found, "w", ZIP_DEFLATED) as new:
        for part in sorted(old.namelist()):
            info = ZipInfo(part, (1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.create_system = 0
            new.writestr(info, old.read(part))
    return found.getvalue()
