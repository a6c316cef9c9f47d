"""The extension for VS Code is packaged by its own tools, and VS Code's own tokenizer colours agreements by it.

It takes Node.js and packages from the npm registry; without them these tests are skipped, unless BPODSL_EDITORS is
`required`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile

import pytest

from bpodsl.language.grammar import CLAUSES
from tests.conftest import ROOT

FOLDER = ROOT / "editors" / "vscode"
CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"
LONG = 300


def _missing(why):
    if os.environ.get("BPODSL_EDITORS") == "required":
        pytest.fail(why)
    pytest.skip(why)


def _ran(*command, cwd):
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=LONG, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def extension(tmp_path_factory):
    """A copy of the extension with its packages installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _missing("there is no Node.js with npm")
    top = tmp_path_factory.mktemp("checkout")
    copy = top / "editors" / "vscode"
    aside = shutil.ignore_patterns("node_modules", "dist", "*.vsix", "LICENSE")
    shutil.copytree(FOLDER, copy, ignore=aside)
    shutil.copy(ROOT / "LICENSE", top / "LICENSE")
    try:
        done = _ran(shutil.which("npm"), "ci", "--prefer-offline", cwd=copy)
    except subprocess.TimeoutExpired:
        _missing("npm could not fetch the packages in time")
    if done.returncode:
        _missing(f"npm could not fetch the packages: {done.stderr.strip()[-300:]}")
    return copy


def test_the_package_is_made_and_holds_what_it_must(extension):
    done = _ran(shutil.which("npm"), "run", "package", "--", "--allow-missing-repository", cwd=extension)
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    with zipfile.ZipFile(extension / "bpodsl.vsix") as whole:
        names = {name.removeprefix("extension/") for name in whole.namelist() if name.startswith("extension/")}
        assert names == {
            "package.json", "readme.md", "LICENSE.txt", "language-configuration.json", "dist/extension.js",
            "syntaxes/bpo.tmLanguage.json",
        }  # fmt: skip
        package = json.loads(whole.read("extension/package.json"))
        assert package["main"] == "./dist/extension.js"
        # One file, with all that it needs but the editor itself.
        code = whole.read("extension/dist/extension.js").decode()
        own = json.loads(_ran("node", "-p", "JSON.stringify(require('module').builtinModules)", cwd=extension).stdout)
        asked = {name.removeprefix("node:") for name in re.findall(r'require\("([^"./][^"]*)"\)', code)}
        assert asked <= {"vscode", *own}
        assert "activate" in code and "deactivate" in code
    done = _ran("node", "--check", "dist/extension.js", cwd=extension)
    assert done.returncode == 0, done.stderr[-1000:]


def scopes_of(extension, path):
    """For each line of a text its pieces and their innermost scopes, as VS Code has them."""
    done = _ran(
        "node", str(ROOT / "tests" / "editors" / "colours.cjs"), str(extension / "node_modules"),
        str(FOLDER / "syntaxes" / "bpo.tmLanguage.json"), str(path), cwd=extension,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = path.read_text(encoding="utf-8").split("\n")
    return [
        [(line[start:end], scopes[-1]) for start, end, scopes in found]
        for line, found in zip(lines, json.loads(done.stdout), strict=True)
    ]


def test_an_agreement_is_coloured_as_vs_code_does_it(extension):
    found = scopes_of(extension, CARE)
    kinds = {}
    for line in found:
        for text, scope in line:
            kinds.setdefault(scope.split(".")[0], set()).add(text.strip())
    assert {"comment", "string", "keyword", "constant"} <= set(kinds)
    assert {"agreement", "obligation", "must", "within"} <= {word for text in kinds["keyword"] for word in text.split()}
    assert all(text.startswith(("#", "[")) for text in kinds["comment"] if text)
    assert not any('"' in text for scope, texts in kinds.items() if scope != "string" for text in texts)


def test_each_word_that_begins_a_clause_is_one_to_vs_code_too(extension, tmp_path):
    words = sorted(CLAUSES)
    text = tmp_path / "words.bpo"
    text.write_text("".join(f'{word} a_name "Words # not a comment"  # words\n' for word in words), encoding="utf-8")
    for word, line in zip(words, scopes_of(extension, text), strict=False):
        pieces = [(piece.strip(), scope.split(".")[0]) for piece, scope in line if piece.strip()]
        assert pieces[0] == (word, "keyword") and pieces[-1][1] == "comment", pieces
        assert any("# not a comment" in piece and scope == "string" for piece, scope in pieces), pieces
