"""`python -m tests.campaign --pairs N --seed S`: random pairs, evaluated twice and compared byte for byte."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from heapq import nlargest
from itertools import count
from multiprocessing import Pool
from pathlib import Path
from time import monotonic, process_time

from attrs import frozen

from bpodsl.terms import Contract, levels
from tests.campaign import alone, cases, crowded, quality, small
from tests.campaign.cases import Case
from tests.campaign.compare import Difference, Said, both, compare, difference, related, said, shared, swept
from tests.campaign.contracts import Rejected, contract
from tests.campaign.crowded import again
from tests.campaign.draw import Draw, pair_seed
from tests.campaign.histories import History, history
from tests.campaign.reduction import reduced

ALONE = 0.15
"""How many agreements are of cases that stand alone."""

SMALL = 0.4
"""How many of the others are small."""

Job = tuple[int, int, float | None]
"""A seed, the number of a pair, and how many are of cases that stand alone."""


@frozen
class Result:
    """What became of one pair, and how many seconds of computing it took."""

    index: int
    count: quality.Count
    difference: tuple[str, ...] | None = None
    seconds: float = 0


def drawn(seed: int, index: int, share: float | None = None) -> tuple[Case, Draw, int]:
    """The pair of that number, its draw, and how many drawn agreements were none. `share`: of those that stand
    alone.

    Two pairs have one agreement: of the second, events lie where by the ledger of the first something turns.
    """
    if index % 2 == 0:
        return _fresh(seed, index, share)
    case, draw, _ = _fresh(seed, index - 1, share)
    beside = draw.aside("again")
    ran = said(swept, case.contract, related(case.contract, case.events, case.until), case.until)
    return (case if ran.ledger is None else again(beside, case, ran.ledger)), beside, 0


def agreement(seed: int, index: int, share: float | None = None) -> Contract:
    """The agreement of the pair of that number, without what happens under it."""
    return _agreed(seed, index - index % 2, share)[0]


@lru_cache(maxsize=1)
def _fresh(seed: int, index: int, share: float | None) -> tuple[Case, Draw, int]:
    """An agreement and a history of its own."""
    made, draw, rejected, happens = _agreed(seed, index, share)
    happened = happens(draw, made)
    return Case(made, happened.events, happened.until), draw, rejected


Happens = Callable[[Draw, Contract], History]


# As few as histories: what is drawn next is drawn from where the agreement left the dice.
@lru_cache(maxsize=1)
def _agreed(seed: int, index: int, share: float | None) -> tuple[Contract, Draw, int, Happens]:
    """An agreement, its draw, how many drawn before it were none, and what draws its history."""
    for rejected in count():
        draw = Draw(pair_seed(seed, index) + rejected)
        try:
            if draw.aside("alone").chance(ALONE if share is None else share):
                made, happens = alone.contract(draw), alone.history
            elif draw.aside("small").chance(SMALL):
                made, happens = small.contract(draw), crowded.history
            else:
                made, happens = contract(draw), history
            levels(made)
        except (Rejected, ValueError):
            continue
        return made, draw, rejected, happens
    raise AssertionError  # Chance goes on for ever.


def pair(seed: int, index: int, share: float | None = None) -> tuple[Case, quality.Count, Difference | None]:
    """Draw, run and compare one pair."""
    case, draw, rejected = drawn(seed, index, share)
    first, second = both(case.contract, case.events, case.until)
    found = _counted(case, first, draw, rejected)
    found.update(_looped(second))
    return case, found, difference(first, second)


def _counted(case: Case, ran: Said, draw: Draw, rejected: int) -> quality.Count:
    found: quality.Count = Counter()
    if ran.ledger is not None:
        found = quality.measured(case.contract, case.events, case.until, ran.ledger)
    found["rejected",] += rejected
    found["times drawn",] += draw.times
    found["boundary times drawn",] += draw.boundary_times
    return found


def _looped(ran: Said) -> quality.Count:
    """What the loop of the engine decided of a pair."""
    share = ran.share
    return Counter() if share is None else Counter({
        ("loop", "pairs in which it was used"): int(share.cases > 0),
        ("loop", "cases decided"): share.cases,
        ("loop", "cases left to the general machine"): share.odd,
        ("loop", "entries"): share.entries,
        ("loop", "times decided in parts as well"): share.parts,
        ("loop", "times told in short"): share.briefs,
        ("loop", "times told in short by the compiled machine"): share.natives,
    })  # fmt: skip


def _result(job: Job) -> Result:
    began = process_time()
    _, count, difference = pair(*job)
    return Result(job[1], count, None if difference is None else difference.sort, process_time() - began)


def _quality(job: Job) -> Result:
    """Only how good a pair is, as far as one evaluator tells."""
    case, draw, rejected = drawn(*job)
    ran = said(shared, case.contract, related(case.contract, case.events, case.until), case.until)
    found = _counted(case, ran, draw, rejected)
    found.update(_looped(ran))
    return Result(job[1], found)


def results(
    seed: int, indices: range, jobs: int, run: Callable[[Job], Result] = _result, share: float | None = None
) -> Iterator[Result]:
    """The results of many pairs, in order."""
    work = [(seed, index, share) for index in indices]
    if jobs <= 1:
        yield from map(run, work)
        return
    with Pool(jobs) as pool:
        yield from pool.imap(run, work, chunksize=4)


def show(case: Case, difference: Difference, about: str, keep: Path | None, seconds: float) -> None:
    """A difference made small, where the answers part, and the case."""
    small = reduced(case, seconds) if seconds > 0 else case
    _, found = compare(small.contract, small.events, small.until)
    found = found or difference
    text = cases.written(small.contract, small.events, small.until, about)
    print(f"\n=== {about}: {' | '.join(found.sort)}\n{found.shown()}\n\n{text}", flush=True)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() else "_" for c in about)
        (keep / f"{name}.py").write_text(text, encoding="utf-8")


def replay(paths: list[Path]) -> int:
    """Compare again what was kept."""
    differences = 0
    for path in paths:
        case = cases.read(path)
        _, found = compare(case.contract, case.events, case.until)
        if found is not None:
            differences += 1
            print(f"=== {path.name}: {' | '.join(found.sort)}\n{found.shown(1)}")
    print(f"{len(paths)} pairs, {differences} differences")
    return int(differences > 0)


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    options.add_argument("--pairs", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--only", type=int, help="only the pair of this number")
    options.add_argument("--keep", type=Path, help="write each difference shown into this folder")
    options.add_argument("--replay", type=Path, nargs="+", help="compare kept cases again")
    options.add_argument("--quality", action="store_true", help="only draw, run the engine and show the quality")
    options.add_argument(
        "--show", type=int, default=3, help="how many differences to reduce and show, each of another sort"
    )
    options.add_argument("--seconds", type=float, default=60, help="how long to reduce one")
    options.add_argument("--alone", type=float, help="how many pairs are of cases that stand alone: 1 for all")
    given = options.parse_args()
    if given.replay:
        return replay(given.replay)
    print(f"seed {given.seed}")
    indices = range(given.only, given.only + 1) if given.only is not None else range(given.pairs)
    total: quality.Count = Counter()
    sorts: dict[tuple[str, ...], list[int]] = {}
    began, slowest = monotonic(), list[tuple[float, int]]()
    run = _quality if given.quality else _result
    for result in results(given.seed, indices, given.jobs if len(indices) > 1 else 1, run, given.alone):
        total.update(result.count)
        slowest = nlargest(5, [*slowest, (result.seconds, result.index)])
        if result.difference is not None:
            sorts.setdefault(result.difference, []).append(result.index)
            print(f"pair {result.index} differs: {' | '.join(result.difference)}", flush=True)
    took = monotonic() - began
    for number, (sort, found) in enumerate(sorted(sorts.items(), key=lambda item: -len(item[1]))):
        print(f"{len(found):5} × {' | '.join(sort)}: {', '.join(map(str, found[:8]))}")
        if number < given.show:
            case, _, difference = pair(given.seed, found[0], given.alone)
            if difference is not None:
                show(case, difference, f"seed {given.seed} pair {found[0]}", given.keep, given.seconds)
    print(f"\n{quality.table(total)}\n\n{len(indices) / max(took, 0.001):.1f} pairs a second")
    if not given.quality:
        print("the slowest: " + ", ".join(f"{index} ({seconds:.1f} s)" for seconds, index in slowest))
    differences = sum(map(len, sorts.values()))
    print(f"{len(indices)} pairs, {differences} differences")
    return int(differences > 0)


if __name__ == "__main__":
    sys.exit(main())
