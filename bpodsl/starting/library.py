"""The templates that come with the package: each a `.bpo` file with one `template`, which any agreement may use.

The comment above a template says what it is for, and for each parameter a default and what is asked for. Parameters
that begin with `the_` are what the agreement around it says: its parties, its hours, its credits.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen

from bpodsl.language import parse
from bpodsl.packaged import folder
from bpodsl.text import Source

# Whatever has credits needs these: they are added by themselves.
CHARGES: Final = "charges"
CREDIT_CAP: Final = "credit_cap"
_ABOUT: Final = re.compile(r"# ([^:]+): (.+)")
_PARAMETER: Final = re.compile(r"#   (\w+) {2,}(\S+(?: \S+)*) {2,}(.+)")


@frozen
class Parameter:
    """What is asked for: its name in the template (`word`) and to people, its default and what it is."""

    name: str
    word: str
    default: str
    about: str


@frozen
class Template:
    """A template of the library. `body` is the text of its clauses, parameters not filled in."""

    name: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    body: str

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((each for each in self.parameters if name in (each.name, each.word)), None)

    @property
    def words(self) -> frozenset[str]:
        """All words of its clauses that may be names."""
        return frozenset(re.findall(r"\b[a-z]\w*\b", re.sub(r'#[^\n]*|"[^"\n]*"', "", self.body)))


@cache
def library() -> dict[str, Template]:
    """All templates by name, those that are added by themselves first."""
    found = {}
    for path in sorted(folder("templates").glob("*.bpo"), key=_place):
        template = read(path.read_text(encoding="utf-8"), path.name)
        found[template.name] = template
    return found


def in_currency(text: str, currency: str) -> str:
    """A text of the library, whose sums are in euros, with another currency."""
    return re.sub(r"\bEUR\b", currency, text)


def _place(path: Path) -> tuple[bool, bool, str]:
    return path.stem != CHARGES, path.stem != CREDIT_CAP, path.stem


def read(text: str, name: str) -> Template:
    """A template from the text of its file. Raises `ValueError` where the file is not as described above."""
    tree, problems = parse(Source(name, text))
    if problems or len(tree.patterns) != 1:
        raise ValueError(f"{name} does not hold one template")
    (pattern,) = tree.patterns
    head = pattern.head
    words = [] if head.parameters is None else [each.text for each in head.parameters.names]
    lines = text[: head.span.start].splitlines()
    about = _ABOUT.fullmatch(lines[0]) if lines else None
    if about is None:
        raise ValueError(f"{name} does not begin with what it is for")
    parameters = []
    for match in filter(None, map(_PARAMETER.fullmatch, lines[1:])):
        word = match[1] if match[1] in words else f"{match[1]}_level"
        parameters.append(Parameter(match[1], word, match[2], match[3]))
    asked = [word for word in words if not word.startswith("the_")]
    if asked != [each.word for each in parameters]:
        raise ValueError(f"{name} does not describe its parameters {asked} in their order")
    return Template(head.name.text, about[1], about[2], tuple(parameters), pattern.body.text.strip("\n"))
