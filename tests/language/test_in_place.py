"""What a change replaces in its place: both evaluators, and what cannot be changed so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

FOLDER = Path(__file__).parent
FILES = ("changes_in_place.bpo", "windows_in_place.bpo", "calendars_in_place.bpo", "service_that_ends.bpo")
JULY = "effective 2026-07-01 signed 2026-06-10"
CASES = [
    (name, place) for name in FILES
    for place, _ in enumerate(understand(FOLDER / name).contract.examples)  # type: ignore[union-attr]
]  # fmt: skip


@pytest.mark.parametrize(("name", "place"), CASES)
def test_both_evaluators_say_the_same(name, place):
    contract = understand(FOLDER / name).contract
    assert contract is not None
    events, until = made(contract, contract.examples[place])
    assert evaluate(contract, events, until) == run(contract, events, until)


@pytest.mark.parametrize("name", FILES)
def test_what_is_expected_follows(name):
    contract = understand(FOLDER / name).contract
    assert contract is not None
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("windows", JULY, "effective 2026-07-02 signed 2026-06-10", "in the middle"),
        ("windows", JULY, "effective 2026-08-01 signed 2026-06-10", "in the middle"),
        ("windows", JULY, "effective 2026-07-01 signed 2026-07-10", "is signed before"),
        ("windows", "calls: each quarter", "calls: over 3 months, each month", "cannot be changed in their place"),
        ("windows", "calls: each quarter", "calls: each quarter by call", "leaves the groups"),
        ("windows", "report: each quarter", "often: each quarter", "has no such line"),
        ("calendars", "02 signed 2026-02-10", "02 signed 2026-03-10", "is signed no later"),
        ("calendars", "  nights: all", "  running clocks keep the old terms\n  nights: all", "for running clocks too"),
        ("calendars", "  nights: all", "  removes desk\n  nights: all", "obliges nobody"),
        ("changes", "  rent: lantern pays harbour 4 GBP", "  call: all days 09:00-10:00", "cannot be changed"),
        ("changes", "answer: lantern must closed", "answer: lantern must not closed", "cannot become"),
        ("changes", "answer: lantern must closed", "answer: lantern must closed each month", "when a duty arises"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_in_its_place(tmp_path, name, old, new, said):
    text = (FOLDER / f"{name}_in_place.bpo").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.bpo"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = understand(path).problems
    assert any(said in problem.message() and problem.code in ("BPO320", "BPO315") for problem in found), [
        problem.message() for problem in found
    ]
