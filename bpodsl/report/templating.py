"""Pages from templates: whatever is put into one is text, unless it is said to be markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bpodsl.report.review.extras import wanted


def environment(folder: Path, form: str) -> Any:
    """What finds the templates of a folder. Raises `MissingExtra` where the template engine is not installed."""
    jinja2 = wanted("jinja2", form)
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip


def markup(text: str) -> Any:
    """A text that is markup already: a picture of ours, in which all words are escaped."""
    from markupsafe import Markup

    return Markup(text)
