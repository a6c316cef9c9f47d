"""Windows of figures that are counted in a contract year, or in a window of the calendar, in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.report.explain import Asked, Explainer
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "windows_in_a_year.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None


@pytest.mark.parametrize("number", range(len(CONTRACT.examples)))
def test_both_evaluators_say_what_is_expected(number):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_why_not_shows_the_windows_of_the_year():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    ledger = evaluate(CONTRACT, events, until)
    said = "\n".join(Explainer.of(CONTRACT, ledger, events).explain(Asked("two_in_a_year", "", ("north",))))
    assert "it needs 2 times within each year" in said


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("accuracy is missed 2 times in any contract year", "accuracy is missed 2 times in a month", ["BPO318"]),
        ("accuracy is missed 2 times in any contract year", "accuracy is missed 2 times in a week", ["BPO318"]),
        ("accuracy is missed 2 times in any contract year", "accuracy is missed 1 times in a month", []),
        ("stock or total is missed 3 times in a quarter", "stock or total is missed 2 times in a month", []),
        ("accuracy is missed 2 times in any contract year", "accuracy is missed 2 times in any 6 months", ["BPO320"]),
        ("  does not reset\n", "", ["BPO307"]),
        ("  does not reset\n", "  does not reset\n  not measured is skipped\n", ["BPO315"]),
        ("  does not reset\n", "  does not reset\n  each counted once per month\n", ["BPO315"]),
        ("  does not reset\n", "  does not reset\n  by site\n", ["BPO315"]),
    ],
)
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, old, new, codes):
    path = tmp_path / "years.bpo"
    path.write_text(PATH.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    assert [problem.code for problem in understand(path).problems] == codes
