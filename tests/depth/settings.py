"""What concerns each package, as `pyproject.toml` says it, and where what was measured is kept."""

from __future__ import annotations

import tomllib
from pathlib import Path

from attrs import frozen

from tests.conftest import ROOT

KEPT = ROOT / ".depth"
"""What was measured: for each package which test reaches which line, and how long each test takes."""


@frozen
class Package:
    """A package of ours, "" for all of them, and the tests that concern it."""

    name: str
    tests: tuple[str, ...]
    pairs: int

    @property
    def folder(self) -> Path:
        return ROOT / "bpodsl" / self.name

    @property
    def data(self) -> Path:
        return KEPT / f"{self.name or 'whole'}.coverage"

    @property
    def times(self) -> Path:
        return KEPT / f"{self.name or 'whole'}.json"

    @property
    def modules(self) -> list[Path]:
        return sorted(self.folder.rglob("*.py"))

    @property
    def test_files(self) -> list[Path]:
        """The files of these tests."""
        named = [ROOT / each.partition("::")[0] for each in self.tests]
        return sorted(path for each in named for path in ([each] if each.is_file() else each.rglob("*.py")))

    def arguments(self) -> list[str]:
        """What pytest is asked to run: these tests, and pairs of the campaign where they concern the package."""
        return [*self.tests, *(["tests/depth/pairs.py"] if self.pairs else [])]


def package_of(path: Path) -> str:
    """The package that a module of ours is in, "" for one that is in none."""
    parts = path.relative_to(ROOT / "bpodsl").parts
    return parts[0] if len(parts) > 1 else ""


WHOLE = Package("", ("tests",), 100)
"""All packages, by all tests."""


def packages() -> dict[str, Package]:
    """Those of which the depth is measured, by name."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)["tool"]["depth"]
    return {name: Package(name, tuple(said["tests"]), said.get("pairs", 0)) for name, said in table.items()}
