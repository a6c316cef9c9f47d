"""Runs the command line in processes of its own, each of which may be armed to fail.

A process is forked from one that has all modules loaded already, under the shim; so a run takes a tenth of a second.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from attrs import frozen

from tests.fuzz.ran import ran

SECONDS: Final = 60
WAYS: Final = ("watch", "kill", "torn", "short", "eio", "full once", "full")
"""As `enum way` of the shim has them."""

_LOADED: Final = "BPODSL_FAULTS"


class NoTrial(Exception):
    """Trials cannot be held here, so nothing is known."""


def loaded(module: str, arguments: Sequence[str]) -> bool:
    """Whether the shim is loaded into this process; if it is not, this starts again with it (or says why not)."""
    if os.environ.get(_LOADED):
        return True
    if not sys.platform.startswith("linux") or shutil.which("cc") is None:
        raise NoTrial("it needs Linux and a C compiler")
    folder = Path(mkdtemp(prefix="bpodsl-faults-"))
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(
        ["cc", "-std=c11", "-O2", "-fPIC", "-shared", "-o", str(library), str(source)], check=True
    )  # fmt: skip
    try:
        more = {_LOADED: str(folder), "LD_PRELOAD": str(library), "XDG_CACHE_HOME": str(folder / "cache")}
        ended = subprocess.run([sys.executable, "-m", module, *arguments], env=os.environ | more, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(ended.returncode)


@frozen
class Arm:
    """What is to fail: operation `at` of those in a folder, in a way; `log`: where operations are written down."""

    way: str
    at: int = 0
    log: Path | None = None


@frozen
class Ended:
    """How a run ended: its exit code (less than 0: killed), what it printed, and what it complained of."""

    code: int
    out: bytes
    err: str


@frozen
class Operation:
    """What a run did to a file of the store, as the shim wrote it down."""

    kind: str
    name: str
    offset: int
    data: bytes
    size: int


def written_down(log: Path) -> list[Operation]:
    """The operations in a log of the shim."""
    data, found, at = log.read_bytes(), [], 0
    while at < len(data):
        end = data.index(b"\n", at)
        kind, name, offset, size = data[at:end].decode().split(" ")
        at = end + 1
        length = int(size) if kind == "write" else 0
        found.append(Operation(kind, name, int(offset), data[at : at + length], int(size)))
        at += length
    return found


@frozen
class Bench:
    """A folder with an agreement and files; the store lies in a folder of its own below it."""

    folder: Path

    @property
    def stores(self) -> Path:
        return self.folder / "stores"

    def run(self, arguments: Sequence[str], arm: Arm | None = None) -> Ended:
        """Run the command line there."""
        outputs = [self.folder / name for name in ("out", "err")]
        child = os.fork()
        if not child:
            code = 70
            try:
                code = self._run(arguments, arm, outputs)
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out, err = (path.read_bytes() for path in outputs)
        return Ended(os.waitstatus_to_exitcode(status), out, err.decode())

    def here(self, arguments: Sequence[str]) -> Ended:
        """The same in this process, which costs a tenth of it: for runs that nothing disturbs."""
        with chdir(self.folder):
            ended = ran(arguments)
        return Ended(ended.code, ended.out.encode("utf-8", "surrogateescape"), ended.err + ended.report)

    def _run(self, arguments: Sequence[str], arm: Arm | None, outputs: Sequence[Path]) -> int:
        signal.alarm(SECONDS)
        os.chdir(self.folder)
        for to, path in zip((1, 2), outputs, strict=True):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), to)
        if arm is not None:
            log = b"" if arm.log is None else os.fsencode(arm.log)
            _shim().fault_arm(os.fsencode(self.stores.resolve()), WAYS.index(arm.way), ctypes.c_long(arm.at), log)
        return commanded(arguments)

    @contextmanager
    def stored(self, files: dict[str, bytes]) -> Iterator[None]:
        """With these files in the folder of the store, for a time."""
        before = self.files()
        try:
            self.lay(files)
            yield
        finally:
            self.lay(before)

    def files(self) -> dict[str, bytes]:
        """What is in the folder of the store."""
        return {path.name: path.read_bytes() for path in sorted(self.stores.iterdir())}

    def lay(self, files: dict[str, bytes]) -> None:
        """Put exactly these files there."""
        for path in self.stores.iterdir():
            path.unlink()
        for name, data in files.items():
            (self.stores / name).write_bytes(data)


def commanded(arguments: Sequence[str]) -> int:
    """Run the command line in this process; its exit code."""
    from bpodsl.cli.main import main

    sys.argv = ["bpodsl", *arguments]
    try:
        main()
    except SystemExit as left:
        sys.stdout.flush()
        sys.stderr.flush()
        return left.code if isinstance(left.code, int) else 0
    return 0


def _shim() -> ctypes.CDLL:
    return ctypes.CDLL(None)
