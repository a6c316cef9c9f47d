"""What could be written next."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("pygls")

from bpodsl.language import parse
from bpodsl.language.grammar import CLAUSES
from bpodsl.lsp.completion import SNIPPETS, completions
from bpodsl.lsp.names import index_of
from bpodsl.lsp.reading import Reader
from bpodsl.lsp.stand import phrases, stand_at
from bpodsl.text import Source
from tests.conftest import ROOT
from tests.lsp.test_names import BASE, desk_of

CARE = (ROOT / "examples" / "customer_care" / "customer_care.bpo").read_text(encoding="utf-8")


def offered(line, clause="obligation extra\n", base=BASE, after=""):
    """What is offered at the `^` of a line, below a clause behind an agreement."""
    text = f"{base}\n{clause}{line}"
    at = text.index("^")
    _, agreement, path = desk_of(text.replace("^", "") + after)
    page = agreement.pages[path]
    return [item.label for item in completions(index_of(agreement), page, page.lines.position(at), False)]


@pytest.mark.parametrize(
    ("line", "first", "never"),
    [
        ("  ^", "north", "opened"),
        ("  meridian must ^", "opened", "meridian"),
        ("  meridian must closed for each ^", "opened", "on_time"),
        ("  meridian must clos^", "opened", "north"),
        ("  meridian must closed for each opened where ^", "priority", "closed"),
        ("  meridian must closed for each opened where priority is ^", "P1", "closed"),
        ("  meridian must closed for each opened where priority is one of P1, ^", "P1", "closed"),
        ("  meridian must closed for each opened\n  suspended during ^", "at least", "close"),
    ],
)
def test_names_of_the_right_kind_come_first(line, first, never):
    found = offered(line)
    assert (found[0] if found else None) == first
    assert never not in found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  meridian must closed for each opened\n  ^", {"cured within", "less than", "on reopening restart"}),
        ("  meridian must closed for each opened\n  moved ^", {"to the next working day"}),
        ("  meridian must closed for each opened\n  within 4 ^", {"hours", "working days"}),
    ],
)
def test_words_come_with_those_that_must_follow(line, words):
    assert {each.removesuffix(" of") for each in words} <= {each.removesuffix(" of") for each in offered(line)}


def test_nothing_is_offered_where_people_speak_or_nothing_can_be_read():
    assert offered("  # a comm^") == []
    assert offered("^", clause='obligation extra "Words for ') == []
    assert offered("^", clause="obligation extra [Sch ") == []
    assert offered("^", clause="obligation extra and then some ") == []


def test_a_clause_begins_at_the_margin_and_its_shape_can_be_filled_in():
    found = offered("^", clause="")
    assert found == list(CLAUSES)
    assert offered("meas^", clause="") == list(CLAUSES)


@pytest.mark.parametrize("word", SNIPPETS)
def test_each_shape_reads_as_it_stands(word):
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", SNIPPETS[word])
    text = text.replace("Title", "T")
    assert not parse(Source("x", text))[1]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.bpo")), ids=lambda path: path.name)
def test_whatever_stands_in_a_sound_text_was_offered_there(path):
    """At each word of the language in the examples, that word is among those offered, perhaps with others behind it."""
    source = Source("x", path.read_text(encoding="utf-8"))
    tokens = [token for token in Reader(source).tokens() if token.terminal.isupper()]
    tokens = [token for token in tokens if isinstance(token.value, str) and token.value.isalpha()]
    for token in tokens[::17]:
        stand = stand_at(source.text, token.start)
        assert stand is not None, source.text[:token.start][-80:]
        if stand.machine is not None:
            words = {phrase.split()[0] for phrase in phrases(stand.machine)}
            assert token.value in words, (token.value, source.text[: token.start][-80:])
        else:
            assert token.value in CLAUSES
