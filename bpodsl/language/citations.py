"""Which clauses of the paper an agreement cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpodsl.language import ast
from bpodsl.language.ast.base import parts
from bpodsl.language.joining import Load, join
from bpodsl.language.parse import parse
from bpodsl.text import Source
from bpodsl.text.citing import Cited

_FIRST = re.compile(r"[a-z][a-z0-9_]*\b")


def citations(source: Source, load: Load | None) -> list[Cited]:
    """All references of an agreement and of the files that it uses, in their order, each as the paper calls it: with
    the title of its document in place of the document's name, or in front where the whole file is of that document."""
    tree, _ = parse(source)
    file, _ = join(tree, load)
    documents = {clause.name.text: clause for clause in file.clauses if isinstance(clause, ast.Document)}
    of_file = dict(file.documents)
    found = []
    for clause in file.clauses:
        if isinstance(clause, ast.Test | ast.Document):
            continue  # What a test cites, it does not code.
        name = getattr(clause, "name", None)
        for reference in _references(clause):
            text = _in_full(reference.text, documents, of_file.get(reference.span.source.name, ""))
            told = name.text if isinstance(name, ast.Name) else type(clause).__name__.lower()
            found.append(Cited(text, told, isinstance(clause, ast.Stated), reference.span))
    return found


def _references(node: object) -> Iterator[ast.Reference]:
    """The references in a clause, its own first."""
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, ast.Reference):
            yield each
        elif isinstance(each, tuple | list):
            stack += reversed(each)
        elif isinstance(each, ast.Node):
            stack += reversed(parts(each))


def _in_full(text: str, documents: dict[str, ast.Document], of_file: str) -> str:
    first = _FIRST.match(text)
    name, rest = of_file, text
    if first is not None and first[0] in documents:
        name, rest = first[0], text[first.end() :].strip()
    document = documents.get(name)
    title = None if document is None else document.title
    return text if document is None else f"{name if title is None else title.value} {rest}".strip()
