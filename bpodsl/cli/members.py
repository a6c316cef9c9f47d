"""One agreement of a portfolio, run in whatever process is free."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from bpodsl.cli.run import as_known, evaluated, with_idle, write_all
from bpodsl.portfolio import unpacked
from bpodsl.record.account import Quarantined
from bpodsl.record.gather import gather, known_instants
from bpodsl.record.intake import Intake
from bpodsl.report.standings import Standing, standings
from bpodsl.store import Rows, no_sweeping


@frozen
class Task:
    """An agreement, packed, and its rows; `until` and `known` as of the options, `out` its own folder if any."""

    name: str
    packed: bytes
    rows: Rows | tuple[()] = ()
    until: int | None = None
    known: int | None = None
    out: Path | None = None


@frozen
class Done:
    """What became of it. `account`: of the rows that were its own."""

    standings: tuple[Standing, ...]
    account: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]
    notes: tuple[tuple[str, str], ...]


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
    with no_sweeping():
        taken = gather(Intake(contract), task.rows, task.until)
    ledgers = evaluated(contract, taken)
    taken = with_idle(contract, taken, ledgers)
    if task.known is not None:
        ledgers = as_known(contract, taken, task.known, ledgers)
    if task.out is not None:
        write_all(task.out, contract, ledgers, taken)
    account = tuple(taken.account.as_dict().items())
    return Done(standings(contract, ledgers, account, dict(taken.worlds)), account, taken.quarantined, taken.notes)
