"""`bpodsl run`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import FILE, console, instant_option, sound_agreement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpodsl.record import Ledger
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

EVENT_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path)
MANY = 20_000


@click.command("run")
@click.argument("agreement", type=FILE)
@click.argument("events", nargs=-1, required=True, type=EVENT_FILE)
@click.option(
    "--until",
    "until_text",
    metavar="T",
    help="How far time is known (exclusive): 2026-05-01 or 2026-05-01T12:00. Default: just after the latest event.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "csv"]),
    default="text",
    show_default=True,
    help="text: the first screen; json: everything; jsonl, csv: the ledger.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for summary.txt, ledger.jsonl, ledger.csv, result.json and quarantine.jsonl.",
)
@click.option(
    "--quarantine",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the lines that could not be used, with place and reason.",
)
@click.option(
    "--as-known-at", "known_text", metavar="K", help="Show the ledger as it was known at an instant, itself included."
)
def command(
    agreement: Path,
    events: tuple[Path, ...],
    until_text: str | None,
    form: str,
    out: Path | None,
    quarantine: Path | None,
    known_text: str | None,
) -> None:
    """Run AGREEMENT over EVENTS and show what followed.

    EVENTS are JSONL or CSV files, plain or gzipped, or - for standard input. Every line read is accounted
    for; a line that cannot be used is set aside with its place and reason.

    \b
    bpodsl run agreement.bpo tickets.jsonl invoices.csv --until 2026-05-01
    bpodsl run agreement.bpo tickets.jsonl --out result/

    \b
    Exit codes: 0 done · 3 the agreement has errors · 4 done, but lines were set aside or input is incomplete.
    """
    contract = sound_agreement(agreement)
    taken = read(contract, events, until_text)
    with progress_bar(len(taken.events)) as progress:
        ledger = evaluated(contract, taken, progress)
    if known_text is not None:
        ledger = _as_known(contract, taken, known_text, ledger)
    if out is not None:
        _write_all(out, contract, ledger, taken)
    if quarantine is not None:
        _write_quarantine(quarantine, taken)
    _show(form, contract, ledger, taken)
    _say_incomplete(taken, quarantine, out)
    if taken.quarantined or taken.incomplete:
        raise SystemExit(exits.EVENTS)


def read(contract: Contract, paths: tuple[Path, ...], until_text: str | None) -> Intaken:
    """Read and map the event files."""
    from bpodsl.store import read_events

    return read_events(contract, paths, instant_option(until_text, contract))


def evaluated(contract: Contract, taken: Intaken, progress: Callable[[int], None] | None = None) -> Ledger:
    """The ledger of what was read."""
    from bpodsl.pipeline import evaluate

    return evaluate(contract, taken.events, taken.until, progress)


@contextmanager
def progress_bar(total: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on standard error while a long run lasts, if a person watches."""
    if total < MANY or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("events", total=total)
        yield lambda done: bar.update(task, completed=done)


def _as_known(contract: Contract, taken: Intaken, known_text: str, ledger: Ledger) -> Ledger:
    """The ledger made from the events known by an instant, through that instant; its postings are a prefix of all."""
    from bpodsl.pipeline import evaluate

    known = instant_option(known_text, contract)
    assert known is not None
    return evaluate(contract, [e for e in taken.events if e.known <= known], min(known + 1, ledger.until))


def _show(form: str, contract: Contract, ledger: Ledger, taken: Intaken) -> None:
    from bpodsl.report import formats

    if form == "text":
        from bpodsl.report.summary import summarise
        from bpodsl.report.text import print_summary

        screen = console()
        print_summary(summarise(contract, ledger), screen)
        screen.print()
        screen.print(_account(taken), highlight=False, markup=False)
    elif form == "json":
        import json

        click.echo(json.dumps(formats.whole(contract, ledger, taken.account.as_dict()), ensure_ascii=False, indent=1))
    else:
        lines = formats.ledger_lines if form == "jsonl" else formats.ledger_csv
        for line in lines(contract, ledger.posted):
            click.echo(line, nl=False)


def _account(taken: Intaken) -> str:
    counts = taken.account.as_dict()
    lines = counts.pop("lines")
    said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return f"{lines} lines read: {said or 'none'}."


def _write_all(out: Path, contract: Contract, ledger: Ledger, taken: Intaken) -> None:
    import json

    from rich.console import Console

    from bpodsl.report import formats
    from bpodsl.report.summary import summarise
    from bpodsl.report.text import print_summary

    out.mkdir(parents=True, exist_ok=True)
    with (out / "summary.txt").open("w", encoding="utf-8") as file:
        print_summary(summarise(contract, ledger), Console(file=file, width=120, color_system=None))
        file.write(f"\n{_account(taken)}\n")
    with (out / "ledger.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(formats.ledger_lines(contract, ledger.posted))
    with (out / "ledger.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(formats.ledger_csv(contract, ledger.posted))
    with (out / "result.json").open("w", encoding="utf-8") as file:
        json.dump(formats.whole(contract, ledger, taken.account.as_dict()), file, ensure_ascii=False, indent=1)
    if taken.quarantined:
        _write_quarantine(out / "quarantine.jsonl", taken)


def _write_quarantine(path: Path, taken: Intaken) -> None:
    from bpodsl.store import write_quarantine

    write_quarantine(path, taken.quarantined)


def _say_incomplete(taken: Intaken, quarantine: Path | None, out: Path | None) -> None:
    if taken.quarantined:
        for each in taken.quarantined[:5]:
            click.echo(f"set aside: {each.place}: {each.code} {each.reason}", err=True)
        more = len(taken.quarantined) - 5
        if more > 0:
            click.echo(f"… and {more} more.", err=True)
        if quarantine is None and out is None:
            click.echo("Write them all to a file with --quarantine FILE, mend them there, and run again.", err=True)
    for why in taken.incomplete:
        click.echo(f"incomplete input: {why}", err=True)
