"""Which branches of a package its tests take, and which test reaches which line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import coverage
import pytest
from attrs import frozen

from tests.conftest import ROOT
from tests.depth.settings import KEPT, WHOLE, Package, package_of, packages


@frozen
class Missed:
    """A branch that no test takes: the line it leaves, and the line to which it does not go (0: out of its block)."""

    path: Path
    line: int
    to: int

    def __str__(self) -> str:
        text = self.path.read_text(encoding="utf-8").splitlines()[self.line - 1].strip()
        where = f"line {self.to}" if self.to else "the end"
        return f"{self.path.relative_to(ROOT)}:{self.line}: never to {where}: {text}"


@frozen
class Reached:
    """What was taken of a package: how many branches there are, and those that are missed; lines likewise."""

    branches: int
    missed: tuple[Missed, ...]
    lines: int
    unseen: tuple[tuple[Path, int], ...]
    by_package: dict[str, tuple[int, int]]
    """Of each package how many branches were taken, and how many there are."""


class _Notes:
    """Tells coverage which test runs, and keeps how long each took."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.times: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.measured.switch_context(nodeid)

    def pytest_runtest_logfinish(self) -> None:
        self.measured.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.times[report.nodeid] = self.times.get(report.nodeid, 0.0) + report.duration


def measure(package: Package) -> bool:
    """Run the tests of a package in a process of their own, which has imported nothing of ours yet, and keep what
    they reach; whether all passed."""
    KEPT.mkdir(exist_ok=True)
    ran = subprocess.run([sys.executable, "-m", "tests.depth.reached", package.name], cwd=ROOT, check=False)
    return ran.returncode == 0


def _measure(package: Package) -> int:
    os.environ["BPODSL_DEPTH_PAIRS"] = str(package.pairs)
    measured = coverage.Coverage(
        data_file=str(package.data), config_file=str(ROOT / "pyproject.toml"), source=[str(package.folder)]
    )
    measured.erase()
    notes = _Notes(measured)
    measured.start()
    try:
        code = pytest.main(["-q", "-p", "no:cacheprovider", *package.arguments()], plugins=[notes])
    finally:
        measured.stop()
        measured.save()
    said = {"times": notes.times, "digests": _digests(package)}
    package.times.write_text(json.dumps(said, indent=0), encoding="utf-8")
    return int(code)


def _digests(package: Package) -> dict[str, str]:
    files = [*package.modules, *package.test_files]
    return {str(path.relative_to(ROOT)): sha256(path.read_bytes()).hexdigest() for path in files}


def is_measured(package: Package) -> bool:
    """Whether what is kept was measured of the modules and tests as they stand."""
    if not package.times.exists():
        return False
    return bool(json.loads(package.times.read_text(encoding="utf-8")).get("digests") == _digests(package))


def kept(package: Package) -> coverage.Coverage:
    """What was measured of a package."""
    found = coverage.Coverage(data_file=str(package.data), config_file=str(ROOT / "pyproject.toml"))
    found.load()
    return found


def reached(package: Package) -> Reached:
    """What was taken when it was measured."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "reached.json"
        kept(package).json_report(outfile=str(file))
        said = json.loads(file.read_text(encoding="utf-8"))
    total = said["totals"]
    return Reached(
        total["num_branches"], tuple(_missed(said["files"])), total["num_statements"],
        tuple((Path(name), line) for name, file in sorted(said["files"].items()) for line in file["missing_lines"]),
        _by_package(said["files"]),
    )  # fmt: skip


def _by_package(files: dict[str, dict[str, dict[str, int]]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, file in sorted(files.items()):
        package = package_of(ROOT / name)
        taken, there = found.get(package, (0, 0))
        summary = file["summary"]
        found[package] = taken + summary["covered_branches"], there + summary["num_branches"]
    return found


def _missed(files: dict[str, dict[str, list[list[int]]]]) -> Iterator[Missed]:
    for name, file in sorted(files.items()):
        for line, to in file["missing_branches"]:
            yield Missed(ROOT / name, line, max(to, 0))


@frozen
class Reach:
    """Which tests reach which line of a package, and how long each takes."""

    by_line: dict[Path, dict[int, list[str]]]
    times: dict[str, float]

    @staticmethod
    def of(package: Package) -> Reach:
        data = kept(package).get_data()
        lines = {Path(name): data.contexts_by_lineno(name) for name in data.measured_files()}
        return Reach(lines, json.loads(package.times.read_text(encoding="utf-8"))["times"])

    def tests(self, path: Path, first: int, last: int) -> list[str]:
        """The tests that reach any of these lines, the quickest first."""
        lines = self.by_line.get(path, {})
        found = {test for line in range(first, last + 1) for test in lines.get(line, ()) if test in self.times}
        return self._sorted(found)

    def tests_of(self, path: Path) -> list[str]:
        """The tests that reach anything in a module, the quickest first."""
        lines = self.by_line.get(path, {})
        return self._sorted({test for tests in lines.values() for test in tests if test in self.times})

    def within(self, tests: list[str], seconds: float) -> list[str]:
        """As many as usually take no longer than that together; one at least."""
        chosen, spent = [], 0.0
        for test in tests:
            spent += self.times[test]
            if chosen and spent > seconds:
                break
            chosen.append(test)
        return chosen

    def _sorted(self, tests: set[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.times[test], test))


if __name__ == "__main__":
    sys.exit(_measure(packages()[sys.argv[1]] if sys.argv[1] else WHOLE))
