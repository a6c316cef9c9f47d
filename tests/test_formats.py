"""Lines of a ledger are put together from parts, and are what JSON makes of the whole."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import Entry, Ledger, Number, Posted
from bpodsl.record.rows import Decimals
from bpodsl.report.formats import ledger_lines, posting, whole_text, whole_worlds
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.store import read_events
from bpodsl.terms import Contract
from tests.conftest import ROOT

DESK = ROOT / "examples" / "customer_care"


def whole(contract: Contract, posted: Posted, world: str = "") -> str:
    data = posting(posted, Words(Show(contract)), world)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = understand(DESK / "customer_care.bpo").contract
    assert found is not None
    return found


@pytest.fixture(scope="module")
def ledger(contract) -> Ledger:
    taken = read_events(contract, sorted((DESK).glob("*.jsonl")) + sorted(DESK.glob("*.csv")))
    assert taken.events
    return evaluate(contract, taken.events, taken.until)


@pytest.mark.parametrize("world", ["", "as \"it\" is\n"])
def test_each_line_is_the_posting(contract, ledger, world):
    assert len(ledger.posted) > 50
    assert list(ledger_lines(contract, ledger.posted, world)) == [whole(contract, p, world) for p in ledger]


@pytest.mark.parametrize("name", ["payroll_hr", "claims_administration"])
def test_each_line_is_the_posting_where_parties_change_and_rights_lapse(name):
    folder = ROOT / "examples" / name
    contract = understand(folder / f"{name}.bpo").contract
    assert contract is not None
    taken = read_events(contract, sorted(folder.glob("*.jsonl")) + sorted(folder.glob("*.csv")))
    ledger = evaluate(contract, taken.events, taken.until)
    assert {"Lapsed", "Escalated"} & {each.entry.kind for each in ledger}
    assert list(ledger_lines(contract, ledger.posted)) == [whole(contract, p) for p in ledger]


def test_the_whole_is_indented_as_by_the_standard_library(contract, ledger):
    data = whole_worlds(contract, [("", ledger)], {"lines": 10**30}, [("a", "b")])
    assert whole_text(data) == json.dumps(data, ensure_ascii=False, indent=1)
    strange = "".join(map(chr, range(300))) + '\u2028"\\/é€😀'
    odd = {strange: [strange, {}, [], [{}], None, True, -1], "": {"a": Decimals("1.50")}}
    assert whole_text(odd) == json.dumps(odd, ensure_ascii=False, indent=1)


def test_whatever_a_text_holds(contract, ledger):
    strange = "".join(map(chr, range(160))) + '\u2028"\\/é€😀'
    entry = Entry(
        "Noted", strange, 7, 4, 1, strange, strange, ((strange, strange), ("", "")), (strange, "a"), (strange,),
        (Number(strange, "text", strange), Number("n", "length", 1_500_000)), strange,
    )  # fmt: skip
    posted = evolve(ledger.posted[0], entry=entry, replaces=strange, act="Restated")
    assert list(ledger_lines(contract, [posted])) == [whole(contract, posted)]
