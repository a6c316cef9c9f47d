"""What LANGUAGE.md shows, by both evaluators: each test there has one ledger."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
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
        until = until_of(contract, example, events)
        if refused or until > 1_800_000_000_000_000:
            continue
        related = relate(contract, (event for event in events if event.known < until), until).events
        assert canonical(evaluate(contract, related, until)) == canonical(run(contract, related, until)), example.name
