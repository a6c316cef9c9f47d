"""Standard input as a file that grows."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final

from attrs import field, frozen

_BLOCK: Final = 1 << 16


@frozen
class Spooled:
    """Where what came by standard input is put; `ended` is set behind its last byte, `failed` says if it is not all."""

    path: Path
    ended: Event = field(factory=Event)
    failed: list[OSError] = field(factory=list)


@contextmanager
def spooled() -> Iterator[Spooled]:
    """Put what comes by standard input into a file as it comes, until this is left."""
    with TemporaryDirectory(prefix="bpodsl-") as place:
        found = Spooled(Path(place) / "input")
        found.path.touch()
        # It may wait for more for ever, so nobody waits for it.
        Thread(target=_copy, args=(found, _reader()), daemon=True).start()
        yield found


def _reader() -> Callable[[], bytes]:
    """Reads what is there, and waits if nothing is; past Python's buffer, whose lock could not be had at exit."""
    stream = sys.stdin.buffer
    try:
        number = stream.fileno()
    except (OSError, io.UnsupportedOperation, AttributeError):
        return lambda: stream.read(_BLOCK)
    return lambda: os.read(number, _BLOCK)


def _copy(to: Spooled, read: Callable[[], bytes]) -> None:
    try:
        with to.path.open("ab", buffering=0) as file:
            while block := read():
                file.write(block)
    except OSError as error:
        to.failed.append(error)
    finally:
        to.ended.set()
