"""`python -m tests.benchmarks.growth`: how time and memory grow, as pictures.

With events, with windows of figures, with cases that are open at a time, with lines of an agreement, and with
agreements of a portfolio: each grows by itself while the rest stays as it is. A command is a process of its own, as a
user runs it; a point is the processor time of the quickest of some runs, over that of the first point, so that pictures
of different machines may be compared. Nothing passes or fails by a time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import log10
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from tests.benchmarks.made import agreement, events
from tests.benchmarks.portfolio import prepare as prepare_portfolio
from tests.benchmarks.w1.__main__ import prepare as prepare_w1

SCRIPT = "import sys; from bpodsl.cli import main; sys.exit(main())"
UNTIL = "2027-01-01"
BRIEF = ("--format", "jsonl", "--brief")


@frozen
class Point:
    """What one size took: seconds of the processor, and MiB."""

    size: int
    cpu: float
    peak: float


@frozen
class Growth:
    """How one thing grows. `make` puts what a size needs into a folder, and gives the command over it."""

    name: str
    title: str
    sizes: tuple[int, ...]
    make: Callable[[Path, int], Sequence[str]]


def by_events(folder: Path, size: int) -> Sequence[str]:
    """W1 in short."""
    prepare_w1(folder, size, 100, 1)
    return ["run", str(folder / "w1.bpo"), str(folder / "events.jsonl"), *BRIEF]


def by_windows(folder: Path, size: int) -> Sequence[str]:
    """W1 in short, for so many customers: each has 91 windows of figures in its year, and there are always as many
    events."""
    prepare_w1(folder, 100_000, size, 1)
    return ["run", str(folder / "w1.bpo"), str(folder / "events.jsonl"), *BRIEF]


def by_open(folder: Path, size: int) -> Sequence[str]:
    """W1 in short, with so many tickets open at a time, and always as many events."""
    prepare_w1(folder, 100, 10, 1)
    with (folder / "events.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_waves(size, 5_000_000))
    return ["run", str(folder / "w1.bpo"), str(folder / "events.jsonl"), *BRIEF]


def _waves(open_at_a_time: int, count: int) -> Iterator[str]:
    at, number = datetime(2025, 1, 1, tzinfo=UTC), 0
    steps = ("opened", "acknowledged", "paused", "resumed", "resolved")
    for wave in range(max(1, count // (len(steps) * open_at_a_time))):
        for step in steps:
            for place in range(open_at_a_time):
                number += 1
                at += timedelta(milliseconds=250)
                which = f'"contract":"C{place % 10:05d}","ticket":"T{wave * open_at_a_time + place:08d}"'
                more = ',"priority":"P3"' if step == "opened" else ""
                time = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
                yield f'{{"id":"e{number:010d}","type":"ticket.{step}","ts":"{time}",{which}{more}}}\n'


def by_lines(folder: Path, size: int) -> Sequence[str]:
    """A desk of so many lines, checked."""
    folder.mkdir(parents=True)
    _desk(folder, size)
    return ["check", "--no-tests", str(folder / "desk.bpo")]


def _desk(folder: Path, lines: int) -> int:
    """The number of its queues. Its text is new each time, so that nothing of it is remembered."""
    text, queues = agreement(lines)
    (folder / "desk.bpo").write_text(f"# {folder}\n{text}", "utf-8")
    return queues


def by_lines_run(folder: Path, size: int) -> Sequence[str]:
    """A desk of so many lines, run over always as many events."""
    folder.mkdir(parents=True)
    queues = _desk(folder, size)
    (folder / "events.jsonl").write_text(events(4_000, queues), "utf-8")
    return ["run", str(folder / "desk.bpo"), str(folder / "events.jsonl"), "--until", UNTIL, "--format", "jsonl"]


def by_agreements(folder: Path, size: int) -> Sequence[str]:
    """A portfolio of so many, over always as many events."""
    prepare_portfolio(folder, size, 4_000, 45)
    return ["run", str(folder / "all"), str(folder / "events.jsonl"), "--until", UNTIL, "--format", "jsonl"]


GROWTHS = (
    Growth("events", "events (W1, in short)", (10_000, 100_000, 1_000_000, 10_000_000), by_events),
    Growth("windows", "customers, 91 windows each (100 000 events)", (10, 100, 1_000, 5_000), by_windows),
    Growth("open", "cases open at a time (5 000 000 events)", (100, 1_000, 10_000, 100_000, 1_000_000), by_open),
    Growth("check", "lines of an agreement, checked", (50, 150, 500, 2_000, 10_000), by_lines),
    Growth("run", "lines of an agreement, run over 4 000 events", (50, 150, 500, 2_000, 10_000), by_lines_run),
    Growth("agreements", "agreements of a portfolio (4 000 events)", (1, 10, 100, 1_000, 10_000), by_agreements),
)


def taken(command: Sequence[str], rounds: int) -> tuple[float, float]:
    """Seconds of the processor of the quickest of some runs, and the most MiB."""
    found: list[tuple[float, float]] = []
    for _ in range(rounds):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1, 4):
            raise SystemExit(said.decode()[-2_000:])
        found.append((used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
    return min(cpu for cpu, _ in found), max(peak for _, peak in found)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(each.name for each in GROWTHS))
    parser.add_argument("--most", type=int, default=10_000_000, help="no size above this")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a folder for a picture of each")
    asked = parser.parse_args(arguments)
    for growth in GROWTHS:
        if growth.name not in asked.only.split(","):
            continue
        points: list[Point] = []
        for size in (each for each in growth.sizes if each <= asked.most):
            with TemporaryDirectory() as folder:
                cpu, peak = taken(growth.make(Path(folder, "made"), size), asked.rounds)
            points.append(Point(size, cpu, peak))
        first = points[0]
        told = [{"size": p.size, "x": round(p.cpu / first.cpu, 2), "mib": round(p.peak)} for p in points]
        print(json.dumps({"growth": growth.name, "points": told}))
        if asked.out is not None:
            asked.out.mkdir(parents=True, exist_ok=True)
            (asked.out / f"growth-{growth.name}.svg").write_text(picture(growth.title, points), "utf-8")


# ------------------------------------------------------------------------------------ pictures
WIDE, HIGH, LEFT, FOOT, HEAD, RIGHT = 420, 260, 54, 40, 30, 32


def picture(title: str, points: Sequence[Point]) -> str:
    """Time (full) and memory (dotted) over size, each over its first, both axes by powers of ten; the thin line is what
    grows as the size does."""
    first = points[0]
    times = [point.cpu / first.cpu for point in points]
    sizes = [point.size / first.size for point in points]
    right, top = log10(sizes[-1]) or 1.0, max(1.0, log10(max(*times, sizes[-1])))

    def place(x: float, y: float) -> str:
        across = LEFT + log10(x) / right * (WIDE - LEFT - RIGHT)
        return f"{across:.1f},{HIGH - FOOT - log10(max(y, 1)) / top * (HIGH - FOOT - HEAD):.1f}"

    def line(values: Sequence[float], style: str) -> str:
        along = " ".join(place(x, y) for x, y in zip(sizes, values, strict=True))
        return f'<polyline points="{along}" fill="none" {style}/>'

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="11">',
        f"<title>{title}</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-size="13">{title}</text>',
        line(sizes, 'stroke="#bbb"'),
        line([point.peak / first.peak for point in points], 'stroke="#333" stroke-dasharray="2 3"'),
        line(times, 'stroke="#06c" stroke-width="2"'),
    ]
    for point, times_as_much in zip(points, times, strict=True):
        x, y = place(point.size / first.size, times_as_much).split(",")
        drawn.append(f'<circle cx="{x}" cy="{y}" r="3" fill="#06c"/>')
        below = HIGH - FOOT
        for at, words in (
            (float(y) - 7, f"× {times_as_much:.1f}"), (below + 16, f"{point.size:,}".replace(",", " ")),
            (below + 30, f"{point.peak:.0f} MiB"),
        ):  # fmt: skip
            drawn.append(f'<text x="{x}" y="{at:.0f}" text-anchor="middle">{words}</text>')
    return "\n".join([*drawn, "</svg>", ""])


if __name__ == "__main__":
    main()
