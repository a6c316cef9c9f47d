"""The server: what an editor tells it, and when it says what is wrong."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from bpodsl import __version__
from bpodsl.lsp import beside, diagnostics
from bpodsl.lsp.answers import reading, writing
from bpodsl.lsp.desk import Agreement
from bpodsl.lsp.seat import Choose, Seat

PAUSE: Final = 0.15
"""Seconds without a key until what was typed is judged."""


class Server(LanguageServer):
    """The language server of bpodsl. `choose` says what the project of a file wants."""

    def __init__(self, choose: Choose) -> None:
        # Whole texts, so that the server never holds another text than the editor, whatever ends its lines.
        super().__init__("bpodsl", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.seat = Seat(choose)
        for register in (_lifecycle, reading, writing, beside.register):
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
        agreements = self.seat.desk.agreements_of(path)
        undoubted = [each for each in agreements if not each.is_doubted]
        if undoubted:
            task = asyncio.get_running_loop().create_task(self._doubt(path, undoubted))
            self.seat.doubting.add(task)
            task.add_done_callback(self.seat.doubting.discard)
        # What was said of a sound text stands until its doubts are known, lest they come and go with each key.
        if len(undoubted) < len(agreements) or not all(each.understood.sound for each in agreements):
            self.publish(agreements)

    async def _doubt(self, path: Path, agreements: list[Agreement]) -> None:
        """Look for doubts beside whatever else is asked, and say what is wrong then, if nothing has changed since."""
        desk = self.seat.desk
        for each in agreements:
            if desk.is_latest(each):
                await self.seat.apart(each.doubt)
        if path in self.seat.waiting or not all(desk.is_latest(each) for each in agreements):
            return
        now = desk.agreements_of(path)
        if all(each.is_doubted for each in now):
            self.publish(now)

    def publish(self, agreements: list[Agreement]) -> None:
        """Say what is wrong in all files of some agreements that somebody may look at."""
        seat = self.seat
        for page in {page.path: page for each in agreements for page in each.pages.values()}.values():
            sharing = seat.desk.agreements_of(page.path)
            uri = seat.shelf.uri(page.path)
            held = seat.shelf.opened.get(page.path)
            wanted = seat.wanted(page.path)
            found = diagnostics.of_page(sharing, page, seat.shelf, wanted.chosen)
            if wanted.wrong:
                start = types.Position(0, 0)
                found.insert(0, types.Diagnostic(types.Range(start, start), wanted.wrong, source=diagnostics.SOURCE))
            if found or uri in seat.told or held is not None:
                (seat.told.add if found else seat.told.discard)(uri)
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


def _is_defect(record: logging.LogRecord) -> bool:
    """Whether what is noted is a mistake of the program: that a name cannot be renamed is none, but an answer."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


def _lifecycle(server: Server) -> None:
    seat = server.seat

    @server.feature(types.INITIALIZED)
    async def initialized(params: types.InitializedParams) -> None:
        folders = [seat.shelf.path(uri) for uri in server.workspace.folders]
        if not folders and server.workspace.root_uri:
            folders = [seat.shelf.path(server.workspace.root_uri)]
        seat.shelf.folders = folders
        encoding = server.workspace.position_encoding
        seat.shelf.encoding = str(getattr(encoding, "value", encoding) or "utf-16")
        seat.look_again()
        workspace = server.client_capabilities.workspace
        watches = None if workspace is None else workspace.did_change_watched_files
        if watches is not None and watches.dynamic_registration:
            files = types.DidChangeWatchedFilesRegistrationOptions(
                [types.FileSystemWatcher(pattern) for pattern in ("**/*.bpo", "**/bpodsl.toml", "**/pyproject.toml")]
            )
            asked = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, files)
            await server.client_register_capability_async(types.RegistrationParams([asked]))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        seat.look_again()
        server.changed(seat.shelf.hold(params.text_document.uri, params.text_document.text), 0)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.changed(seat.shelf.hold(uri, server.workspace.get_text_document(uri).source))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        seat.look_again()
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
        seat.look_again()
        for path in list(seat.shelf.opened):
            server.changed(path)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        seat.shelf.folders = [seat.shelf.path(uri) for uri in server.workspace.folders]
        seat.look_again()
