"""`python -m tests.faults --trials N --seed S`, `--power N`: a store is written while everything goes wrong.

The last line is `N trials, W wrong`. Exit code 0: none is wrong; 1: some are; 2: trials cannot be held here.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults.bench import NoTrial, commanded, loaded
from tests.faults.planted import PLANTED
from tests.faults.power import states, tried
from tests.faults.scenarios import drawn
from tests.faults.trials import Trial, held, planned
from tests.test_cli import SMALL


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--trials", type=int, default=0, metavar="N", help="so many failures of one operation")
    parser.add_argument("--power", type=int, default=0, metavar="N", help="so many disks after a power cut")
    parser.add_argument("--planted", choices=PLANTED, help="with a store that is wrong on purpose")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    asked = parser.parse_args()
    try:
        loaded("tests.faults", sys.argv[1:])
        with TemporaryDirectory(prefix="bpodsl-faults-") as place:
            _warm(Path(place))
            if asked.planted:
                PLANTED[asked.planted]()
            wrong = 0
            if asked.power:
                wrong += _power(Path(place), asked.power, asked.seed)
            if asked.trials or not asked.power:
                wrong += _trials(Path(place), asked.trials or 500, asked.seed)
    except NoTrial as error:
        print(f"no trial could be held: {error}")
        return 2
    return 1 if wrong else 0


def _warm(place: Path) -> None:
    """Load all modules, so that the processes forked from this one need not."""
    (place / "small.bpo").write_text(SMALL, encoding="utf-8")
    before, out = Path.cwd(), os.dup(1)
    os.chdir(place)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    commanded(["run", "small.bpo", "--store", "s.db"])
    commanded(["ledger", "--store", "s.db"])
    os.dup2(out, 1)
    os.chdir(before)


def _rounds(place: Path, seed: int) -> Iterator[list[Trial]]:
    """All trials of one set of events after another."""
    while True:
        yield [trial for scenario in drawn(place / "trials", seed) for trial in planned(scenario)]
        seed += 1


def _trials(place: Path, count: int, seed: int) -> int:
    wrong, ends, by_way = 0, Counter[str](), Counter[str]()
    left = count
    for trials in _rounds(place, seed):
        if left < len(trials):
            chosen = sorted(Random(seed).sample(range(len(trials)), left))
            trials = [trials[at] for at in chosen]
        for trial in trials:
            how, what = held(trial)
            by_way[trial.way] += 1
            ends[f"{trial.way}: {how}"] += 1
            if what:
                wrong += 1
                print(f"WRONG {trial}: {what}", flush=True)
        left -= len(trials)
        if not left:
            break
    for end, number in sorted(ends.items()):
        print(f"{number:6} {end}")
    print(f"{sum(by_way.values())} trials, {wrong} wrong")
    return wrong


def _power(place: Path, count: int, seed: int) -> int:
    done = wrong = 0
    while done < count:
        for scenario in drawn(place / "power", seed):
            for state in states(scenario, seed):
                if done == count:
                    break
                what = tried(scenario, state)
                done += 1
                if what:
                    wrong += 1
                    print(f"WRONG {scenario.name}, seed {seed}, {state}: {what}", flush=True)
        seed += 1
    print(f"{done} disks after a power cut, {wrong} wrong")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
