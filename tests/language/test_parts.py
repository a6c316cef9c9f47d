"""A duty whose acts are all needed names those that have not come, in both evaluators."""

from __future__ import annotations

from pathlib import Path

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.report.explain import Asked, Explainer
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "parts.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None, [problem.message() for problem in understand(PATH).problems]


def ledger():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    found = evaluate(CONTRACT, events, until)
    assert found == run(CONTRACT, events, until)
    return found, events


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_the_miss_names_what_has_not_come():
    found, _ = ledger()
    said = {entry.instance: entry.words for entry in found.outcome if entry.kind == "Missed"}
    assert said["2026-01"] == "section_delivered where section is B"
    assert said["2026-02"] == (
        "section_delivered where section is A, section_delivered where section is B, "
        "section_delivered where section is C, signed_off"
    )


def test_so_does_its_explanation():
    found, events = ledger()
    said = "\n".join(Explainer.of(CONTRACT, found, events).explain(Asked("report", "2026-01")))
    assert "without section_delivered where section is B" in said
