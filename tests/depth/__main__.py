"""`python -m tests.depth [PACKAGE …]`: which branches of these packages no test takes; with `--mutants N`, which of N
mistakes a module, put in by chance, no test finds; with `--whole`, which branches of all packages no test at all takes
(an hour's work).

What was measured is kept in `.depth`, so that mutants are held only against the tests that reach them; `--again`
measures anew. Ends with 1 where a branch is missed or, with mutants, where less than the share asked for was found.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.depth.reached import Reach, is_measured, measure, reached
from tests.depth.settings import WHOLE, Package, packages


def branches(package: Package) -> int:
    """Measure, and tell what is missed; whether anything is."""
    passed = measure(package)
    found = reached(package)
    for missed in found.missed:
        print(missed)
    unseen: dict[Path, list[int]] = {}
    for path, line in found.unseen:
        unseen.setdefault(path, []).append(line)
    for path, lines in unseen.items():
        print(f"{path}: never reached: {', '.join(map(str, lines))}")
    for name, (taken, there) in found.by_package.items() if package is WHOLE else ():
        print(f"{name or 'beside'}: {taken} of {there} branches ({100 * taken / max(there, 1):.1f} %)")
    print(
        f"{package.name or 'whole'}: {found.branches - len(found.missed)} of {found.branches} branches, "
        f"{found.lines - len(found.unseen)} of {found.lines} lines"
    )
    return int(not passed or bool(found.missed or found.unseen))


def mutants(package: Package, paths: list[Path], count: int, seed: int, seconds: float, least: float) -> int:
    """Draw mutants of modules of a package, and tell which no test finds; whether they are too many."""
    from tests.depth.held import counted, hold
    from tests.depth.mutants import sample

    os.environ["BPODSL_DEPTH_PAIRS"] = str(package.pairs)
    drawn = [mutant for path in paths for mutant in sample(path, count, seed)]
    held = hold(drawn, Reach.of(package), package.arguments(), seconds)
    for path in paths:
        of = counted(each for each in held if each.mutant.path == path)
        print(f"{path.relative_to(ROOT / 'bpodsl')}: {of[True]} of {of.total()} found")
    total = counted(held)
    share = 100 * total[True] / max(total.total(), 1)
    print(f"{package.name}: {total[True]} of {total.total()} mutants found ({share:.1f} %, seed {seed})")
    return int(share < least)


def main() -> int:
    known = packages()
    options = argparse.ArgumentParser(prog="python -m tests.depth", description=__doc__)
    options.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"{', '.join(known)}; all if none is named")
    options.add_argument("--whole", action="store_true", help="the branches of all packages, by all tests")
    options.add_argument("--mutants", type=int, metavar="N", help="how many mistakes to draw for each module")
    options.add_argument("--seed", type=int, default=1, metavar="S")
    options.add_argument("--module", action="append", metavar="M", help="only this module, such as values/days.py")
    options.add_argument("--seconds", type=float, default=20, help="how long the tests of one mutant usually take")
    options.add_argument("--least", type=float, default=95, metavar="PERCENT", help="how many must be found")
    options.add_argument("--again", action="store_true", help="measure anew what the tests reach")
    asked = options.parse_args()
    if asked.whole:
        return branches(WHOLE)
    modules = [ROOT / "bpodsl" / each for each in asked.module or ()]
    names = asked.packages or sorted({each.relative_to(ROOT / "bpodsl").parts[0] for each in modules} or known)
    wrong = [each for each in names if each not in known] + [str(each) for each in modules if not each.is_file()]
    if wrong:
        options.error(f"there is no {wrong[0]}")
    ended = 0
    for name in names:
        package = known[name]
        if asked.mutants is None:
            ended |= branches(package)
            continue
        if asked.again or not is_measured(package):
            measure(package)
        paths = [each for each in package.modules if not modules or each in modules]
        ended |= mutants(package, paths, asked.mutants, asked.seed, asked.seconds, asked.least)
    return ended


if __name__ == "__main__":
    sys.exit(main())
