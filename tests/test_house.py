"""The arrows of the house point downwards."""

from __future__ import annotations

import ast

import pytest

from tests.conftest import ROOT

MAY = {
    "values": {"cached", "lean"},
    "text": {"lean"},
    "terms": {"values", "text", "lean"},
    "record": {"terms", "values"},
    "language": {"terms", "values", "text", "lean", "cached", "packaged"},
    "graph": {"terms", "values"},
    "engine": {"graph", "record", "terms", "values"},
    "reference": {"record", "terms", "values"},
    "report": {"record", "terms", "values", "text"},
    "store": {"record", "terms", "values", "text"},
}
OWNED = {"lark": "language", "networkx": "graph", "rich": "report", "holidays": "values", "click": "cli"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno


@pytest.mark.parametrize("package", sorted(MAY))
def test_a_package_imports_only_what_lies_below_it(package):
    files = sorted((ROOT / "bpodsl" / package).rglob("*.py"))
    assert files, f"{package} is empty"
    wrong = []
    for path in files:
        for module, line in imports(path):
            parts = module.split(".")
            if parts[0] == "bpodsl" and len(parts) > 1 and parts[1] not in MAY[package] | {package}:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", sorted(OWNED))
def test_a_library_has_one_owner(library):
    users = set()
    for path in (ROOT / "bpodsl").rglob("*.py"):
        if any(module.split(".")[0] == library for module, _ in imports(path)):
            users.add(path.relative_to(ROOT / "bpodsl").parts[0].removesuffix(".py"))
    # The command line shows a progress bar and picks the console; it may use rich as well.
    assert users <= {OWNED[library], *({"cli"} if library == "rich" else ())}


def test_no_package_below_the_command_line_reads_a_clock():
    for path in (ROOT / "bpodsl").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in ("datetime.now", "time.time(", "utcnow", "date.today"):
            assert word not in text, f"{path}: {word}"
