"""`python -m tests.fuzz --trials N --seed S`: each command is given files that somebody broke.

So many each of agreements that are broken (by Hypothesis), made from the grammar, and examples that are cut; of events,
stores and bundles that are broken. The seed of cuts is the number of the first: with N trials of seed 0 and N of seed N
none is cut twice. The last line is `N trials, W wrong`; the
files of what is wrong stay in the folder that is named. Exit code 0: none is wrong; 1: some are.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

os.environ["BPODSL_CACHE"] = "off"

from tests.fuzz.kinds import KINDS, Kind, prepared, told

HANGS = 300
"""After so many seconds in what cannot be interrupted the whole ends, and says where."""


def held(name: str, kind: Kind, trials: int, start: int) -> int:
    """Hold so many trials; how many are wrong."""
    count = bad = 0
    with TemporaryDirectory(prefix="bpodsl-fuzz-") as place:
        # A part is looked for in the folders above it too: there must be none of anybody else's.
        folder = Path(place) / "a" / "b" / "c" / "d"
        folder.mkdir(parents=True)
        prepared(folder)

        def tried(case: object) -> None:
            nonlocal count, bad
            count += 1
            faulthandler.dump_traceback_later(HANGS, exit=True)
            what = kind.tried(folder, case)
            faulthandler.cancel_dump_traceback_later()
            if what:
                bad += 1
                to = Path(mkdtemp(prefix=f"bpodsl-fuzz-{name}-"))
                told(case, folder, to)
                print(f"WRONG {name}, kept in {to}: {what}", flush=True)

        if kind.cases is not None:
            for case in islice(kind.cases(start), trials):
                tried(case)
        while count < trials and kind.strategy is not None:
            drawn(kind.strategy, trials - count, start * 1_000_003 + count, tried)
    print(f"{name}: {count} trials, {bad} wrong", flush=True)
    return bad


def drawn(strategy: SearchStrategy, most: int, start: int, tried: Callable[[object], None]) -> None:
    """Try at the most so many cases, drawn by Hypothesis."""

    @seed(start)
    @settings(
        max_examples=most, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def one(case: object) -> None:
        tried(case)

    one()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--trials", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--kind", choices=KINDS, help="of one kind only")
    asked = parser.parse_args()
    kinds = [asked.kind] if asked.kind else [*KINDS]
    bad = 0
    for number, name in enumerate(kinds):
        share = asked.trials // len(kinds) + (number < asked.trials % len(kinds))
        bad += held(name, KINDS[name], share, asked.seed)
    print(f"{asked.trials} trials, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
