"""Mutants against the tests that reach them, each in a process forked from one in which all has been imported.

The functions that a mutant changes get its code where they stand. What that cannot show (code that runs on import,
values that were made or kept before the fork) is held against the tests in a process of its own, which imports the
mutant instead of the module.
"""

from __future__ import annotations

import functools
import gc
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType

import hypothesis
import pytest
from attrs import frozen

from tests.conftest import ROOT
from tests.depth.mutants import Mutant, changed_functions
from tests.depth.reached import Reach

MEMORY = 4 << 30
"""More than this is not given to a mutant, in bytes."""


@frozen
class Held:
    """What became of a mutant: what found it, "" if nothing did; how many tests it was held against."""

    mutant: Mutant
    found: str
    tests: int


class Holder:
    """A plugin of pytest: instead of running what was collected, holds mutants against it."""

    def __init__(self, mutants: Iterable[Mutant], reach: Reach, seconds: float) -> None:
        self.mutants = list(mutants)
        self.reach = reach
        self.seconds = seconds
        self.held: list[Held] = []

    def pytest_collection_finish(self) -> None:
        hypothesis.settings.register_profile("depth", deadline=None, derandomize=True, database=None)
        hypothesis.settings.load_profile("depth")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            held = self._held(mutant, items)
            self.held.append(held)
            if not held.found:
                print(f"survives {held.tests} tests: {mutant.shown}", file=sys.__stdout__, flush=True)
        return True

    def _held(self, mutant: Mutant, items: dict[str, pytest.Item]) -> Held:
        tests = self.reach.tests(mutant.path, mutant.first, mutant.last) or self.reach.tests_of(mutant.path)
        tests = self.reach.within([test for test in tests if test in items], self.seconds)
        usual = sum(self.reach.times[test] for test in tests)
        codes = changed_functions(mutant.path, mutant.text)
        found = ""
        if codes:
            found = forked([(items[test], self.reach.times[test]) for test in tests], mutant.path, codes)
        if not found and codes != {}:
            # What one test made and kept, others need not make again: they reach less than they notice.
            found = alone(mutant, [*own_tests(mutant.path), *tests], limit=60 + int(3 * usual))
        return Held(mutant, found, len(tests))


def own_tests(path: Path) -> list[str]:
    """The file of tests that is named after a module, if there is one."""
    package = path.relative_to(ROOT / "bpodsl").parts[0]
    own = ROOT / "tests" / package / f"test_{path.stem}.py"
    return [str(own.relative_to(ROOT))] if own.exists() else []


def forked(items: list[tuple[pytest.Item, float]], path: Path, codes: dict[tuple[str, int], object]) -> str:
    """What finds a mutant in a process forked from this one, "" if nothing does."""
    reading, writing = os.pipe()
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            found = said.read().decode()
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            return f"ended by signal {os.WTERMSIG(status)}"
        return found or ("" if os.WEXITSTATUS(status) == 0 else f"ended with {os.WEXITSTATUS(status)}")
    os.close(reading)
    try:
        _prepare()
        if not _put(path, codes):
            os._exit(0)
        _forget()
        found = _first_failing(items)
        os.write(writing, found.encode())
    except BaseException as error:
        os.write(writing, f"ended by {type(error).__name__}".encode())
    os._exit(0)


def _prepare() -> None:
    """Nothing said, memory bounded, a cache folder of its own."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="bpodsl-mutant-")


def _put(path: Path, codes: dict[tuple[str, int], object]) -> bool:
    """Give each function that differs its new code; whether all could be changed."""
    name = str(path)
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == name:
            code = codes.get((each.__code__.co_qualname, each.__code__.co_firstlineno))
            if code is not None:
                try:
                    each.__code__ = code  # type: ignore[assignment]
                except ValueError:
                    return False
    return True


def _forget() -> None:
    """Nothing that was reckoned before may stand in for what a mutant reckons."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and _ours(each):
            each.cache_clear()


def _ours(kept: functools._lru_cache_wrapper[object]) -> bool:
    module = getattr(kept, "__module__", "") or ""
    return module.startswith("bpodsl.") and not module.startswith("bpodsl.language.grammar")


def _first_failing(items: list[tuple[pytest.Item, float]]) -> str:
    """The first of these tests that fails, each with its usual time; who takes much longer is ended."""

    class Reports:
        failed = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed and not self.failed:
                self.failed = report.nodeid

    reports = Reports()
    if items:
        plugins = items[0][0].config.pluginmanager
        plugins.register(reports)
        plugins.unregister(name="terminalreporter")
    following = [item for item, _ in items[1:]]
    for (item, usual), after in zip(items, [*following, None], strict=True):
        # Of the processor's time, and much more of the clock's, since what waits for ever uses none.
        signal.setitimer(signal.ITIMER_PROF, 3 + 4 * usual)
        signal.alarm(120 + int(40 * usual))
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if reports.failed:
            return reports.failed
    return ""


def alone(mutant: Mutant, tests: list[str], limit: int) -> str:
    """What finds a mutant in a process that imports it, "" if nothing does."""
    with tempfile.TemporaryDirectory(prefix="bpodsl-mutant-") as folder:
        text = Path(folder) / "mutant.py"
        text.write_text(mutant.text, encoding="utf-8")
        asked = Path(folder) / "tests.txt"
        asked.write_text("\n".join(tests), encoding="utf-8")
        around = {**os.environ, "XDG_CACHE_HOME": folder, "HYPOTHESIS_STORAGE_DIRECTORY": folder}
        command = [sys.executable, "-m", "tests.depth.instead", str(mutant.path), str(text), str(asked), str(limit)]
        ran = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    if ran.returncode == 0:
        return ""
    failed = [line.split()[1] for line in ran.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return failed[0] if failed else f"ended with {ran.returncode}"


def hold(mutants: list[Mutant], reach: Reach, arguments: list[str], seconds: float) -> list[Held]:
    """Hold mutants against the tests that reach them, none longer than so many seconds of their usual time."""
    holder = Holder(mutants, reach, seconds)
    code = pytest.main(["-q", "-p", "no:cacheprovider", "--no-header", *arguments], plugins=[holder])
    if len(holder.held) != len(mutants):
        raise RuntimeError(f"the tests could not be collected: pytest ended with {code}")
    return holder.held


def counted(held: Iterable[Held]) -> Counter[bool]:
    """How many were found, and how many were not."""
    return Counter(bool(each.found) for each in held)
