"""`bpodsl explain`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli.common import FILE, sound_agreement
from bpodsl.cli.run import EVENT_FILE, evaluated, one_world, read


@click.command("explain")
@click.argument("agreement", type=FILE)
@click.argument("events", nargs=-1, required=True, type=EVENT_FILE)
@click.option(
    "--of",
    "clause",
    required=True,
    metavar="CLAUSE",
    help="The clause asked about: a credit, a measure, an obligation, a right …",
)
@click.option("--in", "period", default="", metavar="WINDOW", help="The window: 2026-04, 2026-Q2, 2026 …")
@click.option(
    "--for", "keys", multiple=True, metavar="KEY", help="The case or group: a ticket, a priority … (may be repeated)"
)
@click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`.")
@click.option("--world", "world", metavar="W", help="Which world, where the events belong to several.")
@click.option("--full", is_flag=True, help="Leave nothing out, however long it gets.")
def command(
    agreement: Path,
    events: tuple[Path, ...],
    clause: str,
    period: str,
    keys: tuple[str, ...],
    until_text: str | None,
    world: str | None,
    full: bool,
) -> None:
    """Say why something followed from EVENTS under AGREEMENT, or why not.

    The answer starts at what is asked about and goes down to the events, one step further in with each
    indent. If nothing followed, it says what was missing.

    \b
    bpodsl explain agreement.bpo tickets.jsonl --of help_desk_credit --in 2026-06
    bpodsl explain agreement.bpo tickets.jsonl --of restore_p1 --for T17
    bpodsl explain agreement.bpo tickets.jsonl --of for_cause
    """
    from bpodsl.report.explain import Asked, Explainer
    from bpodsl.report.periods import window_asked
    from bpodsl.report.words import clauses

    contract = sound_agreement(agreement)
    known = [*clauses(contract), *(x.name for x in contract.ladders)]
    if clause not in known:
        import difflib

        near = difflib.get_close_matches(clause, known, 1)
        hint = f"Did you mean `{near[0]}`?" if near else f"It has {', '.join(sorted(known))}."
        raise click.UsageError(f"The agreement has no clause `{clause}`. {hint}")
    taken = read(contract, events, until_text)
    name, ledger = one_world(evaluated(contract, taken), world)
    if period:
        period, wrong = window_asked(contract, ledger, clause, period)
        if wrong:
            raise click.UsageError(wrong)
    explainer = Explainer.of(contract, ledger, dict(taken.worlds)[name], full)
    for line in explainer.explain(Asked(clause, period, keys)):
        click.echo(line)
