"""Escalations whose clocks stand and follow a severity that changes; cases opened again with another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "escalations.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None, [problem.message() for problem in understand(PATH).problems]


@pytest.mark.parametrize("number", range(len(CONTRACT.examples)))
def test_both_evaluators_say_the_same(number):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


LADDER = "  ends with fault_closed\n  clock stops from fault_held to fault_resumed\n"


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("| P1        | 30 minutes |", "| P1        | 2 days |", ["BPO306"]),
        (LADDER, LADDER.replace("fault_held", "fault_hold"), ["BPO202"]),
        ("reclassified by fault_regraded: the clock keeps its start\n  by fault",
         "reclassified by fault_closed: the clock keeps its start\n  by fault", ["BPO315"]),
        ("on reopening continue, reclassified", "on reopening new cycle, reclassified", ["BPO315"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, old, new, codes):
    text = PATH.read_text("utf-8")
    assert old in text
    path = tmp_path / "escalations.bpo"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [problem.code for problem in understand(path).problems if problem.severity.value == "error"]
    assert found == codes
