"""`bpodsl timeline`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bpodsl.cli.kept import STORE_THERE, agreement_option
from bpodsl.cli.pictures import draw, form_of
from bpodsl.cli.reading import Run, events_options, run_of

if TYPE_CHECKING:
    from bpodsl.record.verdicts import Verdict

MOST: Final = 60
_ENDINGS: Final = {".svg": "svg", ".png": "png"}


@click.command("timeline")
@events_options
@click.option("--of", "clause", metavar="CLAUSE", help="Only of this duty, right or escalation.")
@click.option("--for", "keys", multiple=True, metavar="VALUE", help="Only for this case; may be said more than once.")
@click.option("--status", help="Only those that are so: open, fulfilled, missed, excused, exercised, lapsed …")
@click.option("--store", type=STORE_THERE, metavar="FILE", help="Of what a store has, instead of AGREEMENT and EVENTS.")
@agreement_option
@click.option("--format", "form", type=click.Choice(["svg", "png"]), help="Default: by the ending of --out, else svg.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: standard output.")
def command(
    clause: str | None, keys: tuple[str, ...], status: str | None, form: str | None, out: Path | None, **inputs: Any
) -> None:
    """Draw the life of each duty, right and level of an escalation.

    When it opened and is due, the hours of its calendar, when its clock ran and when it stood and why, what excuses it,
    when it was performed, missed, cured.

    \b
    bpodsl timeline agreement.bpo tickets.jsonl --of restore_p1 --for T17 --out T17.svg
    bpodsl timeline agreement.bpo tickets.jsonl --of restore_p1 --status missed --out missed.png
    """
    form = form_of(form, out, _ENDINGS)
    run = run_of(inputs, out)
    from bpodsl.report.sheets_of_pictures import timelines
    from bpodsl.report.timelines import Timelines

    told = Timelines(run.contract, run.ledger, {event.ref: event for event in run.events})
    norms = _norms(run, clause)
    found = [v for v in told.verdicts if v.norm in norms and _is_for(v, keys) and status in (None, told.status(v))]
    if not found:
        there = ", ".join(sorted({told.status(v) for v in told.verdicts if v.norm in norms}))
        raise click.UsageError(f"There is none of these{f'; there are {there}' if there else ''}.")
    more = len(found) - MOST
    under = f"known until {told.words.show.instant(run.ledger.until)} ({run.contract.zone})"
    under += f", the first {MOST} of {len(found)}" if more > 0 else ""
    drawn = timelines(run.contract.clause.shown, under, [told.of(v) for v in found[:MOST]], told.words.show)
    draw(drawn, form, out)
    if more > 0:
        click.echo(f"note: {more} more are left out; say which with --of, --for or --status.", err=True)


def _norms(run: Run, clause: str | None) -> frozenset[str]:
    names = {norm.name for norm in run.contract.norms}
    if clause is None:
        return frozenset(names)
    ladder = next((each for each in run.contract.ladders if each.name == clause), None)
    if ladder is not None:
        return frozenset(ladder.levels)
    if clause not in names:
        there = ", ".join(sorted(name for name in names if "." not in name))
        raise click.UsageError(f"No duty, right or escalation is called `{clause}`. There is {there}.")
    return frozenset((clause,))


def _is_for(verdict: Verdict, keys: tuple[str, ...]) -> bool:
    have = {text for _, text in verdict.key} | {verdict.instance, verdict.instance.rpartition("/")[2]}
    return all(key in have for key in keys)
