"""`bpodsl worth`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.common import FILE, console, sound_agreement

if TYPE_CHECKING:
    from bpodsl.terms import Contract
    from bpodsl.text import Trace


@click.command("worth")
@click.argument("agreement", type=FILE)
@click.option("--from-zero", is_flag=True, help="Take numbers and sums that are reported to be 0 or more.")
@click.option("--shown", is_flag=True, help="Show the most of each clause by a few events that lead to it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(agreement: Path, from_zero: bool, shown: bool, form: str) -> None:
    """Say what each clause of AGREEMENT can come to, at the least and at the most.

    For each charge, credit and payment: in one of its windows, in a month and in a year; and for each party in all,
    after caps. No events are needed: it is reasoned from the clauses, whatever may be reported. Where there is no end,
    it says which number nothing limits; where there is one, when it is reached; with --shown by events, lines of
    JSON that `bpodsl run` reads.

    \b
    bpodsl worth agreement.bpo
    """
    from bpodsl.report.worth import print_worth, worth_json

    contract = sound_agreement(agreement)
    events = _events(contract, from_zero) if shown else {}
    if form == "json":
        click.echo(worth_json(contract, from_zero, events), nl=False)
    else:
        print_worth(contract, console(), from_zero, events)


def _events(contract: Contract, from_zero: bool) -> dict[str, Trace]:
    from bpodsl.bounds import Bounds, owed
    from bpodsl.lint.most import shown_most
    from bpodsl.pipeline import following

    return shown_most(contract, owed(Bounds(contract, from_zero=from_zero)), following())
