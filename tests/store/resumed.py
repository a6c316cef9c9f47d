"""`python -m tests.store.resumed --pairs N --seed S`: what is read in pieces comes to what is read at once.

The agreements and histories are those of the campaign. Each history is written as JSON lines, which are fed to a store
in pieces, in the order of their times or in any; the ledger in the store must be, byte for byte, that of one run over
all lines, whatever was posted between. Then the same with publishing between: what was published must stand. Some of
the runs are of one process that goes on from what it has in memory; each must then come to what a cold one does.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bpodsl import keeping
from bpodsl.keeping import Kept
from bpodsl.kernel.warm import Warm
from bpodsl.store.kept import StoreTrouble, Text, agreement_named, reading, stored
from bpodsl.store.kept.troubles import NOT_PUBLISHED
from bpodsl.terms import Contract
from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case
from tests.campaign.lines import at_once, lines_of

COUNTS: Counter[str] = Counter()
"""Of runs of a process that goes on: how many, how often all was evaluated anew, the rows read, of how many lines."""


@contextmanager
def _of(contract: Contract) -> Iterator[None]:
    """A campaign's agreement has no text; the store is told which it is."""
    before = keeping.contract_of
    keeping.contract_of = lambda text, then="": contract
    try:
        yield
    finally:
        keeping.contract_of = before


def in_pieces(
    contract: Contract, lines: Sequence[str], until: int, dice: Random, folder: Path, publish: bool
) -> tuple[list[str], str]:
    """The ledger of a store that was fed with pieces, and what is wrong with it, "" if nothing is."""
    store, text, wrong = folder / "s.db", Text((("campaign.bpo", b""),)), ""
    # Some stay in their process, sometimes not for long.
    warm = Warm() if dice.random() < 0.7 else None
    told = dice.choice((0, 0, 0.5))
    cuts = sorted(dice.randint(0, len(lines)) for _ in range(3))
    stands: list[str] = []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(lines)], strict=True)):
        path = folder / f"{number if dice.random() < 0.5 else 'same'}.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.writelines(lines[start:end])
        asked = until if number == 3 or dice.random() < told else None
        now = publish and number < 3 and _published(store, text, path, asked, warm if dice.random() < 0.5 else None)
        if not now:
            kept = keeping.run_kept(store, text, [path], lambda _, asked=asked: asked, warm=warm)  # type: ignore[misc]
            wrong = wrong or _otherwise(kept, keeping.read_kept(store, None))
            COUNTS["runs"] += warm is not None
        with reading(store) as db:
            agreement = agreement_named(db, None)
            posted = [line for _, _, line in stored(db, agreement.id)]
        if posted[: len(stands)] != stands:
            wrong = wrong or "what was published does not stand"
        if now:
            stands = posted
            until = max(until, agreement.published or until)
    keeping.read_kept(store, None)
    if warm is not None:
        COUNTS.update(anew=warm.anew, rows=warm.rows, lines=len(lines))
    return posted, wrong


def _otherwise(warm: Kept, cold: Kept) -> str:
    """What of a run that went on is not as one that began cold says."""
    for name in ("account", "quarantined", "incomplete", "until", "notes", "events"):
        if getattr(warm.taken, name) != getattr(cold.taken, name):
            return f"{name}: {getattr(warm.taken, name)}, and not {getattr(cold.taken, name)}"
    if warm.heads != cold.heads:
        return "the chain ends elsewhere"
    return "" if warm.ledgers == cold.ledgers else "its ledger is another"


def _published(store: Path, text: Text, path: Path, asked: int | None, warm: Warm | None) -> bool:
    """Run a piece and publish; whether that could be."""
    try:
        keeping.run_kept(store, text, [path], lambda _: asked, True, warm=warm)
    except StoreTrouble as trouble:
        if trouble.reason is not NOT_PUBLISHED:
            raise
        return False
    return True


def tried(case: Case, dice: Random) -> str:
    """What is wrong with a case, "" if nothing is."""
    lines = lines_of(case)
    if dice.random() < 0.5:
        dice.shuffle(lines)
    lines += [dice.choice(lines) for _ in range(2) if lines]
    with _of(case.contract):
        with TemporaryDirectory() as place:
            found, wrong = in_pieces(case.contract, lines, case.until, dice, Path(place), False)
        if wrong or found != at_once(case.contract, lines, case.until):
            return wrong or "in pieces it comes to another ledger"
        if case.contract.worlds:
            return ""
        with TemporaryDirectory() as place:
            return in_pieces(case.contract, lines, case.until, dice, Path(place), True)[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.store.resumed", description=__doc__)
    parser.add_argument("--pairs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    asked = parser.parse_args()
    wrong = 0
    for index in range(asked.pairs):
        case, _, _ = drawn(asked.seed, index)
        try:
            what = tried(case, Random(f"{asked.seed} {index}"))
        except StoreTrouble as trouble:
            what = str(trouble)
        if what:
            wrong += 1
            print(f"WRONG pair {index} of seed {asked.seed}: {what}", flush=True)
    told = f"{COUNTS['anew']} evaluated anew, {COUNTS['rows']} rows read of {COUNTS['lines']} lines"
    print(f"{asked.pairs} pairs, {wrong} wrong; of {COUNTS['runs']} warm runs {told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
