"""What commands share that hand over, sign and check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bpodsl.cli import exits
from bpodsl.cli.common import FILE
from bpodsl.cli.kept import told as store_told

if TYPE_CHECKING:
    from bpodsl.proof.signing import Key

_EXITS: Final = {
    "PRF101": exits.VERIFY, "PRF102": exits.VERSION, "PRF103": exits.USAGE, "PRF104": exits.USAGE,
    "PRF105": exits.USAGE, "PRF106": exits.USAGE, "PRF107": exits.USAGE, "PRF108": exits.LIMIT,
}  # fmt: skip

_SQLITE: Final = b"SQLite format 3\0"


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong with a store, a bundle, a checkpoint or a key, and leave with its exit code."""
    from bpodsl.proof.troubles import ProofTrouble

    try:
        with store_told():
            yield
    except ProofTrouble as trouble:
        click.echo(f"error: {trouble}\nNext: {trouble.step}", err=True)
        raise SystemExit(_EXITS[trouble.reason.code]) from trouble


def key_option(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The private key to sign with."""
    return click.option(
        "--key", "key_file", type=FILE, required=required, metavar="FILE",
        help="Private Ed25519 key to sign with, as OpenSSL (PEM) or OpenSSH write it, without a password.",
    )  # fmt: skip


def keys_of(path: Path | None) -> list[Key]:
    """The keys to sign with. Raises `ProofTrouble`."""
    from bpodsl.proof.signing import signing_key

    return [] if path is None else [signing_key(path)]


def is_store(path: Path) -> bool:
    """Whether a file is an SQLite file, so that it can only be meant as a store."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
