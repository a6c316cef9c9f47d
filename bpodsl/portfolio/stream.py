"""One stream read once: each row goes to the agreement that it belongs to, or is set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from attrs import frozen

from bpodsl.record.account import Quarantined
from bpodsl.record.gather import MOST_REFUSED
from bpodsl.record.refusals import TOO_MANY_REFUSED, LimitReached, Refusal
from bpodsl.record.routing import Addressee, Router
from bpodsl.record.rows import BadLine, Cut, Dismissed, Layout, NoRows, RawRow, Row
from bpodsl.store import Feed, Rows, Spool, name_of, no_sweeping, read_rows

SAID_EVERY: Final = 1000


class LayoutsDiffer(Exception):
    """Agreements give different layouts for one file: `told` are two of them, each with who says so."""

    def __init__(self, file: str, told: Sequence[tuple[Layout, str]]) -> None:
        super().__init__(file)
        self.file = file
        self.told = tuple(told)


@frozen
class Parted:
    """A stream, by agreement: `rows` of each addressee, in their order. `lines` were read in all; `quarantined` are
    those that belong to none, `dismissed` so many of which somebody said that they are no events. `incomplete`,
    `notes`: as of `Intaken`, of whole files."""

    rows: tuple[Rows, ...]
    lines: int
    quarantined: tuple[Quarantined, ...]
    incomplete: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    dismissed: int = 0


def part(
    addressees: Sequence[Addressee],
    sources: Iterable[str | Path | Feed],
    spool: Spool,
    done: Callable[[int], None] | None = None,
) -> Parted:
    """Read all sources. Raises `LayoutsDiffer` before anything is read; `OSError`; `LimitReached`."""
    router = Router(addressees)
    sources = list(sources)
    layouts = _layouts(router, map(name_of, sources))
    rows = chain.from_iterable(read_rows(source, layouts[name_of(source)]) for source in sources)
    return parted(router, rows, spool, done=done)


def parted(
    router: Router, rows: Iterable[Row | Dismissed], spool: Spool,
    whose: Callable[[RawRow | BadLine], int | Refusal | None] | None = None,
    done: Callable[[int], None] | None = None,
) -> Parted:  # fmt: skip
    """Hand out rows. `whose`: whose a row is, if that is settled already: the place of the agreement among all, or why
    it is nobody's; None: it is not. Raises `LimitReached`."""
    aside: list[tuple[Refusal, str, int, bytes]] = []
    incomplete, notes, lines, dismissed = set(), set(), 0, 0
    with no_sweeping():
        for row in rows:
            if isinstance(row, Cut):
                incomplete.add(f"{row.file}: {row.why}")
                continue
            if isinstance(row, NoRows):
                notes.add((row.file, "no event is in this file"))
                continue
            lines += 1
            if isinstance(row, Dismissed):
                dismissed += 1
                continue
            found = None if whose is None else whose(row)
            if found is None:
                found = row.refusal if isinstance(row, BadLine) else router.route(row)
            if isinstance(found, Refusal):
                aside.append((found, row.file, row.line, row.raw))
                if len(aside) > MOST_REFUSED:
                    raise LimitReached(TOO_MANY_REFUSED, limit=f"{MOST_REFUSED:,}".replace(",", " "))
            elif not isinstance(row, BadLine):
                spool.add(found, row)
            if done is not None and not lines % SAID_EVERY:
                done(lines)
    hinted = router.hinted(refusal for refusal, *_ in aside)
    quarantined = [
        Quarantined.of(why, file, line, raw) for why, (_, file, line, raw) in zip(hinted, aside, strict=True)
    ]
    return Parted(
        tuple(spool.done()), lines,
        tuple(sorted(quarantined, key=lambda each: (each.file, each.line, each.code, each.raw))),
        tuple(sorted(incomplete)), tuple(sorted(notes)), dismissed,
    )  # fmt: skip


def layouts_in(addressees: Sequence[Addressee], files: Iterable[str]) -> dict[str, Layout | None]:
    """How each file is laid out. Raises `LayoutsDiffer`."""
    return _layouts(Router(addressees), files)


def _layouts(router: Router, files: Iterable[str]) -> dict[str, Layout | None]:
    return {file: layout_in(router, file) for file in files}


def layout_in(router: Router, file: str) -> Layout | None:
    """How a file is laid out, as far as agreements say it. Raises `LayoutsDiffer`."""
    found = router.layouts(file)
    if len(found) > 1:
        raise LayoutsDiffer(file, found[:2])
    return found[0][0] if found else None
