"""`python -m tests.benchmarks.w1`: W1 by bpodsl, as a user runs it, and by the yardsticks, in turn.

Each program reads the file of events and leaves its answers on disk: bpodsl the whole ledger, or (`short`) all of it
that is no routine, or (`brief`) only what counts; the others the four lists that W1 asks for. Every round runs each of
them once, so that other load on the machine touches all alike; a ratio is the median of the ratios of the rounds.
Nothing passes or fails by a time, but the answers must agree.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.benchmarks.w1 import answers, made

HERE = Path(__file__).parent
OURS = {"bpodsl": (), "short": ("--no-routine",), "brief": ("--brief",), "cells": ("--brief",), "parquet": ("--brief",)}
PROGRAMS = (*OURS, "plain", "duckdb")
"""`short` is bpodsl with `--no-routine`: the ledger without what only says that a case takes its course. `brief` is it
with `--brief`: what the four lists ask for and more, without what led to it; `cells` is that, of the events as CSV, and
`parquet` of the events as Parquet."""

WRITTEN = {"cells": ("csv", made.write_cells), "parquet": ("parquet", made.write_columns)}
"""Programs that read the events otherwise: the ending of their file, and what writes it."""


PREPARES = """import json, sys
from pathlib import Path
from tests.benchmarks.w1.__main__ import prepare
data, *told = json.loads(sys.argv[1])
prepare(Path(data), *told)
"""
"""The same in a process of its own."""


class Taken(NamedTuple):
    """What one run took: seconds by the clock, and the most memory it held, in MiB."""

    seconds: float
    peak: float


def prepare(data: Path, events: int, contracts: int, seed: int, others: Collection[str] = ()) -> None:
    """The data, and the agreement beside its annex; `others`: programs of which some read the events otherwise."""
    made.write(data, events, contracts, seed)
    shutil.copy(HERE / "w1.bpo", data)
    for name, (form, write) in WRITTEN.items():
        if name not in others:
            continue
        folder = data / name
        folder.mkdir()
        shutil.copy(data / "fees.bpo", folder)
        agreement = (HERE / "w1.bpo").read_text("utf-8")
        agreement = agreement.replace("*.jsonl", f"*.{form}").replace("format  jsonl", f"format  {form}")
        (folder / "w1.bpo").write_text(agreement, "utf-8")
        write(data / "events.jsonl", folder / f"events.{form}")


def run(program: str, data: Path, out: Path, jobs: int) -> Taken:
    """One run of one program, as a process of its own."""
    out.mkdir(parents=True, exist_ok=True)
    match program:
        case "bpodsl" | "short" | "brief" | "cells" | "parquet":
            script = "import sys; from bpodsl.cli import main; sys.exit(main())"
            events = (data / "w1.bpo", data / "events.jsonl")
            if program in WRITTEN:
                events = (data / program / "w1.bpo", data / program / f"events.{WRITTEN[program][0]}")
            command = [sys.executable, "-c", script, "run", *map(str, events)]
            command += ["--format", "jsonl", *OURS[program], "--jobs", str(jobs)]
        case "plain":
            command = [sys.executable, str(HERE / "plain.py"), str(data), str(out)]
        case _:
            command = [sys.executable, str(HERE / "duck.py"), str(data), str(out), str(jobs)]
    with (out / "ledger.jsonl").open("wb") as ledger, (out / "said.txt").open("wb") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=ledger, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{program}: exit {process.returncode}\n{(out / 'said.txt').read_text('utf-8')[-2000:]}")
    return Taken(seconds, used.ru_maxrss / 1024)


def found(program: str, out: Path) -> answers.Answers:
    """The answers that a program has left."""
    if program not in OURS:
        return answers.read(out)
    with (out / "ledger.jsonl").open(encoding="utf-8") as ledger:
        return answers.of_ledger(ledger)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.w1", description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--contracts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="cores that programs may use that can use several")
    parser.add_argument("--programs", default=",".join(PROGRAMS), help="only some of them")
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    asked = parser.parse_args(arguments)
    programs = [each for each in PROGRAMS if each in asked.programs.split(",")]
    taken: dict[str, list[Taken]] = {each: [] for each in programs}
    with TemporaryDirectory() as folder:
        data = Path(folder, "data")
        # A process is told to have held at least what the one held that began it: so this one stays small.
        told_all = (str(data), asked.events, asked.contracts, asked.seed, programs)
        subprocess.run([sys.executable, "-c", PREPARES, json.dumps(told_all)], check=True)
        for _ in range(asked.rounds):
            for each in programs:
                taken[each].append(run(each, data, Path(folder, each), asked.jobs))
        got = {each: found(each, Path(folder, each)) for each in programs}
    told = [f"{a} and {b}: {d}" for a, b in pairwise(programs) for d in answers.differences(got[a], got[b])]
    if not asked.json:
        print(table(taken, asked.events))
    for each in told:
        print(each, file=sys.stderr)
    print(json.dumps(line(taken, asked.events, not told)))
    if told:
        raise SystemExit(1)


def line(taken: dict[str, list[Taken]], events: int, agree: bool) -> dict[str, object]:
    """What the last line says of bpodsl, and of it without the routine and in brief. A ratio above 1: it is so many
    times as fast as the other."""
    found: dict[str, object] = {}
    for name in OURS:
        ours = taken.get(name, [])
        begin = "" if name == "bpodsl" else f"{name}_"
        if ours or name == "bpodsl":
            found |= {
                f"{begin}events_per_second": round(events / median(t.seconds for t in ours)) if ours else None,
                f"{begin}x_plain": ratio(ours, taken.get("plain", [])),
                f"{begin}x_duckdb": ratio(ours, taken.get("duckdb", [])),
                f"{begin}peak_mib": round(max((t.peak for t in ours), default=0)),
            }
    return found | {"answers_agree": agree}


def ratio(ours: Sequence[Taken], theirs: Sequence[Taken]) -> float | None:
    """The median of the ratios of the rounds, or None where one did not run."""
    found = [other.seconds / own.seconds for own, other in zip(ours, theirs, strict=False)]
    return round(median(found), 4) if found else None


def table(taken: dict[str, list[Taken]], events: int) -> str:
    """A line for each program."""
    lines = [f"{'program':<10}{'seconds':>10}{'MiB':>9}{'events/s':>12}{'x plain':>9}"]
    for name, runs in taken.items():
        seconds = median(t.seconds for t in runs)
        times = ratio(runs, taken.get("plain", []))
        lines.append(
            f"{name:<10}{seconds:>10.2f}{max(t.peak for t in runs):>9.0f}{events / seconds:>12,.0f}"
            f"{'' if times is None else f'{times:.3f}':>9}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
