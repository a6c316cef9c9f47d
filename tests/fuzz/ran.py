"""One command in this process, watched: how it ended, what it said, and what of that may not be."""

from __future__ import annotations

import io
import re
import resource
import signal
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from unittest.mock import patch

from attrs import frozen

from bpodsl.cli import exits
from bpodsl.cli.main import main

SECONDS = 10
"""Of computing; no command needs so many for files as small as those here."""

MEBIBYTES = 400
"""So many more than before no command may ever have held; with the program itself these are 512."""

RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What would act on a terminal."""


class Hung(BaseException):
    """It computes and computes."""


@frozen
class Ended:
    """How a command ended; `report` is the text of a report about a defect, "" if there is none. `held`: by how much
    the most memory that was ever held grew, in MiB."""

    code: int
    out: str
    err: str
    report: str = ""
    held: int = 0


def _most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def ran(arguments: Sequence[str | Path], stdin: bytes = b"") -> Ended:
    """Run a command as its user would."""
    out, err = _Captured(), _Captured()
    code, before = -1, _most()
    asked = ["bpodsl", *map(str, arguments)]
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    try:
        with (
            patch.object(sys, "argv", asked), patch.object(sys, "stdin", given), redirect_stdout(out),
            redirect_stderr(err), _limited(),
        ):  # fmt: skip
            main()
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except Hung:
        return Ended(code, out.text, err.text, f"it computed for {SECONDS} s")
    except BaseException as error:
        return Ended(code, out.text, err.text, f"it raised {error!r}")
    report = ""
    if code == exits.INTERNAL:
        named = re.search(r"A report is in (\S+?)\. ", err.text)
        path = Path(named[1]) if named else None
        report = path.read_text(encoding="utf-8") if path else "no report"
        if path:
            path.unlink()
    return Ended(code, out.text, err.text, report, _most() - before)


class _Captured(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        stream = self.buffer
        assert isinstance(stream, io.BytesIO)
        return stream.getvalue().decode("utf-8", "surrogateescape")


@contextmanager
def _limited() -> Iterator[None]:
    def hung(number: int, frame: FrameType | None) -> None:
        raise Hung

    before = signal.signal(signal.SIGPROF, hung)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def wrong(ended: Ended, may: Collection[int]) -> str:
    """What is wrong with how a command ended that may leave with these codes; "" if nothing is."""
    if ended.report:
        return ended.report
    if ended.code not in may:
        return f"exit code {ended.code}, not one of {sorted(may)}: {ended.err[-500:]}"
    if "Traceback (most recent call last)" in ended.out + ended.err:
        return "a traceback"
    if ended.code and not (ended.out + ended.err).strip():
        return f"exit code {ended.code} without a word"
    raw = RAW.search(ended.err)
    if raw:
        return f"{raw[0]!r} goes to the terminal: {ended.err[max(0, raw.start() - 40) : raw.end() + 40]!r}"
    return f"{ended.held} MiB were held" if ended.held > MEBIBYTES else ""
