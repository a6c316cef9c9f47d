"""Copies of the examples: the same in another order or form, and with one literal changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from bpodsl.language import Loaded, parse, resolve
from bpodsl.text import Severity, Source
from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*/*.bpo"))
FIRST = [path for path in EXAMPLES if path.stem == path.parent.name]
CUSTOMER_CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"


def contract_of(text, name="test.bpo", folder=None):
    """The contract of a text; its files are those of a folder. None where it has errors."""
    def load(written, using):
        path = folder / written
        if not path.exists():
            return "there is no such file"
        return Loaded(written, Source(written, path.read_text(encoding="utf-8")))

    tree, problems = parse(Source(name, text))
    contract, more = resolve(tree, load if folder else None)
    return None if any(each.severity is Severity.ERROR for each in (*problems, *more)) else contract


def blocks(text):
    """The clauses of a text, each with its lines; comments between them left out."""
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            found[-1] += line + "\n"
        else:
            found.append(line + "\n")
    return found


@frozen
class Mutation:
    """A text in which one literal is another, the line it stands in, and the clause that this line belongs to."""

    text: str
    line: int
    head: str
    old: str
    new: str


_NUMBER = r"\d+(?: \d{3})*(?:\.\d+)?"
_LITERAL = re.compile(r'#[^\n]*|\[[^\]\n]*\]|"[^"\n]*"|\d{4}-\d\d[-\dT:]*|\d\d:\d\d|\b[A-Z]+\d+\b|' + _NUMBER)


def mutations(text, step=1, first=0) -> Iterator[Mutation]:
    """Every so many literals: a number by its last digit, a time by an hour, words in quotes by a letter."""
    found = [m for m in _LITERAL.finditer(text) if _mutated(m[0]) is not None]
    for match in found[first::step]:
        new = _mutated(match[0])
        line = text.count("\n", 0, match.start())
        lines = text.splitlines()
        head = next(lines[at] for at in range(line, -1, -1) if lines[at][:1].strip() and lines[at][0] != "#")
        yield Mutation(text[: match.start()] + new + text[match.end() :], line + 1, head, match[0], new)


def _mutated(literal):
    if literal.startswith('"'):
        return f'{literal[:-1]}x"'
    if re.fullmatch(r"\d\d:\d\d", literal):
        return f"{(int(literal[:2]) + 1) % 24:02}{literal[2:]}"
    if not re.fullmatch(_NUMBER, literal):
        return None
    last = str(int(literal[-1]) % 9 + 1)
    return literal[:-1] + ("2" if last == literal[-1] else last)
