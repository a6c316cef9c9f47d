"""What several commands share: arguments, reading files, printing problems."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl.cli import exits

if TYPE_CHECKING:
    from rich.console import Console

    from bpodsl.pipeline import Understood
    from bpodsl.terms import Contract
    from bpodsl.text import Problem

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
PATHS = click.Path(exists=True, readable=True, path_type=Path)


def wants_colour(stream: object) -> bool:
    """Colour on a terminal, unless NO_COLOR is set (no-color.org) or we run in CI."""
    if os.environ.get("NO_COLOR") or os.environ.get("CI"):
        return False
    return bool(getattr(stream, "isatty", lambda: False)())


def console() -> Console:
    """Standard output for tables. Plain and 120 wide where it is no terminal, so that outputs compare."""
    from rich.console import Console

    class Piped(Console):
        """Leaves it to the group of commands what to do when the reader of the output has gone."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    if wants_colour(sys.stdout):
        return Piped()
    tty = sys.stdout.isatty()
    return Piped(color_system=None, width=None if tty else 120, legacy_windows=False, force_terminal=tty)


def print_problems(problems: Iterable[Problem]) -> None:
    """Draw problems on standard error."""
    from bpodsl.text.render import render_all

    found = tuple(problems)
    if found:
        click.echo(render_all(found, colour=wants_colour(sys.stderr)), err=True)


def sound_agreement(path: Path) -> Contract:
    """The contract of a file, or leave with its problems printed."""
    return sound(read_agreement(path))


def read_agreement(path: Path) -> Understood:
    """What became of a file; its problems are not printed yet."""
    from bpodsl.remembered import understand

    return understand(path, running=True)


def sound(understood: Understood) -> Contract:
    """The contract of what was read, or leave; its problems are printed either way."""
    print_problems(understood.problems)
    if not understood.sound or understood.contract is None:
        click.echo(f"{understood.path} has errors, so it was not run.", err=True)
        raise SystemExit(exits.AGREEMENT)
    return understood.contract


def instant_option(text: str | None, of: Contract | str, option: str = "--until") -> int | None:
    """`--until`, or another option, in the zone of an agreement, or of that name: an instant, or a day (its first
    instant)."""
    if text is None:
        return None
    from bpodsl.values import TimeError, Zone, parse_day, parse_instant

    zone = Zone.load(of if isinstance(of, str) else of.zone)
    try:
        if len(text) == len("2026-05-01"):
            return zone.start_of(parse_day(text))
        return parse_instant(text, zone).instant
    except TimeError as error:
        raise click.BadParameter(
            f"{error} Write a day such as 2026-05-01, or 2026-05-01T00:00.", param_hint=f"'{option}'"
        ) from error


def difference(name: str, old: str, new: str) -> Iterator[str]:
    """A unified diff, each line with its end."""
    import difflib

    for line in difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, name):
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
