"""Defined words where only a value can stand: both evaluators, and what is said of a word of another sort."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

TEXT = (Path(__file__).parent / "defined_words.bpo").read_text(encoding="utf-8")
CONTRACT = understand(Path(__file__).parent / "defined_words.bpo").contract
assert CONTRACT is not None


def test_both_evaluators_say_what_is_expected():
    events, until = made(CONTRACT, CONTRACT.examples[0])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


@pytest.mark.parametrize(
    ("word", "meaning", "told"),
    [
        ("too_many means 2", "too_many means 5%", "`too_many`, which means a percentage"),
        ("notice_time means 60 days", "notice_time means 60", "`notice_time`, which means a number"),
        ("most means 90%", "most means 90 days", "`most`, which means a length of time"),
        ("go_live means 2026-02-01", "go_live means 2", "`go_live`, which means a number"),
        ("penny means 10 GBP", "penny means 2026-01-01", "`penny`, which means a day"),
    ],
)
def test_a_word_of_another_sort_is_met_with_a_problem(tmp_path, word, meaning, told):
    assert word in TEXT
    path = tmp_path / "words.bpo"
    path.write_text(TEXT.replace(word, meaning), encoding="utf-8")
    found = understand(path).problems
    assert any(problem.code == "BPO301" and told in problem.message() for problem in found)
