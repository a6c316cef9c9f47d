"""`bpodsl lsp`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.check import day
from bpodsl.cli.selection import selection

if TYPE_CHECKING:
    from bpodsl.lsp.diagnostics import Wanted


@click.command("lsp")
def command() -> None:
    """Serve an editor: problems while you type, completion, renaming, tests beside the text.

    It speaks the Language Server Protocol on standard input and output, and is started by the editor; docs/editors.md
    says how to set one up. It needs the extra `lsp`: pip install 'bpodsl[lsp]'.
    """
    try:
        from bpodsl.lsp.server import Server
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        raise click.ClickException(
            f"`bpodsl lsp` needs the library `{missing.name}`. Install it with: pip install 'bpodsl[lsp]'"
        ) from None
    Server(_wanted).start_io()


def _wanted(path: Path) -> Wanted:
    """What the project of a file wants, as `check` would take it today."""
    from bpodsl.lsp.diagnostics import Wanted
    from bpodsl.pipeline import Asked

    today = day(None)
    try:
        chosen = selection([path.parent], None, None, None, None)
    except click.UsageError as error:
        return Wanted(asked=Asked(today=today), wrong=error.message)
    return Wanted(chosen.chosen, Asked(chosen.cliff, today))
