"""`python -m tests.planted`: which of the faults are found, and by what.

Each is put into a copy of the package, and the copy is held against the reference (the campaign), against the laws and
against tests of the parts that both evaluators share, in turn, until something finds it.
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


def planted(fault: Fault, folder: Path) -> None:
    """Put a fault into the copy of the package in a folder."""
    path = folder / "bpodsl" / fault.path
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        raise LookupError(f"{fault.path} has this {text.count(fault.old)} times, not once: {fault.old}")
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def found_by(fault: Fault, pairs: int, seed: int) -> str:
    """What finds it, "" if nothing does."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name in ("bpodsl", "grammar"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        planted(fault, folder)
        # The copy comes first; the tests are those of this place.
        where = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        where |= {"BPODSL_CACHE": "off"}

        def ran(*command: str) -> subprocess.CompletedProcess[str]:
            begun = [sys.executable, "-P", "-m", *command]
            return subprocess.run(begun, cwd=folder, env=where, text=True, capture_output=True, check=False)

        for what in ("campaign", "laws"):
            said = ran("tests.planted.first", what, str(pairs), str(seed)).stdout.strip()
            if said:
                return said
        shutil.copytree(ROOT / "tests", folder / "tests", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        ended = ran("pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS)
        last = [line for line in ended.stdout.splitlines() if line.startswith("FAILED")]
        return f"a test: {last[0].split()[1]}" if ended.returncode == 1 and last else ""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    options.add_argument("--pairs", type=int, default=200, metavar="N", help="how many pairs each is held against")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--only", type=int, action="append", metavar="K", help="only the fault of this number")
    asked = options.parse_args()
    missed = 0
    numbers = asked.only or range(1, len(FAULTS) + 1)
    for number in numbers:
        fault = FAULTS[number - 1]
        by = found_by(fault, asked.pairs, asked.seed)
        missed += not by
        print(f"{number:3} {fault.path:24} {fault.what}: {by or 'NOT FOUND'}", flush=True)
    print(f"{len(numbers)} faults, {missed} not found")
    return int(missed > 1)


if __name__ == "__main__":
    sys.exit(main())
