"""The store of a portfolio: sources that its agreements share, and whose each of their lines is.

An agreement without a name stands for the portfolio: its are the sources, and the lines that belong to none. Whose a
line is, is settled once, when it comes; so an agreement that joins later, or changes, takes no line from another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from bpodsl.record.gather import OF_OTHERS
from bpodsl.record.rows import BadLine, Layout, RawRow
from bpodsl.store.kept.agreements import Agreement, agreement_of
from bpodsl.store.kept.requeued import Place
from bpodsl.store.kept.sources import Source, sources
from bpodsl.store.kept.troubles import LAID_OTHERWISE, NOT_ASIDE, OTHER_SORT, StoreTrouble

NO_NAME: Final = ""
"""Of the agreement that stands for a portfolio; no other can be called so."""


def portfolio(db: sqlite3.Connection) -> Agreement | None:
    """What stands for the portfolio, None in a store of agreements that are run each by itself."""
    return agreement_of(db, NO_NAME)


def must_be_alone(db: sqlite3.Connection, store: Path) -> None:
    """Raise `StoreTrouble` where a store is that of a portfolio."""
    if portfolio(db) is not None:
        step = "Name the folder of its agreements: `bpodsl run FOLDER EVENTS… --store FILE`."
        raise StoreTrouble(OTHER_SORT, store=str(store), sort="of a portfolio, whose agreements share it", step=step)


def joined(db: sqlite3.Connection, store: Path) -> Agreement:
    """What stands for the portfolio, made in a store that has nothing yet. Raises `StoreTrouble` where it is one of
    agreements that were run each by itself: each has sources of its own, which would be read twice."""
    found = portfolio(db)
    if found is not None:
        return found
    has = [str(name) for (name,) in db.execute("SELECT name FROM agreement ORDER BY id LIMIT 1")]
    if has:
        sort = f"of agreements that are run each by itself, such as `{has[0]}`"
        step = "Run the folder into a store of its own, over all files again; what this one has stays in it."
        raise StoreTrouble(OTHER_SORT, store=str(store), sort=sort, step=step)
    db.execute("INSERT INTO agreement (name, version, stands, program, account) VALUES (?, 0, 0, '', '{}')", (NO_NAME,))
    made = portfolio(db)
    assert made is not None
    return made


# ------------------------------------------------------------------------------------ whose a line is
def owners(db: sqlite3.Connection, source: int) -> dict[int, int]:
    """The agreement of each line of a source that has one."""
    return dict(db.execute("SELECT line, agreement FROM routed WHERE source = ?", (source,)))


def lines_of(db: sqlite3.Connection, source: int, agreement: int) -> dict[int, int]:
    """The lines of a source that are an agreement's, each with the instant from which at the earliest what it tells is
    known (0: when it says)."""
    asked = "SELECT line, since FROM routed WHERE source = ? AND agreement = ?"
    return {line: since or 0 for line, since in db.execute(asked, (source, agreement))}


def since_by_place(db: sqlite3.Connection, agreement: int) -> dict[Place, int]:
    """The same of all sources, by place, without those that are known when they say."""
    asked = "SELECT name, line, since FROM routed JOIN source ON source = id WHERE routed.agreement = ? AND since > 0"
    return {(name, line): since for name, line, since in db.execute(asked, (agreement,))}


def give(db: sqlite3.Connection, source: int, lines: Iterable[tuple[int, int, int | None]]) -> None:
    """Write whose lines are: number, agreement, and from when they are known at the earliest."""
    asked = "INSERT INTO routed (source, line, agreement, since) VALUES (?, ?, ?, ?)"
    db.executemany(asked, ((source, *each) for each in lines))


def take_back(db: sqlite3.Connection, source: int, lines: Iterable[int]) -> None:
    """Lines that are nobody's for now."""
    db.executemany("DELETE FROM routed WHERE source = ? AND line = ?", ((source, line) for line in lines))


# ------------------------------------------------------------------------------------ how sources are laid out
def laid(db: sqlite3.Connection, source: int) -> Layout | None:
    """How a source is laid out, None if its name says it."""
    found = db.execute("SELECT format, separator FROM laid WHERE source = ?", (source,)).fetchone()
    return None if found is None else Layout(*found)


