"""`bpodsl run` over a portfolio."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click
from attrs import evolve

from bpodsl.cli import exits
from bpodsl.cli.common import console, instant_option, print_problems
from bpodsl.cli.members import Done, Page, Task, instants, named, ran
from bpodsl.cli.outputs import guard
from bpodsl.cli.showing import IN_FILES, WRITTEN, counted, say_incomplete
from bpodsl.portfolio import Found, LayoutsDiffer, Parted, ProcessLost, Stopped, Workers, find, layouts_in, part
from bpodsl.record.account import Account, Quarantined
from bpodsl.record.gather import MOST_REFUSED
from bpodsl.record.latest import after_the_latest
from bpodsl.record.refusals import TOO_MANY_REFUSED, LimitReached
from bpodsl.record.rows import Layout
from bpodsl.report.standings import Portfolio
from bpodsl.store import Spool, write_quarantine_of_all
from bpodsl.values import Period, Zone

OF_ALL = ("portfolio.txt", "portfolio.json", "portfolio.csv", "quarantine.jsonl")

Bar = Callable[[str, int | None], "Callable[[int], None] | None"]


def run_portfolio(
    folder: Path,
    events: tuple[Path, ...],
    until_text: str | None,
    form: str,
    out: Path | None,
    quarantine: Path | None,
    known_text: str | None,
    world_name: str | None,
    jobs: int,
    page: Page | None = None,
    master: str | None = None,
) -> None:
    """Run every agreement below a folder over its part of the events, and show how all of them stand; or write a page
    over all of them, and a report on each. `master`: of Spark, if that runs them."""
    if world_name is not None:
        raise click.UsageError("--world is for one agreement. A portfolio shows every world, each in its own line.")
    try:
        with Workers(jobs) as workers, bars() as bar, TemporaryDirectory(prefix="bpodsl-") as place:
            found = find(folder, workers, bar("agreements read", None))
            say_not_run(folder, found)
            guard_portfolio(found, events, out, quarantine, page)
            tasks = [evolve(task, page=page) for task in tasks_of(found, until_text, known_text, out)]
            if master is not None:
                parted, done = _spread(found, tasks, events, until_text is None, master)
            else:
                with Spool(Path(place) / "rows", len(found.addressees())) as spool:
                    parted = _part(found, events, spool, bar("lines", None))
                tasks = [evolve(task, rows=parted.rows[at]) for at, task in enumerate(tasks)]
                if until_text is None:
                    tasks = _until_the_latest(tasks, workers, bar("agreements timed", len(tasks)))
                if page is not None and page.month is not None:
                    _check_month(found, page.month, tasks)
                done = list(workers.each(ran, tasks, named, bar("agreements run", len(tasks))))
    except Stopped as error:
        click.echo(f"error: the work on {error.task} failed.", err=True)
        raise
    except ProcessLost:
        lost(jobs)
    show_portfolio(found, parted, done, form, out, quarantine, page)


def show_portfolio(
    found: Found, parted: Parted, done: list[Done], form: str, out: Path | None, quarantine: Path | None,
    page: Page | None = None, mend: str = IN_FILES,
) -> None:  # fmt: skip
    """Write and print what became of all, and leave with 3 if an agreement was not run, with 4 if something was set
    aside or is missing. `mend`: how lines are mended that were set aside."""
    aside = _aside(found, parted, done)
    portfolio = _portfolio(found, parted, done)
    if out is not None:
        _write(out, portfolio, parted, aside)
    if quarantine is not None:
        write_quarantine_of_all(quarantine, aside)
    if page is None:
        _show(form, portfolio)
    else:
        write_index(page, portfolio)
    _say_incomplete(form, portfolio, parted, aside, quarantine is None and out is None, mend)
    if not found.sound:
        raise SystemExit(exits.AGREEMENT)
    if aside or parted.incomplete:
        raise SystemExit(exits.EVENTS)


def say_not_run(folder: Path, found: Found) -> None:
    """Say on standard error what of the folder is not run, and leave if nothing is left."""
    for each in found.broken:
        print_problems(each.problems)
        click.echo(f"{each.path} has errors, so it was not run.", err=True)
    for name, paths in found.twice:
        places = " and ".join(f"`{path}`" for path in paths)
        click.echo(f"error: {places} are all called `{name}`, so none of them was run: give each a name.", err=True)
    for path in found.left_out:
        click.echo(f"note: {path}: no agreement uses this file, and it is none itself", err=True)
    if not found.members and found.sound:
        raise click.UsageError(f"There is no agreement in {folder}.")
    remarks = sum(1 for each in found.members if each.remarks)
    if remarks:
        of = f"{remarks} agreement{'s' * (remarks != 1)}"
        click.echo(f"note: `bpodsl check {folder}` has warnings or notes on {of}", err=True)
    if not found.members:
        raise SystemExit(exits.AGREEMENT)


def _check_month(found: Found, month: Period, tasks: Iterable[Task]) -> None:
    """A month that begins after what is known of every agreement is a mistake."""
    starts = [Zone.load(each.zone).start_of(month.first) for each in found.members]
    if all(task.until is not None and start >= task.until for start, task in zip(starts, tasks, strict=True)):
        why = f"{month.label} begins after what is known; name an earlier one."
        raise click.BadParameter(why, param_hint="'--month'")


def write_index(page: Page, portfolio: Portfolio) -> None:
    """The page over all agreements, beside the folders with their reports."""
    from bpodsl.report.review.portfolio_page import portfolio_page

    worlds: dict[str, list[str]] = {}
    for each in portfolio.standings:
        worlds.setdefault(each.agreement, []).append(each.world)
    pages = {
        (name, world): path.relative_to(page.to).as_posix()
        for name, several in worlds.items() for place, world in enumerate(several)
        if (path := page.of(name, place, len(several))).exists()
    }  # fmt: skip
    page.to.mkdir(parents=True, exist_ok=True)
    month = "the whole run" if page.whole else page.month.label if page.month else ""
    index = page.to / "index.html"
    index.write_text(portfolio_page(portfolio, pages, month), encoding="utf-8")
    click.echo(f"The report on {portfolio.agreements} agreements is in {index}.")


def guard_portfolio(
    found: Found, events: Iterable[Path], out: Path | None, quarantine: Path | None, page: Page | None = None,
    store: Path | None = None,
) -> None:  # fmt: skip
    """Leave where a file would be written that is read, or two of them be one."""
    written: list[Path] = []
    if out is not None:
        written = [out / name for name in OF_ALL]
        written += [out / each.name / name for each in found.members for name in WRITTEN]
    files = [path for each in found.members for path in (each.path, *each.used)]
    files += [path for each in found.broken for path in (each.path, *each.used)]
    files += [*found.left_out, *(path for _, paths in found.twice for path in paths)]
    aside = [quarantine] if quarantine is not None else []
    pages = [] if page is None else [page.to / "index.html", *(page.of(each.name, 0, 1) for each in found.members)]
    kept = [store] if store is not None else []
    guard({"--store": kept, "--out": written, "--quarantine": aside, "--to": pages}, (*files, *events))


# ------------------------------------------------------------------------------------ the run
def tasks_of(found: Found, until_text: str | None, known_text: str | None, out: Path | None) -> list[Task]:
    """One for each agreement, without its rows yet. A day is one of the agreement's own zone."""
    tasks = []
    for each in found.members:
        until, known = instant_option(until_text, each.zone), instant_option(known_text, each.zone, "--as-known-at")
        tasks.append(Task(each.name, each.packed, (), until, known, None if out is None else out / each.name))
    return tasks


