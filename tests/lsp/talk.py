"""A conversation with the real server, over its standard input and output."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.conftest import ROOT

LONG = 60


class Talk:
    """An editor without a screen: opens texts, types, asks."""

    def __init__(self, client):
        self.client = client
        self.found = {}
        self.said = asyncio.Event()
        self.refreshed = []
        self.versions = {}
        self.watched = []

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params):
            self.found[params.uri] = list(params.diagnostics)
            self.said.set()

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def asked(params):
            self.watched.append(str(params))

        @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
        def refresh(params):
            self.refreshed.append("lens")

        @client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def refresh_hints(params):
            self.refreshed.append("hint")

    def open(self, uri, text):
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "bpo", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, uri, text):
        self.versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def problems(self, uri, until=lambda found: True):
        """What is said of a text, as soon as it is so."""
        async with asyncio.timeout(LONG):
            while uri not in self.found or not until(self.found[uri]):
                self.said.clear()
                await self.said.wait()
        return self.found[uri]

    async def ask(self, method, params):
        async with asyncio.timeout(LONG):
            said = await getattr(self.client, f"{method}_async")(params)
            return list(said) if isinstance(said, tuple) else said


@asynccontextmanager
async def talking(*folders, encodings=None, refreshes=True):
    """A server that has been started and greeted; afterwards it is told to leave, and must."""
    client = LanguageClient("test", "1")
    talk = Talk(client)
    await client.start_io(sys.executable, "-m", "bpodsl", "lsp", cwd=str(ROOT))
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    await talk.ask(
        "initialize",
        types.InitializeParams(
            types.ClientCapabilities(
                general=general,
                workspace=types.WorkspaceClientCapabilities(
                    did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
                    code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=refreshes),
                    inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=refreshes),
                ),
            ),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
        ),
    )
    client.initialized(types.InitializedParams())
    try:
        yield talk
    finally:
        await talk.ask("shutdown", None)
        client.exit(None)
        client._server.stdin.close()
        async with asyncio.timeout(LONG):
            # Read first: a server that has much to say could not leave before it is heard.
            errors = (await client._server.stderr.read()).decode()
            await client._server.wait()
        await client.stop()
    assert "Traceback" not in errors, errors


def converse(conversation, *folders, encodings=None, refreshes=True):
    """Run a conversation from greeting to leaving."""

    async def whole():
        async with talking(*folders, encodings=encodings, refreshes=refreshes) as talk:
            return await conversation(talk)

    return asyncio.run(whole())


def place(text, words, nth=0, into=0):
    """Where some words stand in a text, in lines and units of UTF-16."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(words, at + 1)
    at += into
    before = text[:at]
    line = before.count("\n")
    column = len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2
    return types.Position(line, column)


def cut(text, span):
    """The text that a range of the protocol means."""
    lines = text.split("\n")

    def offset(position):
        units = lines[position.line].encode("utf-16-le")[: 2 * position.character]
        return sum(len(line) + 1 for line in lines[: position.line]) + len(units.decode("utf-16-le"))

    return text[offset(span.start) : offset(span.end)]
