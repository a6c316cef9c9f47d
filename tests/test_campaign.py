"""The two evaluators agree byte for byte: on random pairs, and on every case that once told them apart."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.campaign import cases, quality
from tests.campaign.__main__ import drawn, pair
from tests.campaign.compare import compare

CASES = sorted((Path(__file__).parent / "campaign" / "cases").glob("*.py"))
SEED = int(os.environ.get("BPODSL_SEED", "11"))
PAIRS = 60

# Cases in which the engine still differs from the reference, and in what. Strict: one that agrees must leave this table.
OPEN = {
    "adjoining_interval_with_a_condition": "the engine asks the condition of an interval that adjoins once too often",
    "late_row_by_period_and_states": "a late row by period makes a window anew that a later state is then seen from",
    "right_imposed_and_renewed_by_two_acts": "the engine lets an act exercise a right that its own instant renewed",
    "right_imposed_by_its_own_act": "the engine lets an act exercise a right that its own instant renewed",
}


def test_random_pairs_agree():
    total: quality.Count = Counter()
    for index in range(PAIRS):
        case, count, difference = pair(SEED, index)
        total.update(count)
        assert difference is None, (
            f"python -m tests.campaign --seed {SEED} --only {index}\n{difference.shown()}\n"
            + cases.written(case.contract, case.events, case.until)
        )
    assert total["pairs with a miss and a fulfilment",] >= 0.4 * PAIRS
    assert total["boundary times drawn",] >= 0.25 * total["times drawn",]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_kept_cases_agree(path, request):
    if path.stem in OPEN:
        request.applymarker(pytest.mark.xfail(reason=OPEN[path.stem], strict=True))
    case = cases.read(path)
    _, difference = compare(case.contract, case.events, case.until)
    assert difference is None, difference.shown()


def test_a_pair_is_the_same_whenever_it_is_drawn():
    first, second = drawn(5, 7)[0], drawn(5, 7)[0]
    assert (first.contract, first.events, first.until) == (second.contract, second.events, second.until)


def test_a_written_case_reads_back(tmp_path):
    for index in range(30):
        case = drawn(3, index)[0]
        path = tmp_path / f"case_{index}.py"
        path.write_text(cases.written(case.contract, case.events, case.until), encoding="utf-8")
        again = cases.read(path)
        assert (again.contract, again.events, again.until) == (case.contract, case.events, case.until)
