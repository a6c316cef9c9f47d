"""What fits in a line of a test: words of a field, values that stood before, who reports, windows and instants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from bpodsl.language import ast, parse
from bpodsl.language.scan import Token
from bpodsl.lsp.names import Index
from bpodsl.lsp.stand import Stand
from bpodsl.text import Source

Offer = tuple[str, str, str]
"""What may stand there, what it is, and what is said of it."""

_STATUSES: Final = ("fulfilled", "missed", "excused", "waived", "late", "cured", "breached", "undecided", "ended")
_DUTY: Final = frozenset({"for", *_STATUSES, "pays"})
_RIGHT: Final = frozenset({"for", "open", "exercised", "lapsed", "waived", "ended", "pays", "in", "on", "at"})
_FIRED: Final = frozenset({"for", "in", "on", "at"})
_VALUE: Final = frozenset({"for", "in"})
_EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "obligation": _DUTY, "determination": _DUTY, "claim": _DUTY, "right": _RIGHT, "termination": _RIGHT,
    "trigger": _FIRED | {"pays"}, "escalation": _FIRED, "state": _FIRED | {"open", "ended"},
    "measure": _VALUE, "amount": _VALUE, "charge": _VALUE, "credit": _VALUE,
}  # fmt: skip
"""The words that can go on with `expect NAME`, by what the name is."""
_STANDINGS: Final = frozenset({"met", "missed", "below", "not"})


@frozen
class Fits:
    """The names and values that fit, and which words do: those that begin with one of `words`; None: any."""

    offers: tuple[Offer, ...]
    words: frozenset[str] | None = None


def in_test(index: Index, text: str, start: int, stand: Stand) -> Fits | None:
    """What fits at a place of a test; None where that is what fits anywhere else too."""
    if stand.clause != "test" or not stand.read:
        return None
    before = _events_before(text, start)
    if stand.read[0].terminal == "INSTANT":
        return _of_event(index, stand.read, before)
    return _of_expectation(index, stand.read, before) if stand.read[0].terminal == "EXPECT" else None


def _events_before(text: str, start: int) -> list[ast.TestEvent]:
    """The events in the lines above of the same test, the latest first."""
    line = text.rfind("\n", 0, start) + 1
    heads = [match.start() for match in re.finditer(r"^test\b", text[:line], re.M)]
    if not heads:
        return []
    head, *lines = text[heads[-1] : line].split("\n")
    found = [each for own in _read("\n".join([head, *lines])) for each in own.lines]
    if not found:
        # A line that cannot be read takes no other with it.
        found = [each for one in lines for own in _read(f"{head}\n{one}\n") for each in own.lines]
    return [each for each in reversed(found) if isinstance(each, ast.TestEvent)]


def _read(text: str) -> Iterator[ast.Test]:
    tree, _ = parse(Source("", text))
    return (clause for clause in tree.clauses if isinstance(clause, ast.Test))


# ------------------------------------------------------------------------------------ events
def _of_event(index: Index, read: Sequence[Token], before: Sequence[ast.TestEvent]) -> Fits | None:
    names = [token for token in read if token.terminal == "NAME"]
    if not names:
        return None
    event, last = _text(names[0]), read[-1]
    if last.terminal == "FROM":
        return Fits(tuple((name, "party", f"may report `{event}`") for name in _reporters(index, event)))
    fields = index.fields_of(event)
    given = {_text(token) for token in names[1:]} & fields
    if last is names[0] or last.terminal == "COMMA":
        left = tuple((name, "field", f"a field of `{event}`") for name in sorted(fields - given))
        return Fits(left, frozenset({"from", "known"}) if last is names[0] else frozenset({"known"}))
    if last.terminal == "NAME" and _text(last) in fields:
        return _values(index, _text(last), before)
    return None


def _reporters(index: Index, event: str) -> Iterator[str]:
    node = index.nodes.get(event)
    said = [each.text for each in node.reporters.parties] if isinstance(node, ast.Event | ast.Notice) else []
    yield from said or (name for name, thing in index.things.items() if thing == "party")


def _values(index: Index, field: str, before: Iterable[ast.TestEvent]) -> Fits:
    """The words of a field; else the values that it had before, as cases go on."""
    words = tuple((_quoted(word), "value", f"a word of `{field}`") for word in index.choices(field))
    lines = [line for line in index.fields.get(field, ()) if isinstance(line, ast.EventField)]
    kind = next((line.kind for line in lines if isinstance(line.kind, str)), "")
    if kind == "yes / no":
        return Fits((), frozenset({"yes", "no"}))
    labels = dict.fromkeys(_labels(kind, before))
    periods = tuple((label, "value", f"the {kind} of an event above") for label in labels)
    return Fits((*words, *(() if words else (*_earlier(before, {field}), *periods))), _NONE)


_NONE: Final[frozenset[str]] = frozenset()


def _earlier(before: Iterable[ast.TestEvent], fields: Iterable[str]) -> tuple[Offer, ...]:
    """The values that fields had, the latest first."""
    wanted = set(fields)
    found = dict.fromkeys(
        (value.value.span.text, value.field.text) for event in before for value in event.values
        if isinstance(value, ast.FieldValue) and value.field.text in wanted
    )  # fmt: skip
    return tuple((text, "value", f"the `{field}` above") for text, field in found)


# ------------------------------------------------------------------------------------ expectations
def _of_expectation(index: Index, read: Sequence[Token], before: Sequence[ast.TestEvent]) -> Fits | None:
    last = read[-1]
    names = [token for token in read if token.terminal == "NAME"]
    if not names:
        return None
    name = _text(names[0])
    asked = [token.terminal for token in read if token.terminal in ("FOR", "IN", "AT", "ON", "UNTIL", "IS", "PAYS")]
    match asked[-1] if asked else "":
        case "FOR" if last.terminal in ("FOR", "COMMA"):
            return Fits(_keys(index, name, before), _NONE)
        case "IN" if last.terminal == "IN":
            return Fits(tuple((label, "value", "a window") for label in _windows(index, name, before)))
        case "AT" if last.terminal == "AT":
            return Fits(tuple((each, "value", "an instant above") for each in _instants(before)), frozenset({"level"}))
        case "ON" | "UNTIL" if last.terminal in ("ON", "UNTIL"):
            days = dict.fromkeys(each[:10] for each in _instants(before))
            return Fits(tuple((day, "value", "a day above") for day in days))
        case "IS" if last.terminal == "IS":
            return Fits((), _STANDINGS if index.things.get(name) == "measure" else None)
        case "" | "FOR":
            return Fits((), _EXPECTED.get(index.things.get(name, "")))
    return None


def _keys(index: Index, name: str, before: Sequence[ast.TestEvent]) -> tuple[Offer, ...]:
    """The values that tell cases and groups apart: those that stood above, then words of the fields."""
    keys = [field for field, lines in index.fields.items() if any(_is_key(line) for line in lines)]
    own = index.fields_of(name)
    groups = [] if index.things.get(name) in ("obligation", "state", "trigger") else sorted(own)
    asked = [*groups, *(field for field in keys if not own or field in own)]
    words = [(_quoted(word), "value", f"a word of `{field}`") for field in groups for word in index.choices(field)]
    offers: dict[str, Offer] = {}
    for offer in (*_earlier(before, asked), *words):
        offers.setdefault(offer[0], offer)
    return tuple(offers.values())


def _is_key(line: ast.EventField | ast.WorkedField) -> bool:
    return isinstance(line, ast.EventField) and (
        line.kind == "key" or any(isinstance(part, ast.KeyFlag) for part in line.parts)
    )


def _windows(index: Index, name: str, before: Iterable[ast.TestEvent]) -> Iterator[str]:
    """The windows of a figure, or months, in which events above lie."""
    node = index.nodes.get(name)
    units = [each.unit.rstrip("s") for each in _below(node, ast.Each)] if node is not None else []
    yield from dict.fromkeys(_labels(units[0] if units else "month", before))


def _labels(unit: str, before: Iterable[ast.TestEvent]) -> Iterator[str]:
    """The days, months, quarters or years in which events lie; of nothing else."""
    for instant in _instants(before):
        year, month = instant[:4], int(instant[5:7])
        labels = {"day": instant[:10], "month": instant[:7], "quarter": f"{year}-Q{(month + 2) // 3}", "year": year}
        if unit in labels:
            yield labels[unit]


def _below(node: ast.Node, sort: type[ast.Each]) -> Iterator[ast.Each]:
    from bpodsl.language.context import below

    return (part for part in below(node) if isinstance(part, sort))


def _instants(before: Iterable[ast.TestEvent]) -> list[str]:
    return list(dict.fromkeys(event.at.text for event in before))


# ------------------------------------------------------------------------------------ words
def _text(token: Token) -> str:
    return token.value.text if isinstance(token.value, ast.Name) else ""


def _quoted(word: str) -> str:
    return word if word.replace("_", "a").isalnum() and word[:1].isalpha() else f'"{word}"'