def lay(db: sqlite3.Connection, source: Source, layout: Layout | None) -> None:
    """Write how a source is laid out. Raises `StoreTrouble` where it was read otherwise."""
    before = laid(db, source.id)
    if before == layout:
        return
    if db.execute("SELECT 1 FROM routed WHERE source = ? LIMIT 1", (source.id,)).fetchone() is not None:
        told = {"then": _told(before), "now": _told(layout)}
        raise StoreTrouble(LAID_OTHERWISE, source=source.name, **told)
    db.execute("DELETE FROM laid WHERE source = ?", (source.id,))
    if layout is not None:
        db.execute("INSERT INTO laid VALUES (?, ?, ?)", (source.id, layout.format, layout.separator))


def _told(layout: Layout | None) -> str:
    if layout is None:
        return "as its name says"
    words = {"jsonl": "as JSON lines", "parquet": "as Parquet"}
    return words.get(layout.format, f"as CSV separated by “{layout.separator}”")


# ------------------------------------------------------------------------------------ lines that are read again
def requeue_shared(
    db: sqlite3.Connection, shared: Agreement, name: str | None, lines: Mapping[Place, bytes | None] | None
) -> int:
    """As `requeued.requeue`, in the store of a portfolio: a line that was mended is handed out anew. `name`: without
    lines, of that agreement only."""
    return _let_in(db, name) if lines is None else _mend(db, shared, lines)


def _let_in(db: sqlite3.Connection, name: str | None) -> int:
    """Let in what an earlier text set aside, as what comes now."""
    asked = (
        "SELECT agreement, file, line, published FROM held JOIN agreement ON agreement = id WHERE ? IN ('', name) "
        "ORDER BY agreement, file, line"
    )
    places = list(db.execute(asked, (name or "",)))
    of_source = "SELECT id FROM source WHERE name = ?"
    for agreement, file, line, published in places:
        where = (agreement, file, line)
        db.execute("DELETE FROM held WHERE agreement = ? AND file = ? AND line = ?", where)
        asked = f"UPDATE routed SET since = ? WHERE line = ? AND source = ({of_source})"
        db.execute(asked, (published, line, file))
    return len(places)


def _mend(db: sqlite3.Connection, shared: Agreement, lines: Mapping[Place, bytes | None]) -> int:
    aside = {(file, line): code for file, line, code in db.execute("SELECT file, line, code FROM aside")}
    ids = {each.name: each.id for each in sources(db, shared.id)}
    for (file, line), raw in lines.items():
        code = aside.get((file, line), "")
        if not code or code in OF_OTHERS:
            why = f"it is so for what other lines say ({code})" if code else "it is not"
            raise StoreTrouble(NOT_ASIDE, place=f"{file}:{line}", why=why)
        db.execute("DELETE FROM held WHERE file = ? AND line = ?", (file, line))
        take_back(db, ids[file], [line])
        db.execute(
            "INSERT INTO mended (agreement, file, line, raw) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET raw = excluded.raw",
            (shared.id, file, line, raw),
        )
    return len(lines)


# ------------------------------------------------------------------------------------ a source as one of them has it
@frozen
class Spans:
    """Which lines of a source an agreement has, first and last, in their order; of CSV the header too."""

    spans: tuple[tuple[int, int], ...]

    @staticmethod
    def of(rows: Iterable[object], own: Iterable[int]) -> Spans:
        """Those of rows of which the agreement has the lines `own`; what stands before the first row is everybody's."""
        mine, found, first = frozenset(own), list[tuple[int, int]](), 0
        for row in rows:
            if not isinstance(row, RawRow | BadLine):
                continue
            first = first or row.line
            if row.line in mine:
                found.append((row.line, row.line + row.raw.count(b"\n")))
        return Spans(((1, first - 1), *found) if first > 1 else tuple(found))

    def blocks(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """The bytes of a source, of which lines of others are left empty: so a line has its number."""
        left, number, rest = list(reversed(self.spans)), 1, b""
        for block in blocks:
            *lines, rest = (rest + block).split(b"\n")
            kept = []
            for line in lines:
                while left and left[-1][1] < number:
                    left.pop()
                kept.append(line if left and left[-1][0] <= number else b"")
                number += 1
            if kept:
                yield b"\n".join([*kept, b""])
        while left and left[-1][1] < number:
            left.pop()
        if rest and left and left[-1][0] <= number:
            yield rest
