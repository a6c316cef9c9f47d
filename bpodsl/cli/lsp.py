"""`bpodsl lsp`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli.selection import selection

if TYPE_CHECKING:
    from bpodsl.text import Problem


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
    Server(_chosen).start_io()


def _chosen(path: Path) -> Callable[[Iterable[Problem]], list[Problem]]:
    """Which problems count for a file, as its project says. Raises ValueError where that cannot be."""
    try:
        return selection([path.parent], None, None, None, None).chosen
    except click.UsageError as error:
        raise ValueError(error.message) from None
