"""`bpodsl run` of very many plain events, of which no more is kept than what is open."""

from __future__ import annotations

import gc
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from bpodsl.record import Posted
    from bpodsl.store import Intaken
    from bpodsl.terms import Contract

_COPIED: Final = 1 << 20
_YOUNG: Final = 200_000


class Output:
    """Lines that are written as they come, and void until the last line of the events is read: then they are shown, or
    all is taken back. Where what is shown goes into a file, they go there at once."""

    def __init__(self) -> None:
        own = _file_of_output()
        self._own = own is not None
        self._file: BinaryIO = own if own is not None else _temporary()
        self._begin = self._file.tell()
        self._lines: list[bytes] = []
        self._long = 0

    def write(self, text: str | bytes) -> None:
        """More lines. A line of a figure may be as long as many others."""
        lines = text.encode() if isinstance(text, str) else text
        self._lines.append(lines)
        self._long += len(lines)
        if self._long >= _COPIED:
            self._put()

    def _put(self) -> None:
        self._file.writelines(self._lines)
        self._lines.clear()
        self._long = 0

    def take_back(self) -> None:
        """What was written is void."""
        self._lines.clear()
        self._long = 0
        self._file.flush()
        self._file.seek(self._begin)
        self._file.truncate()

    def show(self) -> None:
        """It holds."""
        self._put()
        self._file.flush()
        if self._own:
            return
        self._file.seek(0)
        sys.stdout.flush()
        screen = sys.stdout.buffer
        while block := self._file.read(_COPIED):
            screen.write(block)
        screen.flush()


def _temporary() -> BinaryIO:
    # It takes long to import.
    from tempfile import TemporaryFile

    return TemporaryFile()


def _file_of_output() -> BinaryIO | None:
    """Standard output, if it is a file of its own whose end may be cut off again."""
    try:
        import fcntl

        stream = sys.stdout.buffer
        number = stream.fileno()
        plain = stat.S_ISREG(os.fstat(number).st_mode)
        if not plain or fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND or not stream.seekable():
            return None
        sys.stdout.flush()
        stream.seek(os.lseek(number, 0, os.SEEK_CUR))
    except (ImportError, AttributeError, OSError, ValueError):
        return None
    return stream


def run_steadily(
    form: str, contract: Contract, events: Sequence[Path], until: int | None, routine: bool, jobs: int = 1
) -> Intaken | None:  # fmt: skip
    """Run and show the ledger, as JSON lines or CSV; what the input comes to, without its events. None: it must be run
    as ever, and nothing was shown. `jobs`: by so many processes."""
    from bpodsl.lean import evolve
    from bpodsl.pipeline import Help, run_steady
    from bpodsl.report.formats import LedgerLines, ledger_csv
    from bpodsl.report.idle import Noted, idle_notes

    output, lines = Output(), LedgerLines(contract)
    begun, noted = False, Noted()

    def sink(posted: Sequence[Posted]) -> None:
        nonlocal begun
        found = lines.of(posted) if form == "jsonl" else ledger_csv(contract, posted, head=not begun)
        begun = True
        for line in found:
            output.write(line)
        if routine:
            noted.see(posted)

    def again() -> None:
        nonlocal begun, noted
        begun, noted = False, Noted()
        output.take_back()

    def tails(posted: Sequence[Posted]) -> list[str]:
        if routine:
            noted.see(posted)
        if form == "jsonl":
            return lines.tails(posted)
        return [line.partition(",")[2] for line in ledger_csv(contract, posted, head=False)]

    help = None if jobs == 1 else Help(jobs, tails, lambda: noted, lambda other: noted.add(other))
    with seldom_swept():
        found = run_steady(contract, events, until, sink, again, routine, help=help)
    if found is None:
        return None
    taken, named = found
    if noted.refs:
        idle = named(noted.refs)
        if not noted.certain(idle):
            again()
            return None
        more = idle_notes(contract, idle, noted.ledger)
        taken = evolve(taken, notes=(*taken.notes, *dict.fromkeys(more)))
    if not begun and form == "csv":
        output.write("".join(ledger_csv(contract, ())))
    output.show()
    return taken


@contextmanager
def seldom_swept(young: int = _YOUNG) -> Iterator[None]:
    """Nearly all that is made here goes by itself as soon as nothing needs it. `young`: how many objects more than
    before there are when a look for others begins."""
    was_on, before = gc.isenabled(), gc.get_threshold()
    gc.freeze()
    gc.set_threshold(young, *before[1:])
    gc.enable()
    try:
        yield
    finally:
        # What is young would be looked through at once, for nothing.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)
        if not was_on:
            gc.disable()
