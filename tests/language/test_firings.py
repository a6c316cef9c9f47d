"""Triggers that wait for others to fire, or for rights to open."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "firings.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None, [problem.message() for problem in understand(PATH).problems]


@pytest.mark.parametrize("number", range(len(CONTRACT.examples)))
def test_both_evaluators_say_the_same(number):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("when weak fires 3 times", "when weaker fires 3 times", ["BPO202"]),
        ("when weak fires 3 times", "when in_time fires 3 times", ["BPO203"]),
        ("when weak fires 3 times in any contract year\n  resets", "when weak fires 3 times in any contract year",
         ["BPO307"]),
        ("when weak fires 3 times in any contract year", "when weak fires in 3 of any 6 months", ["BPO320"]),
        ("when weak_often fires", "when weak_always fires", ["BPO310"]),
        ("when audit_right is lapsed", "when audit_right is missed", ["BPO318"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, old, new, codes):
    text = PATH.read_text("utf-8")
    assert old in text
    path = tmp_path / "firings.bpo"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [problem.code for problem in understand(path).problems if problem.severity.value == "error"]
    assert found == codes
