"""`python -m tests.laws --pairs N --seed S`: the laws, held for random agreements and histories."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections import Counter
from random import Random

from tests.campaign.__main__ import agreement, drawn
from tests.laws.laws import CONCERNS, LAWS


def tried(seed: int, index: int, names: list[str]) -> dict[str, str | None]:
    """What each law says of one pair. What happens is not drawn where none says anything of the agreement."""
    found: dict[str, str | None] = {}
    made = agreement(seed, index)
    names = [name for name in names if name not in CONCERNS or CONCERNS[name](made)]
    if not names:
        return found
    case, _, _ = drawn(seed, index)
    for name in names:
        try:
            found[name] = LAWS[name](case, Random(f"{seed} {index} {name}"))
        except Exception:
            found[name] = "\n".join(traceback.format_exc().splitlines()[-6:])
    return found


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.laws", description=__doc__)
    options.add_argument("--pairs", type=int, default=100, metavar="N")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--only", type=int, help="only the pair of this number")
    options.add_argument("--law", choices=sorted(LAWS), action="append", help="only this law; may be given again")
    asked = options.parse_args()
    names = asked.law or list(LAWS)
    said: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    print(f"seed {asked.seed}")
    for index in range(asked.pairs) if asked.only is None else [asked.only]:
        for name, what in tried(asked.seed, index, names).items():
            said[name] += what is not None
            if what:
                broken[name] += 1
                if broken[name] <= 3:
                    print(f"BROKEN {name}, pair {index}: {what}", flush=True)
    for name in names:
        print(f"{name.replace('_', ' '):24} {said[name]:6} held against it, {broken[name]} broken")
    print(f"{sum(said.values())} trials, {sum(broken.values())} broken")
    return int(any(broken.values()) or not all(said[name] for name in names if asked.pairs >= 1000))


if __name__ == "__main__":
    sys.exit(main())
