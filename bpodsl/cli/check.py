"""`bpodsl check`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli import exits
from bpodsl.cli.common import PATHS, print_problems


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=PATHS)
def command(paths: tuple[Path, ...]) -> None:
    """Find what is wrong with agreements.

    PATHS are `.bpo` files, or folders whose agreements are all checked, each with the files that it uses.
    Every problem is shown with its place, what was expected and the next step; `bpodsl rule CODE` shows the
    page of a code.

    \b
    Exit codes: 0 nothing wrong (warnings may be printed) · 3 an agreement has errors.
    """
    from bpodsl.pipeline import understand_all

    understood = understand_all(paths)
    if not understood:
        raise click.UsageError("There is no .bpo file in " + ", ".join(str(p) for p in paths) + ".")
    print_problems([p for each in understood for p in each.problems])
    wrong = [each for each in understood if not each.sound]
    if wrong:
        click.echo(f"{len(wrong)} of {len(understood)} agreements have errors.", err=True)
        raise SystemExit(exits.AGREEMENT)
    click.echo(f"{len(understood)} checked, no errors.")
