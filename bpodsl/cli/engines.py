"""What `bpodsl run` may be run by: this machine, or Spark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Who runs a portfolio, and where it keeps what it goes on from."""
    state = click.option(
        "--state", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
        help="With --engine spark: keep in DIR where each agreement stands, and take what is new in EVENTS, a folder.",
    )  # fmt: skip
    master = click.option(
        "--master", metavar="URL", help="With --engine spark: its master. Default: local[N], N of --jobs."
    )
    engine = click.option(
        "--engine", type=click.Choice(["here", "spark"]), default="here", show_default=True,
        help="Who runs a portfolio: this machine, or Spark on many (extra `spark`). The ledgers are the same.",
    )  # fmt: skip
    return engine(master(state(command)))


def check_engine(
    engine: str, master: str | None, state: Path | None, agreement: Path, events: Sequence[Path], kept: bool
) -> None:
    """Raises `UsageError` for options that do not go together. `kept`: a store or a topic is asked for, too."""
    if engine != "spark":
        if master is not None or state is not None:
            raise click.UsageError(f"--{'state' if master is None else 'master'} goes with --engine spark.")
    elif not agreement.is_dir():
        raise click.UsageError("--engine spark is for a portfolio: name a folder of agreements.")
    elif kept:
        raise click.UsageError("--engine spark goes with --state DIR, not with --store.")
    elif any(str(path) == "-" for path in events):
        raise click.UsageError("--engine spark reads files, not standard input.")
    if state is None:
        for path in events:
            if path.is_dir():
                raise click.BadParameter(f"File {str(path)!r} is a directory.", param_hint="'[EVENTS]...'")
    elif len(events) != 1 or not events[0].is_dir():
        raise click.UsageError("--state takes events from one folder, into which files are put: name it.")