def _part(
    found: Found, events: tuple[Path, ...], spool: Spool, done: Callable[[int], None] | None
) -> Parted:
    try:
        return part(found.addressees(), events, spool, done)
    except LayoutsDiffer as error:
        raise layouts_differ(error) from error


def _spread(
    found: Found, tasks: list[Task], events: tuple[Path, ...], untold: bool, master: str
) -> tuple[Parted, list[Done]]:
    """The same by Spark."""
    from bpodsl.cli.spread import run_spread

    try:
        layouts_in(found.addressees(), map(str, events))
    except LayoutsDiffer as error:
        raise layouts_differ(error) from error
    return run_spread(found, tasks, events, untold, master)


def layouts_differ(error: LayoutsDiffer) -> click.UsageError:
    """What to say where agreements give different layouts for one file."""
    (one, a), (other, b) = error.told
    return click.UsageError(
        f"`{error.file}` has one layout, but the `reads` of `{a}` takes it for {_laid_out(one)} and that of `{b}` "
        f"for {_laid_out(other)}. Nothing was read: correct the one that is wrong, or its `files`."
    )


def _laid_out(layout: Layout) -> str:
    return "JSON lines" if layout.format == "jsonl" else f"CSV separated by “{layout.separator}”"


def _until_the_latest(tasks: list[Task], workers: Workers, done: Callable[[int], None] | None) -> list[Task]:
    """The same tasks, known until one instant: just after the latest event of all agreements together."""
    known: set[int] = set()
    for each in workers.each(instants, tasks, named, done):
        known |= each
    until = after_the_latest(known)
    return [evolve(task, until=until) for task in tasks]


