"""One agreement of a portfolio, run in whatever process is free."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from bpodsl.cli.evaluating import as_known, with_idle
from bpodsl.cli.report import given_of, made, writers
from bpodsl.cli.showing import write_all
from bpodsl.kernel import Kernel, PackedRows
from bpodsl.portfolio import unpacked
from bpodsl.record import Ledger
from bpodsl.record.account import Intaken, Quarantined
from bpodsl.record.gather import known_instants
from bpodsl.record.intake import Intake
from bpodsl.report.standings import Standing, standings
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
    the report that is wanted of it."""

    name: str
    packed: bytes
    rows: Rows | PackedRows | tuple[()] = ()
    until: int | None = None
    known: int | None = None
    out: Path | None = None
    page: Page | None = None


@frozen
class Done:
    """What became of it. `account`: of the rows that were its own, of which `beyond` are known only from `until` on."""

    standings: tuple[Standing, ...]
    account: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]
    notes: tuple[tuple[str, str], ...]
    beyond: int = 0


def named(task: Task) -> str:
    """Which agreement a task is about."""
    return f"`{task.name}`"


def instants(task: Task) -> frozenset[int]:
    """The instants from which its events are known."""
    with no_sweeping():
        return frozenset(known_instants(Intake(unpacked(task.packed)), task.rows))


def ran(task: Task) -> Done:
    """Evaluate it, and write its folder. The same bytes as of a run of this agreement alone over its own rows."""
    contract = unpacked(task.packed)
    kernel = Kernel(contract)
    kernel.feed(task.rows)
    taken, ledgers = kernel.outcome(task.until)
    taken = with_idle(contract, taken, ledgers)
    if task.known is not None:
        ledgers = as_known(contract, taken, task.known, ledgers)
    if task.out is not None:
        write_all(task.out, contract, ledgers, taken)
    if task.page is not None:
        _write_pages(task.page, contract, ledgers, taken, task.known)
    account = tuple(taken.account.as_dict().items())
    found = standings(contract, ledgers, account, dict(taken.worlds))
    return Done(found, account, taken.quarantined, taken.notes, taken.account.beyond)


def _write_pages(
    page: Page, contract: Contract, ledgers: tuple[tuple[str, Ledger], ...], taken: Intaken, known: int | None
) -> None:  # fmt: skip
    make = writers()["html"]
    events = dict(taken.worlds)
    for place, (world, ledger) in enumerate(ledgers):
        used = tuple(event for event in events[world] if known is None or event.known <= known)
        given = given_of(contract, ledger, used, (), taken, page.known_text or None)
        path = page.of(contract.name, place, len(ledgers))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(made(contract, ledger, given, page.month, page.whole, world)))
