"""`bpodsl run --brief`: only what counts, a short line each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from bpodsl.engine import Told
    from bpodsl.record import Ledger
    from bpodsl.report.brief import BriefLines
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

_SOME: Final = 1_000
_YOUNG: Final = 1_000_000
"""Of what is made here but the figures that have settled hardly anything stays."""


def check_brief(agreement: Path, form: str, out: Path | None, known_text: str | None, no_routine: bool) -> None:
    """Whether it was asked for with what it goes with."""
    if agreement.is_dir() or form != "jsonl" or out is not None or known_text is not None or no_routine:
        raise click.UsageError(
            "--brief is for one agreement, goes with --format jsonl, and not with --out, --as-known-at or --no-routine."
        )


def show_brief(ledgers: Sequence[tuple[str, Ledger]]) -> None:
    """Print the short lines of ledgers, by the name of their world."""
    from bpodsl.record.brief import brief
    from bpodsl.report.brief import BriefLines

    for world, ledger in ledgers:
        lines = BriefLines(world=world).of(brief(ledger))
        while block := "".join(islice(lines, _SOME)):
            click.echo(block, nl=False)


def run_blockwise(contract: Contract, events: Sequence[Path], until: int | None, jobs: int) -> Intaken | None:
    """Run over very many plain events, and show the short lines; what the input comes to, without its events. None: it
    must be run as ever, and nothing was shown. `jobs`: by so many threads."""
    from bpodsl.cli.steadily import Output, seldom_swept
    from bpodsl.pipeline import run_brief
    from bpodsl.report.brief import BriefLines

    output = Output()
    writer: BriefLines | None = None

    def sink(told: Told) -> None:
        nonlocal writer
        writer = writer or BriefLines(told.forms)
        for lines in writer.together(told.entries):
            output.write(lines)

    def again() -> None:
        nonlocal writer
        writer = None
        output.take_back()

    with seldom_swept(_YOUNG):
        taken = run_brief(contract, events, until, sink, again, jobs=jobs)
    if taken is not None:
        output.show()
    return taken
