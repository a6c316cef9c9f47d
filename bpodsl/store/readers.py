"""From files and streams to raw rows, and to all that an agreement makes of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

from bpodsl.lean import frozen
from bpodsl.record.account import Intaken
from bpodsl.record.beside import Beside, gather_beside, may
from bpodsl.record.event import Event
from bpodsl.record.gather import gather
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW
from bpodsl.record.rows import Cut, Layout, NoRows, RawRow, Row, base_name
from bpodsl.store import delimited, jsonl
from bpodsl.store.blocks import Block, Plan, Wanted
from bpodsl.store.lines import BLOCK, Lines, Stretch
from bpodsl.store.opening import opened
from bpodsl.terms import Contract


@frozen
class Feed:
    """A stream of bytes and its name, for what is not a file."""

    name: str
    stream: BinaryIO


def read_rows(source: str | Path | Feed, layout: Layout | None = None) -> Iterator[Row]:
    """The rows of a file, of standard input (`-`) or of a stream, packed by gzip or not, in their order.

    Without a layout the file's name tells, or else whether it begins with a brace. A file that cannot be opened or read
    raises `OSError`; bytes that cannot be understood never raise, but `LimitReached` ends what is too large.
    """
    if isinstance(source, Feed):
        yield from rows_of(Stretch(source.name, source.stream, layout=layout), layout)
    else:
        with opened(str(source)) as stream:
            yield from rows_of(Stretch(str(source), stream, layout=layout), layout)


def read_events(
    contract: Contract, sources: Iterable[str | Path | Feed], until: int | None = None, skew: int = SKEW
) -> Intaken:
    """What all sources together come to for an agreement; see `record.gather`."""
    intake = Intake(contract)
    rows = (read_rows(source, intake.layout(name_of(source))) for source in sources)
    with no_sweeping():
        return gather(intake, chain.from_iterable(rows), until, skew)


Take = Callable[[str, list[Any], list[int], list[str]], None]
"""Is given events in short, with their source, instants and ids."""


def read_beside(
    contract: Contract, paths: Sequence[Path], wanted: Mapping[str, Wanted], take: Take, beside: Beside,
    until: int | None = None, skew: int = SKEW,
) -> Intaken | None:  # fmt: skip
    """As `read_events`, for files of plain JSON lines: `take` is given the events of the kinds wanted, in blocks, and
    what comes back is the rest of the input, with an account of all. None: the files must be read as ever."""
    intake = Intake(contract)
    plans = [Plan.of(contract, intake.mapping(str(path)), str(path), wanted) for path in paths]
    if not may(contract) or not all(plans):
        return None

    def counted(plan: Plan, block: Block) -> None:
        found, instants = block[:2]
        beside.count += len(found)
        ids = [each.id for each in found]
        beside.ids.setdefault(plan.source, set()).update(ids)
        beside.first, beside.last = min(beside.first, min(instants)), max(beside.last, max(instants))
        take(plan.source, found, instants, ids)

    with no_sweeping():
        rows = chain.from_iterable(plain_rows(plan, counted) for plan in plans if plan is not None)
        return gather_beside(intake, rows, beside, until, skew)


def read_again(
    contract: Contract, paths: Sequence[Path], wanted: Mapping[str, Wanted], asked: Callable[[object], bool]
) -> list[Event]:
    """The events in full of which `asked` says so of what `read_beside` took them for."""
    intake, events = Intake(contract), list[Event]()

    def take(plan: Plan, block: Block) -> None:
        found, _, lines, places = block
        for each, line, place in zip(found, lines, places, strict=True):
            if asked(each):
                values = jsonl.strictly(line.removesuffix(b"\r"))
                assert isinstance(values, dict)
                read = intake.read(RawRow(plan.file, place, place, values, line), [])
                assert isinstance(read, tuple)
                events.extend(read)

    for path in paths:
        plan = Plan.of(contract, intake.mapping(str(path)), str(path), wanted)
        assert plan is not None
        for _ in plain_rows(plan, take):
            pass
    return events


def plain_rows(
    plan: Plan, take: Callable[[Plan, Block], None], after: Callable[[], None] | None = None, size: int = BLOCK
) -> Iterator[Row]:
    """The rows of a file that must be read strictly, and to `take` what need not; `after` is told after each batch of
    lines, of about so many bytes."""
    with opened(plan.file) as stream:
        stretch = Stretch(plan.file, stream, size, layout=plan.layout)
        yield from plan.rows(stretch, lambda block: take(plan, block), after)
    if stretch.cut:
        yield Cut(plan.file, stretch.cut)


@contextmanager
def no_sweeping() -> Iterator[None]:
    """Rows and events hold no circles, so looking for some, again and again as they grow in number, is lost time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


ARCHIVE: Final = b"PK\x03\x04"
"""How a zip archive begins, and so a workbook."""


def name_of(source: str | Path | Feed) -> str:
    """What a source is called in messages."""
    return source.name if isinstance(source, Feed) else str(source)


NO_TEXT: Final = "it is a workbook or archive, not text; save it as CSV, or unpack it"


def rows_of(stretch: Stretch, layout: Layout | None) -> Iterator[Row]:
    """The rows of a stretch; as `read_rows`."""
    file = stretch.file
    batches = iter(stretch)
    first = next(batches, None)
    if first is None:
        yield NoRows(file)
    elif first.lines and first.lines[0].startswith(ARCHIVE):
        yield Cut(file, NO_TEXT)
        return
    else:
        layout = layout or layout_of(file, first)
        both = chain((first,), batches)
        if layout.format == "csv":
            yield from delimited.rows(file, both, layout.separator)
        else:
            yield from jsonl.rows(file, both)
    if stretch.cut:
        yield Cut(file, stretch.cut)


def layout_of(file: str, first: Lines) -> Layout:
    """How a file is laid out of which nothing says so: by its name, else by its first lines."""
    suffix = Path(base_name(file)).suffix.lower()
    if suffix == ".csv":
        return Layout("csv")
    if suffix in (".jsonl", ".ndjson", ".json"):
        return Layout("jsonl")
    text = next((line for line in first.lines if line.strip()), b"").removeprefix(jsonl.BOM).lstrip()
    return Layout("jsonl" if text.startswith((b"{", b"[")) else "csv")
