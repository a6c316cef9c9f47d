"""What LANGUAGE.md shows, by both evaluators: each test there has one ledger."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.record.worlds import of_world, worlds
from bpodsl.reference import run
from bpodsl.trials import until_of
from tests.campaign.compare import canonical
from tests.conftest import ROOT
from tests.docs import blocks
from tests.test_docs import agreement_of

SHOWN = [b for b in blocks(ROOT / "LANGUAGE.md") if b.info in ("bpo", "bpo part")]


@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.where)
def test_both_evaluators_say_the_same(block):
    contract, _ = understand_text(block.where, agreement_of(block))
    assert contract is not None
    for example in contract.examples:
        events, refused = example_events(contract, example)
        assert not refused, example.name
        until = until_of(contract, example, events)
        related = relate(contract, (event for event in events if event.known < until), until).events
        for world in worlds(contract, related) or ("",):
            own = of_world(contract, related, world)
            found = evaluate(contract, own, until)
            assert found.posted or not own, f"{example.name}: nothing was compared"
            assert canonical(found) == canonical(run(contract, own, until)), (example.name, world)


def test_examples_of_worlds_are_among_them():
    tried = [understand_text(block.where, agreement_of(block))[0] for block in SHOWN]
    assert sum(len(contract.examples) for contract in tried if contract) > 300
    assert any(len({e.world for e in contract.examples}) > 1 for contract in tried if contract and contract.worlds)
