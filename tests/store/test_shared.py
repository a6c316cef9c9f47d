"""A share of the portfolios that are fed in pieces; `python -m tests.store.shared --trials N` holds many."""

from __future__ import annotations

from random import Random

import pytest

import bpodsl.portfolio.kept
from bpodsl.cli import exits, members
from bpodsl.engine.engine import NEVER
from tests.store.shared import cases_of, tried


@pytest.mark.parametrize("index", range(6))
def test_a_shared_store_comes_to_what_stores_of_their_own_do(index, tmp_path):
    assert tried(cases_of(78, index), Random(index), tmp_path) == ""


def test_a_portfolio_that_forgets_what_was_published_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(bpodsl.portfolio.kept, "since_by_place", lambda db, agreement: {})
    with pytest.raises(SystemExit) as left:
        for index in range(8):
            (tmp_path / str(index)).mkdir()
            tried(cases_of(5, index), Random(f"5 {index}"), tmp_path / str(index))
    # What was published would be otherwise, which the next run finds.
    assert left.value.code == exits.VERIFY


def test_one_that_would_not_be_evaluated_when_something_falls_due_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(members, "holds", lambda *given: NEVER)
    said = []
    for index in range(8):
        (tmp_path / str(index)).mkdir()
        said.append(tried(cases_of(5, index), Random(f"5 {index}"), tmp_path / str(index)))
    assert any("was not evaluated" in each for each in said)
