"""The same work in this process or in several: results come in the order of the tasks, whoever did them.

Processes are started anew (`spawn`), so that they share nothing with this one; what a task needs goes with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from bpodsl.record.refusals import LimitReached, Reason

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

AHEAD: Final = 4
"""How many tasks wait for each process: so many that it never waits, so few that they need little room."""

MOST_ON_WINDOWS: Final = 61
"""It cannot wait for more processes at once."""


class Stopped(Exception):
    """A defect met in the work on a task: `task` says which, `told` is its traceback."""

    def __init__(self, task: str, told: str) -> None:
        super().__init__(f"in the work on {task}\n\n{told}")
        self.task = task
        self.told = told


class ProcessLost(Exception):
    """A process ended before its work was done: somebody, or the machine for want of memory, ended it."""


@frozen
class _Failed:
    """An exception as it goes from one process to another; classes with parts of their own cannot go as they are."""

    task: str
    told: str
    os_error: tuple[int | None, str | None, str | None] | None = None
    limit: tuple[Reason, tuple[tuple[str, str], ...]] | None = None

    def again(self) -> Exception:
        """The exception, raised in this process."""
        if self.os_error is not None:
            return OSError(*self.os_error)
        if self.limit is not None:
            return LimitReached(self.limit[0], **dict(self.limit[1]))
        return Stopped(self.task, self.told)


@define
class Workers:
    """Does tasks in `jobs` processes; with one job here, one after the other."""

    jobs: int = 1
    _pool: ProcessPoolExecutor | None = field(default=None, init=False)
    _before: list[BaseProcess] = field(factory=list, init=False)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool is None:
            return
        if kind is not None:
            for each in active_children():
                if each not in self._before:
                    each.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def each(
        self,
        function: Callable[[_Task], _Result],
        tasks: Iterable[_Task],
        named: Callable[[_Task], str],
        done: Callable[[int], None] | None = None,
    ) -> Iterator[_Result]:
        """What a function of a module makes of each task, in their order. `named` says of a task what it is; `done` is
        told how many are. Raises what the function raised: `OSError` and `LimitReached` as they are, any other as
        `Stopped`; and `ProcessLost`."""
        doing = self._here(function, tasks, named) if self.jobs == 1 else self._there(function, tasks, named)
        for number, found in enumerate(doing, 1):
            if isinstance(found, _Failed):
                raise found.again()
            if done is not None:
                done(number)
            yield found

    @staticmethod
    def _here(
        function: Callable[[_Task], _Result], tasks: Iterable[_Task], named: Callable[[_Task], str]
    ) -> Iterator[_Result | _Failed]:
        for task in tasks:
            yield _tried(function, task, named(task))

    def _there(
        self, function: Callable[[_Task], _Result], tasks: Iterable[_Task], named: Callable[[_Task], str]
    ) -> Iterator[_Result | _Failed]:
        if self._pool is None:
            self._before = active_children()
            most = MOST_ON_WINDOWS if sys.platform == "win32" else self.jobs
            self._pool = ProcessPoolExecutor(min(self.jobs, most), get_context("spawn"), _begin)
        waiting: list[Future[Any]] = []
        todo = iter(tasks)
        try:
            while True:
                while len(waiting) < AHEAD * self.jobs and (task := next(todo, _NONE)) is not _NONE:
                    with _deaf():
                        waiting.append(self._pool.submit(_tried, function, task, named(task)))  # type: ignore[arg-type]
                if not waiting:
                    return
                yield waiting.pop(0).result()
        except BrokenProcessPool as error:
            raise ProcessLost from error


_NONE: Final = object()


def _tried(function: Callable[[_Task], _Result], task: _Task, name: str) -> _Result | _Failed:
    try:
        return function(task)
    except OSError as error:
        return _Failed(name, "", (error.errno, error.strerror or str(error), error.filename))
    except LimitReached as error:
        return _Failed(name, "", None, (error.reason, error.values))
    except Exception:
        return _Failed(name, traceback.format_exc())


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes that are started in here do not hear Ctrl-C before they know what to do about it; we do afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Ctrl-C is the first process's to hear: it ends the others. They end, too, if it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _end_with(first: BaseProcess | None) -> None:
    if first is not None:
        first.join()
        os._exit(1)
