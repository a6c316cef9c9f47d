"""What is asked about a text: what a name is, where it stands, what is in the text, and what can be done to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from bpodsl.language.formatting import format_text
from bpodsl.lsp import symbols, tokens
from bpodsl.lsp.actions import actions
from bpodsl.lsp.completion import completions
from bpodsl.lsp.desk import Agreement
from bpodsl.lsp.hover import Seen, about, page_of, seen_of
from bpodsl.lsp.names import index_of
from bpodsl.lsp.rename import CannotRename, check, renamed
from bpodsl.lsp.seat import Seat, range_of
from bpodsl.problems import every_problem

if TYPE_CHECKING:
    from bpodsl.lsp.server import Server


def reading(server: Server) -> None:
    """Register what only looks."""
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


def writing(server: Server) -> None:
    """Register what leads to changes of the text."""
    seat = server.seat

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" "]))
    def completion(params: types.CompletionParams) -> types.CompletionList:
        found = seat.page(params.text_document.uri)
        if found is None:
            return types.CompletionList(False, [])
        asked = server.client_capabilities.text_document
        item = asked.completion.completion_item if asked is not None and asked.completion is not None else None
        snippets = item is not None and bool(item.snippet_support)
        return types.CompletionList(False, completions(index_of(found[1][0]), found[0], params.position, snippets))

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


def seen(agreement: Agreement) -> Seen | None:
    """What there is to be said of an agreement as last understood, None if it never was."""
    contract = agreement.contract
    return None if contract is None else agreement.kept("seen", lambda: seen_of(contract))


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
