"""The server: what the protocol asks, answered by the modules beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import define, field
from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from bpodsl import __version__
from bpodsl.language.formatting import format_text
from bpodsl.lsp import diagnostics, symbols, tokens
from bpodsl.lsp.actions import actions
from bpodsl.lsp.desk import Agreement, Desk, Page
from bpodsl.lsp.diagnostics import Chosen
from bpodsl.lsp.hover import about, page_of, view_of
from bpodsl.lsp.names import Index, Occurrence, index_of
from bpodsl.lsp.rename import CannotRename, check, renamed
from bpodsl.lsp.shelf import Shelf
from bpodsl.problems import every_problem

PAUSE: Final = 0.15
"""Seconds without a key until what was typed is judged."""

Choose = Callable[[Path], Chosen]
"""Which problems count for a file."""


class Pointed(Protocol):
    """What asks of a place in a text."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


@define(eq=False)
class Seat:
    """What one server holds: its texts and what they mean, and what it waits to say."""

    choose: Choose
    desk: Desk = field(factory=lambda: Desk(Shelf()))
    waiting: dict[Path, asyncio.TimerHandle] = field(factory=dict)
    told: set[str] = field(factory=set)

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


class Server(LanguageServer):
    """The language server of bpodsl. `choose` says which problems count for a file."""

    def __init__(self, choose: Choose) -> None:
        # Whole texts, so that the server never holds another text than the editor, whatever ends its lines.
        super().__init__("bpodsl", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.seat = Seat(choose)
        for register in (_lifecycle, _reading, _writing):
            register(self)
        logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_defect)

    # ------------------------------------------------------------------ saying what is wrong
    def changed(self, path: Path, pause: float = PAUSE) -> None:
        """A text has changed: say what is wrong once nothing more is typed for a moment."""
        waiting = self.seat.waiting.pop(path, None)
        if waiting is not None:
            waiting.cancel()
        self.seat.waiting[path] = asyncio.get_running_loop().call_later(pause, self._judge, path)

    def _judge(self, path: Path) -> None:
        self.seat.waiting.pop(path, None)
        self.publish(self.seat.desk.agreements_of(path))

    def publish(self, agreements: list[Agreement]) -> None:
        """Say what is wrong in all files of some agreements that somebody may look at."""
        seat = self.seat
        for page in {page.path: page for each in agreements for page in each.pages.values()}.values():
            sharing = seat.desk.agreements_of(page.path)
            uri = seat.shelf.uri(page.path)
            held = seat.shelf.opened.get(page.path)
            try:
                chosen = seat.choose(page.path)
                found = diagnostics.of_page(sharing, page, seat.shelf, chosen)
            except ValueError as error:
                # The project's own settings cannot be: everything counts, and that is said.
                found = diagnostics.of_page(sharing, page, seat.shelf, list)
                start = types.Position(0, 0)
                found.insert(0, types.Diagnostic(types.Range(start, start), str(error), source=diagnostics.SOURCE))
            if found or uri in seat.told or held is not None:
                (seat.told.add if found else seat.told.discard)(uri)
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


