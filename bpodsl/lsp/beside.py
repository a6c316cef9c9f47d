"""What is shown beside the text: hints, and what became of tests. Both take a while, so they are worked out apart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from bpodsl.lsp.desk import Agreement
from bpodsl.lsp.hints import UNKNOWN, hints, worked_out
from bpodsl.lsp.trying import COMMAND, lenses, told, tried

if TYPE_CHECKING:
    from bpodsl.lsp.server import Server

QUIET: Final = 0.8
"""Seconds without a change until what takes long is begun."""
_WORKED_OUT: Final = "worked out"


def register(server: Server) -> None:
    """Register hints, and tests."""
    seat = server.seat

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        found = seat.page(params.text_document.uri)
        if found is None:
            return []
        page, agreements = found
        agreement = agreements[0]
        known = agreement.known(_WORKED_OUT)
        contract = agreement.understood.contract
        if known is None and contract is not None and _refreshes(server, "inlay_hint"):
            asyncio.get_running_loop().create_task(_work_out(server, agreement))
        elif known is None and contract is not None:
            # Whoever cannot be told to ask again gets all of them at once, a little later.
            await seat.apart(lambda: agreement.kept(_WORKED_OUT, lambda: worked_out(contract)))
            known = agreement.known(_WORKED_OUT)
        # An editor asks again with each line that it scrolls.
        named = f"hints of {page.path}, {'without' if known is None else 'with'} what takes long"
        made = agreement.kept(named, lambda: hints(agreement, page, known or UNKNOWN))
        return [hint for hint in made if params.range.start.line <= hint.position.line <= params.range.end.line]

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    def code_lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        found = seat.page(params.text_document.uri)
        return [] if found is None else lenses(found[0], seat.shelf)

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        data = lens.data if isinstance(lens.data, dict) else {}
        uri, name = str(data.get("uri", "")), str(data.get("name", ""))
        title, _ = await _tried(server, uri, name)
        lens.command = types.Command(title, COMMAND, arguments=[uri, name])
        return lens

    @server.command(COMMAND)
    async def run_test(uri: str, name: str) -> dict[str, Any]:
        """Run a test again, and tell its problems. Gives `passed`, `title` and the `failures` in words."""
        title, failed = await _tried(server, uri, name)
        kind = types.MessageType.Info if title.startswith("✓") else types.MessageType.Warning
        message = "\n".join([f"{title}: {name}", *failed[:3]])
        server.window_show_message(types.ShowMessageParams(kind, message))
        return {"passed": title.startswith("✓"), "title": title, "failures": failed}


async def _tried(server: Server, uri: str, name: str) -> tuple[str, list[str]]:
    """What became of a test of a text as it is now: in a word, and what went wrong."""
    found = server.seat.page(uri)
    if found is None:
        return told(None), []
    agreement = found[1][0]
    fresh = agreement.known(f"test {name}") is None
    trial = await server.seat.apart(lambda: tried(agreement, name))
    if fresh and trial is not None and (trial.failures or trial.notes):
        server.publish([agreement])
    return told(trial), [] if trial is None else [failure.message() for failure in trial.failures]


async def _work_out(server: Server, agreement: Agreement) -> None:
    """Work out what takes long once nothing more is typed, and tell the editor to ask again."""
    key = f"{id(agreement)}"
    if key in server.seat.working:
        return
    server.seat.working.add(key)
    try:
        await asyncio.sleep(QUIET)
        contract = agreement.understood.contract
        if contract is None or server.seat.desk.agreement(agreement.root) is not agreement:
            return
        await server.seat.apart(lambda: agreement.kept(_WORKED_OUT, lambda: worked_out(contract)))
        await server.workspace_inlay_hint_refresh_async(None)
    finally:
        server.seat.working.discard(key)


def _refreshes(server: Server, what: str) -> bool:
    """Whether the editor can be told to ask again."""
    workspace = server.client_capabilities.workspace
    asked = getattr(workspace, what, None)
    return asked is not None and bool(asked.refresh_support)
