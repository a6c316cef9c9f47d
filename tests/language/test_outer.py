"""`outer`: what a row that another row asks for knows of that other, in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "outer.bpo"
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
        ("ticket is not outer ticket) at least 1\n", "ticket is not outer case) at least 1\n", ["BPO204"]),
        ("ticket is not outer ticket) at least 1\n", "ticket is not outer hours) at least 1\n", ["BPO302"]),
        ("ticket is not outer ticket) at least 1\n", "ticket is not outer outer ticket) at least 1\n", ["BPO209"]),
        ("count of opened so far where rank less than outer rank", "count of opened where rank less than outer rank",
         ["BPO209"]),
        ("outer hours over opened", "outer (count of closed so far) over opened", ["BPO320"]),
        ("count of closed where (count of busy", "count of closed where ticket is outer ticket and (count of busy",
         ["BPO209"]),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, old, new, codes):
    text = PATH.read_text("utf-8")
    assert old in text
    path = tmp_path / "outer.bpo"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [problem.code for problem in understand(path).problems if problem.severity.value == "error"]
    assert found == codes


def test_it_may_still_be_the_name_of_a_field(tmp_path):
    path = tmp_path / "outer.bpo"
    text = PATH.read_text("utf-8").replace("rank less than outer rank", "outer less than outer outer")
    path.write_text(text.replace("  rank  ", "  outer ").replace("rank 2", "outer 2").replace("rank 3", "outer 3"))
    assert [p.message() for p in understand(path).problems if p.severity.value == "error"] == []
