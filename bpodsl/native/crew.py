"""Threads beside the one that runs Python: the compiled part lets go of the interpreter while it works.

There are three sorts of work: tasks that somebody waits for, what may be made ready ahead, and what goes on beside.
Nobody is idle while there is any: who has no task makes something ready, and so does who waits for the tasks of
others. What goes on beside takes long, so that nobody begins it who is waited for.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, Generic, TypeVar

_T = TypeVar("_T")
_S = TypeVar("_S")

_AHEAD: Final = 6
"""So many more than there are threads are made ready ahead."""

_TURN: Final = 0.0002
"""Seconds after which a thread gives way to one that has been in the compiled part and needs the interpreter for a
moment. By Python's own measure the others would stand still while figures are settled."""

Work = Callable[[], None]


class _Board:
    """What is to be done. All of it is changed by who holds `changed`."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.tasks: deque[Work] = deque()
        self.beside: deque[Work] = deque()
        self.ahead: Ahead[Any, Any] | None = None
        self.over = False

    def next(self, beside: bool) -> Work | None:
        """Something to do."""
        if beside and self.beside:
            return self.beside.popleft()
        if self.tasks:
            return self.tasks.popleft()
        return self.ahead.step() if self.ahead is not None else None

    def work_until(self, done: Callable[[], bool], beside: bool = False) -> None:
        """Do what there is, or wait, until something is done. `beside`: that, too, which goes on beside all else."""
        while True:
            with self.changed:
                if done():
                    return
                work = self.next(beside)
                if work is None:
                    self.changed.wait()
            if work is not None:
                work()
            # It holds what it was about.
            del work


class Crew:
    """So many threads, with the one that asks. They end when nobody has it any more."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._board = _Board()
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(min(self._turn, _TURN))
        for _ in range(size - 1):
            threading.Thread(target=_works, args=(self._board,), daemon=True).start()

    def __del__(self) -> None:
        sys.setswitchinterval(self._turn)
        with self._board.changed:
            self._board.over = True
            self._board.changed.notify_all()

    def all(self, tasks: Sequence[Callable[[], _T]]) -> list[_T]:
        """What they come to; raises what one of them does."""
        board = self._board
        found: dict[int, _T] = {}
        wrong: list[BaseException] = []
        left = len(tasks)

        def do(number: int, task: Callable[[], _T]) -> None:
            nonlocal left
            try:
                found[number] = task()
            except BaseException as raised:
                wrong.append(raised)
            with board.changed:
                left -= 1
                if not left:
                    board.changed.notify_all()

        with board.changed:
            board.tasks.extend(partial(do, number, task) for number, task in enumerate(tasks))
            board.changed.notify_all()
        # All are waited for, whatever becomes of one: none may work on while others go on.
        board.work_until(lambda: not left)
        if wrong:
            raise wrong[0]
        return [found[number] for number in range(len(tasks))]

    def later(self, task: Callable[[], _T]) -> Later[_T]:
        """What goes on beside all else: another thread does it, or who waits for it."""
        return Later(self._board, task)

    def ahead(self, of: Iterable[_S], make: Callable[[_S], _T]) -> Iterator[_T]:
        """What is made of each, in their order. One after another is asked for; several may be made at once."""
        return iter(Ahead(self._board, iter(of), make, self.size + _AHEAD))


def _works(board: _Board) -> None:
    board.work_until(lambda: board.over, beside=True)


class Later(Generic[_T]):
    """Something that is done beside all else."""

    def __init__(self, board: _Board, task: Callable[[], _T]) -> None:
        self._board = board
        self._found: list[_T] = []
        self._wrong: BaseException | None = None
        self.over = False
        """Whether it is done."""

        def do() -> None:
            try:
                self._found.append(task())
            except BaseException as raised:
                self._wrong = raised
            with board.changed:
                self.over = True
                board.changed.notify_all()

        with board.changed:
            board.beside.append(do)
            board.changed.notify_all()

    def rest(self) -> None:
        """Wait for it, whatever becomes of it."""
        self._board.work_until(lambda: self.over, beside=True)

    def wait(self) -> _T:
        """What it comes to; raises what it does."""
        self.rest()
        if self._wrong is not None:
            raise self._wrong
        return self._found[0]


class Ahead(Generic[_S, _T]):
    """Makes things ready, `most` of them before they are needed."""

    def __init__(self, board: _Board, of: Iterator[_S], make: Callable[[_S], _T], most: int) -> None:
        self._board, self._of, self._make, self._most = board, of, make, most
        # By number, and what was raised in place of it.
        self._made: dict[int, tuple[_T | None, BaseException | None]] = {}
        self._begun = self._given = self._busy = 0
        self._asking = self._ended = False

    def step(self) -> Work | None:
        """What makes the next one, where there is room for one and nobody asks for one."""
        if self._asking or self._ended or self._begun - self._given >= self._most:
            return None
        self._asking = True
        self._busy += 1
        return self._one

    def _one(self) -> None:
        changed = self._board.changed
        number = self._begun
        made: _T | None = None
        wrong: BaseException | None = None
        try:
            each = next(self._of)
        except BaseException as raised:
            wrong = raised
        with changed:
            self._begun += 1
            self._asking = False
            self._ended |= wrong is not None
            changed.notify_all()
        if wrong is None:
            try:
                made = self._make(each)
            except BaseException as raised:
                wrong = raised
        with changed:
            self._made[number] = made, wrong
            self._busy -= 1
            changed.notify_all()

    def __iter__(self) -> Iterator[_T]:
        board = self._board
        with board.changed:
            board.ahead = self
            board.changed.notify_all()
        try:
            while True:
                board.work_until(lambda: self._given in self._made)
                with board.changed:
                    made, wrong = self._made.pop(self._given)
                    self._given += 1
                    board.changed.notify_all()
                if isinstance(wrong, StopIteration):
                    return
                if wrong is not None:
                    raise wrong
                yield made  # type: ignore[misc]
                del made
        finally:
            # Whoever looks no further must not find the file read on.
            with board.changed:
                self._ended = True
                if board.ahead is self:
                    board.ahead = None
                while self._busy:
                    board.changed.wait()
