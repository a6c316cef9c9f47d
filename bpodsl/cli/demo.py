"""`bpodsl demo`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from bpodsl.cli.common import console, print_problems

EXAMPLE = "customer_care"
UNTIL = "2026-10-14"
SHOWN = ("measure p1_on_time", "credit help_desk_credit", "cap monthly_cap", "trigger chronic_failure")


@click.command("demo")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Also copy the example there, to play with."
)
@click.option(
    "--report", "to", type=click.Path(file_okay=False, path_type=Path),
    help="Also write the report on its last month there, in every format.",
)  # fmt: skip
def command(out: Path | None, to: Path | None) -> None:
    """See it work: check, run and explain a packaged agreement.

    A retailer's customer care is outsourced. Six months of tickets, calls and reports are played through
    the agreement; out comes what a contract manager wants to know, and why.
    """
    from bpodsl.cli.check import tests_said
    from bpodsl.cli.evaluating import read
    from bpodsl.cli.report import given_of, made, write
    from bpodsl.cli.showing import account
    from bpodsl.packaged import folder
    from bpodsl.pipeline import evaluate, understand
    from bpodsl.report.explain import Asked, Explainer
    from bpodsl.report.summary import summarise
    from bpodsl.report.text import print_summary
    from bpodsl.trials import try_examples

    home = folder("examples") / EXAMPLE
    agreement, events = home / f"{EXAMPLE}.bpo", home / "events.jsonl"
    _step("The agreement, an extract")
    for line in extract(agreement.read_text(encoding="utf-8")):
        click.echo(line)
    _step(f"bpodsl check {EXAMPLE}.bpo")
    understood = understand(agreement, agreement.name)
    print_problems(understood.problems)
    contract = understood.contract
    if contract is None:
        raise SystemExit(3)
    click.echo(f"1 checked, no errors{tests_said(list(try_examples(contract)))}.")
    _step(f"bpodsl run {EXAMPLE}.bpo events.jsonl --until {UNTIL}")
    taken = read(contract, (events,), UNTIL)
    ledger = evaluate(contract, taken.events, taken.until)
    screen = console()
    print_summary(summarise(contract, ledger), screen)
    screen.print()
    screen.print(account(taken), highlight=False, markup=False)
    _step(f"bpodsl explain {EXAMPLE}.bpo events.jsonl --until {UNTIL} --of help_desk_credit --in 2026-06")
    explainer = Explainer.of(contract, ledger, taken.events)
    for line in explainer.explain(Asked("help_desk_credit", "2026-06")):
        click.echo(line)
    if to is not None:
        _step(f"bpodsl report {EXAMPLE}.bpo events.jsonl --until {UNTIL} --to {to}")
        write(made(contract, ledger, given_of(contract, ledger, taken.events, (events,), taken, None)), "all", to, True)
    _step("What to try next")
    where = out or Path("my_first_agreement")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for file in (agreement, events):
            _copy(file, out / file.name)
        click.echo(f"The example is now in {out}.")
    else:
        click.echo(f"bpodsl demo --out {where}        puts these files there for you")
    bpo, log = where / agreement.name, where / events.name
    click.echo(f"bpodsl run {bpo} {log} --until {UNTIL} --out {where / 'result'}")
    click.echo(f"bpodsl explain {bpo} {log} --of chronic_failure")
    click.echo(f"bpodsl explain {bpo} {log} --of restore_p1 --for T06003")
    click.echo(f"bpodsl report {bpo} {log} --until {UNTIL} --to {where / 'report.html'}")
    click.echo(f"bpodsl graph {bpo} --out {where / 'agreement.svg'}")
    click.echo(f"Then change `at least 95%` in {bpo} and run it again.")


def _copy(file: Path, to: Path) -> None:
    """A copy of a file of ours, unless its reader has changed the one that is there."""
    if to.exists() and to.read_bytes() != file.read_bytes():
        click.echo(f"{to} stays as it is: it was changed since. For a new one name another folder.")
    else:
        shutil.copyfile(file, to)


def _step(title: str) -> None:
    click.echo()
    click.secho(f"── {title} ", bold=True)


def extract(text: str) -> list[str]:
    """The clauses of `SHOWN`, as they stand in the file."""
    blocks = text.split("\n\n")
    lines: list[str] = []
    for block in blocks:
        for clause in block.split("\n"):
            if clause.startswith(SHOWN):
                lines += [*block.rstrip().split("\n"), ""]
    return lines[:-1]
