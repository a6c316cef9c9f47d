"""`bpodsl bundle`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits
from bpodsl.cli.common import FILE, instant_option, read_agreement, sound
from bpodsl.cli.evaluating import EVENT_FILE
from bpodsl.cli.kept import agreement_option
from bpodsl.cli.outputs import guard
from bpodsl.cli.proof import is_store, key_option, keys_of, told
from bpodsl.cli.showing import say_set_aside

if TYPE_CHECKING:
    from bpodsl.proof.signing import Key
    from bpodsl.store import Intaken


@click.command("bundle")
@click.argument("of", type=FILE, metavar="STORE|AGREEMENT")
@click.argument("events", nargs=-1, type=EVENT_FILE)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.zip")
@click.option("--until", "until_text", metavar="T", help="Of an agreement: how far time is known, as of `run`.")
@key_option(required=False)
@agreement_option
def command(
    of: Path, events: tuple[Path, ...], out: Path, until_text: str | None, key_file: Path | None,
    agreement_name: str | None,
) -> None:  # fmt: skip
    """Put a ledger and all that it rests on into one file, which others can check with `bpodsl verify`.

    That is: the texts of the agreement, the events as they were read, the ledger and where its chain ends, the versions
    of bpodsl, of its semantics, zones and holidays, and a digest of each part. The same store or files make the same
    bundle, byte for byte.

    \b
    bpodsl bundle desk.db --out desk.zip --key desk.pem
    bpodsl bundle agreement.bpo tickets.jsonl --until 2026-05-01 --out april.zip

    \b
    Exit codes: 0 done · 2 usage · 3 the agreement has errors · 4 done, but lines were set aside or input is
    incomplete · 5, 7, 9 of a store, as of `ledger` · 8 it would be too large.
    """
    store = is_store(of)
    if store and (events or until_text is not None):
        raise click.UsageError("A store has its events and its time; they are given with an agreement only.")
    if not store and (not events or agreement_name is not None):
        raise click.UsageError(f"`{of}` is no store; of an agreement, name the files of its events and no --agreement.")
    key = () if key_file is None else (key_file,)
    with told():
        keys = keys_of(key_file)
        if store:
            from bpodsl.proof.bundling import bundle_store

            guard({"--out": [out]}, (of, *key))
            taken = bundle_store(of, agreement_name, out, keys)
        else:
            taken = _of_run(of, events, until_text, out, key, keys)
    say_set_aside(taken)
    if taken.quarantined or taken.incomplete:
        raise SystemExit(exits.EVENTS)


def _of_run(
    agreement: Path, events: tuple[Path, ...], until_text: str | None, out: Path, key: tuple[Path, ...],
    keys: list[Key],
) -> Intaken:  # fmt: skip
    from bpodsl.keeping import text_at
    from bpodsl.proof.bundling import bundle_run

    understood = read_agreement(agreement)
    guard({"--out": [out]}, (agreement, *understood.used, *events, *key))
    sound(understood)
    text = text_at(agreement, understood.used)
    return bundle_run(text, events, lambda contract: instant_option(until_text, contract), out, keys)
