"""The two evaluators agree byte for byte: on random pairs, and on every case that once told them apart."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.campaign import cases, quality
from tests.campaign.__main__ import drawn, pair
from tests.campaign.compare import compare
from tests.campaign.contracts import Rejected, contract
from tests.campaign.draw import Draw, pair_seed
from tests.campaign.drawn import LEFT_OUT, known, said

CASES = sorted((Path(__file__).parent / "campaign" / "cases").glob("*.py"))
SEED = int(os.environ.get("BPODSL_SEED", "11"))
PAIRS = 300


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
def test_kept_cases_agree(path):
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


def test_every_term_is_drawn_or_left_out_for_a_reason():
    found: Counter[str] = Counter()
    for index in range(600):
        with suppress(Rejected):
            found.update(said(contract(Draw(pair_seed(19, index)))))
    never = sorted(name for name in known() if not found[name] and name not in LEFT_OUT)
    assert not never, f"draw them in tests/campaign, or say in LEFT_OUT why not: {never}"
    assert not [name for name in LEFT_OUT if found[name]], "these are drawn after all"
