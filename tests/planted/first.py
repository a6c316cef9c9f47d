"""`python -m tests.planted.first campaign|laws N SEED`: the first of N pairs that shows a fault, in words."""

from __future__ import annotations

import sys

from tests.campaign.__main__ import pair
from tests.laws.__main__ import tried
from tests.laws.laws import LAWS


def first(what: str, pairs: int, seed: int) -> str:
    """"" if none does."""
    for index in range(pairs):
        if what == "campaign":
            _, _, difference = pair(seed, index)
            if difference is not None:
                return f"the campaign, pair {index + 1}: {difference.sort[0]}"
        else:
            broken = [name for name, said in tried(seed, index, list(LAWS)).items() if said]
            if broken:
                return f"the law of {broken[0].replace('_', ' ')}, pair {index + 1}"
    return ""


if __name__ == "__main__":
    print(first(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
