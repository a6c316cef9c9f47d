"""On which files what a module does rests: those that it imports, whenever it does so, and those that lie beside them.

So a change of the store voids nothing of what two evaluators were held against each other for. Whatever takes the
command line rests on the whole program, since commands are found by their names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

WHOLE = ("bpodsl", "grammar", "tests/conftest.py", "tests/docs.py", "tests/processes.py", "tests/test_cli.py")
"""The program, and what tests of all sorts use."""

ALWAYS = ("pyproject.toml",)
COMMANDS = "bpodsl/cli/"
GRAMMAR = "bpodsl/language/"


def rests_on(root: Path, module: str) -> list[str]:
    """Paths below `root` of files and folders on which a module rests, e.g. `tests.campaign`."""
    found: set[Path] = set()
    waiting = [*_files(root, f"{module}.__main__"), *_files(root, module)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [file for name in _imported(path) for file in _files(root, name)]
    paths = {path.relative_to(root).as_posix() for path in found}
    if any(path.startswith(COMMANDS) for path in paths):
        return sorted({*WHOLE, *ALWAYS, *(path for path in paths if not path.startswith("bpodsl/"))})
    if any(path.startswith(GRAMMAR) for path in paths):
        paths.add("grammar")
    return sorted({*paths, *ALWAYS, *_beside(root, paths)})


def _imported(path: Path) -> Iterator[str]:
    """What a file imports at any place, but for its types: of `from a import b` also `a.b`, which may be a module."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(root: Path, name: str) -> list[Path]:
    """The files of a module of ours, with those of the packages that it lies in; none of another's."""
    parts = name.split(".")
    if parts[0] not in ("bpodsl", "tests"):
        return []
    packages = [root.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
    return [path for path in (*packages, root.joinpath(*parts).with_suffix(".py")) if path.is_file()]


def _beside(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """What is no module in the folders of those of the program, and in folders below that hold none: tables, C."""
    folders = {PurePosixPath(path).parent for path in paths if path.startswith("bpodsl/")}
    for folder in folders - {PurePosixPath("bpodsl")}:
        for each in (root / folder).rglob("*"):
            if each.is_file() and each.suffix not in (".py", ".pyc", ".so"):
                yield each.relative_to(root).as_posix()
