"""`bpodsl ledger`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli.common import instant_option
from bpodsl.cli.evaluating import as_known, no_such_world, one_world, with_idle
from bpodsl.cli.kept import STORE_THERE, agreement_option, read_store, told
from bpodsl.cli.showing import BLOCK, show


@click.command("ledger")
@click.option("--store", required=True, type=STORE_THERE, metavar="FILE", help="The store; others may write it.")
@agreement_option
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv", "json", "text"]), default="jsonl", show_default=True,
    help="jsonl: the ledger as it was posted; csv, json, text: as of `bpodsl run`, evaluated again.",
)  # fmt: skip
@click.option(
    "--as-known-at", "known_text", metavar="K", help="Show the ledger as it was known at an instant, itself included."
)
@click.option("--world", "world_name", metavar="W", help="Show one world only, where the events belong to several.")
def command(
    store: Path, agreement_name: str | None, form: str, known_text: str | None, world_name: str | None
) -> None:
    """Show the ledger of a store that `bpodsl run --store` keeps.

    \b
    bpodsl ledger --store desk.db > ledger.jsonl
    bpodsl ledger --store desk.db --as-known-at 2026-05-01 --format text

    \b
    Exit codes: 0 done · 2 usage, or there is no such agreement or world · 5 the store is damaged, or its ledger is not
    what follows from what was read · 9 another version wrote it.
    """
    if form == "jsonl":
        from bpodsl.keeping import lines_kept, worlds_kept

        with told():
            if world_name is not None and world_name not in (names := worlds_kept(store, agreement_name)):
                raise no_such_world(world_name, names)
            lines = lines_kept(
                store, agreement_name, lambda contract: instant_option(known_text, contract, "--as-known-at"),
                world_name,
            )  # fmt: skip
        for at in range(0, len(lines), BLOCK):
            click.echo("".join(lines[at : at + BLOCK]), nl=False)
        return
    kept = read_store(store, agreement_name)
    ledgers, taken = kept.ledgers, with_idle(kept.contract, kept.taken, kept.ledgers)
    if known_text is not None:
        known = instant_option(known_text, kept.contract, "--as-known-at")
        assert known is not None
        ledgers = as_known(kept.contract, taken, known, ledgers)
    if world_name is not None:
        ledgers = (one_world(ledgers, world_name),)
    whole = known_text is None and world_name is None
    show(form, kept.contract, ledgers, taken, kept.heads if whole else ())
