"""`bpodsl trend`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from bpodsl.cli.kept import STORE_THERE, agreement_option
from bpodsl.cli.pictures import draw, form_of
from bpodsl.cli.reading import events_options, run_of

_ENDINGS: Final = {".svg": "svg", ".png": "png"}


@click.command("trend")
@events_options
@click.option("--of", "measures", multiple=True, metavar="MEASURE", help="Only of this one; may be repeated.")
@click.option("--store", type=STORE_THERE, metavar="FILE", help="Of what a store has, instead of AGREEMENT and EVENTS.")
@agreement_option
@click.option("--format", "form", type=click.Choice(["svg", "png"]), help="Default: by the ending of --out, else svg.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: standard output.")
def command(measures: tuple[str, ...], form: str | None, out: Path | None, **inputs: Any) -> None:
    """Draw service levels over time, against target and minimum.

    \b
    bpodsl trend agreement.bpo tickets.jsonl --out trends.svg
    bpodsl trend agreement.bpo tickets.jsonl --of p1_on_time --out p1.png
    """
    form = form_of(form, out, _ENDINGS)
    run = run_of(inputs, out)
    from bpodsl.report.review.desk import Desk
    from bpodsl.report.review.levels import levels_of
    from bpodsl.report.review.span import span_of
    from bpodsl.report.sheets_of_pictures import trends

    desk = Desk(run.contract, run.ledger, run.events, span_of(run.contract, run.ledger, None, True))
    levels = levels_of(desk)
    names = list(dict.fromkeys(level.clause.name for level in levels))
    for name in measures:
        if name not in names:
            raise click.UsageError(f"No service level with a window is called `{name}`. There is {', '.join(names)}.")
    shown = [level for level in levels if not measures or level.clause.name in measures]
    if not shown:
        raise click.UsageError("No service level has a window yet.")
    under = f"known until {desk.show.instant(run.ledger.until)} ({run.contract.zone})"
    draw(trends(run.contract.clause.shown, under, shown), form, out)
