"""Processes that work beside this one on the same run, each with a line to it."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

from bpodsl.engine.straight.shares import FAILED

Work = Callable[[Connection, int], None]
"""What a process does, given its line to this one and its number, from 1."""


def why_none() -> str:
    """Why there can be none here; "" if there can."""
    # They begin as copies of this process, with all that it has read, which only this system does well.
    able = sys.platform.startswith("linux") and "fork" in multiprocessing.get_all_start_methods()
    return "" if able else "this system cannot copy a process"


@contextmanager
def helpers(count: int, work: Work) -> Iterator[list[Connection]]:
    """So many processes; the lines to them. They end when this is left."""
    context = multiprocessing.get_context("fork")
    lines: list[Connection] = []
    begun = []
    # What waits to be written would be written by each.
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        for number in range(1, count + 1):
            here, there = context.Pipe()
            process = context.Process(target=_works, args=(there, [*lines, here], number, work), daemon=True)
            process.start()
            there.close()
            lines.append(here)
            begun.append(process)
        yield lines
    finally:
        for line in lines:
            line.close()
        for process in begun:
            process.terminate()
            process.join()


def _works(line: Connection, others: list[Connection], number: int, work: Work) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()
    try:
        work(line, number)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Nobody listens any more.
        pass
    except Exception:
        # All is run anew in one process; what is wrong shows there.
        with suppress(OSError):
            line.send(FAILED)
