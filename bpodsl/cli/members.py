"""One agreement of a portfolio, run in whatever process is free."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from bpodsl.cli.evaluating import as_known, with_idle
from bpodsl.cli.report import given_of, made, writers
from bpodsl.cli.showing import write_all
from bpodsl.keeping import Followed, followed
from bpodsl.kernel import Kernel, PackedRows
from bpodsl.pipeline import evaluate_and_due
from bpodsl.portfolio import unpacked
from bpodsl.portfolio.kept import Bounds
from bpodsl.portfolio.stood import Stood, holds
from bpodsl.record import Ledger
from bpodsl.record.account import Intaken, Quarantined
from bpodsl.record.gather import Input, gathered, known_instants, sorted_out, until_of
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW, thinned
from bpodsl.report.standings import Standing, later, standings
from bpodsl.store import Rows, no_sweeping
from bpodsl.terms import Contract
from bpodsl.values import Period


@frozen
class Page:
    """The report to be written of each agreement: into its folder below `to`, on a month (None: the last that was over)
    or the whole run. `known_text`: as of when it is told, "" for now."""

    to: Path
    month: Period | None = None
    whole: bool = False
    known_text: str = ""

    def of(self, name: str, place: int, worlds: int) -> Path:
        """The file of an agreement, of the world at a place among several."""
        return self.to / name / ("report.html" if worlds == 1 else f"report-{place + 1}.html")


@frozen
class Task:
    """An agreement, packed, and its rows; `until` and `known` as of the options, `out` its own folder if any, `page`
    the report that is wanted of it; `bounds` what a store says of its rows, if it is kept in one."""

    name: str
    packed: bytes
    rows: Rows | PackedRows | tuple[()] = ()
    until: int | None = None
    known: int | None = None
    out: Path | None = None
    page: Page | None = None
    bounds: Bounds | None = None


@frozen
class Done:
    """What became of it. `account`: of the rows that were its own, of which `beyond` are known only from `until` on.
    `followed`: what is to be kept of one in a store, known until `until`; `holds` and `instants` as of `Stood`."""

    standings: tuple[Standing, ...]
    account: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]
    notes: tuple[tuple[str, str], ...]
    beyond: int = 0
    until: int = 0
    followed: Followed | None = None
    holds: int = 0
    instants: tuple[int, ...] = ()

    def stood(self) -> Stood:
        """What is kept of it, so that it need not be evaluated again."""
        assert self.followed is not None
        counts = tuple(self.followed.counts.items())
        return Stood(
            self.standings, self.account, self.quarantined, self.notes, self.beyond, self.until, self.holds,
            self.instants, counts, self.followed.by,
        )  # fmt: skip


def stands(found: Stood, until: int) -> Done:
    """What became of an agreement that stands as it stood, known until an instant; its postings are not told."""
    followed = Followed({}, dict(found.counts), found.quarantined, dict(found.account), found.by)
    now = tuple(later(each, until) for each in found.standings)
    return Done(now, found.account, found.quarantined, found.notes, found.beyond, until, followed)


def named(task: Task) -> str:
    """Which agreement a task is about."""
    return f"`{task.name}`"


def instants(task: Task) -> frozenset[int]:
    """The instants from which its events are known."""
    with no_sweeping():
        if task.bounds is not None:
            _, found = _sorted_out(unpacked(task.packed), task, task.bounds)
            return frozenset(line.known for line in found.lines if line.standing != "quarantined")
        return frozenset(known_instants(Intake(unpacked(task.packed)), task.rows))


def ran(task: Task) -> Done:
    """Evaluate it, and write its folder. The same bytes as of a run of this agreement alone over its own rows."""
    contract = unpacked(task.packed)
    keep: Followed | None = None
    same, known = 0, tuple[int, ...]()
    if task.bounds is None:
        kernel = Kernel(contract)
        kernel.feed(task.rows)
        taken, ledgers = kernel.outcome(task.until)
    else:
        with no_sweeping():
            taken, ledgers, same, known = _kept(contract, task, task.bounds)
        keep = followed(contract, taken, ledgers)
        keep = evolve(keep, lines={world: list(lines) for world, lines in keep.lines.items()})
    taken = with_idle(contract, taken, ledgers)
    if task.known is not None:
        ledgers = as_known(contract, taken, task.known, ledgers)
    if task.out is not None:
        write_all(task.out, contract, ledgers, taken)
    if task.page is not None:
        write_pages(task.page, contract, ledgers, taken, task.known)
    account = tuple(taken.account.as_dict().items())
    found = standings(contract, ledgers, account, dict(taken.worlds))
    return Done(found, account, taken.quarantined, taken.notes, taken.account.beyond, taken.until, keep, same, known)


def _sorted_out(contract: Contract, task: Task, bounds: Bounds) -> tuple[Intake, Input]:
    intake = Intake(contract)
    return intake, sorted_out(intake, task.rows, bounds.since_of(), bounds.refusals())


def _kept(
    contract: Contract, task: Task, bounds: Bounds
) -> tuple[Intaken, tuple[tuple[str, Ledger], ...], int, tuple[int, ...]]:
    """The same of one that is kept in a store, as it would be in a store of its own; and `holds` and `instants` of
    `Stood`."""
    intake, found = _sorted_out(contract, task, bounds)
    known = thinned({line.known for line in found.lines})
    until = until_of(intake, found.lines) if task.until is None else task.until
    taken = gathered(intake, found, until, SKEW)
    ledgers, due = evaluate_and_due(contract, taken.worlds, taken.until)
    return taken, ledgers, holds(contract, found, ledgers, taken.until, due), known


def write_pages(
    page: Page, contract: Contract, ledgers: tuple[tuple[str, Ledger], ...], taken: Intaken, known: int | None
) -> None:  # fmt: skip
    """Write the report that is wanted of an agreement, of each of its worlds."""
    make = writers()["html"]
    events = dict(taken.worlds)
    for place, (world, ledger) in enumerate(ledgers):
        used = tuple(event for event in events[world] if known is None or event.known <= known)
        given = given_of(contract, ledger, used, (), taken, page.known_text or None)
        path = page.of(contract.name, place, len(ledgers))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(made(contract, ledger, given, page.month, page.whole, world)))
