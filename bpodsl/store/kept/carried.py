"""What a ledger rests on, taken out of one store and put into another: texts, sources, what was held and mended.

An agreement that is put into another store is evaluated there as in its own: nothing else that a store has of it has a
say in what follows.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import frozen

from bpodsl.store.kept.again import blocks_of, stretch_of
from bpodsl.store.kept.agreements import Agreement, Text, agreement_named
from bpodsl.store.kept.requeued import Place, held, mended
from bpodsl.store.kept.routed import Spans, laid, lines_of, portfolio
from bpodsl.store.kept.sources import Read as Counted
from bpodsl.store.kept.sources import Source, sources
from bpodsl.store.lines import BLOCK
from bpodsl.store.readers import rows_of

_LEVEL = 1


@frozen
class Version:
    """A version of an agreement's text. `since`: how far time was known when it came."""

    number: int
    since: int | None
    text: Text


@frozen
class Read:
    """A source: its name, how many bytes were read of it, their SHA-256 and line ends, and why it is not all there.

    `known`: from which byte on lines that end there are known no earlier than when (None: when they say).
    """

    name: str
    size: int
    digest: str
    lines: int
    cut: str
    known: tuple[tuple[int, int | None], ...]


@frozen
class Held:
    """A line that stays set aside, and why."""

    place: Place
    code: str
    reason: str
    step: str


@frozen
class Mended:
    """What is read in the place of a line that was requeued, None: nothing; known no earlier than `since`."""

    place: Place
    since: int
    raw: bytes | None


@frozen
class Carried:
    """All that a ledger rests on."""

    name: str
    until: int
    published: int | None
    stands: int
    program: str
    versions: tuple[Version, ...]
    sources: tuple[Read, ...]
    held: tuple[Held, ...] = ()
    mended: tuple[Mended, ...] = ()


def carried(db: sqlite3.Connection, agreement: Agreement) -> Carried:
    """What a store has of an agreement. Its sources' bytes are read one by one with `bytes_of`."""
    assert agreement.until is not None
    shared = portfolio(db)
    if shared is None:
        read = tuple(
            Read(each.name, each.position, each.digest, each.lines, each.cut, tuple(_known(db, each.id)))
            for each in sources(db, agreement.id)
        )
        changed = mended(db, agreement.id)
    else:
        read = tuple(_own(db, each, agreement.id) for each in _shared(db, shared, agreement.id))
        told = {each.name: lines_of(db, each.id, agreement.id) for each in sources(db, shared.id)}
        changed = {
            (file, line): (told[file][line], raw)
            for (file, line), (_, raw) in mended(db, shared.id).items() if line in told[file]
        }  # fmt: skip
    return Carried(
        agreement.name, agreement.until, agreement.published, agreement.stands, agreement.program,
        tuple(_versions(db, agreement.id)), read,
        tuple(
            Held(place, why.code, dict(why.values)["reason"], dict(why.values)["step"])
            for place, why in sorted(held(db, agreement.id).items())
        ),
        tuple(Mended(place, *told) for place, told in sorted(changed.items())),
    )  # fmt: skip


def _versions(db: sqlite3.Connection, agreement: int) -> Iterator[Version]:
    asked = "SELECT version, since, name, bytes FROM text WHERE agreement = ? ORDER BY version, place"
    found: dict[int, tuple[int | None, list[tuple[str, bytes]]]] = {}
    for number, since, name, data in db.execute(asked, (agreement,)):
        found.setdefault(number, (since, []))[1].append((name, data))
    for number, (since, files) in found.items():
        yield Version(number, since, Text(tuple(files)))


def _known(db: sqlite3.Connection, source: int) -> Iterator[tuple[int, int | None]]:
    """Where in a source it changes from when lines are known."""
    last: int | None = -1
    for start, since in db.execute("SELECT start, since FROM part WHERE source = ? ORDER BY start", (source,)):
        if since != last:
            yield start, since
            last = since


def _shared(db: sqlite3.Connection, shared: Agreement, agreement: int) -> list[Source]:
    """The sources of a portfolio of which an agreement has lines."""
    return [each for each in sources(db, shared.id) if lines_of(db, each.id, agreement)]


def _own_blocks(db: sqlite3.Connection, source: Source, own: Mapping[int, int]) -> Iterator[bytes]:
    rows = rows_of(stretch_of(db, source), laid(db, source.id))
    return Spans.of(rows, own).blocks(blocks_of(db, source))


