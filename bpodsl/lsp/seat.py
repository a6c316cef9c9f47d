"""What one server holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from attrs import define, field
from lsprotocol import types

from bpodsl.lsp.desk import Agreement, Desk, Page
from bpodsl.lsp.diagnostics import Wanted
from bpodsl.lsp.names import Index, Occurrence, index_of
from bpodsl.lsp.shelf import Shelf

_T = TypeVar("_T")
Choose = Callable[[Path], Wanted]
"""What the project of a file wants; a folder is looked at once, until files may have changed."""


class Pointed(Protocol):
    """What asks of a place in a text."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


@define(eq=False)
class Seat:
    """What one server holds: its texts and what they mean, and what it waits to say."""

    choose: Choose
    desk: Desk = field(init=False)
    _wanted: dict[Path, Wanted] = field(factory=dict)
    waiting: dict[Path, asyncio.TimerHandle] = field(factory=dict)
    told: set[str] = field(factory=set)
    worker: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1))
    """What takes long is done by one, in turn, so that typing never waits for it."""
    working: set[str] = field(factory=set)
    doubting: set[asyncio.Task[None]] = field(factory=set)
    """Tasks that nobody waits for are held here, lest they vanish."""

    @desk.default
    def _new_desk(self) -> Desk:
        return Desk(Shelf(), lambda path: self.wanted(path).asked)

    def wanted(self, path: Path) -> Wanted:
        """What the project of a file wants."""
        if path.parent not in self._wanted:
            self._wanted[path.parent] = self.choose(path)
        return self._wanted[path.parent]

    def apart(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        """Do what takes long beside whatever else is asked, in turn with other work of that sort."""
        return asyncio.get_running_loop().run_in_executor(self.worker, work)

    def look_again(self) -> None:
        """Files may have come, gone or changed, those of settings too; and another day may have begun."""
        self._wanted.clear()
        self.shelf.look_again()

    @property
    def shelf(self) -> Shelf:
        return self.desk.shelf

    def page(self, uri: str) -> tuple[Page, list[Agreement]] | None:
        """The file of a URI, as the first of its agreements has it, and all of these."""
        path = self.shelf.path(uri)
        agreements = self.desk.agreements_of(path)
        page = agreements[0].pages.get(path) if agreements else None
        return None if page is None else (page, agreements)

    def at(self, params: Pointed) -> tuple[Page, Index, Occurrence] | None:
        """The name that is pointed at."""
        found = self.page(params.text_document.uri)
        if found is None:
            return None
        page, agreements = found
        index = index_of(agreements[0])
        occurrence = index.at(page, page.lines.offset(params.position))
        return None if occurrence is None else (page, index, occurrence)

    def location(self, occurrence: Occurrence) -> types.Location:
        return types.Location(self.shelf.uri(occurrence.page.path), range_of(occurrence))


def range_of(occurrence: Occurrence) -> types.Range:
    """Where a name stands."""
    return occurrence.page.lines.range(occurrence.start, occurrence.end)
