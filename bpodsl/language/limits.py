"""What is looked at before and after reading: the text as characters, the depth of the tree, the shape of names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from bpodsl.language import ast
from bpodsl.language.problems_characters import BidiControl, InvalidCharacter, NotComposed
from bpodsl.language.problems_syntax import NotAName
from bpodsl.text import FILE_BYTES as FILE_BYTES
from bpodsl.text import Problem, Source, Span

NESTING: Final = 64
TREE_DEPTH: Final = 200
PROBLEMS: Final = 100
PER_KIND: Final = 10

_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN: Final = re.compile(
    rf"[{_BIDI}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200d\u2060\ufeff\ud800-\udfff]|\r(?!\n)"
)
_IS_BIDI: Final = re.compile(f"[{_BIDI}]")


def size_of(source: Source) -> int:
    """Bytes of the text as UTF-8."""
    return len(source.text) if source.text.isascii() else len(source.text.encode("utf-8", "surrogatepass"))


def unseen_characters(source: Source) -> Iterator[Problem]:
    """Characters that nobody can see: control characters, marks of direction, halves of characters."""
    found = 0
    for match in _UNSEEN.finditer(source.text):
        if match.start() == 0 and match.group() == "\ufeff":
            continue
        found += 1
        if found > PER_KIND:
            return
        span = Span(source, match.start(), match.end())
        if _IS_BIDI.match(match.group()):
            yield BidiControl(span, character=match.group())
        else:
            yield InvalidCharacter(span, character=match.group())


def is_unseen(character: str) -> bool:
    """Whether `unseen_characters` has spoken of it."""
    return _UNSEEN.match(character) is not None


def uncomposed_lines(source: Source) -> Iterator[Problem]:
    """Lines that are not in Unicode form NFC."""
    text = source.text
    if unicodedata.is_normalized("NFC", text):
        return
    found = 0
    start = 0
    while start < len(text) and found < PER_KIND:
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        line = text[start:stop]
        if not unicodedata.is_normalized("NFC", line):
            composed = unicodedata.normalize("NFC", line)
            same = next((n for n, (a, b) in enumerate(zip(line, composed, strict=False)) if a != b), 0)
            found += 1
            yield NotComposed(Span(source, start + same, stop))
        start = stop + 1


def too_deep(node: ast.Node) -> ast.Node | None:
    """The first node that lies deeper than `TREE_DEPTH`. Without recursion, since that is the point."""
    stack: list[tuple[object, int]] = [(node, 0)]
    while stack:
        part, depth = stack.pop()
        if isinstance(part, tuple):
            stack.extend((item, depth) for item in part)
        elif isinstance(part, ast.Node):
            if depth > TREE_DEPTH:
                return part
            stack.extend((item, depth + 1) for item in ast.parts(part))
    return None


def upper_case_names(clause: ast.Clause) -> Iterator[Problem]:
    """Names that the clause declares and that are not in lower case."""
    for name in declared_names(clause):
        if not name.text.islower():
            yield NotAName(name.span, name=name.text)


def declared_names(clause: ast.Clause) -> Iterator[ast.Name]:
    """The names of a clause, and of what it declares inside."""
    match clause:
        case ast.Event(names=names, lines=lines) | ast.Notice(names=names, lines=lines):
            yield from names
            for event_line in lines:
                if isinstance(event_line, ast.EventField | ast.WorkedField):
                    yield event_line.name
        case ast.Agreement(name=name, lines=lines):
            yield name
            for party_line in lines:
                if isinstance(party_line, ast.PartyLine):
                    yield party_line.name
        case ast.Assume() | ast.Test() | ast.UseFile() | ast.UseTemplate():
            return
        case ast.Cap(name=cap_name):
            if cap_name is not None:
                yield cap_name
        case _:
            yield clause.name
