"""What could be written next: the words that the grammar takes there, and the names of the right kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lsprotocol import types

from bpodsl.language import ast
from bpodsl.language.grammar import CLAUSES
from bpodsl.language.scan import Token
from bpodsl.lsp.desk import Page
from bpodsl.lsp.in_tests import in_test
from bpodsl.lsp.names import Index, things_of
from bpodsl.lsp.roles import Role
from bpodsl.lsp.stand import Stand, phrases, roles, rows_named, stand_at
from bpodsl.lsp.symbols import title

_Kind = types.CompletionItemKind

SNIPPETS: Final[Mapping[str, str]] = {
    "agreement": 'agreement ${1:name} "${2:Title}"\n  client     ${3:client}\n  provider   ${4:provider}\n'
    "  effective  ${5:2026-01-01} for ${6:2 years}\n  time zone  ${7:Europe/London}\n  currency   ${8:GBP}\n",
    "calendar": "calendar ${1:name}\n  mon-fri  ${2:09:00}-${3:17:00}\n",
    "event": "event ${1:name} from ${2:party}\n  ${3:field}  key\n",
    "obligation": "obligation ${1:name}\n  ${2:party} must ${3:act} for each ${4:event}\n  within ${5:4 hours}\n",
    "measure": "measure ${1:name}\n  each month, counted when decided\n  share of ${2:obligation} fulfilled\n"
    "  target at least ${3:95%}\n",
    "charge": "charge ${1:name}\n  each month\n  ${2:payer} pays ${3:payee} ${4:1 000 GBP}\n",
    "credit": "credit ${1:name} for ${2:measure}, of ${3:charge}\n  | at least ${4:95%} | 0% |\n"
    "  | otherwise | ${5:10%} |\n",
    "cap": "cap ${1:name} on credits at ${2:15%} of ${3:charge} each month\n",
    "trigger": "trigger ${1:name}\n  when ${2:measure} is missed in ${3:3} consecutive months\n",
    "test": 'test "${1:what it shows}"\n  ${2:2026-01-05T09:00}  ${3:event}\n'
    "  expect ${4:obligation} missed\n",
}  # fmt: skip
"""The shape of a clause, to be filled in."""

_KINDS: Final[Mapping[str, types.CompletionItemKind]] = {
    "party": _Kind.Class, "event": _Kind.Event, "notice": _Kind.Event, "calendar": _Kind.Module, "state": _Kind.Module,
    "obligation": _Kind.Function, "right": _Kind.Function, "termination": _Kind.Function, "trigger": _Kind.Function,
    "escalation": _Kind.Function, "definition": _Kind.Constant, "field": _Kind.Field, "value": _Kind.EnumMember,
    "template": _Kind.Snippet, "service": _Kind.Module, "document": _Kind.File,
}  # fmt: skip
_ASKING: Final = frozenset({"IS", "OF", "NOT", "ONE", "COMMA"})


def completions(index: Index, page: Page, position: types.Position, snippets: bool) -> list[types.CompletionItem]:
    """What fits at a place, names before words. `snippets`: the editor can fill in shapes."""
    text, offset = page.source.text, page.lines.offset(position)
    start = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    stand = stand_at(text, start)
    if stand is None:
        return []
    where = page.lines.range(start, offset)
    if stand.machine is None:
        return [_clause(word, where, snippets) for word in CLAUSES]
    found: dict[str, types.CompletionItem] = {}
    fits = in_test(index, text, start, stand)
    for name, thing, detail in _names(index, stand) if fits is None else fits.offers:
        found.setdefault(name, _item(name, _KINDS.get(thing, _Kind.Variable), detail, where, "1"))
    for phrase in phrases(stand.machine):
        if fits is None or fits.words is None or phrase.split()[0] in fits.words:
            found.setdefault(phrase, _item(phrase, _Kind.Keyword, "", where, "2"))
    return list(found.values())


def _clause(word: str, where: types.Range, snippets: bool) -> types.CompletionItem:
    item = _item(word, _Kind.Keyword, "clause", where, "1")
    if snippets and word in SNIPPETS:
        item.insert_text_format = types.InsertTextFormat.Snippet
        item.text_edit = types.TextEdit(where, SNIPPETS[word])
    return item


def _item(
    label: str, kind: types.CompletionItemKind, detail: str, where: types.Range, rank: str
) -> types.CompletionItem:
    return types.CompletionItem(
        label, kind=kind, detail=detail or None, sort_text=rank + label, text_edit=types.TextEdit(where, label)
    )


# ------------------------------------------------------------------------------------ names
def _names(index: Index, stand: Stand) -> Iterator[tuple[str, str, str]]:
    """The names that may stand there: each with what it is, and what is said of it."""
    assert stand.machine is not None
    for each in roles(stand.machine):
        if each.does == "refers":
            yield from _of_role(index, each, stand)


def _of_role(index: Index, role: Role, stand: Stand) -> Iterator[tuple[str, str, str]]:
    match role.room:
        case "name":
            for name, thing in things_of(index, role.things):
                yield name, thing, _said(index, name, thing)
            if "service" in role.things:
                yield from ((name, "service", "service") for name in index.apart["service"])
        case "field":
            yield from _fields(index, stand.read)
        case "value" | "expression":
            yield from ((word, "value", f"a value of `{field}`") for field, word in _values(index, stand.read))
            if role.room == "expression":
                if any(token.terminal == "WHERE" for token in stand.read):
                    yield from _fields(index, stand.read)
                for name, thing in things_of(index, role.things):
                    yield name, thing, _said(index, name, thing)
            else:
                for name, thing in things_of(index, role.things) if role.things else ():
                    yield name, thing, _said(index, name, thing)
        case "column":
            for symbol in index.by_symbol:
                if symbol.room == "column" and index.declarations(symbol):
                    yield symbol.text, "field", f"column of the list `{symbol.within}`"
        case "parameter":
            for symbol in index.by_symbol:
                if symbol.room == "parameter" and index.declarations(symbol):
                    yield symbol.text, "field", f"parameter of the template `{symbol.within}`"
        case room:
            yield from ((name, room, room) for name in index.apart.get(room, ()))


def _fields(index: Index, read: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """The fields of the rows that the line is about; of all events, if it is about none."""
    rows = next((fields for name in rows_named(read) if (fields := index.fields_of(name))), frozenset(index.fields))
    for name in sorted(rows):
        lines = index.fields.get(name, ())
        kind = " ".join(lines[0].span.text.split()).removeprefix(name).strip() if lines else ""
        yield name, "field", f"field: {kind}"


def _values(index: Index, read: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The words of the field that the line asks for just before: after `priority is`, or `priority` in a test."""
    before = list(read)
    while before and before[-1].terminal in _ASKING:
        before.pop()
    while len(before) > 2 and before[-1].terminal == "NAME" and before[-2].terminal in _ASKING:
        before.pop()
        while before and before[-1].terminal in _ASKING:
            before.pop()
    if before and before[-1].terminal == "NAME" and isinstance(before[-1].value, ast.Name):
        field = before[-1].value.text
        for word in index.choices(field):
            yield field, word if word.replace("_", "a").isalnum() and word[:1].isalpha() else f'"{word}"'


def _said(index: Index, name: str, thing: str) -> str:
    node = index.nodes.get(name)
    words = "" if node is None else title(node)
    return f"{thing}: {words}" if words else thing