def _is_defect(record: logging.LogRecord) -> bool:
    """Whether what is noted is a mistake of the program: that a name cannot be renamed is none, but an answer."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


def _lifecycle(server: Server) -> None:
    seat = server.seat

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        folders = [seat.shelf.path(uri) for uri in server.workspace.folders]
        if not folders and server.workspace.root_uri:
            folders = [seat.shelf.path(server.workspace.root_uri)]
        seat.shelf.folders = folders
        encoding = server.workspace.position_encoding
        seat.shelf.encoding = str(getattr(encoding, "value", encoding) or "utf-16")
        seat.shelf.look_again()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        seat.shelf.look_again()
        server.changed(seat.shelf.hold(params.text_document.uri, params.text_document.text), 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.changed(seat.shelf.hold(uri, server.workspace.get_text_document(uri).source))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        seat.shelf.look_again()
        server.changed(seat.shelf.path(params.text_document.uri), 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        path = seat.shelf.release(params.text_document.uri)
        seat.told.discard(params.text_document.uri)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))
        if seat.shelf.stamp(path) is not None:
            server.changed(path)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        seat.shelf.look_again()
        for path in list(seat.shelf.opened):
            server.changed(path)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        seat.shelf.folders = [seat.shelf.path(uri) for uri in server.workspace.folders]
        seat.shelf.look_again()


def _reading(server: Server) -> None:
    seat = server.seat

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        found = seat.at(params)
        if found is None:
            return _page_hover(seat, params)
        _, index, occurrence = found
        said = about(index, occurrence, seen(index.agreement))
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said), range_of(occurrence)) if said else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> list[types.Location]:
        found = seat.at(params)
        return [] if found is None else [seat.location(each) for each in found[1].declarations(found[2].symbol)]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        found = seat.at(params)
        if found is None:
            return []
        places: dict[tuple[Path, int], types.Location] = {}
        for agreement in seat.desk.agreements_of(found[0].path):
            for each in index_of(agreement).by_symbol.get(found[2].symbol, ()):
                if params.context.include_declaration or not each.declares:
                    places[each.page.path, each.start] = seat.location(each)
        return list(places.values())

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = seat.at(params)
        if found is None:
            return []
        kinds = types.DocumentHighlightKind.Read, types.DocumentHighlightKind.Write
        same = found[1].by_symbol.get(found[2].symbol, ())
        return [types.DocumentHighlight(range_of(o), kinds[o.declares]) for o in same if o.page is found[0]]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        found = seat.page(params.text_document.uri)
        return [] if found is None else symbols.outline(found[0])

    @server.feature(types.WORKSPACE_SYMBOL)
    def search(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        return symbols.search(seat.desk, params.query)

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folds(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        found = seat.page(params.text_document.uri)
        return [] if found is None else symbols.folds(found[0])

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def links(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        found = seat.page(params.text_document.uri)
        return [] if found is None else symbols.links(found[0], seat.shelf)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, tokens.LEGEND)
    def colours(params: types.SemanticTokensParams) -> types.SemanticTokens:
        found = seat.page(params.text_document.uri)
        return types.SemanticTokens([] if found is None else tokens.tokens(index_of(found[1][0]), found[0]))


def _writing(server: Server) -> None:
    seat = server.seat

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        found = seat.page(params.text_document.uri)
        if found is None:
            return None
        page = found[0]
        new, problems = format_text(page.source)
        if problems or new == page.source.text:
            return []
        return [types.TextEdit(page.lines.range(0, len(page.source.text)), new)]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        found = seat.at(params)
        if found is None:
            return None
        try:
            check(found[1], found[2].symbol)
        except CannotRename as why:
            raise JsonRpcInvalidParams(str(why)) from None
        return types.PrepareRenamePlaceholder(range_of(found[2]), found[2].symbol.text)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = seat.at(params)
        if found is None:
            return None
        try:
            edits = renamed(seat.desk, found[2], params.new_name.strip())
        except CannotRename as why:
            raise JsonRpcInvalidParams(str(why)) from None
        changes = {}
        for path, stretches in edits.items():
            page = seat.desk.page(path)
            if page is not None:
                changes[seat.shelf.uri(path)] = [types.TextEdit(page.lines.range(a, b), new) for a, b, new in stretches]
        return types.WorkspaceEdit(changes=changes)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        found = seat.page(params.text_document.uri)
        return [] if found is None else actions(found[1], found[0], params.range, seat.shelf)


def seen(agreement: Agreement) -> Any:
    """The boxes and arrows of an agreement as last understood, None if it never was."""
    contract = agreement.contract
    return None if contract is None else agreement.kept("view", lambda: view_of(contract))


def _page_hover(seat: Seat, params: types.HoverParams) -> types.Hover | None:
    """The page of the problem code that is pointed at, in a comment that allows it."""
    found = seat.page(params.text_document.uri)
    if found is None:
        return None
    page = found[0]
    word, start, end = page.lines.word(page.lines.offset(params.position))
    kind = next((kind for kind in every_problem() if kind.code == word), None)
    if kind is None:
        return None
    said = f"**{word}** ({kind.severity.value})\n\n{page_of(kind)}"
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said), page.lines.range(start, end))
