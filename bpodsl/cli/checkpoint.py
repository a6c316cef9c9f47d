"""`bpodsl checkpoint`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli.kept import STORE_THERE, agreement_option
from bpodsl.cli.proof import key_option, keys_of, told


@click.command("checkpoint")
@click.argument("store", type=STORE_THERE)
@key_option(required=True)
@agreement_option
def command(store: Path, key_file: Path, agreement_name: str | None) -> None:
    """Sign where the ledger of a store stands: how many postings are published, and where their chain ends.

    One line of JSON is printed, and kept in the store. Give it to the other party: whoever has it can tell later
    whether what was published then still stands.

    \b
    bpodsl checkpoint desk.db --key desk.pem >> checkpoints.jsonl
    bpodsl verify desk.zip --checkpoint checkpoints.jsonl --trust desk.pub

    \b
    Exit codes: 0 done · 2 nothing is published, or the key cannot be used · 5 the store is damaged, or its postings
    are not those that were posted · 7 another run writes it · 9 another version wrote it.
    """
    with told():
        from bpodsl.proof.checkpoint import made

        (key,) = keys_of(key_file)
        click.echo(made(store, agreement_name, key).line)
