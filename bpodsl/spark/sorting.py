"""From files to records, each for one agreement: what every machine does with a file, before anything is shuffled.

A file is read by one machine, from its first line to its last, so its lines have their numbers; what is read is handed
out as in a portfolio run here, and packed, so that what goes over the network is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from attrs import frozen

from bpodsl.kernel import PackedRows
from bpodsl.portfolio.stream import LayoutsDiffer, layout_in
from bpodsl.record.account import Quarantined
from bpodsl.record.refusals import REASONS, LimitReached, Refusal
from bpodsl.record.routing import Addressee, Router
from bpodsl.record.rows import BadLine, Cut, NoRows, RawRow, Row
from bpodsl.store import no_sweeping

TOGETHER: Final = 4 << 20
"""About how many bytes of lines are packed at a time."""

NOBODY: Final = ""
"""Whose records are those that belong to no agreement."""

AGREEMENT, ROWS, ASIDE, READ, FAILED, CLOSE = "agreement", "rows", "aside", "read", "failed", "close"
"""What a record is: the agreement itself, rows of it, a line set aside, what was read of a file, why a file could not
be read, and that the ledger is wanted as it is before an instant."""


@frozen
class Record:
    """Plain data for one agreement; of rows, `file` and `line` are those of the first."""

    agreement: str
    kind: str
    file: str
    line: int
    body: bytes


class Aside(msgspec.Struct, array_like=True):
    """A line that belongs to none: why, by the code of the reason and what it names, and its bytes."""

    code: str
    place: str
    values: list[tuple[str, str]]
    raw: bytes

    @staticmethod
    def of(refusal: Refusal, raw: bytes) -> Aside:
        """Of a refusal."""
        return Aside(refusal.code, refusal.place, list(refusal.values), raw)

    @property
    def refusal(self) -> Refusal:
        """The refusal again."""
        return Refusal(_REASONS[self.code], self.place, tuple(self.values))


_REASONS: Final = {reason.code: reason for reason in REASONS}


class Read(msgspec.Struct, array_like=True):
    """What was read of a file: so many lines; why it ends too early, "" if it does not; whether it holds none."""

    lines: int
    cut: str = ""
    empty: bool = False


@frozen
class Sorter:
    """Hands out the rows of files."""

    addressees: tuple[Addressee, ...]

    def records(self, file: str, rows: Callable[[Router], Iterator[Row]]) -> Iterator[Record]:
        """The records of a file. What it cannot read it says in a record, since it runs where nobody hears it."""
        router, read = Router(self.addressees), Read(0)
        held: dict[int, list[RawRow]] = {}
        size = 0
        try:
            with no_sweeping():
                for row in rows(router):
                    if isinstance(row, Cut):
                        read.cut = row.why
                    elif isinstance(row, NoRows):
                        read.empty = True
                    else:
                        read.lines += 1
                        found = row.refusal if isinstance(row, BadLine) else router.route(row)
                        if isinstance(found, Refusal):
                            yield Record(NOBODY, ASIDE, row.file, row.line, _bytes(Aside.of(found, row.raw)))
                        elif isinstance(row, RawRow):
                            held.setdefault(found, []).append(row)
                            size += len(row.raw)
                            if size >= TOGETHER:
                                yield from self._packed(held)
                                size = 0
        except LayoutsDiffer as error:
            (one, a), (other, b) = error.told
            read.cut = f"`{a}` and `{b}` give it different layouts ({one.format} and {other.format}); nothing was read"
        except (OSError, LimitReached) as error:
            why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
            yield Record(NOBODY, FAILED, file, 0, why.encode("utf-8", "replace"))
            return
        yield from self._packed(held)
        yield Record(NOBODY, READ, file, 0, _bytes(read))

    def _packed(self, held: dict[int, list[RawRow]]) -> Iterator[Record]:
        for at, rows in sorted(held.items()):
            body = PackedRows.of(rows).parts[0]
            yield Record(self.addressees[at].name, ROWS, rows[0].file, rows[0].line, body)
        held.clear()


def set_aside(addressees: tuple[Addressee, ...], found: list[tuple[str, int, bytes]]) -> list[Quarantined]:
    """Lines that belong to none, by file and number, from the bodies of their records."""
    asides = [msgspec.msgpack.decode(body, type=Aside) for _, _, body in found]
    hinted = Router(addressees).hinted(each.refusal for each in asides)
    return [
        Quarantined.of(why, file, line, each.raw)
        for why, each, (file, line, _) in zip(hinted, asides, found, strict=True)
    ]


def _bytes(told: Aside | Read) -> bytes:
    return msgspec.msgpack.encode(told)


__all__ = ["AGREEMENT", "ASIDE", "CLOSE", "FAILED", "NOBODY", "READ", "ROWS", "Read", "Record", "Sorter", "layout_in",
           "set_aside"]  # fmt: skip
