"""Intervals of a state that overlap a stretch of time, in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.report.explain import Asked, Explainer
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "intervals_in_a_stretch.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None


def test_both_evaluators_say_what_is_expected():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_intervals_that_adjoin_are_one_row_and_all_of_them_causes():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    ledger = evaluate(CONTRACT, events, until)
    (lasted,) = [e for e in ledger.outcome if (e.kind, e.clause, e.period) == ("Settled", "lasted", "2026-02")]
    assert len(lasted.entry_causes) == 2
    said = list(Explainer.of(CONTRACT, ledger, events).explain(Asked("lasted", "2026-02")))
    assert sum("outage" in line for line in said) == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("count of outage of at least 10 minutes", "BPO320"),
        ("count of outage of at most 10 minutes in the window", "BPO320"),
        ("count of outage of at least 2 days in the window", "BPO301"),
        ("count of down in the window", "BPO320"),
        ("count of down of at least 10 minutes in the window", "BPO203"),
        ("count of outage in the last 30 days with the same site", "BPO320"),
        ("count of outage in the last 10 hours of desk", "BPO320"),
        ("length of outage in the window", "BPO320"),
    ],
)
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, line, code):
    text = PATH.read_text("utf-8").replace("  count of outage in the window\n", f"  {line}\n", 1)
    path = tmp_path / "stretches.bpo"
    path.write_text(text, encoding="utf-8")
    assert [problem.code for problem in understand(path).problems] == [code]
