"""`python -m tests.benchmarks`: how long checking and running take, as ratios to a yardstick measured in the same run.

The yardstick is the parsing of JSON lines with the standard library: the file of events, line by line. Every round
measures the yardstick and each task once, so that other load on the machine touches all alike; the medians are shown.
Nothing passes or fails by a time.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from attrs import frozen

from bpodsl.pipeline import Asked, evaluate, understand_text
from bpodsl.store import read_events
from bpodsl.terms import Contract
from bpodsl.values import parse_money
from tests.benchmarks.made import agreement, events

YARDSTICK = "parse JSON lines"
EVERYTHING = Asked(cliff=parse_money("100 000 GBP"))
"""All rules, the one that has to be asked for as well."""


@frozen
class Row:
    """One task: how much it had to do, the median of its CPU seconds, and of its ratio to the yardstick of a round."""

    task: str
    size: str
    seconds: float
    ratio: float


def measure(lines: Sequence[int], count: int, rounds: int) -> list[Row]:
    """The yardstick and every task, in turn, so many times."""
    with TemporaryDirectory() as folder:
        tasks = _tasks(lines, count, Path(folder))
        taken: dict[tuple[str, str], list[float]] = {name: [] for name in tasks}
        for task in tasks.values():
            task()  # What is made once (tables, calendars, imports) is made now.
        for _ in range(rounds):
            for name, task in tasks.items():
                start = process_time()
                task()
                taken[name].append(process_time() - start)
    (yardstick, *_) = taken.values()
    return [
        Row(*name, median(seconds), median(s / max(y, 1e-9) for s, y in zip(seconds, yardstick, strict=True)))
        for name, seconds in taken.items()
    ]


def _tasks(lines: Sequence[int], count: int, folder: Path) -> dict[tuple[str, str], Callable[[], object]]:
    text, queues = agreement(min(lines))
    path = folder / "desk.jsonl"
    path.write_text(events(count, queues), "utf-8")
    contract = _checked(text)
    taken = read_events(contract, [path])
    assert len(taken.events) == count
    size = f"{count:,} events".replace(",", " ")
    tasks: dict[tuple[str, str], Callable[[], object]] = {
        (YARDSTICK, size): lambda: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    }
    for each in lines:
        written, _ = agreement(each)
        shown = f"{written.count(chr(10)):,} lines".replace(",", " ")
        tasks["check", shown] = lambda written=written: _checked(written)  # type: ignore[misc]
    tasks["read", size] = lambda: read_events(contract, [path])
    tasks["evaluate", size] = lambda: evaluate(contract, taken.events, taken.until)
    return tasks


def _checked(text: str) -> Contract:
    contract, problems = understand_text("yardstick.bpo", text, asked=EVERYTHING)
    assert contract is not None, [problem.message() for problem in problems]
    return contract


def table(rows: Sequence[Row]) -> str:
    """The rows as a table, its numbers flush right."""
    cells = [("task", "size", "CPU seconds", "ratio")]
    cells += [(row.task, row.size, f"{row.seconds:.3f}", f"{row.ratio:.1f}") for row in rows]
    widths = [max(len(line[n]) for line in cells) for n in range(4)]
    return "\n".join(
        f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}  {d:>{widths[3]}}" for a, b, c, d in cells
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[300, 400, 5_000], help="of the agreements to check")
    parser.add_argument("--events", type=int, default=20_000, help="to run, on the shortest of them")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    print(table(measure(asked.lines, asked.events, asked.rounds)))


if __name__ == "__main__":
    main()
