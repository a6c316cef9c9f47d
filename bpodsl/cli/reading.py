"""One run, of files or of a store, for commands that show something of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from bpodsl.cli.common import FILE, instant_option, read_agreement, sound
from bpodsl.cli.evaluating import EVENT_FILE, as_known, evaluated, one_world, read
from bpodsl.cli.kept import read_store
from bpodsl.cli.outputs import guard
from bpodsl.cli.showing import say_incomplete

if TYPE_CHECKING:
    from bpodsl.record import Event, Ledger
    from bpodsl.terms import Contract


@frozen
class Run:
    """What was agreed, what followed, and the events of its world."""

    contract: Contract
    ledger: Ledger
    events: tuple[Event, ...]


def events_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What is to be run, and as of when."""
    for option in (
        click.option("--world", metavar="W", help="Which world, where the events belong to several."),
        click.option("--as-known-at", "known_text", metavar="K", help="As for `bpodsl run`."),
        click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`."),
        click.argument("events", nargs=-1, type=EVENT_FILE),
        click.argument("agreement", type=FILE, required=False),
    ):
        command = option(command)
    return command


def run_of(inputs: Mapping[str, Any], out: Path | None) -> Run:
    """Run what the options of `events_options`, `--store` and `--agreement` name, or leave. Nothing of it is written
    over by `out`."""
    agreement, events, store = inputs["agreement"], inputs["events"], inputs["store"]
    outputs = {"--out": [out] if out else []}
    if store is not None:
        if agreement is not None or inputs["until_text"] is not None:
            raise click.UsageError("A store has its agreements and events, and how far time is known: leave these out.")
        guard(outputs, (store,))
        kept = read_store(store, inputs["agreement_name"])
        contract, taken, ledgers = kept.contract, kept.taken, kept.ledgers
    elif agreement is None or not events:
        missing = "AGREEMENT" if agreement is None else "EVENTS..."
        raise click.MissingParameter(param_hint=f"'{missing}'", param_type="argument")
    elif inputs["agreement_name"] is not None:
        raise click.UsageError("--agreement goes with --store FILE.")
    else:
        understood = read_agreement(agreement)
        guard(outputs, (agreement, *understood.used, *events))
        contract = sound(understood)
        taken = read(contract, events, inputs["until_text"])
        ledgers = evaluated(contract, taken)
    known = instant_option(inputs["known_text"], contract, "--as-known-at")
    if known is not None:
        ledgers = as_known(contract, taken, known, ledgers)
    world, ledger = one_world(ledgers, inputs["world"])
    used = dict(taken.worlds)[world]
    if known is not None:
        used = tuple(event for event in used if event.known <= known)
    say_incomplete("picture", [f"{each.place}: {each.code} {each.reason}" for each in taken.quarantined], "", (), ())
    return Run(contract, ledger, tuple(used))