def _own(db: sqlite3.Connection, source: Source, agreement: int) -> Read:
    """What an agreement has of a source that it shares: its own lines, and the others left empty."""
    own = lines_of(db, source.id, agreement)
    read, starts, instants = Counted(), dict[int, int](), sorted(own.items())
    for block in _own_blocks(db, source, own):
        at, line = read.size, read.lines + 1
        for text in block.split(b"\n"):
            if line in own:
                starts[line] = at
            at, line = at + len(text) + 1, line + 1
        read.add(block)
    known = list[tuple[int, int | None]]()
    for line, since in instants:
        if not known or known[-1][1] != (since or None):
            known.append((starts[line] if known else 0, since or None))
    return Read(source.name, read.size, read.digest_with(), read.lines, "", tuple(known))


def bytes_of(db: sqlite3.Connection, agreement: Agreement, name: str) -> Iterator[bytes]:
    """The bytes of a source, block by block. Raises `StoreTrouble` if they are not those that were read."""
    shared = portfolio(db)
    (source,) = [each for each in sources(db, (shared or agreement).id) if each.name == name]
    return blocks_of(db, source) if shared is None else _own_blocks(db, source, lines_of(db, source.id, agreement.id))


def put(db: sqlite3.Connection, given: Carried, blocks: Callable[[int], Iterator[bytes]]) -> Agreement:
    """Put an agreement into a store that does not have it. `blocks`: the bytes of a source, by its place among all.
    Raises `ValueError` where a source is not what is told of it, or the whole cannot be."""
    try:
        return _put(db, given, blocks)
    except (sqlite3.Error, OverflowError) as error:
        raise ValueError(f"it cannot be put into a store: {error}") from error


def _put(db: sqlite3.Connection, given: Carried, blocks: Callable[[int], Iterator[bytes]]) -> Agreement:
    row = (
        given.name,
        given.versions[-1].number,
        given.until,
        given.until,
        given.published,
        given.stands,
        given.program,
    )
    db.execute(
        "INSERT INTO agreement (name, version, asked, until, published, stands, program, account) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, '{}')", row,
    )  # fmt: skip
    agreement = agreement_named(db, given.name)
    for version in given.versions:
        db.executemany(
            "INSERT INTO text (agreement, version, place, name, digest, since, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (agreement.id, version.number, place, name, hashlib.sha256(data).hexdigest(), version.since, data)
                for place, (name, data) in enumerate(version.text.files)
            ),
        )
    for place, source in enumerate(given.sources):
        _put_source(db, agreement.id, source, blocks(place))
    db.executemany(
        "INSERT INTO held (agreement, file, line, code, reason, step) VALUES (?, ?, ?, ?, ?, ?)",
        ((agreement.id, *each.place, each.code, each.reason, each.step) for each in given.held),
    )
    db.executemany(
        "INSERT INTO mended (agreement, file, line, since, raw) VALUES (?, ?, ?, ?, ?)",
        ((agreement.id, *each.place, each.since, each.raw) for each in given.mended),
    )
    return agreement


def _put_source(db: sqlite3.Connection, agreement: int, source: Read, blocks: Iterator[bytes]) -> None:
    made = db.execute(
        "INSERT INTO source (agreement, name, path, position, digest, lines, cut) VALUES (?, ?, '', ?, ?, ?, ?)",
        (agreement, source.name, source.size, source.digest, source.lines, source.cut),
    )
    start, line, digest = 0, 0, hashlib.sha256()
    for block, since in _cut(blocks, source.known):
        db.execute(
            "INSERT INTO part (source, start, size, line, since, bytes) VALUES (?, ?, ?, ?, ?, ?)",
            (made.lastrowid, start, len(block), line, since, zlib.compress(block, _LEVEL)),
        )
        digest.update(block)
        start, line = start + len(block), line + block.count(b"\n")
    if (start, line, digest.hexdigest()) != (source.size, source.lines, source.digest):
        raise ValueError(f"“{source.name}” is not what was read")


def _cut(
    blocks: Iterator[bytes], known: Sequence[tuple[int, int | None]]
) -> Iterator[tuple[bytes, int | None]]:  # fmt: skip
    """The blocks again, cut where it changes from when lines are known, each with that."""
    at, left, since = 0, list(known), None
    for whole in blocks:
        block = whole
        while block:
            if left and left[0][0] <= at:
                since = left.pop(0)[1]
                continue
            end = min(len(block), BLOCK, left[0][0] - at if left else BLOCK)
            yield block[:end], since
            at, block = at + end, block[end:]
