"""A bundle as a file: a zip archive that packs nothing, in exactly one way to write it.

So it unpacks to no more than it is, any byte that was changed in it is found, and the same run gives the same file.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Final

from attrs import frozen

from bpodsl.proof.troubles import NO_BUNDLE, TOO_LARGE_A_BUNDLE, ProofTrouble

MANIFEST: Final = "bundle.json"
LEDGER: Final = "ledger.jsonl"
CHECKPOINTS: Final = "checkpoints.jsonl"
SUMS: Final = "SHA256SUMS"
SIGNATURES: Final = "signatures.jsonl"

SIZE_LIMIT: Final = 1 << 30
SMALL_LIMIT: Final = 32 << 20
"""No manifest, list of digests or of signatures, and no text of an agreement has more bytes."""
MOST_PARTS: Final = 4096

_BLOCK: Final = 1 << 20
_EDGE: Final = (1980, 1, 1, 0, 0, 0)
_END: Final = struct.Struct("<4s4H2LH")
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    KeyError,
)

Part = tuple[str, Iterable[bytes]]


def write(to: IO[bytes], parts: Iterable[Part], name: str) -> None:
    """Write an archive. Raises `ProofTrouble` if it becomes too large."""
    size = 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
        for number, (part, blocks) in enumerate(parts, 1):
            about = zipfile.ZipInfo(part, _EDGE)
            about.create_system, about.external_attr = 3, 0o100644 << 16
            with archive.open(about, "w") as file:
                for block in blocks:
                    size += len(block)
                    if size > SIZE_LIMIT or number > MOST_PARTS:
                        raise ProofTrouble(TOO_LARGE_A_BUNDLE, bundle=name, limit=_LIMITS)
                    file.write(block)


_LIMITS: Final = f"{SIZE_LIMIT >> 30} GiB or {MOST_PARTS} files"


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of `path` when all of it is written, and synced; else nothing has changed."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            Path(file.name).chmod(0o666 & ~umask)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@frozen
class Parts:
    """The parts of an archive, in their order."""

    path: Path
    _archive: zipfile.ZipFile

    @property
    def names(self) -> list[str]:
        """Their names."""
        return self._archive.namelist()

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part. Raises `ValueError` if it is damaged."""
        try:
            with self._archive.open(name) as file:
                while block := file.read(_BLOCK):
                    yield block
        except _UNREADABLE as error:
            raise ValueError(f"{name} is damaged: {error}") from error

    def small(self, name: str) -> bytes:
        """The bytes of a part that is small. Raises `ValueError`."""
        about = next((each for each in self._archive.infolist() if each.filename == name), None)
        if about is None:
            raise ValueError(f"it has no {name}")
        if about.file_size > SMALL_LIMIT:
            raise ValueError(f"{name} is far too long")
        return b"".join(self.blocks(name))

    def digest(self, name: str) -> str:
        """The SHA-256 of a part, hex; "" if it is damaged."""
        found = hashlib.sha256()
        try:
            for block in self.blocks(name):
                found.update(block)
        except ValueError:
            return ""
        return found.hexdigest()

    def not_as_written(self) -> str:
        """Why the file is not, byte for byte, the one way to write its parts; "" if it is."""
        with TemporaryFile() as again, self.path.open("rb") as file:
            try:
                write(again, ((name, self.blocks(name)) for name in self.names), str(self.path))
            except ValueError as error:
                return str(error)
            again.seek(0)
            while block := file.read(_BLOCK):
                if again.read(len(block)) != block:
                    return "around its parts the file is not written as bpodsl writes bundles"
            return "" if not again.read(1) else "it is shorter than its parts"


@contextmanager
def opened(path: Path) -> Iterator[Parts]:
    """The parts of a bundle. Raises `ProofTrouble` if it is none, or too large; `OSError`."""
    with path.open("rb") as file:
        _must_end_well(file, path)
        try:
            archive = zipfile.ZipFile(file)
        except _UNREADABLE as error:
            raise ProofTrouble(NO_BUNDLE, bundle=str(path), why=f"its list of parts does not read ({error})") from error
        with archive:
            names = archive.namelist()
            packed = [each for each in archive.infolist() if each.compress_type or each.file_size != each.compress_size]
            if packed or len(set(names)) != len(names):
                raise ProofTrouble(NO_BUNDLE, bundle=str(path), why="its parts are packed, or there twice")
            if sum(each.file_size for each in archive.infolist()) > os.fstat(file.fileno()).st_size:
                raise ProofTrouble(NO_BUNDLE, bundle=str(path), why="its parts are larger than itself")
            yield Parts(path, archive)


def _must_end_well(file: IO[bytes], path: Path) -> None:
    """What the end says of the list of parts bounds what reading it can cost."""
    size = file.seek(0, os.SEEK_END)
    if size > SIZE_LIMIT + SMALL_LIMIT:
        raise ProofTrouble(TOO_LARGE_A_BUNDLE, bundle=str(path), limit=_LIMITS)
    file.seek(max(0, size - _END.size))
    end = file.read(_END.size)
    if len(end) != _END.size or not end.startswith(b"PK\5\6"):
        raise ProofTrouble(NO_BUNDLE, bundle=str(path), why="it does not end as one does")
    _, _, _, here, parts, length, start, remark = _END.unpack(end)
    if parts > MOST_PARTS:
        raise ProofTrouble(TOO_LARGE_A_BUNDLE, bundle=str(path), limit=_LIMITS)
    if here != parts or remark or start + length + _END.size != size or length > parts * _BLOCK >> 4:
        raise ProofTrouble(NO_BUNDLE, bundle=str(path), why="it does not end as one does")
    file.seek(0)
