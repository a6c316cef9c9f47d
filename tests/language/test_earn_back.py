"""A credit that is earned back, in both evaluators, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "earn_back.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None


@pytest.mark.parametrize("place", range(len(CONTRACT.examples)))
def test_both_evaluators_say_the_same(place):
    events, until = made(CONTRACT, CONTRACT.examples[place])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("on_time earned back when on_time is met for 2 months", "BPO320"),
        ("late earned back when late is met for 2 months", "BPO318"),
        ("late earned back when on_time is met for 2 quarters", "BPO317"),
        ("late earned back when on_time is met for 0 months", "BPO312"),
        ("late earned back when calls is met for 2 months", "BPO318"),
    ],
)
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, line, code):
    text = PATH.read_text("utf-8").replace("late earned back when on_time is met for 2 months", line)
    text += "\namount calls\n  each month for each site of hull, leeds\n  count of call\n"
    path = tmp_path / "earning.bpo"
    path.write_text(text, encoding="utf-8")
    assert code in [problem.code for problem in understand(path).problems]
