"""Pairs of the campaign, each a test of its own, so that it is known which line each reaches.

Asked for by `python -m tests.depth`; the campaign itself draws as many as one likes.
"""

from __future__ import annotations

import os

import pytest

from tests.campaign.__main__ import pair

PAIRS = int(os.environ.get("BPODSL_DEPTH_PAIRS", "0"))
SEED = int(os.environ.get("BPODSL_SEED", "11"))


@pytest.mark.parametrize("number", range(PAIRS))
def test_a_pair_agrees(number: int) -> None:
    _, _, difference = pair(SEED, number)
    assert difference is None, difference.shown()
