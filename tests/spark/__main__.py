"""`python -m tests.spark --agreements N --seed S`: whoever runs a portfolio, the ledgers are the same, byte for byte.

A standalone master and two workers are begun on loopback. The same portfolio and events are run in this process, in two
processes, by Spark at once, and by Spark as they come, a file in a batch; the last is killed with SIGKILL in the middle
of batches, driver and all, and run again from its checkpoint. It takes some minutes, so it is no part of `pytest`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
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


def killed(place: Path, words: list[str], batch: int, said: bool, state: Path) -> str:
    """Run until a batch of that number or a later one is begun (`said`: has said what it says) and is not finished, and
    kill it there; which batch it was, "" if it came to its end."""
    point = state / "checkpoint"
    with (place / "stream.log").open("ab") as log:
        running = subprocess.Popen(words, cwd=place, env=environment(), stdout=log, stderr=log, start_new_session=True)
        try:
            while running.poll() is None:
                begun = _numbers(point / "offsets")
                done = _numbers(point / "commits")
                open_ = max(begun - done, default=-1)
                if open_ >= batch and (not said or (state / "said" / f"batch={open_}" / "_SUCCESS").exists()):
                    end(running)
                    still = open_ in _numbers(point / "offsets") - _numbers(point / "commits")
                    return f"{open_}" if still else f"{open_} (just finished)"
                time.sleep(0.005)
        finally:
            end(running)
    return ""


def followed(place: Path, spark: tuple[str, ...]) -> None:
    """Run while files come: half of them are there, the others come by and by. It is killed once with SIGKILL in the
    middle of a batch, and stopped in the end by Ctrl-C."""
    files = sorted(path.relative_to(place / "events") for path in (place / "events").rglob("*.*"))
    coming, state = place / "coming", place / "followed"
    words = [
        sys.executable, "-m", "tests.spark.stream", "run", "all", "coming", *spark, "--state", str(state), "--follow",
    ]  # fmt: skip

    def come(some: list[Path]) -> None:
        for each in some:
            (coming / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(place / "events" / each, place / "new")
            (place / "new").rename(coming / each)

    half = len(files) // 2
    come(files[:half])
    which = killed(place, words, 3, False, state)
    print(f"following, killed in batch {which}", flush=True)
    with (place / "stream.log").open("ab") as log:
        running = subprocess.Popen(words, cwd=place, env=environment(), stdout=log, stderr=log, start_new_session=True)
        try:
            for each in files[half:]:
                time.sleep(2)
                come([each])
            _quiet(state / "checkpoint", {each.name for each in files})
            running.send_signal(signal.SIGINT)
            running.wait(SECONDS)
        finally:
            end(running)
    batches = max(_numbers(state / "checkpoint" / "commits")) + 1
    print(f"following, stopped by Ctrl-C after {batches} batches", flush=True)


def _quiet(point: Path, names: set[str]) -> None:
    """Wait until these files were taken, each batch that was begun is through, and no more come."""
    before, since = (-1, -1), time.monotonic()
    while time.monotonic() - since < 20 or before[0] != before[1] or not names <= _taken(point):
        now = max(_numbers(point / "offsets"), default=-1), max(_numbers(point / "commits"), default=-1)
        if now != before:
            before, since = now, time.monotonic()
        if time.monotonic() - since > SECONDS:
            raise SystemExit(f"after {before[1] + 1} batches no more come; not taken: {sorted(names - _taken(point))}")
        time.sleep(0.2)


def _taken(point: Path) -> set[str]:
    """The names of the files that batches were made of, as Spark notes them in its checkpoint."""
    told = (line for each in (point / "sources").glob("*/[0-9]*") for line in each.read_text("utf-8").splitlines())
    return {json.loads(line)["path"].rpartition("/")[2] for line in told if line.startswith("{")}


def warm(place: Path, state: Path) -> str:
    """How often an agreement that had something to do began anew."""
    import pyarrow.parquet as parquet

    done = anew = 0
    for path in sorted((place / state / "said").rglob("*.parquet")):
        for row in parquet.ParquetFile(path).read(columns=["agreement", "kind", "anew"]).to_pylist():
            done += row["kind"] == "said" and row["agreement"] != ""
            anew += row["anew"] if row["kind"] == "said" else 0
    return f"{done} times an agreement was woken, {anew} times it began anew"


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
            which = killed(place, stream, batch, said, place / "state")
            print(f"killed in batch {which}" if which else "ended before it could be killed", flush=True)
        ran(place, stream, "stream")
        ran(place, [word.replace(str(place / "stream"), str(place / "again")) for word in stream], "again")
        followed(place, spark)
        print(warm(place, Path("followed")), flush=True)
        words = ("--state", str(place / "followed"))
        ran(place, command(place, "tests.spark.stream", ["coming"], "follow", *spark, *words), "follow")
    differences = 0
    for out in ("processes", "batch", "stream", "again", "follow"):
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
