"""A share of the histories that are read in pieces; `python -m tests.store.resumed --pairs N` holds many."""

from __future__ import annotations

from random import Random

import pytest

from tests.campaign.__main__ import drawn
from tests.store.resumed import tried


@pytest.mark.parametrize("index", range(8))
def test_in_pieces_it_comes_to_the_same(index):
    case, _, _ = drawn(77, index)
    assert tried(case, Random(index)) == ""
