"""`bpodsl check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpodsl import __version__
from bpodsl.cli import exits
from bpodsl.cli.common import FILE, PATHS, print_problems
from bpodsl.cli.selection import FAIL_ON, selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bpodsl.pipeline import Understood
    from bpodsl.text import Problem
    from bpodsl.trials import Trial

FORMATS = ("text", "json", "sarif", "github", "junit")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to say it.")
@click.option("--select", metavar="CODES", help="Of the warnings and notes only these: codes or beginnings, by commas.")
@click.option("--ignore", metavar="CODES", help="Of the warnings and notes none of these.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="The least that makes exit code 1 or 3.  [default: error]")
@click.option("--config", type=FILE, help="A TOML file with `select`, `ignore`, `fail-on`.")
@click.option("--no-tests", is_flag=True, help="Only read them; do not run the tests that they carry.")
def command(
    paths: tuple[Path, ...], form: str, select: str | None, ignore: str | None, fail_on: str | None,
    config: Path | None, no_tests: bool,
) -> None:  # fmt: skip
    """Find what is wrong with agreements, and run the tests that they carry.

    PATHS are `.bpo` files, or folders whose agreements are all checked, each with the files that it uses.
    Every problem is shown with its place, what was expected and the next step; `bpodsl rule CODE` shows the
    page of a code. A comment `# allow CODE: the reason` at the end of a line, or alone above it, allows a
    warning there.

    What is always the same can stand in `bpodsl.toml`, or under `[tool.bpodsl]` in `pyproject.toml`: `select`,
    `ignore` (lists of codes) and `fail-on`.

    \b
    Exit codes: 0 nothing wrong (warnings may be printed) · 1 a test failed, or what --fail-on asks for was found
                3 an agreement has errors.
    """
    from bpodsl.pipeline import understand_all
    from bpodsl.text.render import in_order

    chosen = selection(paths, select, ignore, fail_on, config)
    understood = understand_all(paths)
    if not understood:
        raise click.UsageError("There is no .bpo file in " + ", ".join(str(p) for p in paths) + ".")
    trials = [] if no_tests else list(_trials(understood))
    tried = [problem for trial in trials for problem in (*trial.failures, *trial.notes)]
    problems = in_order(chosen.chosen([*(p for each in understood for p in each.problems), *tried]))
    wrong = [each for each in understood if not each.sound]
    failed = sum(1 for trial in trials if trial.failures)
    if form == "text":
        print_problems(problems)
        if wrong:
            click.echo(f"{len(wrong)} of {len(understood)} agreements have errors{tests_said(trials)}.", err=True)
        else:
            click.echo(f"{len(understood)} checked, no errors{tests_said(trials)}.", err=bool(failed))
    else:
        click.echo(_for_programs(form, problems, [str(each.path) for each in understood]), nl=False)
    if wrong:
        raise SystemExit(exits.AGREEMENT)
    if failed or chosen.fails(problems):
        raise SystemExit(exits.FOUND)


def _trials(understood: Iterable[Understood]) -> Iterable[Trial]:
    """The tests of the agreements that may run, tried. An agreement without any need not wait for what runs them."""
    for each in understood:
        if each.sound and each.contract is not None and each.contract.examples:
            from bpodsl.trials import try_examples

            yield from try_examples(each.contract)


def tests_said(trials: Sequence[Trial]) -> str:
    """How many tests pass, as the end of a sentence; nothing if there are none."""
    passed = sum(1 for trial in trials if not trial.failures)
    return f"; {passed} of {len(trials)} tests pass" if trials else ""


def _for_programs(form: str, problems: Sequence[Problem], agreements: Sequence[str]) -> str:
    from bpodsl.report.problems import github, json_text, junit, sarif

    match form:
        case "json":
            return json_text(problems, agreements)
        case "sarif":
            return sarif(problems, __version__)
        case "github":
            return github(problems)
        case _:
            return junit(problems, agreements)
