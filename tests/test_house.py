"""The arrows of the house point downwards."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.conftest import ROOT

MAY = {
    "cached": set(),
    "lean": set(),
    "native": {"cached"},
    "packaged": set(),
    "values": {"cached", "lean"},
    "text": {"lean"},
    "terms": {"values", "text", "lean"},
    "record": {"terms", "values", "lean"},
    "language": {"terms", "values", "text", "lean", "cached", "packaged"},
    "highlight": {"language"},
    "bounds": {"terms", "values", "lean"},
    "lint": {"bounds", "terms", "values", "text", "lean"},
    "graph": {"terms", "values", "lean"},
    "engine": {"graph", "native", "record", "terms", "values", "lean"},
    "reference": {"record", "terms", "values"},
    "report": {"bounds", "native", "record", "terms", "values", "text"},
    "starting": {"language", "packaged", "pipeline", "terms", "text", "trials", "values"},
    "compare": {"graph", "record", "report", "terms", "values", "text", "lean"},
    "store": {"native", "record", "terms", "values", "text", "lean"},
}
OWNED = {
    "ctypes": "native", "lark": "language", "networkx": "graph", "rich": "report", "holidays": "values", "click": "cli",
    "z3": "lint",
    "pygls": "lsp", "lsprotocol": "lsp", "pygments": "highlight", "jinja2": "report", "markupsafe": "report",
    "xlsxwriter": "report", "typst": "report", "docx": "report", "sqlite3": "store",
    "confluent_kafka": "store",
    "pyspark": "spark", "py4j": "spark", "pyarrow": "spark", "pandas": "spark",
    "cryptography": "proof", "starlette": "serve", "uvicorn": "serve",
}  # fmt: skip
BESIDES = {"rich": {"cli"}, "pyarrow": {"store"}}


@cache
def imports(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append((node.module, node.lineno))
    return found


def modules(package):
    """Those of a package, or the one module of that name."""
    alone = ROOT / "bpodsl" / f"{package}.py"
    return [alone] if alone.exists() else sorted((ROOT / "bpodsl" / package).rglob("*.py"))


def test_the_table_of_the_architecture_says_the_same():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = {}
    for row in re.findall(r"^\| (`[a-z`, ]+) \| ([a-z –,]+) \|", text, flags=re.M):
        for package in re.findall("[a-z]+", row[0]):
            table[package] = set(re.findall("[a-z]+", row[1]))
    assert table.pop("cli") == {"all"}
    above = {
        "pipeline", "portfolio", "kernel", "spark", "keeping", "proof", "trials", "problems", "fixes", "remembered",
        "lsp", "serve",
    }  # fmt: skip
    assert all(table.pop(package) == {"all", "above"} for package in above)
    assert table == MAY
    every = (ROOT / "bpodsl").iterdir()
    there = {path.stem for path in every if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - {"__init__", "__main__"} == {*MAY, *above, "cli"}


@pytest.mark.parametrize("package", sorted(MAY))
def test_a_package_imports_only_what_lies_below_it(package):
    files = modules(package)
    assert files, f"{package} is empty"
    wrong = []
    for path in files:
        for module, line in imports(path):
            parts = module.split(".")
            if parts[0] == "bpodsl" and len(parts) > 1 and parts[1] not in MAY[package] | {package}:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    assert not wrong, "\n".join(wrong)


# What `docs/semantics.md` says that the evaluators share of `record`; each is tested against something independent.
SHARED = {
    "bpodsl.record": {
        "AMENDMENT", "amendments", "Event", "Entry", "Number", "Ledger", "Journal", "identity_key", "texts",
        "EARLY", "SETTLE", "TERM_END", "BEGIN", "DETERMINE", "PERFORM", "START", "OPEN", "REST", "LATE",
        "SETTLE_LATE", "STRUCTURE",
    },
    "bpodsl.record.grounds": {"Days", "anchoring", "first_days", "grounded"},
    "bpodsl.record.sides": {"effect", "owing", "roles", "sides"},
}  # fmt: skip


def names_of(package):
    """What modules of a package take from others of ours: module and name."""
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bpodsl."):
                yield from ((node.module, alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names if alias.name.startswith("bpodsl."))


def test_the_evaluators_share_what_the_semantics_says_and_not_each_other():
    engine, reference = set(names_of("engine")), set(names_of("reference"))
    assert not [module for module, _ in reference if module.startswith("bpodsl.engine")]
    assert not [module for module, _ in engine if module.startswith("bpodsl.reference")]
    both = {(m, n) for m, n in engine & reference if m.startswith("bpodsl.record")}
    assert both == {(module, name) for module, names in SHARED.items() for name in names}


@pytest.mark.parametrize("library", sorted(OWNED))
def test_a_library_has_one_owner(library):
    users = set()
    for path in (ROOT / "bpodsl").rglob("*.py"):
        if any(module.split(".")[0] == library for module, _ in imports(path)):
            users.add(path.relative_to(ROOT / "bpodsl").parts[0].removesuffix(".py"))
    # The command line shows a progress bar and picks the console; it may use rich as well.
    assert users <= {OWNED[library], *BESIDES.get(library, ())}


def test_no_package_below_the_command_line_reads_a_clock():
    for path in (ROOT / "bpodsl").rglob("*.py"):
        if path == ROOT / "bpodsl" / "cli" / "check.py":
            continue  # It asks which day it is, to say which comments have run out.
        text = path.read_text(encoding="utf-8")
        for word in ("datetime.now", "time.time(", "utcnow", "date.today"):
            assert word not in text, f"{path}: {word}"
