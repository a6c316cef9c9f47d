"""What a name is, in words: the clause, its terms, what it rests on and what follows from it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from attrs import frozen

from bpodsl.graph import build
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.reading import read
from bpodsl.graph.draw.view import Box, View
from bpodsl.language import ast
from bpodsl.lsp.in_words import Words, words_of
from bpodsl.lsp.names import Index, Occurrence, Symbol
from bpodsl.lsp.symbols import title
from bpodsl.terms import Contract
from bpodsl.text import Span

MOST_LINES = 14
MOST_ARROWS = 8
MOST_TERMS = 16


@frozen
class Seen:
    """A contract as last understood: its boxes and arrows, and its clauses in words."""

    view: View
    words: Words


def seen_of(contract: Contract) -> Seen:
    """What there is to be said of the clauses of a contract."""
    return Seen(read(build(contract)), words_of(contract))


def about(index: Index, occurrence: Occurrence, seen: Seen | None) -> str:
    """Markdown on what a name stands for. `seen` is the agreement as last understood, if it ever was."""
    symbol = occurrence.symbol
    match symbol.room:
        case "name":
            return "\n\n".join(filter(None, _clause(index, symbol, seen, occurrence.declares)))
        case "field":
            return "\n\n".join(_field(index, symbol.text))
        case "service" | "document" | "template":
            node = index.apart[symbol.room].get(symbol.text)
            return "" if node is None else "\n\n".join(
                filter(None, (_head(symbol.room, symbol.text, node), "" if occurrence.declares else _written(node)))
            )
        case "parameter":
            return f"**parameter** `{symbol.text}` of the template `{symbol.within}`"
        case "column":
            return f"**column** `{symbol.text}` of the list `{symbol.within}`"
        case room:
            return f"**{room}** `{symbol.text}`"


def _clause(index: Index, symbol: Symbol, seen: Seen | None, here: bool) -> Iterator[str]:
    node = index.nodes.get(symbol.text)
    if node is None:
        return
    thing = index.things[symbol.text]
    if isinstance(node, ast.PartyLine):
        yield f"**{node.role}** `{symbol.text}`" + (f": {title(node)}" if title(node) else "")
    else:
        yield _head(thing, symbol.text, node)
    if seen is not None:
        sentence, *terms = seen.words.get(symbol.text, ("",))
        yield _plain(sentence)
        box = _box(seen.view, symbol.text, thing)
        yield _list("", terms or ([] if box is None else list(box.details)), MOST_TERMS)
        if box is not None:
            view = seen.view
            titles = {each.id: each.title for each in view.boxes}
            coming = [(titles.get(a.start, a.start), a.verb) for a in view.arrows if a.end == box.id]
            incoming = [f"{start}: {_done_to_this(verb)}" for start, verb in coming]
            outgoing = [f"{a.verb}: {titles.get(a.end, a.end)}" for a in view.arrows if a.start == box.id]
            yield _list("Rests on", incoming)
            yield _list("Leads to", outgoing)
    if not here:
        yield _written(node)


def _box(view: View, name: str, thing: str) -> Box | None:
    """The box that a clause is drawn in."""
    named = [box for box in view.boxes if box.id.partition(":")[2] == name]
    return next((box for box in named if box.id.partition(":")[0] == thing), named[0] if named else None)


def _head(word: str, name: str, node: ast.Node) -> str:
    reference = getattr(node, "reference", None)
    said = f": {title(node)}" if title(node) else ""
    place = f" [{reference.text}]" if isinstance(reference, ast.Reference) else ""
    return f"**{LOOKS[word].word.lower() if word in LOOKS else word}** `{name}`{_plain(said)}{_plain(place)}"


def _done_to_this(verb: str) -> str:
    """`performs this`; of what has an object of its own, `stops the clock`, no more."""
    return verb if " the " in verb or verb == "stops renewal" else f"{verb} this"


def _list(head: str, lines: tuple[str, ...] | list[str], most: int = MOST_ARROWS) -> str:
    if not lines:
        return ""
    lines = list(dict.fromkeys(lines))
    shown = [f"- {_plain(line)}" for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"- … and {len(lines) - most} more")
    return "\n".join([f"*{head}*", "", *shown] if head else shown)


def _field(index: Index, name: str) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for _, clause in index.clauses:
        if isinstance(clause, ast.Event | ast.Notice):
            for line in clause.lines:
                if isinstance(line, ast.EventField | ast.WorkedField) and line.name.text == name:
                    said = " ".join(Span(line.span.source, line.name.span.end, line.span.end).text.split())
                    found.setdefault(said, []).extend(f"`{each.text}`" for each in clause.names)
    yield f"**field** `{name}`"
    yield "\n".join(f"- {_plain(said)}: of {', '.join(events)}" for said, events in found.items())


def _written(node: ast.Node) -> str:
    """The clause as it stands in the text, its first lines."""
    lines = node.span.text.split("\n")
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "  …"]
    return "```bpo\n" + "\n".join(line.rstrip().replace("```", "'''") for line in lines) + "\n```"


def _plain(text: str) -> str:
    """Words of an author, which must not be taken for Markdown."""
    return "".join(f"\\{character}" if character in r"\`*_{}[]<>#|" else character for character in text)


def page_of(kind: type) -> str:
    """The page of a problem code."""
    return inspect.cleandoc(kind.__doc__ or "").replace("Not so:", "**Not so:**").replace("But so:", "**But so:**")
