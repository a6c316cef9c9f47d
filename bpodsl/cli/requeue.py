"""`bpodsl requeue`."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.common import FILE
from bpodsl.cli.kept import STORE_THERE, agreement_option, told
from bpodsl.cli.run_kept import Shown, show_kept

if TYPE_CHECKING:
    from bpodsl.store.kept import Place


@click.command("requeue")
@click.argument("repaired", required=False, type=FILE)
@click.option("--store", required=True, type=STORE_THERE, metavar="FILE", help="The store that set them aside.")
@agreement_option
@click.option(
    "--quarantine", type=click.Path(dir_okay=False, path_type=Path),
    help="File for the lines that still cannot be used, with place and reason.",
)  # fmt: skip
def command(repaired: Path | None, store: Path, agreement_name: str | None, quarantine: Path | None) -> None:
    """Read lines again that a store has set aside.

    REPAIRED is a file that `--quarantine` wrote, in which `raw` was corrected; only the lines that it still names are
    read again, and a line whose `raw` is null is no event. Without it: the lines that could not be used by an earlier
    text of the agreement, as they are.

    \b
    bpodsl run agreement.bpo tickets.jsonl --store desk.db --quarantine aside.jsonl
    bpodsl requeue aside.jsonl --store desk.db

    \b
    Exit codes: 0 done · 2 a line was not set aside · 4 done, but lines are still set aside · and as of `run --store`.
    """
    from bpodsl.cli.outputs import guard
    from bpodsl.keeping import requeue_kept
    from bpodsl.portfolio.kept import is_shared

    aside = [quarantine] if quarantine is not None else []
    guard({"--store": [store], "--quarantine": aside}, () if repaired is None else (repaired,))
    with told():
        lines = None if repaired is None else _read(repaired)
        shared = is_shared(store)
    if shared:
        from bpodsl.cli.portfolio_kept import requeue_folder

        requeue_folder(store, agreement_name, lines, quarantine)
        return
    with told():
        kept, count = requeue_kept(store, agreement_name, lines)
    click.echo(f"{count} line{'s' * (count != 1)} read again.", err=True)
    show_kept(kept, Shown("text", None, quarantine, None, None, False))


def _read(path: Path) -> dict[Place, bytes | None]:
    """The lines of a file that `--quarantine` wrote: what is to be read in the place of each."""
    from bpodsl.store.kept.troubles import NOT_REPAIRED, StoreTrouble

    found: dict[Place, bytes | None] = {}
    for number, text in enumerate(path.read_bytes().splitlines(), 1):
        if not text.strip():
            continue
        try:
            each = json.loads(text)
            file, _, line = each["place"].rpartition(":")
            found[file, int(line)] = _raw(each)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            why = f"it has no {error}" if isinstance(error, KeyError) else "it cannot be read"
            raise StoreTrouble(NOT_REPAIRED, file=str(path), line=str(number), why=why) from error
    return found


def _raw(each: dict[str, str | None]) -> bytes | None:
    if "raw" not in each and each.get("raw_base64"):
        return base64.b64decode(str(each["raw_base64"]), validate=True)
    raw = each["raw"]
    return None if raw is None else raw.encode("utf-8")
