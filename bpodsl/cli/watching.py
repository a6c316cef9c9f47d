"""Doing something again whenever a file of an agreement changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NoReturn

import click

EVERY: Final = 0.3
"""Seconds between two looks. A few hundred files are looked at in less than a hundredth of one."""


def watched(paths: Iterable[Path], again: Callable[[], int]) -> NoReturn:
    """Do it at once, then again whenever a `.bpo` file (or a list or setting beside one) changes, comes or goes; leaves
    by Ctrl-C with the last exit code."""
    roots = list(paths)
    code = 0
    try:
        while True:
            before = _seen(roots)
            try:
                code = again()
            except click.ClickException as error:
                # A file that is being saved may not be there for a moment.
                error.show()
                code = error.exit_code
            click.echo("— waiting for changes; Ctrl-C ends —", err=True)
            while _seen(roots) == before:
                time.sleep(EVERY)
            click.echo("", err=True)
    except KeyboardInterrupt:
        raise SystemExit(code) from None


def _seen(roots: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was last written, and its size."""
    found = {}
    for root in roots:
        folder = root if root.is_dir() else root.parent
        for path in (*folder.rglob("*.bpo"), folder / "bpodsl.toml", root):
            try:
                about = path.stat()
            except OSError:
                continue
            found[path] = about.st_mtime_ns, about.st_size
    return found
