"""What hangs on a clause that could not be read: what is missing there may be what was lost."""

from __future__ import annotations

from collections.abc import Collection

from bpodsl.language import ast
from bpodsl.language.context import mentions, own_names


def hanging(file: ast.File, broken: Collection[str]) -> frozenset[str]:
    """The names of clauses that could not be read (`broken`) or lost a line, and of all that name these, one after
    another."""
    naming: dict[str, list[str]] = {}
    ahead = list(broken)
    for clause in file.clauses:
        own = own_names(clause)
        for each in mentions(clause):
            naming.setdefault(each.text, []).extend(own)
        if file.lost_lines(clause):
            ahead += own
    found: set[str] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += naming.get(name, ())
    return frozenset(found)
