"""`bpodsl run --store` over a portfolio, and `bpodsl requeue` over the store of one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from attrs import define, evolve, field, frozen

from bpodsl.cli import exits
from bpodsl.cli.common import instant_option
from bpodsl.cli.kept import told
from bpodsl.cli.members import Done, Task, instants, named, ran, stands
from bpodsl.cli.portfolio import (
    Bar,
    bars,
    guard_portfolio,
    layouts_differ,
    lost,
    say_not_run,
    show_portfolio,
    tasks_of,
)  # fmt: skip
from bpodsl.cli.run_kept import Shown, follow_files, say_changed
from bpodsl.cli.showing import IN_STORE
from bpodsl.cli.spooled import spooled
from bpodsl.portfolio import Found, LayoutsDiffer, Parted, ProcessLost, Stopped, Workers, find, layouts_in
from bpodsl.portfolio.kept import Keeper, keeping, keeping_again, reached_shared, text_on_disk
from bpodsl.portfolio.stood import Stood
from bpodsl.record.latest import no_gap
from bpodsl.store import Spool
from bpodsl.store.kept import Place, Text
from bpodsl.store.kept.topics import Records


@frozen
class Came:
    """What a run came to: `gone` postings are posted otherwise now, `new` were not there before."""

    found: Found
    parted: Parted
    done: list[Done]
    gone: int
    new: int

    def show(self, shown: Shown) -> int:
        """Show it; the exit code."""
        say_changed(self.gone)
        try:
            show_portfolio(
                self.found, self.parted, self.done, shown.form, shown.out, shown.quarantine, mend=IN_STORE
            )
        except SystemExit as left:
            return int(left.code or 0)
        return exits.OK

    def show_if_new(self, shown: Shown, first: bool) -> int:
        """Show it the first time, or if something is new; the exit code."""
        if first or self.gone or self.new:
            return self.show(shown)
        if not self.found.sound:
            return exits.AGREEMENT
        aside = any(each.quarantined for each in self.done) or self.parted.quarantined or self.parted.incomplete
        return exits.EVENTS if aside else exits.OK


def run_folder(
    folder: Path, events: tuple[Path, ...], store: Path, until_text: str | None, shown: Shown, follow: bool,
    publish: bool, topic: str | None, settings: Path | None, jobs: int,
) -> None:  # fmt: skip
    """Run every agreement below a folder over a store and what is new of files and of a topic, keep it, and show how
    all of them stand."""
    with _working(jobs) as workers:
        found = find(folder, workers)
        say_not_run(folder, found)
        read = (*events, *([settings] if settings else []))
        guard_portfolio(found, read, shown.out, shown.quarantine, store=store)
        try:
            layouts_in(found.addressees(), map(str, events))
        except LayoutsDiffer as error:
            raise layouts_differ(error) from error
        with told():
            texts = {each.name: text_on_disk(each) for each in found.members}
        running = Running(found, texts, store, until_text, shown, workers)
        if topic is not None:
            from bpodsl.cli.run_topic import over_topic

            code = over_topic(
                lambda: reached_shared(store),
                lambda records, last: running.once([*events, *records], publish=publish and last),
                lambda came, first: came.show_if_new(shown, first), follow, topic, settings,
            )  # fmt: skip
        elif follow:
            with spooled() if Path("-") in events else nullcontext() as given:
                path = None if given is None else given.path

                def again(ended: bool, first: bool) -> int:
                    return running.once(events, not ended, path).show_if_new(shown, first)

                follow_files(events, given, again)
            return
        else:
            code = running.once(events, publish=publish).show(shown)
    raise SystemExit(code)


def requeue_folder(
    store: Path, name: str | None, lines: Mapping[Place, bytes | None] | None, quarantine: Path | None
) -> None:  # fmt: skip
    """Read lines again that the store of a portfolio has set aside, and show how all of them stand."""
    shown = Shown("text", None, quarantine, None, None, False)
    with _working(1) as workers:
        with told(), keeping_again(store, name, lines) as (keeper, count):
            came = Running(keeper.found, {}, store, None, shown, workers).over(keeper)
        click.echo(f"{count} line{'s' * (count != 1)} read again.", err=True)
        raise SystemExit(came.show(shown))


@contextmanager
def _working(jobs: int) -> Iterator[Workers]:
    try:
        with Workers(jobs) as workers:
            yield workers
    except Stopped as error:
        click.echo(f"error: the work on {error.task} failed.", err=True)
        raise
    except ProcessLost:
        lost(jobs)


@define
class Running:
    """Runs a portfolio into a store as often as is asked; its texts stay those with which it began."""

    found: Found
    texts: Mapping[str, Text]
    store: Path
    until_text: str | None
    shown: Shown
    workers: Workers
    _out: Path | None = field(default=None, init=False)

    def once(
        self, sources: Sequence[Path | Records], whole_lines: bool = False, given: Path | None = None,
        publish: bool = False,
    ) -> Came:  # fmt: skip
        """Take what is new of sources, and post what follows."""
        with told():
            try:
                with keeping(self.store, self.found) as keeper:
                    keeper.admit(lambda member: self.texts[member.name])
                    keeper.feed(sources, whole_lines, given)
                    came = self.over(keeper, publish)
            except LayoutsDiffer as error:
                raise layouts_differ(error) from error
        return came

    def over(self, keeper: Keeper, publish: bool = False) -> Came:
        """Post what follows from all that the store has."""
        with bars() as bar, TemporaryDirectory(prefix="bpodsl-") as place:
            # What is written to folders is written beside first: a later agreement may yet stop the run.
            out = None if self.shown.out is None else Path(place) / "out"
            with Spool(Path(place) / "rows", len(keeper.addressees())) as spool:
                parted = keeper.part(spool, bar("lines", None))
            tasks = [
                evolve(task, rows=parted.rows[at], bounds=keeper.bounds(at))
                for at, task in enumerate(tasks_of(self.found, None, self.shown.known_text, out))
            ]
            # Of what is written to folders, or shown as it was known then, all is told.
            told = out is not None or self.shown.known_text is not None
            stood = [None if told else keeper.stood(at) for at in range(len(tasks))]
            tasks = self._timed(keeper, tasks, stood, bar)
            done, gone, new = list[Done](), 0, 0
            for at, each, again in self._ran(tasks, stood, bar):
                assert each.followed is not None
                settle = keeper.settle_again if again else keeper.settle
                written = settle(at, each.until, each.followed, publish)
                gone, new = gone + written.gone, new + written.new
                if not again:
                    keeper.keep_stood(at, each.stood())
                done.append(evolve(each, followed=None))
            if out is not None and self.shown.out is not None:
                _put(out, self.shown.out, tasks)
        return Came(self.found, parted, done, gone, new)

    def _ran(
        self, tasks: Sequence[Task], stood: Sequence[Stood | None], bar: Bar
    ) -> Iterator[tuple[int, Done, bool]]:
        """Each agreement by its place, evaluated, or as it stood; and which."""
        again = [
            each if each is not None and task.until is not None and each.at(task.until) else None
            for task, each in zip(tasks, stood, strict=True)
        ]
        fresh = [task for task, each in zip(tasks, again, strict=True) if each is None]
        running = self.workers.each(ran, fresh, named, bar("agreements run", len(fresh)))
        for at, (task, each) in enumerate(zip(tasks, again, strict=True)):
            if each is None or task.until is None:
                yield at, next(running), False
            else:
                yield at, stands(each, task.until), True

    def _timed(self, keeper: Keeper, tasks: list[Task], stood: Sequence[Stood | None], bar: Bar) -> list[Task]:
        asked = [instant_option(self.until_text, each.zone) for each in self.found.members]
        known = [] if self.until_text is not None else self._known(tasks, stood, bar)
        return [evolve(task, until=until) for task, until in zip(tasks, keeper.time(asked, known), strict=True)]

    def _known(self, tasks: Sequence[Task], stood: Sequence[Stood | None], bar: Bar) -> list[frozenset[int]]:
        """The instants from which events are known; those of agreements that are as they were in part, where that is
        enough."""
        fresh = [task for task, each in zip(tasks, stood, strict=True) if each is None]
        found = list(self.workers.each(instants, fresh, named, bar("agreements timed", len(fresh))))
        found += [frozenset(each.instants) for each in stood if each is not None]
        if len(fresh) == len(tasks) or no_gap(frozenset[int]().union(*found)):
            return found
        return list(self.workers.each(instants, tasks, named, bar("agreements timed", len(tasks))))


def _put(made: Path, out: Path, tasks: Sequence[Task]) -> None:
    """Put the folders of a run where they are wanted."""
    for each in tasks:
        # One of an earlier run would pass for one of this.
        (out / each.name / "quarantine.jsonl").unlink(missing_ok=True)
        shutil.copytree(made / each.name, out / each.name, dirs_exist_ok=True)
