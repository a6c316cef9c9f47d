"""Checkpoints: a signed word of where the chain of what is published ends. Whoever has one can tell later whether what
was published then still stands, whoever keeps the store."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from bpodsl.keeping import published_head
from bpodsl.proof.manifest import Count, decoded
from bpodsl.proof.signing import Key, is_signed, name_of, signed
from bpodsl.proof.troubles import NO_CHECKPOINT, NOTHING_STANDS, ProofTrouble
from bpodsl.store.kept import agreement_named, keep_checkpoint, writing
from bpodsl.values import show_utc

FORM: Final = 1
_STATEMENT: Final = b"bpodsl checkpoint 1\n"
SIZE_LIMIT: Final = 8 << 20


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first `postings` postings of an agreement stand for good, published until an instant, and their chain ends
    with `head`. `key`: who signed it; `signature`: of all else."""

    checkpoint: int
    agreement: str
    published: str
    postings: Count
    head: str
    key: str
    signature: str

    @property
    def statement(self) -> bytes:
        """What is signed."""
        return _STATEMENT + msgspec.json.encode(msgspec.structs.replace(self, signature=""))

    @property
    def line(self) -> str:
        """As it is written down, without its line end."""
        return msgspec.json.encode(self).decode()

    @property
    def holds(self) -> bool:
        """Whether who is named signed it."""
        return is_signed(self.key, self.statement, self.signature)


def read(line: str | bytes) -> Checkpoint:
    """A checkpoint from its line, which must be exactly as it was written. Raises `ValueError`."""
    found = decoded(line, Checkpoint)
    if found.checkpoint != FORM:
        raise ValueError(f"its form is {found.checkpoint}, and only form {FORM} is known")
    if found.line.encode() != (line.encode() if isinstance(line, str) else line):
        raise ValueError("it is not written as checkpoints are")
    return found


def read_file(path: Path) -> list[Checkpoint]:
    """The checkpoints of a file, a line each. Raises `ProofTrouble`, `OSError`."""
    with path.open("rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    found = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(read(line.strip() if len(data) <= SIZE_LIMIT else b""))
        except ValueError as error:
            raise ProofTrouble(NO_CHECKPOINT, file=str(path), line=str(number), why=str(error)) from error
    if not found:
        raise ProofTrouble(NO_CHECKPOINT, file=str(path), line="1", why="there is none")
    return found


def made(store: Path, name: str | None, key: Key) -> Checkpoint:
    """Sign what is published of an agreement of a store, whose chain is held against its postings first; it is kept in
    the store, too. Raises `StoreTrouble`, `ProofTrouble`."""
    with writing(store) as db:
        agreement = agreement_named(db, name)
        if agreement.published is None:
            raise ProofTrouble(NOTHING_STANDS, agreement=agreement.name)
        head = published_head(db, agreement)
        told = Checkpoint(
            FORM, agreement.name, show_utc(agreement.published), head.postings, head.head, name_of(key), ""
        )
        found = msgspec.structs.replace(told, signature=signed(key, told.statement))
        keep_checkpoint(db, agreement.id, found.line)
    return found
