"""What commands share that show what followed, and what became of the lines read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from bpodsl.cli.evaluating import Worlds
    from bpodsl.record.chain import Head
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

BLOCK = 1_000
MOST_NOTES = 5
MOST_SHOWN = 5
IN_FILES = "correct them in the files that they came from, and run again."
IN_STORE = (
    "correct `raw` in it, and give it to `bpodsl requeue FILE --store …`; what lines contradict is settled by one with "
    "a higher `rev`."
)
"""How lines are mended that were set aside: a store reads a file that was changed no more."""
WRITTEN = ("summary.txt", "ledger.jsonl", "ledger.csv", "result.json", "quarantine.jsonl")


def end(
    form: str, contract: Contract, ledgers: Worlds | None, taken: Intaken, quarantine: Path | None, out: Path | None,
    heads: Sequence[Head] = (), mend: str = IN_FILES,
) -> None:  # fmt: skip
    """Write and print what followed, and leave with 4 if something was set aside or is missing. Without `ledgers` what
    followed has been printed already. `heads`: where the chains of a store end; `mend`: how lines are mended."""
    from bpodsl.store import no_sweeping

    # What is shown is made beside all that was found: to look for garbage in that takes as long as to show it.
    with no_sweeping():
        if out is not None and ledgers is not None:
            written = write_all(out, contract, ledgers, taken)
            heads = heads or written
        if quarantine is not None:
            _write_quarantine(quarantine, taken)
        if ledgers is not None:
            show(form, contract, ledgers, taken, heads)
    _say_incomplete(form, taken, quarantine, out, mend)
    if taken.quarantined or taken.incomplete:
        raise SystemExit(exits.EVENTS)


def show(form: str, contract: Contract, ledgers: Worlds, taken: Intaken, heads: Sequence[Head] = ()) -> None:
    """Print what followed, in one of the formats; `heads`: where its chains end, if that is known already."""
    from bpodsl.report import formats

    if form == "text":
        screen = console()
        _print_summaries(contract, ledgers, taken, screen)
        screen.print()
        screen.print("\n".join([account(taken), *map(str, heads)]), highlight=False, markup=False, soft_wrap=True)
    elif form == "json":
        data = _whole(contract, ledgers, taken, heads or _heads(contract, ledgers))
        click.echo(formats.whole_text(data))
    else:
        lines = _lines(form, contract, ledgers)
        # Each echo ends with a flush.
        while block := "".join(islice(lines, BLOCK)):
            click.echo(block, nl=False)


def _lines(form: str, contract: Contract, ledgers: Worlds) -> Iterator[str]:
    from bpodsl.report import formats

    for number, (world, ledger) in enumerate(ledgers):
        if form == "jsonl":
            yield from formats.ledger_lines(contract, ledger.posted, world)
        else:
            yield from formats.ledger_csv(contract, ledger.posted, world, head=number == 0)


def _print_summaries(contract: Contract, ledgers: Worlds, taken: Intaken, screen: Console) -> None:
    from bpodsl.report.summary import summarise
    from bpodsl.report.text import print_summary

    events = dict(taken.worlds)
    for number, (world, ledger) in enumerate(ledgers):
        if number:
            screen.print()
        print_summary(summarise(contract, ledger, events.get(world)), screen, world)


def _whole(contract: Contract, ledgers: Worlds, taken: Intaken, heads: Sequence[Head]) -> dict[str, object]:
    from bpodsl.report.formats import whole_worlds

    return whole_worlds(contract, ledgers, taken.account.as_dict(), taken.notes, dict(taken.worlds), heads)


def _heads(contract: Contract, ledgers: Worlds) -> tuple[Head, ...]:
    from bpodsl.record.chain import heads_of
    from bpodsl.report.formats import ledger_lines

    lines = {world: ledger_lines(contract, ledger.posted, world) for world, ledger in ledgers}
    return heads_of(contract.name, lines)


def account(taken: Intaken) -> str:
    """What became of the lines read, and what should be known of how they were read."""
    return counted(taken.account.as_dict(), taken.account.beyond, taken.notes)


def counted(counts: dict[str, int], beyond: int, notes: Sequence[tuple[str, str]]) -> str:
    """The same of counts by name, `lines` among them, of how many wait for their time, and of notes by place."""
    from bpodsl.record.account import told

    lines = counts["lines"]
    read = f"{lines} line{'s' * (lines != 1)} read: {told(counts, beyond) or 'none'}."
    return "\n".join([read, *noted(notes)])


def noted(notes: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The first of the notes, and how many more there are."""
    for place, words in notes[:MOST_NOTES]:
        yield f"note: {place}: {words}"
    more = len(notes) - MOST_NOTES
    if more > 0:
        yield f"… and {more} more note{'s' * (more != 1)}; all of them with --format json or --out DIR"


def write_all(out: Path, contract: Contract, ledgers: Worlds, taken: Intaken) -> tuple[Head, ...]:
    """All files of a run, into one folder; where the chains of what was posted end."""
    from rich.console import Console

    from bpodsl.report import formats

    heads = _heads(contract, ledgers)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "summary.txt").open("w", encoding="utf-8") as file:
        _print_summaries(contract, ledgers, taken, Console(file=file, width=120, color_system=None))
        file.write("\n".join(["", account(taken), *map(str, heads), ""]))
    with (out / "ledger.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_lines("jsonl", contract, ledgers))
    with (out / "ledger.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(_lines("csv", contract, ledgers))
    with (out / "result.json").open("w", encoding="utf-8") as file:
        file.write(formats.whole_text(_whole(contract, ledgers, taken, heads)))
    if taken.quarantined:
        _write_quarantine(out / "quarantine.jsonl", taken)
    else:
        # One of an earlier run would pass for one of this.
        (out / "quarantine.jsonl").unlink(missing_ok=True)
    return heads


def _write_quarantine(path: Path, taken: Intaken) -> None:
    from bpodsl.store import write_quarantine

    write_quarantine(path, taken.quarantined)


def _say_incomplete(
    form: str, taken: Intaken, quarantine: Path | None, out: Path | None, mend: str = IN_FILES
) -> None:  # fmt: skip
    told = [f"{each.place}: {each.code} {each.reason}" for each in taken.quarantined]
    unlisted = quarantine is None and out is None
    say_incomplete(form, told, "its place" if unlisted else "", taken.incomplete, taken.notes, mend)


def say_set_aside(taken: Intaken) -> None:
    """Say, where nothing is shown but that it was done, what was set aside and why the input is incomplete."""
    _say_incomplete("text", taken, None, None)


def say_incomplete(
    form: str, aside: Sequence[str], listed_with: str, incomplete: Iterable[str], notes: Sequence[tuple[str, str]],
    mend: str = IN_FILES,
) -> None:  # fmt: skip
    """Say, beside the output, the first lines that were set aside, and why the input is incomplete. `listed_with`: what
    a list of all of them would hold besides the reason; "" where there is such a list."""
    for each in aside[:MOST_SHOWN]:
        click.echo(f"set aside: {each}", err=True)
    more = len(aside) - MOST_SHOWN
    if more > 0:
        click.echo(f"… and {more} more.", err=True)
    if aside and listed_with:
        click.echo(f"List them all, each with {listed_with} and reason, with --quarantine FILE; {mend}", err=True)
    for why in incomplete:
        click.echo(f"incomplete input: {why}", err=True)
    if form != "text":
        for line in noted(notes):
            click.echo(line, err=True)
