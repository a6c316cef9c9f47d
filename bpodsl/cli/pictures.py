"""What the commands share that draw."""

from __future__ import annotations

import sys
from pathlib import Path

import click


def draw(svg: str, form: str, out: Path | None) -> None:
    """Write a picture to a file or standard output, as SVG or PNG."""
    data: bytes = svg.encode()
    if form == "png":
        from bpodsl.report.review.extras import MissingExtra
        from bpodsl.report.sheets_of_pictures import as_png

        try:
            data = as_png(svg)
        except MissingExtra as missing:
            raise click.UsageError(str(missing)) from missing
    write(data, out)


def write(data: bytes, out: Path | None) -> None:
    """Write a drawing to a file, or to standard output."""
    if out is None:
        click.echo(data, nl=False)
    else:
        out.write_bytes(data)
        click.echo(f"drawn: {out}")


def form_of(form: str | None, out: Path | None, endings: dict[str, str]) -> str:
    """What is to be drawn: as said, else by the ending of the file, else as SVG."""
    if form is None and out is not None and out.suffix.lower() not in endings:
        known = ", ".join(endings)
        raise click.BadParameter(
            f"The ending of {out} does not say what to draw. Let it end in one of {known}, or say --format.",
            param_hint="'--out'",
        )
    found = form or (endings[out.suffix.lower()] if out else "svg")
    if found == "png" and out is None and sys.stdout.isatty():
        raise click.UsageError("--format png needs --out FILE: a screen shows no picture.")
    return found
