"""The ledger of an agreement as it was committed: only what is new is written, and what must stand is held to it.

Postings are chained as `record.chain` says, and the chain is held against the postings whenever they are read: what
somebody else wrote is found without evaluating anything.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

import msgspec
from attrs import frozen

from bpodsl.record.account import Quarantined
from bpodsl.record.chain import Chain, Head
from bpodsl.store.kept.troubles import OTHERWISE, StoreTrouble
from bpodsl.values import show_utc

Posting = tuple[int, str]
"""The instant from which it is known, and its line."""

OF_WORDS = ("version", "says", "reference", "at_local")
"""What a line holds for its reader besides what was posted."""


@frozen
class Written:
    """What was written of a ledger: `same` postings stood already, `gone` were taken out, `new` put in. `differs`: the
    first that must stand and would not: its number, when it is known, and what differs; or None."""

    same: int
    gone: int
    new: int
    differs: tuple[int, int, str] | None = None


class _Told(msgspec.Struct):
    """What a line says that its row says too."""

    sequence: int
    known: str
    world: str = ""


BREAKS = "it is not what was posted, and the chain of postings breaks there"

_TOLD = msgspec.json.Decoder(_Told)


def stored(
    db: sqlite3.Connection, agreement: int, world: str | None = None
) -> Generator[tuple[str, int, str], None, None]:
    """The postings in their order: world, instant from which known, line. `world` None: of all. Raises `StoreTrouble`
    where they are not those that were posted."""
    for each in worlds(db, agreement) if world is None else [world]:
        for known, line, _ in _linked(db, agreement, each):
            yield each, known, line


def _linked(
    db: sqlite3.Connection, agreement: int, world: str, alone: bool = True
) -> Generator[tuple[int, str, str], None, None]:
    """The postings of a world: instant from which known, line and link; held against their chain, up to its end.
    `alone` False: whoever asks holds each against what its line says."""
    (name,) = db.execute("SELECT name FROM agreement WHERE id = ?", (agreement,)).fetchone()
    growing = Chain(name, world)
    asked = "SELECT sequence, known, entry, link FROM posting WHERE agreement = ? AND world = ? ORDER BY sequence"
    for sequence, known, line, link in db.execute(asked, (agreement, world)):
        sound = growing.add(line) == link and sequence == growing.postings
        if not sound or (alone and not _says(line, sequence, known, world)):
            raise _broken(name, growing.postings, BREAKS)
        yield known, line, link
    asked = "SELECT postings, link FROM head WHERE agreement = ? AND world = ?"
    found = db.execute(asked, (agreement, world)).fetchone()
    head = growing.head
    if found != (head.postings, head.head) and (found or head.postings):
        says = f"its chain ends with posting {found[0]}" if found else "it has no end of its chain"
        raise _broken(name, head.postings, f"it is the last that is there, and the store says that {says}")


def _says(line: str, sequence: int, known: int, world: str) -> bool:
    """Whether a line says so of itself."""
    try:
        told = _TOLD.decode(line)
        return (told.sequence, told.known, told.world) == (sequence, show_utc(known), world)
    except (msgspec.MsgspecError, UnicodeError, ValueError, OverflowError):
        return False


def _broken(agreement: str, sequence: int, differs: str) -> StoreTrouble:
    return StoreTrouble(OTHERWISE, agreement=agreement, sequence=str(sequence), differs=differs)


def heads(db: sqlite3.Connection, agreement: int) -> tuple[Head, ...]:
    """Where the chain of each world ends, sorted by world."""
    asked = "SELECT world, postings, link FROM head WHERE agreement = ? ORDER BY world"
    return tuple(Head(*row) for row in db.execute(asked, (agreement,)))


def link_of(db: sqlite3.Connection, agreement: int, world: str, sequence: int) -> str:
    """The link of a posting, hex; of posting 0 what stands before all."""
    if not sequence:
        (name,) = db.execute("SELECT name FROM agreement WHERE id = ?", (agreement,)).fetchone()
        return Chain(name, world).head.head
    asked = "SELECT link FROM posting WHERE agreement = ? AND world = ? AND sequence = ?"
    (link,) = db.execute(asked, (agreement, world, sequence)).fetchone()
    return str(link)


def worlds(db: sqlite3.Connection, agreement: int) -> list[str]:
    """The worlds that have postings, sorted."""
    asked = "SELECT world FROM posting WHERE agreement = ? UNION SELECT world FROM head WHERE agreement = ?"
    return sorted((str(name) for (name,) in db.execute(asked, (agreement, agreement))), key=str.encode)


def post(
    db: sqlite3.Connection, agreement: int, ledgers: Mapping[str, Iterable[Posting]], stand: int
) -> Written:
    """Write the ledgers, by world. What was posted keeps the words in which it was. Of each ledger the first `stand`
    postings must be what they are; if one would not, nothing more is written."""
    written = Written(0, 0, 0)
    for world in worlds(db, agreement):
        if world not in ledgers:
            written = _sum(written, _post(db, agreement, world, (), stand))
    for world, lines in ledgers.items():
        if written.differs is None:
            written = _sum(written, _post(db, agreement, world, lines, stand))
    return written


def _post(
    db: sqlite3.Connection, agreement: int, world: str, lines: Iterable[Posting], stand: int
) -> Written:
    (name,) = db.execute("SELECT name FROM agreement WHERE id = ?", (agreement,)).fetchone()
    coming, end = iter(lines), Chain(name, world).head
    same, first = 0, list[Posting]()
    with closing(_linked(db, agreement, world, alone=False)) as before:
        for known, entry, link in before:
            new = next(coming, None)
            # A line that is the same as one that follows says what that says.
            if new != (known, entry) and not _says(entry, same + 1, known, world):
                raise _broken(name, same + 1, BREAKS)
            differs = "" if new is not None and new[1] == entry else difference(entry, new)
            if differs:
                if same < stand:
                    return Written(same, 0, 0, (same + 1, known, differs))
                first = [] if new is None else [new]
                break
            same += 1
            end = Head(world, same, link)
    if same < stand:
        return Written(same, 0, 0, (same + 1, 0, "it is not there"))
    (last,) = db.execute(
        "SELECT count(*) FROM posting WHERE agreement = ? AND world = ?", (agreement, world)
    ).fetchone()
    if last > same:
        asked = "DELETE FROM posting WHERE agreement = ? AND world = ? AND sequence > ?"
        db.execute(asked, (agreement, world, same))
    put_in, head = _put(db, agreement, end, chain(first, coming))
    if put_in or last > same:
        _write_head(db, agreement, head)
    return Written(same, last - same, put_in)


def post_behind(db: sqlite3.Connection, agreement: int, end: Head, lines: Iterable[Posting]) -> Written:
    """Write postings of a world behind those that it has, of which it is certain that they are as they should be."""
    put_in, head = _put(db, agreement, end, lines)
    if put_in:
        _write_head(db, agreement, head)
    return Written(end.postings, 0, put_in)


def _put(db: sqlite3.Connection, agreement: int, end: Head, lines: Iterable[Posting]) -> tuple[int, Head]:
    """Write postings behind where a chain ends; how many, and where it ends then."""
    until_now, growing = db.total_changes, Chain.behind(end)
    db.executemany(
        "INSERT INTO posting (agreement, world, sequence, known, entry, link) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (agreement, end.world, sequence, known, line, growing.add(line))
            for sequence, (known, line) in enumerate(lines, end.postings + 1)
        ),
    )
    return db.total_changes - until_now, growing.head


def _write_head(db: sqlite3.Connection, agreement: int, head: Head) -> None:
    if head.postings:
        asked = "INSERT INTO head (agreement, world, postings, link) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        asked += "postings = excluded.postings, link = excluded.link"
        db.execute(asked, (agreement, head.world, head.postings, head.head))
    else:
        db.execute("DELETE FROM head WHERE agreement = ? AND world = ?", (agreement, head.world))


def compared(
    postings: Iterable[tuple[str, int, str]], ledgers: Mapping[str, Iterable[Posting]]
) -> tuple[int, int, str] | None:
    """The first posting that would be another by these ledgers: as `Written.differs`."""
    coming = {world: iter(lines) for world, lines in ledgers.items()}
    count: Counter[str] = Counter()
    for world, known, entry in postings:
        count[world] += 1
        new = next(coming.get(world, iter(())), None)
        differs = "" if new is not None and new[1] == entry else difference(entry, new)
        if differs:
            return count[world], known, differs
    return None


def _sum(one: Written, other: Written) -> Written:
    return Written(one.same + other.same, one.gone + other.gone, one.new + other.new, other.differs)


def difference(old: str, new: Posting | None) -> str:
    """What of two lines differs besides their words, "" if nothing does."""
    before = _read(old)
    if before is None:
        return "it is no posting"
    if new is None:
        return f"`{before['id']}` is not there"
    after = json.loads(new[1])
    if "version" not in before["numbers"]:
        # The first amendment gives what came before it a name.
        after["numbers"].pop("version", None)
    if before["id"] != after["id"]:
        return f"`{after['id']}` stands in the place of `{before['id']}`"
    for name in (*before, *(name for name in after if name not in before)):
        if name not in OF_WORDS and (name not in before or after.get(name) != before[name]):
            return f"{name} of `{before['id']}` is {_told(after.get(name))}, not {_told(before.get(name))}"
    return ""


def _read(line: str) -> dict[str, Any] | None:
    """A line that may be anything, None if it is no posting."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    sound = isinstance(found, dict) and isinstance(found.get("id"), str) and isinstance(found.get("numbers"), dict)
    return found if sound else None


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def write_aside(db: sqlite3.Connection, agreement: int, quarantined: Sequence[Quarantined]) -> None:
    """Write which lines are set aside, if it is not so written already."""
    rows = [
        (number, each.file, each.line, each.code, each.reason, each.step, each.raw)
        for number, each in enumerate(quarantined, 1)
    ]
    asked = "SELECT number, file, line, code, reason, step, raw FROM aside WHERE agreement = ? ORDER BY number"
    before = list(db.execute(asked, (agreement,)))
    same = next((n for n, (old, new) in enumerate(zip(before, rows, strict=False)) if old != new), None)
    same = min(len(before), len(rows)) if same is None else same
    if len(before) > same:
        db.execute("DELETE FROM aside WHERE agreement = ? AND number > ?", (agreement, same))
    db.executemany(
        "INSERT INTO aside (agreement, number, file, line, code, reason, step, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((agreement, *row) for row in rows[same:]),
    )


def read_aside(db: sqlite3.Connection, agreement: int) -> list[Quarantined]:
    """Which lines are set aside, as it was written last."""
    asked = "SELECT file, line, code, reason, step, raw FROM aside WHERE agreement = ? ORDER BY number"
    return [Quarantined(*row) for row in db.execute(asked, (agreement,))]


def account(counts: Mapping[str, int]) -> str:
    """What became of lines, as it is kept."""
    return json.dumps(dict(counts))
