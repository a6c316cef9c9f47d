"""Data for W1: the same each time for a seed, written as it is made."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from typing import NamedTuple

MINUTE = 60_000
HOUR = 60 * MINUTE
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
MONTHS = 12
SPAN = 365 * 24 * HOUR
SOME = 100_000
"""So many events stand together in a file of columns."""

EACH = 4
"""About so many events has a ticket."""


class Priority(NamedTuple):
    """How often it occurs (cumulative), and what is owed, in milliseconds."""

    upto: float
    acknowledge: int
    resolve: int


PRIORITIES = {
    "P1": Priority(0.15, 15 * MINUTE, 4 * HOUR),
    "P2": Priority(0.50, HOUR, 24 * HOUR),
    "P3": Priority(1.00, 4 * HOUR, 72 * HOUR),
}
CARELESS = (0.01, 0.03, 0.07, 0.12, 0.25)
"""How often the desk is late, by contract."""

Happening = tuple[int, int, str, int, int, str]
"""Instant, number, type, contract, ticket, priority."""


def write(folder: Path, events: int, contracts: int, seed: int) -> None:
    """`events.jsonl` with so many events of tickets and the one that closes the books, `contracts.csv`, and the fees as
    an annex of the agreement, `fees.bpo`."""
    draw = random.Random(seed)
    careless = [draw.choice(CARELESS) for _ in range(contracts)]
    fees = [draw.randrange(1_000, 100_000) for _ in range(contracts)]
    names = [f"C{number:05d}" for number in range(contracts)]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "contracts.csv").open("w", encoding="utf-8") as file:
        file.write("contract,monthly_fee_cents,currency\n")
        file.writelines(f"{name},{fee}00,EUR\n" for name, fee in zip(names, fees, strict=True))
    with (folder / "fees.bpo").open("w", encoding="utf-8") as file:
        file.write("# What each customer pays a month.\n\nlist fees by contract\n  |        | fee       |\n")
        file.writelines(f"  | {name} | {fee} EUR |\n" for name, fee in zip(names, fees, strict=True))
    agent = random.Random(seed + 1)
    with (folder / "events.jsonl").open("w", encoding="utf-8", buffering=1 << 20) as file:
        at = 0
        for number, (at, _, kind, contract, ticket, priority) in enumerate(_happenings(draw, events, careless), 1):
            which = f',"priority":"{priority}"' if kind == "opened" else ""
            file.write(
                f'{{"id":"e{number:010d}","type":"ticket.{kind}","ts":"{_written(at)}","contract":"{names[contract]}",'
                f'"ticket":"T{ticket:08d}"{which},"actor":"agent-{agent.randrange(1000):03d}"}}\n'
            )
        file.write(f'{{"id":"closing","type":"books.closed","ts":"{_written(at)[:-1]}500Z"}}\n')


def write_cells(events: Path, to: Path) -> None:
    """The same events as CSV."""
    columns = ("id", "type", "ts", "contract", "ticket", "priority", "actor")
    with events.open(encoding="utf-8") as lines, to.open("w", encoding="utf-8", buffering=1 << 20) as file:
        file.write(",".join(columns) + "\n")
        for line in lines:
            values = json.loads(line)
            file.write(",".join(values.get(each, "") for each in columns) + "\n")


def write_columns(events: Path, to: Path) -> None:
    """The same events as Parquet: texts, and instants in microseconds."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([
        (each, pa.timestamp("us", "UTC") if each == "ts" else pa.string())
        for each in ("id", "type", "ts", "contract", "ticket", "priority", "actor")
    ])  # fmt: skip
    with events.open(encoding="utf-8") as lines, pq.ParquetWriter(to, schema) as writer:
        while some := [json.loads(line) for line in islice(lines, SOME)]:
            for values in some:
                values["ts"] = datetime.fromisoformat(values["ts"])
            writer.write_table(pa.Table.from_pylist(some, schema))


def _happenings(draw: random.Random, count: int, careless: list[float]) -> Iterator[Happening]:
    """So many, in order of time and then of number."""
    ahead: list[Happening] = []
    gap = SPAN / (count / EACH)
    ticket, number, arrives = 0, 0, 0.0
    while count:
        while not ahead or arrives <= ahead[0][0]:
            contract = draw.randrange(len(careless))
            lot = draw.random()
            name, priority = next((n, p) for n, p in PRIORITIES.items() if lot < p.upto)
            for after, kind in _life(draw, priority, careless[contract]):
                number += 1
                heappush(ahead, (int(arrives) + after, number, kind, contract, ticket, name))
            ticket += 1
            arrives += draw.uniform(0, 2 * gap)
        yield heappop(ahead)
        count -= 1


def _life(draw: random.Random, owed: Priority, careless: float) -> Iterator[tuple[int, str]]:
    """What becomes of a ticket, and how long after it is opened."""
    yield 0, "opened"
    seen = 0
    if draw.random() < 0.97:
        late = draw.random() < careless
        seen = int(owed.acknowledge * (draw.uniform(1, 3) if late else draw.uniform(0.01, 0.95)))
        yield seen, "acknowledged"
    late = draw.random() < careless
    work = max(int(owed.resolve * (draw.uniform(1, 2.5) if late else draw.uniform(0.02, 0.98))), seen + MINUTE)
    worked, paused = seen, 0
    for _ in range(draw.choices((0, 1, 2), (0.6, 0.3, 0.1))[0]):
        worked += 1 + int((work - worked) * draw.uniform(0, 0.5))
        if worked >= work:
            break
        yield worked + paused, "paused"
        paused += 1 + int(owed.resolve * draw.uniform(0, 0.8))
        yield worked + paused, "resumed"
    if draw.random() < 0.985:
        yield work + paused, "resolved"


def _written(at: int) -> str:
    """An instant, counted from the beginning, as the file has it."""
    return f"{(BEGIN + timedelta(milliseconds=at)).strftime('%Y-%m-%dT%H:%M:%S')}.{at % 1000:03d}Z"
