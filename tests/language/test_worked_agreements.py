"""Agreements of one subject each: what their tests expect is so, and both evaluators write the same ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.reference import run
from bpodsl.text import Severity
from bpodsl.trials import try_examples, until_of
from tests.campaign.compare import canonical

FOLDER = Path(__file__).parent / "worked"
FILES = sorted(FOLDER.glob("*.bpo"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_its_tests_expect_is_so_by_both_evaluators(path):
    contract, problems = understand_text(path.name, path.read_text("utf-8"))
    assert not [p.message() for p in problems if p.severity is Severity.ERROR]
    assert contract is not None
    assert contract.examples
    said = [(t.example.name, p.message()) for t in try_examples(contract) for p in t.failures]
    assert not said
    for example in contract.examples:
        events, refused = example_events(contract, example)
        assert not refused, example.name
        until = until_of(contract, example, events)
        related = relate(contract, (event for event in events if event.known < until), until).events
        found = evaluate(contract, related, until)
        assert canonical(found) == canonical(run(contract, related, until)), example.name
