"""Limits that settle later than what they cut, ages of what stands open, periods as keys: in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.reference import run
from bpodsl.report import formats
from bpodsl.report.explain import Asked, Explainer
from bpodsl.trials import try_examples, until_of

CONTRACT = understand(Path(__file__).parent / "late_limits.bpo").contract
assert CONTRACT is not None
EXAMPLES = {example.name: example for example in CONTRACT.examples}


def made(name):
    events, refused = example_events(CONTRACT, EXAMPLES[name])
    assert not refused
    until = until_of(CONTRACT, EXAMPLES[name], events)
    related = relate(CONTRACT, (event for event in events if event.known < until), until).events
    return related, until


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_evaluators_say_the_same(name):
    events, until = made(name)
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    trials = list(try_examples(CONTRACT))
    assert len(trials) == len(EXAMPLES)
    assert [problem.message() for trial in trials for problem in trial.failures] == []


def test_the_sum_is_cut_when_the_limit_is_known():
    ledger = evaluate(CONTRACT, *made("the credit waits for the claim and is cut by the limit"))
    (capped,) = [e for e in ledger.outcome if (e.kind, e.clause, e.instance) == ("Capped", "claimed_only", "poor")]
    assert [(n.name, n.text) for n in capped.numbers] == [
        ("limit", "60"), ("used", "0"), ("wanted", "100"), ("posted", "60"),
    ]  # fmt: skip
    (waited,) = [e for e in ledger.outcome if e.kind == "Settled" and e.clause == "poor" and e.period == "2026-01"]
    assert waited.at == capped.at


def test_periods_in_ledger_and_explanation():
    events, until = made("a period that is a key is told by its label")
    ledger = evaluate(CONTRACT, events, until)
    lines = "".join(formats.ledger_lines(CONTRACT, ledger.posted))
    lines += "".join(formats.ledger_csv(CONTRACT, ledger.posted))
    assert "Period(" not in lines and '"key":{"month":"2026-09","run":"1"}' in lines
    said = list(Explainer.of(CONTRACT, ledger, events).explain(Asked("post", "", ("2026-10",))))
    assert "missed" in said[0] and len(said) > 2
    # In the order of their labels, not of anything else about them.
    runs = [e for e in ledger.outcome if e.clause == "runs" and e.period == "2026-Q4"]
    assert [e.key[0][1] for e in runs] == ["2026-02", "2026-10"]