def _portfolio(found: Found, parted: Parted, done: list[Done]) -> Portfolio:
    account = Account(lines=parted.lines, quarantined=len(parted.quarantined), not_ours=parted.dismissed)
    notes = list(parted.notes)
    for member, each in zip(found.members, done, strict=True):
        account.add({name: count for name, count in each.account if name != "lines"})
        account.beyond += each.beyond
        notes += [(place, f"`{member.name}`: {words}") for place, words in each.notes]
    account.check()
    not_run = [(str(each.path), "it has errors") for each in found.broken]
    not_run += [(str(path), f"another is called `{name}`, too") for name, paths in found.twice for path in paths]
    standings = tuple(standing for each in done for standing in each.standings)
    counts = tuple(account.as_dict().items())
    return Portfolio(standings, tuple(sorted(not_run)), counts, tuple(sorted(notes)), account.beyond)


def _aside(found: Found, parted: Parted, done: list[Done]) -> list[tuple[str, Quarantined]]:
    """All lines set aside, in the order of their places, each with its agreement."""
    aside = [("", each) for each in parted.quarantined]
    for member, each in zip(found.members, done, strict=True):
        aside += [(member.name, line) for line in each.quarantined]
    if len(aside) > MOST_REFUSED:
        raise LimitReached(TOO_MANY_REFUSED, limit=f"{MOST_REFUSED:,}".replace(",", " "))
    return sorted(aside, key=lambda pair: (pair[1].file, pair[1].line, pair[1].code, pair[1].raw, pair[0]))


# ------------------------------------------------------------------------------------ what is shown
def _show(form: str, portfolio: Portfolio) -> None:
    from bpodsl.report import portfolio as formats
    from bpodsl.report.formats import whole_text

    if form == "text":
        from bpodsl.report.portfolio_text import print_portfolio

        screen = console()
        print_portfolio(portfolio, screen)
        screen.print()
        screen.print(_account(portfolio), highlight=False, markup=False, soft_wrap=True)
    elif form == "json":
        click.echo(whole_text(formats.portfolio_data(portfolio)))
    else:
        lines = formats.portfolio_lines(portfolio) if form == "jsonl" else formats.portfolio_csv(portfolio)
        click.echo("".join(lines), nl=False)


def _account(portfolio: Portfolio) -> str:
    return counted(dict(portfolio.account), portfolio.beyond, portfolio.notes)


def _write(out: Path, portfolio: Portfolio, parted: Parted, aside: list[tuple[str, Quarantined]]) -> None:
    from rich.console import Console

    from bpodsl.report import portfolio as formats
    from bpodsl.report.formats import whole_text
    from bpodsl.report.portfolio_text import print_portfolio

    out.mkdir(parents=True, exist_ok=True)
    with (out / "portfolio.txt").open("w", encoding="utf-8") as file:
        print_portfolio(portfolio, Console(file=file, width=120, color_system=None), whole=True)
        file.write(f"\n{_account(portfolio)}\n")
    with (out / "portfolio.json").open("w", encoding="utf-8") as file:
        file.write(whole_text(formats.portfolio_data(portfolio)))
    with (out / "portfolio.csv").open("w", encoding="utf-8", newline="") as file:
        file.writelines(formats.portfolio_csv(portfolio))
    if aside:
        write_quarantine_of_all(out / "quarantine.jsonl", aside)
    else:
        # One of an earlier run would pass for one of this.
        (out / "quarantine.jsonl").unlink(missing_ok=True)


def _say_incomplete(
    form: str, portfolio: Portfolio, parted: Parted, aside: list[tuple[str, Quarantined]], unlisted: bool,
    mend: str,
) -> None:  # fmt: skip
    told = [
        f"{each.place}{f' (`{agreement}`)' if agreement else ''}: {each.code} {each.reason}"
        for agreement, each in aside
    ]
    say_incomplete(form, told, "its agreement, place" if unlisted else "", parted.incomplete, portfolio.notes, mend)


def lost(jobs: int) -> NoReturn:
    """Say that a process ended too early, and leave."""
    click.echo(
        "error: a process ended before its work was done; perhaps there is too little memory for so many. Run again, "
        f"with fewer than --jobs {jobs}.",
        err=True,
    )
    raise SystemExit(exits.IO)


@contextmanager
def bars() -> Iterator[Bar]:
    """Bars on standard error, one for each thing that takes its time, if a person watches."""
    if not sys.stderr.isatty():
        yield lambda what, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:

        def bar(what: str, total: int | None) -> Callable[[int], None]:
            task = progress.add_task(what, total=total)
            return lambda done: progress.update(task, completed=done)

        yield bar
