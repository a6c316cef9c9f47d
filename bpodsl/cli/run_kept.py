"""`bpodsl run --store`."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option, read_agreement, sound
from bpodsl.cli.evaluating import as_known, one_world, with_idle
from bpodsl.cli.kept import told
from bpodsl.cli.outputs import guard
from bpodsl.cli.showing import IN_STORE, WRITTEN, end
from bpodsl.cli.spooled import Spooled, spooled
from bpodsl.lean import frozen

if TYPE_CHECKING:
    from bpodsl.keeping import Kept

EVERY: Final = 0.5
"""Seconds between two looks at files that are followed."""


@frozen
class Shown:
    """How what followed is shown: the options of `run` of these names."""

    form: str
    out: Path | None
    quarantine: Path | None
    known_text: str | None
    world_name: str | None
    no_routine: bool


def run_with_store(
    agreement: Path, events: tuple[Path, ...], store: Path, until_text: str | None, shown: Shown, follow: bool,
    publish: bool, topic: str | None = None, settings: Path | None = None, jobs: int = 1,
) -> None:  # fmt: skip
    """Run an agreement, or a folder of them, over a store and what is new of files and of a topic, keep it, and show
    what followed."""
    _check(agreement, events, shown, follow, publish, topic)
    if agreement.is_dir():
        from bpodsl.cli.portfolio_kept import run_folder

        run_folder(agreement, events, store, until_text, shown, follow, publish, topic, settings, jobs)
        return
    from bpodsl.keeping import run_kept, text_at

    understood = read_agreement(agreement)
    _guard(shown, store, (agreement, *understood.used, *events, *([settings] if settings else [])))
    contract = sound(understood)
    text = text_at(agreement, understood.used)
    if topic is not None:
        from bpodsl.cli.run_topic import run_topic

        run_topic(contract, text, events, store, until_text, shown, follow, publish, topic, settings)
        return
    if follow:
        from bpodsl.kernel.warm import Warm

        warm = Warm()
        with spooled() if Path("-") in events else nullcontext() as given:
            path = None if given is None else given.path

            def again(ended: bool, first: bool) -> int:
                with told():
                    kept = run_kept(
                        store, text, events, lambda contract: instant_option(until_text, contract),
                        whole_lines=not ended, given=path, warm=warm,
                    )  # fmt: skip
                return shown_on(kept, shown, first)

            follow_files(events, given, again)
        return
    with told():
        kept = run_kept(store, text, events, lambda contract: instant_option(until_text, contract), publish)
    show_kept(kept, shown)


def _check(
    agreement: Path, events: tuple[Path, ...], shown: Shown, follow: bool, publish: bool, topic: str | None
) -> None:  # fmt: skip
    if agreement.is_dir() and shown.world_name is not None:
        raise click.UsageError("--world is for one agreement. A portfolio shows every world, each in its own line.")
    if shown.no_routine:
        raise click.UsageError("--no-routine is not for a store: it keeps all that followed.")
    alone = topic is None and len(events) == 1
    if follow and (publish or bool(events) == bool(topic) or (Path("-") in events and not alone)):
        raise click.UsageError("--follow is for files that grow, for a topic, or for - alone, and not with --publish.")
    from bpodsl.store.parquet import is_parquet

    whole = next((path for path in events if is_parquet(path)), None) if follow else None
    if whole is not None:
        raise click.UsageError(
            f"--follow is for files that grow line by line, and `{whole}` is a Parquet file, which is written as a "
            "whole: run again when there is a new one, or follow the events as JSON lines."
        )


def _guard(shown: Shown, store: Path, read: tuple[Path, ...]) -> None:
    written = [shown.out / name for name in WRITTEN] if shown.out is not None else []
    aside = [shown.quarantine] if shown.quarantine is not None else []
    guard({"--store": [store], "--out": written, "--quarantine": aside}, read)


def show_kept(kept: Kept, shown: Shown) -> None:
    """Show what followed, and leave with 4 if something is set aside."""
    from bpodsl.store import no_sweeping

    contract, ledgers = kept.contract, kept.ledgers
    with no_sweeping():
        taken = with_idle(contract, kept.taken, ledgers)
        if shown.known_text is not None:
            known = instant_option(shown.known_text, contract, "--as-known-at")
            assert known is not None
            ledgers = as_known(contract, taken, known, ledgers)
    if shown.world_name is not None:
        ledgers = (one_world(ledgers, shown.world_name),)
    say_changed(0 if kept.written is None else kept.written.gone)
    # Of what is shown in part the store's heads are none.
    heads = kept.heads if shown.known_text is None and shown.world_name is None else ()
    end(shown.form, contract, ledgers, taken, shown.quarantine, shown.out, heads, IN_STORE)


def say_changed(gone: int) -> None:
    """Say that so many postings of before are posted otherwise now, if any are."""
    if gone:
        many = gone != 1
        click.echo(
            f"note: {gone} posting{'s' * many} of before {'are' if many else 'is'} posted otherwise now, since "
            "lines came that count earlier; with --publish what is posted stands.",
            err=True,
        )


def follow_files(events: tuple[Path, ...], given: Spooled | None, again: Callable[[bool, bool], int]) -> None:
    """Run whenever a file has grown, until somebody stops it; of standard input also at its end, with what is left.
    `again`: one run, told whether that is the end and whether it is the first; its exit code."""
    code, seen = exits.OK, None
    try:
        while True:
            # Whoever looks for the end first takes what came before it.
            ended = given is not None and given.ended.is_set()
            if given is not None and given.failed:
                raise given.failed[0]
            sizes = [_size(path) for path in events] if given is None else [_size(given.path)]
            if sizes != seen or ended:
                code = again(ended, seen is None)
                seen = sizes
            if ended:
                raise SystemExit(code)
            time.sleep(EVERY)
    except KeyboardInterrupt:
        raise SystemExit(code) from None


def shown_on(kept: Kept, shown: Shown, first: bool) -> int:
    """Show what followed, if that is the first time or something is new; the exit code."""
    written = kept.written
    if not first and written is not None and not written.gone and not written.new:
        return exits.EVENTS if not kept.taken.sound else exits.OK
    try:
        show_kept(kept, shown)
    except SystemExit as left:
        return int(left.code or 0)
    return exits.OK


def _size(path: Path) -> tuple[int, int]:
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns
