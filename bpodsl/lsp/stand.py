"""Where a parser stands at a place in a text, and what could stand there: asked of its own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from attrs import frozen

from bpodsl.language import ast
from bpodsl.language.ast.base import places
from bpodsl.language.grammar import END, STARTS, RuleShape, tables
from bpodsl.language.layout import LINE, Block, lay_out
from bpodsl.language.machine import Machine
from bpodsl.language.scan import Token
from bpodsl.lsp.reading import Reader
from bpodsl.lsp.roles import EXPRESSION, TIMES, VALUE, Role, role
from bpodsl.text import Source

_PLACEHOLDER: Final = "x"
_WHOLE: Final = {"_primary": EXPRESSION, "_times_part": TIMES, "_asked": EXPRESSION, "value": VALUE, "_row_key": VALUE}
"""Rules that stand wherever a value of some sort may: who asks for it does not matter."""

LONGEST: Final = 6
BRANCHES: Final = 4


@frozen
class Stand:
    """What is before a place: the first word of its clause and the tokens of its line. `machine` has read all of it,
    and is None where a clause begins."""

    clause: str
    read: tuple[Token, ...]
    machine: Machine | None


def stand_at(text: str, offset: int) -> Stand | None:
    """Where the parser stands before a word that begins there; None in a comment or in words for people, or where what
    comes before cannot be read."""
    source = Source("", text[:offset] + _PLACEHOLDER)
    blocks = lay_out(source).blocks
    if not blocks or blocks[-1].pieces[-1].end <= offset:
        return None  # The place lies in a comment.
    block = blocks[-1]
    piece = block.pieces[-1]
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if re.sub(r'"[^"]*"', "", line).count('"') or re.sub(r"\[[^\]]*\]", "", line).count("["):
        return None
    if block.head.start == offset:
        return Stand("", (), None)
    if block.word not in STARTS:
        return None
    machine = Machine(source, STARTS[block.word])
    reader = Reader(source)
    _before(reader, machine, block)
    read = reader.piece(machine, piece, offset)
    return None if read is None else Stand(block.word, tuple(read), machine)


def _before(reader: Reader, machine: Machine, block: Block) -> None:
    """Read the lines before the last; those that cannot be read are left out."""
    if len(block.pieces) > 1 and reader.piece(machine, block.head) is None:
        return
    last = machine.stand()
    for piece in block.pieces[1:-1]:
        if piece.mark == LINE and not machine.takes(LINE):
            machine.back_to(last)
        stand = machine.stand()
        if reader.piece(machine, piece) is not None and piece.mark == LINE:
            last = stand
    if block.pieces[-1].mark == LINE and not machine.takes(LINE):
        machine.back_to(last)


# ------------------------------------------------------------------------------------ words
def phrases(machine: Machine) -> list[str]:
    """The words of the language that may stand next; where only one or a few words can follow one, with these."""
    texts = {name: text for text, name in tables().keywords.items()}
    found: dict[str, None] = {}
    for terminal in sorted(machine.accepted()):
        if terminal in texts:
            for phrase in _goes_on(machine.states, terminal, machine.start, texts):
                found.setdefault(phrase)
    return list(found)


def _goes_on(states: Sequence[int], terminal: str, start: str, texts: dict[str, str]) -> list[str]:
    waiting: list[tuple[tuple[str, ...], list[int] | None]] = [((texts[terminal],), shifted(states, terminal))]
    found: list[str] = []
    while waiting:
        words, stack = waiting.pop()
        following = [] if stack is None else _next(stack, start)
        go_on = [each for each in following if each in texts]
        if stack is None or not go_on or len(go_on) < len(following) or len(go_on) > BRANCHES or len(words) >= LONGEST:
            found.append(" ".join(words))
        else:
            waiting += [((*words, texts[each]), shifted(stack, each)) for each in go_on]
    return found


def _next(states: list[int], start: str) -> list[str]:
    row = tables().states[states[-1]]
    marks = [name for name in row if name.isupper() or name == END]
    return [name for name in marks if shifted(states, name) is not None or (name == END and _ends(states, start))]


def _ends(states: list[int], start: str) -> bool:
    rows, reductions, end = tables().states, tables().reductions, tables().ends[start]
    stack = list(states)
    while True:
        n = rows[stack[-1]].get(END)
        if n is None or n >= 0:
            return False
        size, origin = reductions[-n - 1]
        del stack[-size:]
        stack.append(rows[stack[-1]][origin])
        if stack[-1] == end:
            return True


def settled(states: Sequence[int], terminal: str) -> list[int] | None:
    """The states after all that ends before a terminal; None where it does not fit."""
    rows, reductions = tables().states, tables().reductions
    stack = list(states)
    while True:
        n = rows[stack[-1]].get(terminal)
        if n is None or n >= 0:
            return None if n is None else stack
        size, origin = reductions[-n - 1]
        del stack[-size:]
        stack.append(rows[stack[-1]][origin])


def shifted(states: Sequence[int], terminal: str) -> list[int] | None:
    """The states after a terminal; None where it does not fit."""
    stack = settled(states, terminal)
    return None if stack is None else [*stack, tables().states[stack[-1]][terminal]]


# ------------------------------------------------------------------------------------ names
def roles(machine: Machine) -> list[Role]:
    """What a name that stands next would be."""
    stack = settled(machine.states, "NAME")
    if stack is None:
        return []
    found: dict[Role, None] = {}
    waiting, seen = [("NAME", tuple(stack))], set[tuple[str, int]]()
    while waiting:
        symbol, states = waiting.pop()
        for shape, at in _rules_with(symbol):
            depth = len(states) - 1 - at
            if depth < 0 or not _fits(states, shape, at, depth) or (shape.origin, depth) in seen:
                continue
            whole = _WHOLE.get(shape.origin)
            node = None if whole is not None else _class(shape.name)
            if whole is not None:
                found.setdefault(whole)
            elif node is not None:
                found.setdefault(role(node.__name__, _part(node, shape, at)))
            else:
                seen.add((shape.origin, depth))
                waiting.append((shape.origin, states[: depth + 1]))
    return list(found)


def _fits(states: Sequence[int], shape: RuleShape, at: int, depth: int) -> bool:
    """Whether the symbols of a rule before one of them are those by which its states were reached."""
    rows = tables().states
    if shape.origin not in rows[states[depth]] and not _begins(states[depth]):
        return False
    return all(rows[states[depth + n]].get(shape.symbols[n][0]) == states[depth + n + 1] for n in range(at))


def _begins(state: int) -> bool:
    return state in tables().starts.values()


@cache
def _all_rules() -> tuple[RuleShape, ...]:
    return tuple(tables().rules[n] for n in range(len(tables().reductions)))


@cache
def _rules_with(symbol: str) -> tuple[tuple[RuleShape, int], ...]:
    """The rules in which a symbol stands, and where."""
    return tuple(
        (shape, at) for shape in _all_rules() for at, (name, _) in enumerate(shape.symbols) if name == symbol
    )


def _class(name: str) -> type[ast.Node] | None:
    found = getattr(ast, "".join(word.capitalize() for word in name.split("_")), None)
    return found if isinstance(found, type) and issubclass(found, ast.Node) else None


def _part(node: type[ast.Node], shape: RuleShape, at: int) -> str:
    """What the part of the node is called that a symbol of its rule makes."""
    names = list(places(node))
    number = sum(shape.empty[: at + 1]) + sum(kept for _, kept in shape.symbols[:at])
    return names[min(number, len(names) - 1)] if names else ""


def rows_named(read: Sequence[Token]) -> Iterator[str]:
    """The names before a `where` in the tokens of a line, the last first: of the rows that it is a condition on."""
    names = [token for token in read if token.terminal == "NAME"]
    where = [token for token in read if token.terminal == "WHERE"]
    end = where[-1].start if where else (read[-1].end if read else 0)
    return (token.value.text for token in reversed(names) if token.start < end)

