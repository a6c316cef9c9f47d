"""Starting is fast because nothing heavy is imported before it is used."""

from __future__ import annotations

import subprocess
import sys

import bpodsl


def modules_after(*arguments: str) -> tuple[str, set[str]]:
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['bpodsl', *{list(arguments)!r}]\n"
        "try:\n    runpy.run_module('bpodsl', run_name='__main__')\n"
        "except SystemExit as leaving:\n    assert not leaving.code, leaving.code\n"
        "print('MODULES', *sorted(m.partition('.')[0] for m in sys.modules))\n"
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
