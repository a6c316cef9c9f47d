"""Periods that are written out, in both evaluators, and what `check` says of tables that make no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.language.formatting import format_text
from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.text import Source
from bpodsl.trials import try_examples
from tests.language.both import made

PATH = Path(__file__).parent / "periods.bpo"
CONTRACT = understand(PATH).contract
assert CONTRACT is not None, [problem.message() for problem in understand(PATH).problems]


@pytest.mark.parametrize("number", range(len(CONTRACT.examples)))
def test_both_evaluators_say_the_same(number):
    events, until = made(CONTRACT, CONTRACT.examples[number])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    assert [problem.message() for trial in try_examples(CONTRACT) for problem in trial.failures] == []


def test_the_file_stands_in_its_one_form():
    source = Source(str(PATH), PATH.read_text("utf-8"))
    assert format_text(source) == (source.text, ())


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("| P02 | 2026-02-02", "| P02 | 2026-02-03", ["BPO312"]),
        ("| P02 | 2026-02-02", "| P02 | 2026-02-01", ["BPO312"]),
        ("2026-02-02 | 2026-03-01 |", "2026-02-02 | 2026-02-01 |", ["BPO312", "BPO312"]),
        ("| H1 |", "| H2 |", ["BPO319"]),
        ("| H1 |", '| "H/1" |', ["BPO320"]),
        ("each 2 periods of fiscal\n  count", "each 3 periods of fiscal\n  count", ["BPO312"]),
        ("each 2 periods of fiscal\n  count", "each 5 periods of fiscal\n  count", ["BPO312"]),
        ("each period of later", "each period of latter", ["BPO202"]),
        ("each period of later", "each period of call", ["BPO203"]),
        ("over 2 periods, each period of fiscal", "over 2 periods, each month", ["BPO320"]),
        ("over 2 periods, each period of fiscal", "over 2 months, each period of fiscal", ["BPO320"]),
        ("in 2 consecutive periods", "in 2 consecutive months", ["BPO317"]),
        ("2 times in a period of halves", "2 times in a period of fiscal", ["BPO318"]),
        ("calls in P03 is 1", "calls in P09 is 1", ["BPO312"]),
        ("report       period P01, minutes 5", "report       period P07, minutes 5", ["BPO206"]),
        ("  partial windows excluded\n", "  survives the end\n", ["BPO320"]),
    ],
)
def test_what_makes_no_sense_is_met_with_a_problem(tmp_path, old, new, codes):
    text = PATH.read_text("utf-8")
    assert old in text
    path = tmp_path / "periods.bpo"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [problem.code for problem in understand(path).problems if problem.severity.value != "note"] == codes


def test_without_rows_there_are_no_periods(tmp_path):
    head, _, _ = PATH.read_text("utf-8").partition("periods fiscal")
    path = tmp_path / "periods.bpo"
    path.write_text(head.replace("  records", "  # records") + "periods none\n", encoding="utf-8")
    assert "BPO314" in [problem.code for problem in understand(path).problems]
