"""`bpodsl explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.common import FILE, instant_option, sound_agreement
from bpodsl.cli.evaluating import EVENT_FILE, as_known, evaluated, one_world, read
from bpodsl.cli.kept import STORE_THERE, agreement_option, read_store

if TYPE_CHECKING:
    from bpodsl.cli.evaluating import Worlds
    from bpodsl.record import Event
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract


@click.command("explain")
@click.argument("agreement", type=FILE, required=False)
@click.argument("events", nargs=-1, type=EVENT_FILE)
@click.option(
    "--of",
    "clause",
    required=True,
    metavar="CLAUSE",
    help="What is asked about: a credit, a measure, an obligation, a right, an event, a field, a party …",
)
@click.option(
    "--in", "period", default="", metavar="WINDOW",
    help="The window: 2026-04, 2026-Q2, 2026 …; one of several months by its last, 2026-06, or by both, "
    "2026-04..2026-06; any by a day that lies in no other.",
)  # fmt: skip
@click.option(
    "--for", "keys", multiple=True, metavar="KEY", help="The case or group: a ticket, a priority … (may be repeated)"
)
@click.option("--until", "until_text", metavar="T", help="As for `bpodsl run`.")
@click.option("--world", "world", metavar="W", help="Which world, where the events belong to several.")
@click.option("--full", is_flag=True, help="Leave nothing out, however long it gets.")
@click.option("--store", type=STORE_THERE, metavar="FILE", help="Of what a store has, instead of AGREEMENT and EVENTS.")
@agreement_option
@click.option("--as-known-at", "known_text", metavar="K", help="With --store: as it was known at an instant.")
def command(
    agreement: Path | None,
    events: tuple[Path, ...],
    clause: str,
    period: str,
    keys: tuple[str, ...],
    until_text: str | None,
    world: str | None,
    full: bool,
    store: Path | None,
    agreement_name: str | None,
    known_text: str | None,
) -> None:
    """Say why something followed from EVENTS under AGREEMENT, or why not.

    The answer starts at what is asked about and goes down to the events, one step further in with each
    indent. If nothing followed, it says what was missing.

    \b
    bpodsl explain agreement.bpo tickets.jsonl --of help_desk_credit --in 2026-06
    bpodsl explain agreement.bpo tickets.jsonl --of restore_p1 --for T17
    bpodsl explain agreement.bpo tickets.jsonl --of for_cause
    bpodsl explain --store desk.db --of help_desk_credit --in 2026-06
    """
    from bpodsl.report.asked import Asked, every, group_asked
    from bpodsl.report.explain import Explainer
    from bpodsl.report.parties import has_field
    from bpodsl.report.periods import window_asked

    if store is not None:
        contract, taken, ledgers = _of_store(store, agreement_name, agreement, until_text, known_text)
    elif agreement is None or not events:
        missing = "AGREEMENT" if agreement is None else "EVENTS..."
        raise click.MissingParameter(param_hint=f"'{missing}'", param_type="argument")
    elif agreement_name is not None or known_text is not None:
        raise click.UsageError("--agreement and --as-known-at go with --store FILE.")
    else:
        contract, taken, ledgers = sound_agreement(agreement), None, ()
    parties = {each.name for each in contract.parties}
    if clause not in dict(every(contract)) and clause not in parties and not has_field(contract, clause):
        raise click.UsageError(f"The agreement has no clause `{clause}`. {_there_is(contract, clause)}")
    if taken is None:
        taken = read(contract, events, until_text)
        ledgers = evaluated(contract, taken)
    name, ledger = one_world(ledgers, world)
    if period:
        period, wrong = window_asked(contract, ledger, clause, period)
        if wrong:
            raise click.UsageError(wrong)
    wrong = group_asked(contract, ledger.outcome, clause, keys)
    if wrong:
        raise click.UsageError(wrong)
    waiting = _waiting(contract, events, taken, name) if keys and store is None else ()
    explainer = Explainer.of(contract, ledger, dict(taken.worlds)[name], full, waiting)
    for line in explainer.explain(Asked(clause, period, keys)):
        click.echo(line)


def _of_store(
    store: Path, name: str | None, agreement: Path | None, until_text: str | None, known_text: str | None
) -> tuple[Contract, Intaken, Worlds]:
    """What a store has of an agreement, as it was known at an instant."""
    if agreement is not None or until_text is not None:
        raise click.UsageError("A store has its agreements and events, and how far time is known: leave these out.")
    kept = read_store(store, name)
    if known_text is None:
        return kept.contract, kept.taken, kept.ledgers
    known = instant_option(known_text, kept.contract, "--as-known-at")
    assert known is not None
    return kept.contract, kept.taken, as_known(kept.contract, kept.taken, known, kept.ledgers)


def _there_is(contract: Contract, clause: str) -> str:
    """What may have been meant; else what may be asked about, those first from which something follows."""
    import difflib

    from bpodsl.report.asked import names

    known = names(contract)
    told = (*known, *(each.name for each in contract.parties), *(f.name for e in contract.events for f in e.fields))
    near = difflib.get_close_matches(clause, list(dict.fromkeys(told)), 1)
    if near:
        return f"Did you mean `{near[0]}`?"
    events = {each.name for each in contract.events}
    there = f"It has {', '.join(sorted(name for name in known if name not in events))}"
    return f"{there}; and the events {', '.join(sorted(events))}." if events else f"{there}."


def _waiting(contract: Contract, paths: tuple[Path, ...], taken: Intaken, world: str) -> tuple[Event, ...]:
    """The events of a world that are known only after the run's time; none where input cannot be read again."""
    from bpodsl.store import read_events

    if not taken.account.waiting or Path("-") in paths:
        return ()
    known = {event.identity for event in taken.events}
    found = dict(read_events(contract, paths).worlds).get(world, ())
    return tuple(event for event in found if event.known >= taken.until and event.identity not in known)
