"""Threads beside the one that runs Python: the compiled part lets go of the interpreter while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, Final, Generic, TypeVar

_T = TypeVar("_T")

_AHEAD: Final = 4
"""So many blocks are made ready ahead."""


Task = Callable[[], Any] | None
Done = tuple[int, Any, BaseException | None]


class Crew:
    """So many threads, with the one that asks. They end when nobody has it any more."""

    def __init__(self, size: int) -> None:
        self._tasks: list[SimpleQueue[Task]] = [SimpleQueue() for _ in range(size - 1)]
        self._done: SimpleQueue[Done] = SimpleQueue()
        for number, tasks in enumerate(self._tasks, 1):
            threading.Thread(target=_works, args=(number, tasks, self._done), daemon=True).start()

    def __del__(self) -> None:
        for tasks in self._tasks:
            tasks.put(None)

    def all(self, tasks: Sequence[Callable[[], _T]]) -> list[_T]:
        """What they come to, no more of them than threads, each done by another one; raises what one of them does."""
        first, *others = tasks
        for queue, task in zip(self._tasks, others, strict=False):
            queue.put(task)
        found: dict[int, _T] = {}
        wrong: list[BaseException] = []
        try:
            found[0] = first()
        except BaseException as raised:
            wrong.append(raised)
        # All are waited for, whatever becomes of one: none may work on while others go on.
        for _ in others:
            number, made, failed = self._done.get()
            found[number] = made
            wrong += [] if failed is None else [failed]
        if wrong:
            raise wrong[0]
        return [found[number] for number in range(len(tasks))]


def _works(number: int, tasks: SimpleQueue[Task], done: SimpleQueue[Done]) -> None:
    while (task := tasks.get()) is not None:
        try:
            done.put((number, task(), None))
        except BaseException as raised:
            done.put((number, None, raised))
        # It holds what it was about.
        del task


class Ahead(Generic[_T]):
    """Gives what an iterator does, which another thread asks ahead of who needs it."""

    def __init__(self, of: Iterator[_T]) -> None:
        self._of = of
        self._room = threading.Semaphore(_AHEAD)
        self._made: SimpleQueue[tuple[bool, Any]] = SimpleQueue()
        self._left = False
        self._thread = threading.Thread(target=self._works, daemon=True)

    def _works(self) -> None:
        try:
            for each in self._of:
                self._made.put((True, each))
                self._room.acquire()
                if self._left:
                    return
            self._made.put((False, None))
        except BaseException as raised:
            self._made.put((False, raised))

    def __iter__(self) -> Iterator[_T]:
        self._thread.start()
        try:
            while True:
                there, each = self._made.get()
                if not there:
                    if each is not None:
                        raise each
                    return
                self._room.release()
                yield each
        finally:
            # Whoever looks no further must not find the file read on.
            self._left = True
            self._room.release()
            self._thread.join()
