"""Mistakes that Cosmic Ray can put into a module, drawn by chance; and the functions that each changes."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path
from random import Random
from types import CodeType
from typing import Any

from attrs import frozen
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.conftest import ROOT


@frozen
class Mutant:
    """A module with one mistake; `first` to `last` are the lines of the statement that has it."""

    path: Path
    operator: str
    line: int
    first: int
    last: int
    text: str

    @property
    def shown(self) -> str:
        """What was written, and what stands there now."""
        before = self.path.read_text(encoding="utf-8").splitlines()
        changed = [line for line in ndiff(before, self.text.splitlines()) if line[:2] in ("- ", "+ ")]
        name = self.path.relative_to(ROOT / "bpodsl")
        return f"{name}:{self.line} ({self.operator})\n" + "\n".join(f"    {line}" for line in changed)


def sample(path: Path, count: int, seed: int) -> list[Mutant]:
    """Some mutants of a module, in the order of the text; all where it has no more. The module and the seed tell
    which."""
    text = path.read_text(encoding="utf-8")
    every = list(_positions(text))
    Random(f"{seed}:{path.relative_to(ROOT).as_posix()}").shuffle(every)
    found: list[Mutant] = []
    statements = _statements(text)
    for operator, occurrence, line in every:
        if len(found) == count:
            break
        changed = mutate_code(text, get_operator(operator)(), occurrence)
        if changed is None or not _compiles(changed):
            continue
        first, last = _statement(statements, line)
        found.append(Mutant(path, operator.partition("/")[2], line, first, last, changed))
    return sorted(found, key=lambda each: (each.line, each.operator))


def _positions(text: str) -> Iterator[tuple[str, int, int]]:
    """Each operator, which time it may act, and in which line; what is an annotation is never evaluated, and is left
    out."""
    unevaluated = _annotations(text)
    nodes = list(ast_nodes(get_ast(text)))
    for name in operator_names():
        if get_operator(name).arguments():
            continue
        operator = get_operator(name)()
        places = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (line, column) in enumerate(places):
            if not any(start <= (line, column) < end for start, end in unevaluated):
                yield name, occurrence, line


Place = tuple[int, int]


def _annotations(text: str) -> list[tuple[Place, Place]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.expr):
                end = part.end_lineno or part.lineno, part.end_col_offset or 0
                found.append(((part.lineno, part.col_offset), end))
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found.append(((node.lineno, node.col_offset), (node.body[-1].end_lineno or node.lineno, 10_000)))
    return found


def _statements(text: str) -> list[tuple[int, int]]:
    """The lines of each statement; of one with a body, the lines before it."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body: Any = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
            found.append((first, max(first, last)))
    return found


def _statement(statements: list[tuple[int, int]], line: int) -> tuple[int, int]:
    """The smallest statement that has the line."""
    around = [each for each in statements if each[0] <= line <= each[1]]
    return min(around, key=lambda each: each[1] - each[0], default=(line, line))


def _compiles(text: str) -> bool:
    """Whether Python takes a text, and without a warning: who writes `is "month"` is told of it anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(text, "mutant", "exec", dont_inherit=True)
        except (SyntaxError, SyntaxWarning):
            return False
    return True


def changed_functions(path: Path, text: str) -> dict[tuple[str, int], CodeType] | None:
    """The code of each function that differs from the module as it stands, by its name and first line; None if
    what runs when the module is imported differs, so that no function can be put in its place."""
    before = compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)
    after = compile(text, str(path), "exec", dont_inherit=True)
    found: dict[tuple[str, int], CodeType] = {}
    return found if _compare(before, after, found, imported=True) else None


def _compare(old: CodeType, new: CodeType, found: dict[tuple[str, int], CodeType], imported: bool) -> bool:
    olds, news = _inner(old), _inner(new)
    if _own(old) != _own(new) or len(olds) != len(news):
        if imported:
            return False
        found[old.co_qualname, old.co_firstlineno] = new
    for one, other in zip(olds, news, strict=False):
        # The body of a class runs on import too; a function has fast local variables.
        if not _compare(one, other, found, imported and not one.co_flags & 2):
            return False
        if not imported and (one.co_qualname, one.co_firstlineno) in found:
            found[old.co_qualname, old.co_firstlineno] = new
    return True


def _inner(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    consts = tuple((type(each), each) for each in code.co_consts if not isinstance(each, CodeType))
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_code, consts, names, code.co_exceptiontable
