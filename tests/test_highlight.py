"""Colouring knows every word and shape of the grammar."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest

pytest.importorskip("pygments")

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, Punctuation, String, Token, Whitespace

from bpodsl.highlight import PLAIN, SHAPES, rules, words
from bpodsl.highlight.lexer import BpoLexer
from bpodsl.highlight.textmate import grammar
from bpodsl.language.grammar import CLAUSES, tables
from tests.conftest import ROOT

TEXTMATE = ROOT / "editors" / "vscode" / "syntaxes" / "bpo.tmLanguage.json"


def coloured(text):
    return [(kind, part) for kind, part in BpoLexer().get_tokens(text) if kind is not Whitespace]


def test_the_grammar_for_editors_is_that_of_the_language():
    """After a change of grammar: python -m bpodsl.highlight.textmate editors/vscode/syntaxes/bpo.tmLanguage.json"""
    assert TEXTMATE.read_text(encoding="utf-8") == grammar()


@pytest.mark.parametrize("word", sorted(words()))
def test_every_word_of_the_language_is_coloured_as_one(word):
    assert coloured(f"  {word} ") == [(Keyword, word)]
    (rule,) = (rule for rule in rules() if rule.token == "Keyword")
    assert re.search(rule.pattern, f"  {word} ")[0] == word


@pytest.mark.parametrize("word", CLAUSES)
def test_a_clause_begins_with_a_word_of_its_own_colour(word):
    assert coloured(word)[0] == (Keyword.Declaration, word)


def test_every_shape_has_a_colour_or_looks_like_another():
    shapes = set(tables().shapes)
    assert shapes == {*SHAPES, *PLAIN, *(name for name in shapes if name.startswith("_"))}
    # Words that stand only in a shape that joins words are words of the language too.
    assert {"counted", "published", "same"} <= words()
    signs = {sign for sign in tables().marks if not re.match(r"[A-Za-z]", sign)}
    for sign in signs:
        assert coloured(f" {sign} ")[0][0] in (Operator, Punctuation), sign


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"words [for] people # and all"', String.Double), ("[Sch C 2.1]", Comment.Special), ("# x", Comment.Single),
        ("2026-04-01", Literal.Date), ("2026-04-07T19:00:30+01:00", Literal.Date), ("2026-Q2", Literal.Date),
        ("08:00", Literal.Date), ("18 000.50", Number), ("99.5%", Number), ("GBP", Name.Constant),
        ("Europe/London", Name.Constant), ("restore_p1", Name),
    ],
)  # fmt: skip
def test_a_shape_has_its_colour(text, kind):
    assert coloured(f"  {text}") == [(kind, text)]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.bpo")), ids=lambda path: path.name)
def test_nothing_of_an_example_is_left_without_a_colour(path):
    text = path.read_text(encoding="utf-8")
    found = coloured(text)
    assert not [part for kind, part in found if kind in (Token.Text, Token.Error)]
    assert "".join(part for _, part in BpoLexer(ensurenl=False, stripnl=False).get_tokens(text)) == text


def test_the_lexer_is_found_by_its_name():
    try:
        distribution("bpodsl")
    except PackageNotFoundError:
        pytest.skip("bpodsl is run from its sources and not installed, so that its lexer is not registered")
    found = get_lexer_by_name("bpo")
    assert type(found).__name__ == "BpoLexer"


def test_the_package_for_the_editor_is_whole():
    folder = ROOT / "editors" / "vscode"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    language, colours = package["contributes"]["languages"][0], package["contributes"]["grammars"][0]
    for path in (language["configuration"], colours["path"]):
        json.loads((folder / path).read_text(encoding="utf-8"))
    behaviour = json.loads((folder / language["configuration"]).read_text(encoding="utf-8"))
    (rule,) = behaviour["onEnterRules"]
    heads = re.search(r"\(\?:([a-z|]+)\)", rule["beforeText"])[1].split("|")
    assert set(heads) <= set(CLAUSES) and re.match(behaviour["wordPattern"], "ticket_1")[0] == "ticket_1"
    assert language["id"] == colours["language"] == "bpo" and colours["scopeName"] == "source.bpo"
    source = (folder / "src" / "extension.js").read_text(encoding="utf-8")
    settings = set(package["contributes"]["configuration"]["properties"])
    asked = {f"bpodsl.{name}" for name in re.findall(r'settings\.get\("(\w+)"', source)}
    assert asked | {"bpodsl.trace.server"} == settings
    # Where packages came from is the affair of whoever installs them.
    lock = (folder / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry" not in (folder / ".npmrc").read_text(encoding="utf-8").replace("lockfile-registry", "")
