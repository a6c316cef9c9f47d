"""`bpodsl test`."""

from __future__ import annotations

from pathlib import Path

import click

from bpodsl.cli import exits
from bpodsl.cli.common import PATHS, print_problems


@click.command("test")
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("-v", "--verbose", is_flag=True, help="Name every test, not only those that fail.")
def command(paths: tuple[Path, ...], verbose: bool) -> None:
    """Run the tests that agreements carry.

    PATHS are `.bpo` files or folders. A `test` block gives events and what is expected to follow from
    them; each is run by itself. An event that does not count is named.
    The last line is `N passed, M failed`.

    \b
    Exit codes: 0 all passed · 1 some failed · 3 an agreement has errors.
    """
    from bpodsl.pipeline import NOTHING_MORE, understand_all
    from bpodsl.remembered import tried, understand

    files = understand_all(paths, NOTHING_MORE, understand)
    if not files:
        raise click.UsageError("There is no .bpo file in " + ", ".join(str(p) for p in paths) + ".")
    passed = failed = 0
    unsound = False
    for understood in files:
        path = understood.path
        if not understood.sound:
            print_problems(understood.problems)
            click.echo(f"{path} has errors; its tests were not run.", err=True)
            unsound = True
            continue
        for trial in tried(understood):
            print_problems((*trial.failures, *trial.notes))
            if trial.failures:
                failed += 1
            else:
                passed += 1
            if verbose or trial.failures:
                click.echo(f"{'FAILED' if trial.failures else 'passed'}  {path}  {trial.name}")
    click.echo(f"{passed} passed, {failed} failed")
    if unsound:
        raise SystemExit(exits.AGREEMENT)
    if failed:
        raise SystemExit(exits.FOUND)
