"""What commands share that use a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bpodsl.cli import exits

if TYPE_CHECKING:
    from bpodsl.keeping import Kept

STORE: Final = click.Path(dir_okay=False, path_type=Path)
STORE_THERE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

_EXITS: Final = {
    "STO101": exits.IN_USE, "STO102": exits.IO, "STO103": exits.USAGE, "STO104": exits.VERIFY, "STO105": exits.VERSION,
    "STO106": exits.VERIFY, "STO107": exits.VERSION, "STO110": exits.VERIFY, "STO111": exits.AGREEMENT,
    "STO112": exits.USAGE, "STO113": exits.USAGE, "STO114": exits.VERSION, "STO115": exits.USAGE,
    "STO116": exits.USAGE, "STO117": exits.USAGE, "STO118": exits.USAGE, "STO119": exits.AGREEMENT,
    "STO120": exits.IO, "STO121": exits.USAGE,
    "STO130": exits.USAGE, "STO131": exits.USAGE, "STO132": exits.USAGE, "STO133": exits.IO, "STO134": exits.IO,
    "STO135": exits.VERIFY,
}  # fmt: skip


def agreement_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which agreement of a store is meant."""
    return click.option(
        "--agreement", "agreement_name", metavar="NAME", help="Which agreement of the store, if it has several."
    )(command)


@contextmanager
def told() -> Iterator[None]:
    """Say what is wrong with a store, and leave with its exit code."""
    from bpodsl.store.kept.troubles import StoreTrouble

    try:
        yield
    except StoreTrouble as trouble:
        click.echo(f"error: {trouble}\nNext: {trouble.step}", err=True)
        raise SystemExit(_EXITS[trouble.reason.code]) from trouble


def read_store(store: Path, name: str | None) -> Kept:
    """An agreement of a store, evaluated; or leave."""
    from bpodsl.keeping import read_kept

    with told():
        return read_kept(store, name)
