"""`python -m tests.benchmarks.portfolio`: what a portfolio costs as agreements grow in number.

One help desk's events are dealt out, ticket by ticket, to 1, 10, 100 … agreements of one form; each portfolio is run as
a user runs it, from the stream to all ledgers on disk, with its events and without any. What it takes without events is
the cost of the agreements: reading, planning and closing their months; the rest is that of the events. Processor time
of all processes together; ratios are to the portfolio of the first number, in the same round. Nothing passes or fails
by a time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from attrs import frozen

from tests.benchmarks.made import agreement, events

UNTIL = "2027-01-01"


@frozen
class Taken:
    """What a run took: seconds of the processors, seconds by the clock, and the most memory of one process, in MiB."""

    cpu: float
    clock: float
    peak: float


@frozen
class Row:
    """One number of agreements: the cost of an event and of everything for an event, as multiples of those in the first
    row; the milliseconds that an agreement costs without events; by the clock, one process over `jobs`; and memory."""

    agreements: int
    an_event: float
    in_all: float
    an_agreement: float
    faster: float
    peak: float


def prepare(folder: Path, agreements: int, count: int, lines: int) -> None:
    """`all/`, so many agreements of about so many lines, and `events.jsonl`, so many events; `none.jsonl` has none."""
    text, queues = agreement(lines)
    (folder / "all").mkdir(parents=True)
    for n in range(agreements):
        own = text.replace("agreement yardstick", f"agreement desk_{n}")
        (folder / "all" / f"desk_{n}.bpo").write_text(own, "utf-8")
    (folder / "none.jsonl").write_text("", "utf-8")
    with (folder / "events.jsonl").open("w", encoding="utf-8") as file:
        for line in events(count, queues).splitlines():
            event = json.loads(line)
            event["subject"] = f"desk_{int(event['data']['ticket'][1:]) % agreements}"
            file.write(json.dumps(event) + "\n")


def run(folder: Path, stream: str, out: Path, jobs: int = 1) -> Taken:
    """One run, as a process of its own; its ledgers are in `out`."""
    command = [sys.executable, "-m", "bpodsl", "run", str(folder / "all"), str(folder / stream), "--until", UNTIL]
    command += ["--out", str(out), "--jobs", str(jobs), "--format", "csv"]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"exit {process.returncode}\n{said[-2000:]}")
    return Taken(used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024)


def ledgers(out: Path) -> dict[str, bytes]:
    """What a run left of each agreement."""
    return {path.parent.name: path.read_bytes() for path in sorted(out.glob("*/ledger.jsonl"))}


def measure(numbers: Sequence[int], count: int, lines: int, jobs: int, rounds: int) -> list[Row]:
    """Every number of agreements in every round."""
    taken: dict[int, list[tuple[Taken, Taken, Taken]]] = {n: [] for n in numbers}
    with TemporaryDirectory() as place:
        for n in numbers:
            prepare(Path(place) / str(n), n, count, lines)
        for _ in range(rounds):
            for n in numbers:
                folder = Path(place) / str(n)
                whole = run(folder, "events.jsonl", folder / "out")
                shared = run(folder, "events.jsonl", folder / "shared", jobs)
                assert ledgers(folder / "out") == ledgers(folder / "shared")
                taken[n].append((whole, run(folder, "none.jsonl", folder / "none"), shared))
    first = taken[numbers[0]]
    return [
        Row(
            n,
            median((w.cpu - e.cpu) / (w1.cpu - e1.cpu) for (w, e, _), (w1, e1, _) in zip(found, first, strict=True)),
            median(w.cpu / w1.cpu for (w, _, _), (w1, _, _) in zip(found, first, strict=True)),
            median(e.cpu for _, e, _ in found) / n * 1000,
            median(w.clock / s.clock for w, _, s in found),
            median(w.peak for w, _, _ in found),
        )
        for n, found in taken.items()
    ]


def table(rows: Sequence[Row], jobs: int) -> str:
    """The rows as a table, its numbers flush right."""
    cells = [("agreements", "an event", "in all", "ms an agreement", f"--jobs {jobs}", "MiB")]
    cells += [
        (str(r.agreements), f"{r.an_event:.2f}", f"{r.in_all:.2f}", f"{r.an_agreement:.1f}", f"{r.faster:.2f}",
         f"{r.peak:.0f}")
        for r in rows
    ]  # fmt: skip
    widths = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    return "\n".join("  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True)) for line in cells)


def main(arguments: Sequence[str] | None = None) -> None:
    about = __doc__.partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.portfolio", description=about)
    parser.add_argument("--agreements", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--events", type=int, default=20_000, help="in all, whatever the number of agreements")
    parser.add_argument("--lines", type=int, default=45, help="of each agreement, about")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    asked = parser.parse_args(arguments)
    rows = measure(asked.agreements, asked.events, asked.lines, asked.jobs, asked.rounds)
    print(table(rows, asked.jobs))
    if asked.json:
        print(json.dumps([{name: getattr(row, name) for name in Row.__slots__ if name[0] != "_"} for row in rows]))


if __name__ == "__main__":
    main()
