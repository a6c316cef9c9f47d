"""`python -m tests.planted`: which of the faults are found, and by what.

Each is put into a copy of the package, and the copy is held against the reference (kept cases, then the campaign),
against the laws and against tests of the parts that both evaluators share, in turn, until something finds it. The pairs
are drawn once, and what the reference says of them is asked once, but for faults of what both share.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.planted.faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/values", "tests/record")
MISSED = 1
"""How many may be missed."""


def planted(fault: Fault, folder: Path) -> None:
    """Put a fault into the copy of the package in a folder."""
    path = folder / "bpodsl" / fault.path
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise LookupError(f"{fault.path} has this {text.count(fault.old)} times, not once: {fault.old}")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def _copied(folder: Path) -> dict[str, str]:
    """Copy the package and what it is tested with; what processes find around them so that the copy comes first."""
    for name in ("bpodsl", "grammar", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return {
        **os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "BPODSL_CACHE": "off",
    }  # fmt: skip


def _ran(folder: Path, around: dict[str, str], *command: str) -> str:
    begun = [sys.executable, "-P", "-m", *command]
    return subprocess.run(begun, cwd=folder, env=around, text=True, capture_output=True, check=False).stdout


def _failed(folder: Path, around: dict[str, str], *more: str) -> list[str]:
    """The tests that fail in a folder."""
    said = _ran(folder, around, "pytest", "-q", "-p", "no:cacheprovider", *more, *TESTS)
    return [line.split()[1] for line in said.splitlines() if line.startswith("FAILED")]


def failing_anyway() -> list[str]:
    """The tests that fail in a copy without any fault: they find none."""
    with TemporaryDirectory() as place:
        return _failed(Path(place), _copied(Path(place)))


def answered(path: Path, pairs: int, seed: int) -> None:
    """Draw the pairs, and write what the reference says of them: no fault of the engine changes that."""
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = [sys.executable, "-P", "-m", "tests.planted.first", "answers", str(path), str(pairs), str(seed)]
    subprocess.run(begun, cwd=ROOT, env=around, check=True)


def found_by(fault: Fault, answers: Path, pairs: int, seed: int, anyway: list[str]) -> str:
    """What finds it, "" if nothing does; `pairs`: how many the laws are held for."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        around = _copied(folder)
        planted(fault, folder)
        whose = "engine" if fault.path.startswith("engine/") else "whole"
        for what in (("campaign", str(answers), whose), ("laws", str(pairs), str(seed))):
            said = _ran(folder, around, "tests.planted.first", *what).strip()
            if said:
                return said
        failed = _failed(folder, around, "-x", *(f"--deselect={each}" for each in anyway))
        return f"a test: {failed[0]}" if failed else ""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    options.add_argument("--pairs", type=int, default=600, metavar="N", help="how many pairs each is held against")
    options.add_argument("--laws", type=int, default=30, metavar="N", help="for how many pairs the laws are held")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--only", type=int, action="append", metavar="K", help="only the fault of this number")
    asked = options.parse_args()
    print(f"seed {asked.seed}", flush=True)
    numbers = asked.only or range(1, len(FAULTS) + 1)
    missed, anyway = 0, failing_anyway()
    with TemporaryDirectory() as place:
        answers = Path(place) / "answers"
        answered(answers, asked.pairs, asked.seed)
        for number in numbers:
            fault = FAULTS[number - 1]
            by = found_by(fault, answers, asked.laws, asked.seed, anyway)
            missed += not by
            print(f"{number:3} {fault.path:24} {fault.what}: {by or 'NOT FOUND'}", flush=True)
    print(f"{len(numbers)} faults, {missed} not found")
    return int(missed > MISSED)


if __name__ == "__main__":
    sys.exit(main())
