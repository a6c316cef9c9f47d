"""`bpodsl run PORTFOLIO EVENTS… --engine spark`: the agreements run by Spark, the rest as ever."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec
from attrs import evolve

from bpodsl.cli import exits
from bpodsl.cli.members import Done, Task, instants, ran
from bpodsl.kernel import PackedRows
from bpodsl.portfolio import Found, Parted
from bpodsl.record.gather import MOST_REFUSED
from bpodsl.record.latest import after_the_latest
from bpodsl.record.refusals import TOO_MANY_REFUSED, LimitReached

if TYPE_CHECKING:
    from bpodsl.spark.sorting import Record
    from bpodsl.spark.whole import Made, Spread

DONE = ""
"""The name of what became of an agreement, beside the files that it wrote."""


def run_spread(
    found: Found, tasks: list[Task], events: Sequence[Path], untold: bool, master: str
) -> tuple[Parted, list[Done]]:
    """What becomes of the stream, and of each agreement, in their order. `untold`: how far time is known is not said,
    so it is just after the latest event of all."""
    from bpodsl.spark import NoSpark, Sorter, SparkLost, begun
    from bpodsl.spark.whole import Spread

    sorter = Sorter(found.addressees())
    outs = {task.name: task.out for task in tasks}
    try:
        with begun(master) as session:
            given = [(task.name, pickle.dumps(evolve(task, out=None))) for task in tasks]
            spread = Spread.of(session, sorter, [str(path) for path in events], given)
            parted = _parted(found, list(spread.nobodys()))
            until = after_the_latest(_known(spread)) if untold else None
            done: dict[str, Done] = {}
            for name, made, body in spread.each(_Run(until, any(outs.values()))):
                if made == DONE:
                    done[name] = pickle.loads(body)
                else:
                    _put(outs[name], made, body)
    except (NoSpark, SparkLost) as error:
        no_spark(error)
    for name, out in outs.items():
        if out is not None and not done[name].quarantined:
            (out / "quarantine.jsonl").unlink(missing_ok=True)
    return parted, [done[task.name] for task in tasks]


def no_spark(error: Exception) -> NoReturn:
    """Say that there is no Spark here, or no more, and leave."""
    from bpodsl.spark import NoSpark

    if isinstance(error, NoSpark):
        click.echo(f"error: {error}", err=True)
        raise SystemExit(exits.USAGE) from error
    click.echo(f"error: Spark ended before it was done: {error}. Run it again; what was kept is sound.", err=True)
    raise SystemExit(exits.IO) from error


class _Run:
    """Runs an agreement; what it writes is sent to where it was asked for."""

    def __init__(self, until: int | None, writes: bool) -> None:
        self.until = until
        self.writes = writes

    def __call__(self, packed: bytes, rows: PackedRows) -> Iterator[Made]:
        task: Task = evolve(pickle.loads(packed), rows=rows)
        if self.until is not None:
            task = evolve(task, until=self.until)
        if not self.writes:
            yield DONE, pickle.dumps(ran(task))
            return
        with TemporaryDirectory(prefix="bpodsl-") as place:
            done = ran(evolve(task, out=Path(place)))
            for path in sorted(Path(place).iterdir()):
                yield path.name, path.read_bytes()
        yield DONE, pickle.dumps(done)


def _instants(packed: bytes, rows: PackedRows) -> Iterator[Made]:
    task: Task = evolve(pickle.loads(packed), rows=rows)
    yield DONE, msgspec.msgpack.encode(sorted(instants(task)))


def _known(spread: Spread) -> set[int]:
    known: set[int] = set()
    for _, _, body in spread.each(_instants):
        known.update(msgspec.msgpack.decode(body, type=list[int]))
    return known


def _put(out: Path | None, name: str, body: bytes) -> None:
    assert out is not None
    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(body)


def _parted(found: Found, records: Iterable[Record]) -> Parted:
    """What of the stream belongs to none; its rows stay where they are."""
    from bpodsl.spark.sorting import ASIDE, FAILED, Read, set_aside

    asides, lines, incomplete, notes = [], 0, set(), set()
    for each in records:
        if each.kind == FAILED:
            raise OSError(None, each.body.decode(), each.file)
        if each.kind == ASIDE:
            asides.append((each.file, each.line, each.body))
            if len(asides) > MOST_REFUSED:
                raise LimitReached(TOO_MANY_REFUSED, limit=f"{MOST_REFUSED:,}".replace(",", " "))
            continue
        read = msgspec.msgpack.decode(each.body, type=Read)
        lines += read.lines
        if read.cut:
            incomplete.add(f"{each.file}: {read.cut}")
        if read.empty:
            notes.add((each.file, "no event is in this file"))
    quarantined = sorted(
        set_aside(found.addressees(), asides), key=lambda each: (each.file, each.line, each.code, each.raw)
    )
    return Parted((), lines, tuple(quarantined), tuple(sorted(incomplete)), tuple(sorted(notes)))
