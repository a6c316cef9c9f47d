"""What stands beside the text: worked out apart, told when it is known."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("pygls")

from lsprotocol import types

from bpodsl.lsp.worst import worst
from bpodsl.pipeline import understand_text
from tests.benchmarks.made import agreement
from tests.conftest import ROOT
from tests.lsp.talk import LONG, converse, place

WHOLE = types.Range(types.Position(0, 0), types.Position(99_999, 0))
CARE = ROOT / "examples" / "customer_care" / "customer_care.bpo"
TEXT = """\
agreement desk "A desk"
  client     northwind "Northwind"
  provider   meridian  "Meridian"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   EUR, rounded half up to 0.01
event opened from northwind
  ticket  key
event resolved from meridian
  ticket  key
obligation restore
  meridian must resolved for each opened
  within 4 hours
  failing that meridian pays northwind 3 600 EUR * 1
measure quick
  each month, counted when decided
  share of restore fulfilled
charge fee
  each month
  northwind pays meridian 120 000 EUR
credit late for quick, of fee                                                [Sch 1]
  | at least 95% |  0% |
  | otherwise    | 15% |
credit quarterly
  each quarter
  meridian pays northwind count of opened * 1 EUR
cap most on late at 10% of fee each month
"""


async def hints_of(talk, uri):
    return await talk.ask(
        "text_document_inlay_hint", types.InlayHintParams(types.TextDocumentIdentifier(uri), WHOLE)
    )


async def refreshed(talk):
    async with asyncio.timeout(LONG):
        while not talk.refreshed:
            await asyncio.sleep(0.02)
    talk.refreshed.clear()


def test_the_most_that_a_clause_can_cost_stands_where_it_is_owed(tmp_path):
    text = TEXT
    path = tmp_path / "desk.bpo"
    uri = path.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        before = await hints_of(talk, uri)
        assert not any("at most" in each.label for each in before)
        await refreshed(talk)
        after = {each.label: each for each in await hints_of(talk, uri)}
        late = after["at most 12 000.00 EUR a month"]
        assert late.position == types.Position(place(text, "[Sch 1]").line, place(text, "[Sch 1]", into=7).character)
        assert "in a year: 144 000.00 EUR" in late.tooltip and "`quick` is 0 %" in late.tooltip
        assert after["always 3 600.00 EUR each time"].position.line == place(text, "obligation restore").line
        assert "nothing limits how many `opened`" in after["no upper limit"].tooltip
        assert after["no upper limit"].position.line == place(text, "credit quarterly").line
        # A sum that is written there is not said again.
        assert "120 000.00" not in " ".join(after)
        talk.type(uri, text.replace("at 10% of fee", "at 4% of fee"))
        assert not any("at most" in each.label for each in await hints_of(talk, uri))
        await refreshed(talk)
        assert "at most 4 800.00 EUR a month" in [each.label for each in await hints_of(talk, uri)]
        # Of a text that cannot run nothing is said.
        talk.type(uri, text.replace("of fee ", "of fees "))
        assert not any("at most" in each.label for each in await hints_of(talk, uri))

    converse(conversation, tmp_path)


def test_what_comes_of_a_template_stands_where_it_is_filled_in(tmp_path):
    text = TEXT + (
        "template double with price\n"
        "charge twice\n  each month\n  northwind pays meridian 2 * price\n"
        "end of double\n"
        "use double with price 5 EUR as desk\n"
    )
    uri = (tmp_path / "desk.bpo").as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        await hints_of(talk, uri)
        await refreshed(talk)
        found = [each for each in await hints_of(talk, uri) if "10.00" in each.label]
        assert [each.label for each in found] == ["twice_desk: always 10.00 EUR a month"]
        assert found[0].position.line == place(text, "use double").line

    converse(conversation, tmp_path)


def test_the_words_say_for_what_windows():
    text = TEXT.replace("count of opened * 1 EUR", "20% of sum of value over windows of late")
    contract, problems = understand_text("desk.bpo", text)
    assert contract is not None, [each.message() for each in problems]
    assert {name: words for name, (words, _) in worst(contract).items()} == {
        "restore.payment": "always 3 600.00 EUR each time",
        "late": "at most 12 000.00 EUR a month",
        "quarterly": "at most 10 800.00 EUR a quarter",
    }


def test_typing_does_not_wait_for_what_takes_long(tmp_path):
    text, _ = agreement(1_500)
    path = tmp_path / "long.bpo"
    uri = path.as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        # Whoever asks is answered at once with what is known, and told when more is.
        assert not any("at most" in each.label for each in await hints_of(talk, uri))
        assert not talk.refreshed
        await refreshed(talk)
        assert "at most 500.00 GBP a month" in [each.label for each in await hints_of(talk, uri)]
        talk.type(uri, text + "\n")
        assert not any("at most" in each.label for each in await hints_of(talk, uri))
        assert not talk.refreshed

    converse(conversation, tmp_path)


def test_an_editor_that_cannot_be_told_to_ask_again_gets_all_at_once(tmp_path):
    text, _ = agreement(60)
    uri = (tmp_path / "short.bpo").as_uri()

    async def conversation(talk):
        talk.open(uri, text)
        assert await talk.problems(uri) == []
        assert "at most 500.00 GBP a month" in [each.label for each in await hints_of(talk, uri)]
        assert not talk.refreshed

    converse(conversation, tmp_path, refreshes=False)
