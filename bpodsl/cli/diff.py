"""`bpodsl diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option, print_problems
from bpodsl.cli.evaluating import EVENT_FILE, evaluated, one_world

if TYPE_CHECKING:
    from bpodsl.compare import Comparison
    from bpodsl.compare.replaying import Replayed
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

AGREEMENT = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path)
_INPUT = Path("-")


@click.command("diff")
@click.argument("old", type=AGREEMENT)
@click.argument("new", type=AGREEMENT)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say it."
)
@click.option(
    "--events", "events", multiple=True, type=EVENT_FILE, metavar="FILE",
    help="Replay these events under both, too (may be repeated).",
)  # fmt: skip
@click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`, with --events.")
@click.option("--world", "world", metavar="W", help="Which world, where the events belong to several.")
def command(
    old: Path, new: Path, form: str, events: tuple[Path, ...], until_text: str | None, world: str | None
) -> None:
    """Say what differs in meaning between two agreements.

    OLD and NEW are `.bpo` files; one of them may be - for standard input. What is compared is what they mean: clauses
    in another order, other line breaks, comments and other ways to write the same value are no difference. Each
    clause that was added, removed or changed is told with what changed in it and what else hangs on it; a clause that
    only bears another name is told as renamed.

    With --events the same events are played through both: the difference in sums by period, service levels, duties,
    triggers and rights.

    \b
    bpodsl diff agreement.bpo amended.bpo
    bpodsl diff agreement.bpo amended.bpo --events tickets.jsonl --until 2026-10-01
    git show HEAD~1:agreement.bpo | bpodsl diff - agreement.bpo

    \b
    Exit codes: 0 no difference in meaning · 1 there is one · 2 wrong usage · 3 an agreement has errors
                4 compared, but lines of the events were set aside or input is incomplete.
    """
    from bpodsl.compare import compare

    if old == new == _INPUT or (_INPUT in events and _INPUT in (old, new)):
        raise click.UsageError("Only one of them can be read from standard input.")
    if (until_text is not None or world is not None) and not events:
        raise click.UsageError("--until and --world go with --events.")
    sound = _sound(old, new), _sound(new, old)
    comparison = compare(*sound)
    taken = tuple(_taken(contract, events, until_text) for contract in sound) if events else ()
    replayed = _replayed(comparison, taken, world) if taken else None
    if form == "json":
        _print_json(comparison, replayed)
    else:
        _print_text(comparison, replayed, _name(old), _name(new))
    if _say_incomplete(taken):
        raise SystemExit(exits.EVENTS)
    if not comparison.same:
        raise SystemExit(exits.FOUND)


def _name(path: Path) -> str:
    return "<stdin>" if path == _INPUT else str(path)


def _sound(path: Path, other: Path) -> Contract:
    """The contract of a file, or leave with its problems printed. The files that standard input uses are looked for
    beside the other file."""
    from bpodsl.pipeline import understand_bytes
    from bpodsl.remembered import understand

    read = path != _INPUT
    understood = understand(path, running=True) if read else understand_bytes(other, sys.stdin.buffer.read(), "<stdin>")
    if not understood.sound or understood.contract is None:
        print_problems(understood.problems)
        click.echo(f"{_name(path)} has errors, so nothing was compared.", err=True)
        raise SystemExit(exits.AGREEMENT)
    return understood.contract


def _taken(contract: Contract, events: tuple[Path, ...], until_text: str | None) -> Intaken:
    from bpodsl.store import read_events

    return read_events(contract, events, instant_option(until_text, contract))


def _replayed(comparison: Comparison, taken: tuple[Intaken, ...], world: str | None) -> Replayed:
    """Both ledgers of the same events, compared; known until the same instant."""
    from attrs import evolve

    from bpodsl.compare.replaying import replayed

    until = max(each.until for each in taken)
    sides = [
        one_world(evaluated(contract, evolve(each, until=until)), world)[1]
        for contract, each in zip((comparison.old, comparison.new), taken, strict=True)
    ]
    return replayed(comparison.old, sides[0], comparison.new, sides[1], comparison.renames)


def _print_text(comparison: Comparison, replayed: Replayed | None, old: str, new: str) -> None:
    from bpodsl.compare.text import compared, replay_lines

    for line in compared(comparison, old, new):
        click.echo(line)
    if replayed is not None:
        click.echo()
        for line in replay_lines(comparison.old, comparison.new, replayed):
            click.echo(line)


def _print_json(comparison: Comparison, replayed: Replayed | None) -> None:
    import json

    from bpodsl.compare.plain import as_data, replay_data

    data = as_data(comparison)
    if replayed is not None:
        data["replayed"] = replay_data(replayed)
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _say_incomplete(taken: tuple[Intaken, ...]) -> bool:
    """Say what of the events could not be used, and by which agreement."""
    found = False
    for side, each in zip(("old", "new"), taken, strict=False):
        for line in each.quarantined[:5]:
            click.echo(f"set aside by the {side} agreement: {line.place}: {line.code} {line.reason}", err=True)
        if len(each.quarantined) > 5:
            click.echo(f"… and {len(each.quarantined) - 5} more.", err=True)
        for why in each.incomplete:
            click.echo(f"incomplete input: {why}", err=True)
        found = found or bool(each.quarantined or each.incomplete)
    return found
