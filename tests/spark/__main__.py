"""`python -m tests.spark --agreements N --seed S`: whoever runs a portfolio, the ledgers are the same, byte for byte.

A standalone master and two workers are begun on loopback. The same portfolio and events are run in this process, in two
processes, by Spark at once, and by Spark as they come, a file in a batch; the last is killed with SIGKILL in the middle
of batches, driver and all, and run again from its checkpoint. It takes some minutes, so it is no part of `pytest`.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from tests.spark.cluster import cluster, end, environment
from tests.spark.corpus import UNTIL, corpus

OK = (0, 4)
"""Lines are set aside on purpose."""

SECONDS = 900


def command(place: Path, module: str, events: list[str], out: str, *words: str) -> list[str]:
    """A run of the portfolio."""
    return [
        sys.executable, "-m", module, "run", "all", *events, "--until", UNTIL, "--out", str(place / out), *words,
    ]  # fmt: skip


def ran(place: Path, words: list[str], name: str) -> None:
    """Run to the end; what it says is in a file."""
    began = time.monotonic()
    with (place / f"{name}.log").open("ab") as log:
        done = subprocess.run(words, cwd=place, env=environment(), stdout=log, stderr=log, timeout=SECONDS)
    if done.returncode not in OK:
        raise SystemExit(f"{name} ended with {done.returncode}; see {place / f'{name}.log'}")
    print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


def killed(place: Path, words: list[str], batch: int, said: bool) -> str:
    """Run until a batch of that number or a later one is begun (`said`: has said what it says) and is not finished, and
    kill it there; which batch it was, "" if it came to its end."""
    point = place / "state" / "checkpoint"
    with (place / "stream.log").open("ab") as log:
        running = subprocess.Popen(words, cwd=place, env=environment(), stdout=log, stderr=log, start_new_session=True)
        try:
            while running.poll() is None:
                begun = _numbers(point / "offsets")
                done = _numbers(point / "commits")
                open_ = max(begun - done, default=-1)
                if open_ >= batch and (not said or (place / "state" / "said" / f"batch={open_}" / "_SUCCESS").exists()):
                    end(running)
                    still = open_ in _numbers(point / "offsets") - _numbers(point / "commits")
                    return f"{open_}" if still else f"{open_} (just finished)"
                time.sleep(0.005)
        finally:
            end(running)
    return ""


def _numbers(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.iterdir() if path.name.isdigit()} if folder.exists() else set()


def differing(place: Path, names: list[str], out: str) -> list[str]:
    """The agreements whose ledger differs from that of a run in this process."""
    found = []
    for name in names:
        path = place / out / name / "ledger.jsonl"
        if not path.exists() or path.read_bytes() != (place / "here" / name / "ledger.jsonl").read_bytes():
            found.append(name)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.spark", description=__doc__)
    parser.add_argument("--agreements", type=int, default=25, metavar="N")
    parser.add_argument("--files", type=int, default=10, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--keep", action="store_true", help="Leave the folder of the run.")
    asked = parser.parse_args()
    place = Path(mkdtemp(prefix="bpodsl-spark-"))
    dice = Random(f"spark {asked.seed}")
    names = corpus(place, asked.agreements, asked.files, dice)
    events = sorted(str(path.relative_to(place)) for path in (place / "events").rglob("*.*"))
    lines = sum((place / each).read_bytes().count(b"\n") for each in events)
    print(f"seed {asked.seed}: {len(names)} agreements, {lines} lines in {len(events)} files, {place}", flush=True)
    ran(place, command(place, "bpodsl", events, "here"), "here")
    ran(place, command(place, "bpodsl", events, "processes", "--jobs", "2"), "processes")
    with cluster(place) as master:
        spark = ("--engine", "spark", "--master", master)
        ran(place, command(place, "bpodsl", events, "batch", *spark), "batch")
        stream = command(place, "tests.spark.stream", ["events"], "stream", *spark, "--state", str(place / "state"))
        for batch, said in ((1, False), (4, True), (8, False)):
            which = killed(place, stream, batch, said)
            print(f"killed in batch {which}" if which else "ended before it could be killed", flush=True)
        ran(place, stream, "stream")
        ran(place, [word.replace(str(place / "stream"), str(place / "again")) for word in stream], "again")
    differences = 0
    for out in ("processes", "batch", "stream", "again"):
        found = differing(place, names, out)
        differences += len(found)
        print(f"{out}: {len(names) - len(found)} ledgers the same, {len(found)} not {' '.join(found[:5])}", flush=True)
    for out in ("processes", "batch"):
        same = subprocess.run(["diff", "-r", place / "here", place / out], stdout=subprocess.DEVNULL).returncode == 0
        differences += not same
        print(f"{out}: all files {'the same' if same else 'NOT the same'}", flush=True)
    if not asked.keep and not differences:
        shutil.rmtree(place)
    print(f"{len(names)} agreements, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
