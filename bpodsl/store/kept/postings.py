"""The ledger of an agreement as it was committed: only what is new is written, and what must stand is held to it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import chain

from attrs import frozen

from bpodsl.record.account import Quarantined

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


def stored(
    db: sqlite3.Connection, agreement: int, world: str | None = None
) -> Generator[tuple[str, int, str], None, None]:
    """The postings in their order: world, instant from which known, line. `world` None: of all."""
    asked = "SELECT world, known, entry FROM posting WHERE agreement = ?"
    order = " ORDER BY world, sequence"
    if world is None:
        yield from db.execute(asked + order, (agreement,))
    else:
        yield from db.execute(f"{asked} AND world = ?{order}", (agreement, world))


def worlds(db: sqlite3.Connection, agreement: int) -> list[str]:
    """The worlds that have postings, sorted."""
    found = db.execute("SELECT DISTINCT world FROM posting WHERE agreement = ?", (agreement,))
    return sorted((str(name) for (name,) in found), key=str.encode)


def post(
    db: sqlite3.Connection, agreement: int, ledgers: Mapping[str, Iterable[Posting]], stand: int | None
) -> Written:
    """Write the ledgers, by world. What was posted keeps the words in which it was. Of each ledger the first `stand`
    postings must be what they are; None: all of them must. If one would not, nothing more is written."""
    written = Written(0, 0, 0)
    for world in worlds(db, agreement):
        if world not in ledgers:
            written = _sum(written, _post(db, agreement, world, (), stand))
    for world, lines in ledgers.items():
        if written.differs is None:
            written = _sum(written, _post(db, agreement, world, lines, stand))
    return written


def _post(
    db: sqlite3.Connection, agreement: int, world: str, lines: Iterable[Posting], stand: int | None
) -> Written:
    coming = iter(lines)
    same, first = 0, list[Posting]()
    with closing(stored(db, agreement, world)) as before:
        for _, known, entry in before:
            new = next(coming, None)
            differs = "" if new is not None and new[1] == entry else _difference(entry, new)
            if differs:
                if stand is None or same < stand:
                    return Written(same, 0, 0, (same + 1, known, differs))
                first = [] if new is None else [new]
                break
            same += 1
    if stand is not None and same < stand:
        return Written(same, 0, 0, (same + 1, 0, "it is not there"))
    (last,) = db.execute(
        "SELECT count(*) FROM posting WHERE agreement = ? AND world = ?", (agreement, world)
    ).fetchone()
    if last > same:
        asked = "DELETE FROM posting WHERE agreement = ? AND world = ? AND sequence > ?"
        db.execute(asked, (agreement, world, same))
    until_now = db.total_changes
    db.executemany(
        "INSERT INTO posting (agreement, world, sequence, known, entry) VALUES (?, ?, ?, ?, ?)",
        (
            (agreement, world, sequence, known, line)
            for sequence, (known, line) in enumerate(chain(first, coming), same + 1)
        ),
    )
    return Written(same, last - same, db.total_changes - until_now)


def compared(
    postings: Iterable[tuple[str, int, str]], ledgers: Mapping[str, Iterable[Posting]]
) -> tuple[int, int, str] | None:
    """The first posting that would be another by these ledgers: as `Written.differs`."""
    coming = {world: iter(lines) for world, lines in ledgers.items()}
    count: Counter[str] = Counter()
    for world, known, entry in postings:
        count[world] += 1
        new = next(coming.get(world, iter(())), None)
        differs = "" if new is not None and new[1] == entry else _difference(entry, new)
        if differs:
            return count[world], known, differs
    return None


def _sum(one: Written, other: Written) -> Written:
    return Written(one.same + other.same, one.gone + other.gone, one.new + other.new, other.differs)


def _difference(old: str, new: Posting | None) -> str:
    """What of two lines differs besides their words, "" if nothing does."""
    if new is None:
        return f"`{json.loads(old)['id']}` is not there"
    before, after = json.loads(old), json.loads(new[1])
    if "version" not in before["numbers"]:
        # The first amendment gives what came before it a name.
        after["numbers"].pop("version", None)
    if before["id"] != after["id"]:
        return f"`{after['id']}` stands in the place of `{before['id']}`"
    for name, value in before.items():
        if name not in OF_WORDS and after.get(name) != value:
            return f"{name} of `{before['id']}` is {_told(after.get(name))}, not {_told(value)}"
    return ""


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


def account(counts: Mapping[str, int]) -> str:
    """What became of lines, as it is kept."""
    return json.dumps(dict(counts))
