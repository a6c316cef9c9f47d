"""Writing a bundle: of an agreement of a store, or of a run over files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bpodsl import SEMANTICS
from bpodsl.keeping import contract_of, run_kept, taken_in
from bpodsl.proof import parts
from bpodsl.proof.manifest import AsideOf, Manifest, described, part_of
from bpodsl.proof.signing import Key, name_of, signed
from bpodsl.proof.troubles import NOT_RUN, ProofTrouble
from bpodsl.record.account import Intaken
from bpodsl.store.kept import (
    Agreement,
    Carried,
    Connection,
    StoreTrouble,
    Text,
    agreement_named,
    bytes_of,
    carried,
    checkpoints,
    heads,
    portfolio,
    put,
    reading,
    scratch,
    stored,
    text_of,
)  # fmt: skip
from bpodsl.store.kept.troubles import CANNOT_CUT
from bpodsl.terms import Contract

STATEMENT: Final = b"bpodsl bundle 1\n"
"""What stands before the digests that are signed."""


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed a bundle, and how: the digests of all its parts."""

    key: str
    signature: str

    @property
    def line(self) -> str:
        """As it is written down, without its line end."""
        return msgspec.json.encode(self).decode()


def bundle_store(store: Path, name: str | None, to: Path, keys: Sequence[Key] = ()) -> Intaken:
    """Write a bundle of an agreement of a store; what its input came to. Raises `StoreTrouble`, `ProofTrouble`,
    `OSError`; then `to` is as it was."""
    with reading(store) as db:
        agreement = agreement_named(db, name)
        if agreement.until is None:
            raise ProofTrouble(NOT_RUN, agreement=agreement.name)
        contract = contract_of(text_of(db, agreement), agreement.program)
        taken = taken_in(db, contract, agreement)
        with parts.replacing(to) as file:
            parts.write(file, _parts(db, agreement, contract, taken, keys), str(to))
    return taken


def bundle_run(
    text: Text, sources: Sequence[Path], until: Callable[[Contract], int | None], to: Path,
    keys: Sequence[Key] = (),
) -> Intaken:  # fmt: skip
    """Run an agreement over files, and write a bundle of it; what its input came to. Raises as `run_kept` does, and as
    `bundle_store`."""
    with TemporaryDirectory(prefix="bpodsl-") as place:
        store = Path(place) / "store.db"
        taken = run_kept(store, text, sources, until).taken
        bundle_store(store, None, to, keys)
    return taken


def _parts(
    db: Connection, agreement: Agreement, contract: Contract, taken: Intaken, keys: Sequence[Key]
) -> Iterator[parts.Part]:
    """The parts of a bundle, in their order."""
    given = carried(db, agreement)
    if portfolio(db) is not None:
        _must_be_whole(db, agreement, given, contract, taken)
    # Going through the ledger holds it against its chain, before the manifest says where that ends.
    ends = heads(db, agreement.id)
    aside = [AsideOf(each.file, each.line, each.code) for each in taken.quarantined]
    manifest = described(given, SEMANTICS, dict(contract.pins), taken.account.as_dict(), aside, ends)
    sums: list[tuple[str, str]] = []
    for name, blocks in _content(db, agreement, given, manifest):
        digest = hashlib.sha256()
        yield name, _watched(blocks, digest)
        sums.append((name, digest.hexdigest()))
    told = sums_of(sums)
    yield parts.SUMS, [told]
    if keys:
        yield parts.SIGNATURES, [signatures_of(told, keys)]


def _must_be_whole(
    db: Connection, agreement: Agreement, given: Carried, contract: Contract, taken: Intaken
) -> None:  # fmt: skip
    """Raise `StoreTrouble` where what an agreement of a portfolio has, without the lines of others, says otherwise."""
    with scratch() as alone:
        own = put(alone, given, lambda place: bytes_of(db, agreement, given.sources[place].name))
        found = taken_in(alone, contract, own)
    if (found.worlds, found.account, found.quarantined) != (taken.worlds, taken.account, taken.quarantined):
        shared = ", ".join(f"“{each.name}”" for each in given.sources)
        raise StoreTrouble(CANNOT_CUT, agreement=agreement.name, sources=shared)


def _content(db: Connection, agreement: Agreement, given: Carried, manifest: Manifest) -> Iterator[parts.Part]:
    yield parts.MANIFEST, [manifest.bytes]
    for version in given.versions:
        for name, data in version.text.files:
            yield text_part(version.number, name), [data]
    for number, source in enumerate(given.sources, 1):
        yield part_of(number), bytes_of(db, agreement, source.name)
    yield parts.LEDGER, (line.encode() for _, _, line in stored(db, agreement.id))
    kept = checkpoints(db, agreement.id)
    if kept:
        yield parts.CHECKPOINTS, ["".join(f"{line}\n" for line in kept).encode()]


def text_part(version: int, name: str) -> str:
    """The part that holds a file of a version of the text."""
    return f"text/{version}/{name}"


def _watched(blocks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for block in blocks:
        digest.update(block)
        yield block


def sums_of(digests: Iterable[tuple[str, str]]) -> bytes:
    """Digests by name, as `sha256sum` writes them."""
    return "".join(f"{digest}  {name}\n" for name, digest in digests).encode()


def signatures_of(sums: bytes, keys: Sequence[Key]) -> bytes:
    """The signatures of a bundle with these digests, a line each."""
    made = {name_of(key): Signature(name_of(key), signed(key, STATEMENT + sums)).line for key in keys}
    return "".join(f"{made[name]}\n" for name in sorted(made)).encode()
