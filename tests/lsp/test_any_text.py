"""No text makes the server stumble: examples that were cut, stirred and mixed."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

pytest.importorskip("pygls")

from lsprotocol import types

from bpodsl.lsp import diagnostics, symbols, tokens
from bpodsl.lsp.actions import actions
from bpodsl.lsp.completion import completions
from bpodsl.lsp.desk import Desk
from bpodsl.lsp.hints import UNKNOWN, hints
from bpodsl.lsp.hover import about
from bpodsl.lsp.lines import Lines
from bpodsl.lsp.names import index_of
from bpodsl.lsp.rename import CannotRename, renamed
from bpodsl.lsp.shelf import Shelf
from bpodsl.lsp.trying import lenses
from tests.conftest import ROOT

TEXTS = [
    path.read_text(encoding="utf-8")
    for path in (ROOT / "examples" / "customer_care" / "customer_care.bpo", ROOT / "tests/language/joined_sink.bpo")
]
ODD = [*"\x00\ud800😀\r\u2028\t\"[|#:(\ufeffé", "e\u0301", "template x\n"]


def stirred(chance):
    """A text made from others: cut short, with pieces taken out, doubled, moved and replaced."""
    text = chance.choice(TEXTS)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 3, 30, 400]))
        piece = chance.choice(["", "", chance.choice(ODD), text[end : end + 40], chance.choice(TEXTS)[:200], "\n  "])
        text = text[:start] + piece + text[end:]
    return text[: chance.choice([len(text), chance.randrange(len(text) + 1)])]


def everything(text, chance):
    """Ask all that an editor asks, at some places."""
    desk = Desk(Shelf())
    uri = "untitled:any"
    path = desk.shelf.hold(uri, text)
    agreements = desk.agreements_of(path)
    page = agreements[0].pages[path]
    index = index_of(agreements[0])
    end = page.lines.position(len(page.source.text))
    whole = types.Range(types.Position(0, 0), end)
    for each in diagnostics.of_page(agreements, page, desk.shelf, list):
        assert each.range.start <= each.range.end <= end
    symbols.outline(page), symbols.folds(page), symbols.links(page, desk.shelf), symbols.search(desk, "a")
    data = tokens.tokens(index, page)
    assert all(step >= 0 for step in data[::5]) and all(length > 0 for length in data[2::5])
    actions(agreements, page, whole, desk.shelf)
    hints(agreements[0], page, UNKNOWN)
    lenses(page, desk.shelf)
    for _ in range(4):
        at = page.lines.position(chance.randrange(len(page.source.text) + 1))
        completions(index, page, at, True)
        occurrence = index.at(page, page.lines.offset(at))
        if occurrence is not None:
            about(index, occurrence, None)
            with suppress(CannotRename):
                renamed(desk, occurrence, "another")


@pytest.mark.parametrize("seed", range(40))
def test_any_text_is_answered(seed):
    chance = random.Random(seed)
    everything(stirred(chance), chance)


LITTLE = ["", "\n", "\ufeff", "\ufeffagreement a", "|", "  x", "#", "test", "use", "end of x", "\r\r\n\r"]


@pytest.mark.parametrize("text", LITTLE)
def test_little_texts_are_answered(text):
    everything(text, random.Random(text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_each_character_has_a_place_and_each_place_its_character(encoding):
    text = "a😀b\r\né\u2028x\rlast\n\n😀"
    lines = Lines(text, encoding)
    places = [lines.position(at) for at in range(len(text) + 1)]
    for at, place in enumerate(places):
        if text[at : at + 1] != "\n" or text[at - 1 : at] != "\r":
            assert lines.offset(place) == at
    assert lines.position(len(text)).line == 4
    assert lines.offset(types.Position(0, 99)) == 3 and lines.offset(types.Position(99, 0)) == len(text)
    if encoding == "utf-16":
        assert lines.offset(types.Position(0, 2)) == 1  # In the middle of a character is at its start.
