"""`python -m tests.laws.everywhere --pairs N --seed S`: wherever it runs, it comes to the same bytes.

The same pairs are run in processes with eight hash seeds and one of chance, in other time zones, languages and folders;
in each one the ledgers of all pairs are hashed, and the hashes compared.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.campaign.__main__ import drawn
from tests.campaign.compare import canonical
from tests.laws.asking import ledger
from tests.laws.laws import lines_of, read

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("UTC", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia")
LANGUAGES = ("C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8")


def digest(seed: int, index: int) -> str:
    """Of the ledger of a pair, as it is held and as it is written."""
    case, _, _ = drawn(seed, index)
    found = hashlib.sha256(canonical(ledger(case.contract, case.events, case.until)))
    found.update(read(case, lines_of(case)).encode())
    return found.hexdigest()[:16]


def environments(dice: Random) -> list[dict[str, str]]:
    """What a process may find around it."""
    seeds = [*map(str, range(8)), str(dice.randrange(1, 2**32))]
    return [
        {"PYTHONHASHSEED": seed, "TZ": ZONES[n % len(ZONES)], "LC_ALL": LANGUAGES[n // 2 % len(LANGUAGES)]}
        for n, seed in enumerate(seeds)
    ]


def told(seed: int, pairs: int, around: dict[str, str]) -> list[str]:
    """The digests of a process with that around it, in a folder of its own."""
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    where = {**os.environ, **around, "PYTHONPATH": paths}
    command = [sys.executable, "-m", "tests.laws.everywhere", "--digests", "--pairs", str(pairs), "--seed", str(seed)]
    with TemporaryDirectory() as folder:
        ended = subprocess.run(command, cwd=folder, env=where, text=True, capture_output=True, check=True)
    return ended.stdout.split()


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.laws.everywhere", description=__doc__)
    options.add_argument("--pairs", type=int, default=50, metavar="N")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--digests", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.digests:
        for index in range(asked.pairs):
            print(digest(asked.seed, index))
        return 0
    around = environments(Random(asked.seed))
    print(f"seed {asked.seed}; hash seed of chance: {around[-1]['PYTHONHASHSEED']}")
    first, differ = told(asked.seed, asked.pairs, around[0]), 0
    for each in around[1:]:
        for index, (one, other) in enumerate(zip(first, told(asked.seed, asked.pairs, each), strict=True)):
            if one != other:
                differ += 1
                print(f"DIFFERS: pair {index} with {each}", flush=True)
    print(f"{len(around) * asked.pairs} runs, {differ} differ")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
