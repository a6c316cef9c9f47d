"""What commands share that evaluate an agreement over files of events."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.common import instant_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bpodsl.record import Ledger
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

    Worlds = tuple[tuple[str, Ledger], ...]

EVENT_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True, path_type=Path)
MANY = 20_000


def read(contract: Contract, paths: tuple[Path, ...], until_text: str | None) -> Intaken:
    """Read and map the event files."""
    from bpodsl.store import read_events

    return read_events(contract, paths, instant_option(until_text, contract))


def evaluated(contract: Contract, taken: Intaken, progress: Callable[[int], None] | None = None) -> Worlds:
    """The ledger of what was read; one for each world, where it names some."""
    from bpodsl.pipeline import evaluate_worlds

    return evaluate_worlds(contract, taken.worlds, taken.until, progress)


def with_idle(contract: Contract, taken: Intaken, ledgers: Worlds) -> Intaken:
    """What was read, with notes of the events from which nothing follows in the worlds that are shown."""
    from attrs import evolve

    from bpodsl.report.idle import idle_notes

    events = dict(taken.worlds)
    more = [
        (place, f"in `{world}` {words}" if world else words)
        for world, ledger in ledgers for place, words in idle_notes(contract, events[world], ledger)
    ]  # fmt: skip
    return evolve(taken, notes=(*taken.notes, *dict.fromkeys(more)))


def one_world(ledgers: Worlds, name: str | None) -> tuple[str, Ledger]:
    """The world of that name, or the only one."""
    if name is None and len(ledgers) == 1:
        return ledgers[0]
    for each in ledgers:
        if each[0] == name:
            return each
    names = [world for world, _ in ledgers if world]
    if name is None:
        raise click.UsageError(f"The events belong to several worlds: say which with --world ({', '.join(names)}).")
    raise no_such_world(name, names)


def no_such_world(name: str, names: Iterable[str]) -> click.UsageError:
    """What is said of a world that is not among those of these names."""
    there = ", ".join(filter(None, names))
    return click.UsageError(f"There is no world `{name}`; there is {there}." if there else "This run has no worlds.")


def as_known(contract: Contract, taken: Intaken, known: int, ledgers: Worlds) -> Worlds:
    """The ledger made from the events known by an instant, through that instant; its postings are a prefix of all."""
    from bpodsl.pipeline import evaluate

    events = dict(taken.worlds)

    def then(world: str, ledger: Ledger) -> Ledger:
        then_known = [event for event in events[world] if event.known <= known]
        return evaluate(contract, then_known, min(known + 1, ledger.until))

    return tuple((world, then(world, ledger)) for world, ledger in ledgers)


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
