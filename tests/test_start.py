"""Starting is fast because nothing heavy is imported before it is used."""

from __future__ import annotations

import subprocess
import sys

import bpodsl
from bpodsl import cached
from tests.conftest import ROOT

CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"


def modules_after(*arguments: str) -> tuple[str, set[str]]:
    """What a command says, and the packages that it has imported."""
    said, modules = imported_by(*arguments)
    return said, {module.partition(".")[0] for module in modules}


def imported_by(*arguments: str) -> tuple[str, set[str]]:
    """What a command says, and the modules that it has imported."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['bpodsl', *{list(arguments)!r}]\n"
        "try:\n    runpy.run_module('bpodsl', run_name='__main__')\n"
        "except SystemExit as leaving:\n    assert not leaving.code, leaving.code\n"
        "print('MODULES', *sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, _, listed = done.stdout.rpartition("MODULES")
    return said, set(listed.split())


def test_version_imports_neither_the_parser_nor_the_graph():
    said, modules = modules_after("--version")
    assert bpodsl.__version__ in said
    assert not modules & {"lark", "networkx", "rich", "msgspec", "holidays"}


def test_help_names_every_command():
    said, modules = modules_after("--help")
    for command in ("new", "check", "run", "diff", "explain", "test", "graph", "rule", "demo"):
        assert command in said
    assert not modules & {"lark", "networkx", "rich"}


def ours(modules: set[str]) -> set[str]:
    return {module for module in modules if module.partition(".")[0] == "bpodsl"}


def test_few_modules_are_imported_to_say_the_version():
    _, modules = imported_by("--version")
    assert len(ours(modules)) < 10
    assert len(modules) < 160


def test_checking_imports_only_what_checking_needs(tmp_path, monkeypatch):
    for each in cached._folder().glob("tables-*.json"):
        # To make them takes lark.
        (tmp_path / each.name).write_bytes(each.read_bytes())
    tmp_path.chmod(0o700)
    monkeypatch.setenv("BPODSL_CACHE", str(tmp_path))
    modules_after("check", str(CARE))
    for each in [*tmp_path.glob("understood-*"), *tmp_path.glob("tests-*")]:
        each.unlink()
    # Tables and dates of holidays are kept now.
    first, modules = imported_by("check", "--no-tests", str(CARE))
    heavy = {"lark", "networkx", "attr", "attrs", "z3", "rich", "msgspec", "holidays", "tempfile", "pygls"}
    assert not {module.partition(".")[0] for module in modules} & heavy
    assert not modules & {"bpodsl.engine", "bpodsl.report", "bpodsl.record", "bpodsl.trials", "bpodsl.compare"}
    # Of rules there is a file each; without them it is no more than reading and meaning take.
    assert len([module for module in ours(modules) if not module.startswith("bpodsl.lint.")]) < 199
    # The second time nothing is read but what was found, and neither clauses nor terms are needed for that.
    second, modules = imported_by("check", "--no-tests", str(CARE))
    assert second == first
    assert not modules & {"bpodsl.language", "bpodsl.terms", "bpodsl.values", "bpodsl.lint"}
    assert len(ours(modules)) < 30


def test_what_has_been_understood_is_not_parsed_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("BPODSL_CACHE", str(tmp_path / "kept"))
    run = ("run", str(CARE), str(CARE.parent / "events.jsonl"), "--format", "jsonl")
    first, modules = imported_by(*run)
    assert {"bpodsl.language", "bpodsl.lint"} <= modules
    second, modules = imported_by(*run)
    assert second == first
    assert not modules & {"bpodsl.language.parse", "bpodsl.lint"}
