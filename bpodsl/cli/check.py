"""`bpodsl check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpodsl import __version__
from bpodsl.cli import exits
from bpodsl.cli.common import FILE, PATHS, print_problems
from bpodsl.cli.selection import FAIL_ON, Selection, selection

if TYPE_CHECKING:
    from datetime import date

    from bpodsl.pipeline import Understood
    from bpodsl.remembered import Tried
    from bpodsl.report.coverage import Coverage
    from bpodsl.text import Problem
    from bpodsl.trials import Trial

FORMATS = ("text", "json", "sarif", "github", "junit")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=PATHS)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to say it.")
@click.option("--select", metavar="CODES", help="Of the warnings and notes only these: codes or beginnings, by commas.")
@click.option("--ignore", metavar="CODES", help="Of the warnings and notes none of these.")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="The least that makes exit code 1 or 3.  [default: error]")
@click.option("--fix", is_flag=True, help="Mend what has one right answer; then check.")
@click.option("--diff", is_flag=True, help="With --fix: show what it would change, and write nothing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until stopped by Ctrl-C.")
@click.option("--measures", is_flag=True, help="Print what each measure rests on, and what hangs on it.")
@click.option("--paper", type=FILE, help="The clauses of the paper, a line for each (or CSV): say which are not coded.")
@click.option("--cliff", metavar="SUM", help="Say where one case more changes what is owed by more, such as '500 GBP'.")
@click.option("--today", metavar="DAY", help="The day on which comments with an end are judged.  [default: today]")
@click.option("--no-tests", is_flag=True, help="Only read them; do not run the tests that they carry.")
@click.option("--config", type=FILE, help="A TOML file with `select`, `ignore`, `fail-on`, `cliff`.")
def command(
    paths: tuple[Path, ...], form: str, select: str | None, ignore: str | None, fail_on: str | None,
    fix: bool, diff: bool, watch: bool, measures: bool, paper: Path | None, cliff: str | None, today: str | None,
    no_tests: bool, config: Path | None,
) -> None:  # fmt: skip
    """Find what is wrong with agreements, and run the tests that they carry.

    PATHS are `.bpo` files, or folders whose agreements are all checked, each with the files that it uses.
    Every problem is shown with its place, what was expected and the next step; `bpodsl rule CODE` shows the
    page of a code. A comment `# allow CODE: the reason` at the end of a line, or alone above it, allows a
    warning there; with `until 2027-03-31` behind the reason, up to that day.

    What is always the same can stand in `bpodsl.toml`, or under `[tool.bpodsl]` in `pyproject.toml`: `select`,
    `ignore` (lists of codes), `fail-on` and `cliff`.

    `--fix` mends what has one right answer: a name or word a letter or two beside the only one that can be meant, tabs,
    letters and digits of another form, comments that allow nothing. What an agreement that may run means never changes.

    \b
    Exit codes: 0 nothing wrong (warnings may be printed) · 1 a test failed, or what --fail-on asks for was found
                3 an agreement has errors.
    """
    chosen = selection(paths, select, ignore, fail_on, config, cliff)
    if diff and not fix:
        raise click.UsageError("--diff shows what --fix would change: say both.")

    def once() -> int:
        if fix:
            _fix(paths, chosen, day(today), diff)
        return _once(paths, form, chosen, paper, measures, day(today), no_tests) if not diff else exits.OK

    if watch:
        from bpodsl.cli.watching import watched

        watched(paths, once)
    raise SystemExit(once())


def _fix(paths: Sequence[Path], chosen: Selection, today: date, diff: bool) -> None:
    """Mend what has one right answer, and say what was mended; or show what would be."""
    from bpodsl.cached import write_whole
    from bpodsl.cli.common import difference
    from bpodsl.fixes import fix
    from bpodsl.pipeline import Asked, understand_all

    asked = Asked(chosen.cliff, today)
    for each in understand_all(paths, asked):
        done = fix(each.path, asked, chosen.chosen)
        for name, old, new in done.changed:
            if diff:
                click.echo("".join(difference(name, old, new)), nl=False)
            else:
                real = Path(name).resolve()
                write_whole(real, new, real.stat().st_mode & 0o7777)
        if done.changed:
            codes = ", ".join(f"{n} {code}" for code, n in done.mended)
            files = ", ".join(name for name, _, _ in done.changed)
            click.echo(f"{'would mend' if diff else 'mended'} {codes}: {files}", err=True)


def _once(
    paths: Sequence[Path], form: str, chosen: Selection, paper: Path | None, measures: bool, today: date,
    no_tests: bool,
) -> int:  # fmt: skip
    """Check and say what was found; the exit code."""
    from bpodsl.pipeline import Asked, understand_all
    from bpodsl.remembered import tried, understand
    from bpodsl.text.render import in_order

    understood = understand_all(paths, Asked(chosen.cliff, today), understand)
    if not understood:
        raise click.UsageError("There is no .bpo file in " + ", ".join(str(p) for p in paths) + ".")
    trials = [] if no_tests else [trial for each in understood if each.sound for trial in tried(each)]
    found_by_tests = [problem for trial in trials for problem in (*trial.failures, *trial.notes)]
    problems = in_order(chosen.chosen([*(p for each in understood for p in each.problems), *found_by_tests]))
    wrong = [each for each in understood if not each.sound]
    _say_other_currency(chosen, understood)
    failed = sum(1 for trial in trials if trial.failures)
    more = _more(understood, paper, measures, form == "text")
    if form == "text":
        print_problems(problems)
        if wrong:
            click.echo(f"{len(wrong)} of {len(understood)} agreements have errors{tests_said(trials)}.", err=True)
        else:
            sound = "" if failed else ", no errors"
            click.echo(f"{len(understood)} checked{sound}{tests_said(trials)}.", err=bool(failed))
        for text in more.values():
            click.echo(f"\n{text}", nl=False)
    else:
        click.echo(_for_programs(form, problems, [str(each.path) for each in understood], more, chosen), nl=False)
    if wrong:
        return exits.AGREEMENT
    return exits.FOUND if failed or chosen.fails(problems) else exits.OK


def _say_other_currency(chosen: Selection, understood: Sequence[Understood]) -> None:
    """A step is as wide as a sum in the currency of the charge; no agreement may know that currency."""
    if chosen.cliff is None:
        return  # What an agreement owes is not looked up for nothing.
    contracts = [each.contract for each in understood if each.contract is not None]
    known = {line.currency for contract in contracts for line in contract.lines}
    if contracts and chosen.cliff.currency not in known:
        told = " or ".join(sorted(known)) or "no currency"
        click.echo(
            f"note: --cliff {chosen.cliff.show()}: nothing is owed in {chosen.cliff.currency} here, but in {told}.",
            err=True,
        )


def tests_said(trials: Sequence[Tried] | Sequence[Trial]) -> str:
    """How many tests pass, as the end of a sentence; nothing if there are none."""
    passed = sum(1 for trial in trials if not trial.failures)
    return f"; {passed} of {len(trials)} tests pass" if trials else ""


def _more(understood: Sequence[Understood], paper: Path | None, measures: bool, as_text: bool) -> dict[str, Any]:
    """What is asked for besides problems, by name: as texts, or as JSON."""
    found: dict[str, Any] = {}
    if measures:
        from bpodsl.report.measures import measures_json, measures_text

        contracts = [each.contract for each in understood if each.contract is not None]
        if as_text:
            found["measures"] = "\n".join(measures_text(contract) for contract in contracts)
        else:
            found["measures"] = [each for contract in contracts for each in measures_json(contract)]
    if paper is not None:
        from bpodsl.report.coverage import coverage_json, coverage_text

        coverage = _coverage(paper, [each.path for each in understood])
        found["coverage"] = (coverage_text if as_text else coverage_json)(coverage, str(paper))
    return found


def _coverage(paper: Path, agreements: Sequence[Path]) -> Coverage:
    """How much of the paper's list the agreements code together."""
    from bpodsl.pipeline import cited
    from bpodsl.report.coverage import cover, read_paper

    try:
        clauses = read_paper(paper.read_text(encoding="utf-8-sig"), paper.suffix.lower() == ".csv")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{paper} is not text in UTF-8.", param_hint="'--paper'") from error
    if not clauses:
        raise click.BadParameter(f"{paper} lists no clauses.", param_hint="'--paper'")
    return cover(clauses, [each for path in agreements for each in cited(path)])


def day(text: str | None) -> date:
    """The day of `--today`, else that of the machine: this is the only place that asks it."""
    if text is None:
        from datetime import date

        return date.today()
    from bpodsl.values import TimeError, parse_day

    try:
        return parse_day(text)
    except TimeError as error:
        raise click.BadParameter(f"{error} Write a day such as 2027-03-31.", param_hint="'--today'") from error


def _for_programs(
    form: str, problems: Sequence[Problem], agreements: Sequence[str], more: Mapping[str, Any], chosen: Selection
) -> str:  # fmt: skip
    from bpodsl.report.problems import github, json_text, junit, sarif

    match form:
        case "json":
            return json_text(problems, agreements, more)
        case "sarif":
            return sarif(problems, __version__)
        case "github":
            return github(problems)
        case _:
            return junit(problems, agreements, chosen.fail_on)
