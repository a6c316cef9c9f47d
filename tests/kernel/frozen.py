"""`python -m tests.kernel.frozen --pairs N --seed S`: a kernel fed in pieces says what one run over all says.

The agreements and histories are those of the campaign. Each history is written as JSON lines, which are fed to a kernel
in pieces, in the order of their times, nearly so, or in any; between the pieces time moves on, sometimes beyond events
that come late, and the kernel is frozen and thawed after each piece, after some, or never. What it said, put together,
must be the ledger of one run over all lines, byte for byte; and, where it stands, that of one run until there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from random import Random

from attrs import define, field

from bpodsl.kernel import Kernel, Said
from bpodsl.pipeline import evaluate_worlds
from bpodsl.record.rows import RawRow
from bpodsl.report.formats import ledger_lines
from bpodsl.spark.place import contract_from, contract_to
from bpodsl.store import Feed, read_events, read_rows
from bpodsl.terms import Contract
from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case
from tests.campaign.lines import at_once, lines_of

HOWS = ("never", "sometimes", "always")


def before(contract: Contract, lines: Sequence[str], until: int) -> list[str]:
    """The ledger of a run over lines, as far as it is known before an instant."""
    taken = read_events(contract, [Feed("all.jsonl", BytesIO("".join(lines).encode()))], until)
    return [
        line for world, ledger in evaluate_worlds(contract, taken.worlds, until)
        for line in ledger_lines(contract, [each for each in ledger.posted if each.known < until], world)
    ]  # fmt: skip


def told(ledger: list[str], said: Said) -> list[str]:
    """A ledger, and what was said of it besides."""
    assert said.start <= len(ledger), "a gap"
    return [*ledger[: said.start], *said.lines]


@define
class Shelf:
    """Where a kernel is kept that is frozen: whole, or its head and its parts by their places, as a runner has them."""

    counts: Counter[str]
    parts: dict[int, bytes] = field(factory=dict)

    def thawed(self, kernel: Kernel, dice: Random) -> Kernel:
        """The kernel, frozen and thawed."""
        self.counts["thawed"] += 1
        self.counts["anew"] += kernel.anew
        whole = kernel.snapshot()
        first, parts = kernel.fresh()
        self.parts = {place: part for place, part in self.parts.items() if place < first}
        self.parts.update(enumerate(parts, first))
        contract = kernel.contract
        if dice.random() < 0.1:
            # As it is where another process thaws it.
            contract = contract_from(contract_to(contract))
        if dice.random() < 0.3:
            thawed = Kernel.restore(contract, whole)
        else:
            thawed = Kernel.resumed(contract, kernel.head(), [self.parts[at] for at in sorted(self.parts)])
        assert thawed.snapshot() == whole, "thawed it is another"
        return thawed


def in_pieces(case: Case, lines: Sequence[str], dice: Random, how: str, counts: Counter[str]) -> str:
    """What is wrong with a kernel that was fed with pieces, "" if nothing is."""
    contract, until = case.contract, case.until
    rows = [row for row in read_rows(Feed("all.jsonl", BytesIO("".join(lines).encode()))) if isinstance(row, RawRow)]
    known = sorted({event.known for event in case.events if event.known < until})
    kernel, ledger, shelf = Kernel(contract), list[str](), Shelf(counts)
    place = reached = 0
    while place < len(rows):
        size = dice.choice((1, 1, 2, 5, 20))
        kernel.feed(rows[place : place + size])
        place += size
        if how == "always" or (how == "sometimes" and dice.random() < 0.3):
            kernel = shelf.thawed(kernel, dice)
        if dice.random() < 0.7 and known:
            at = known[min(len(known) - 1, place * len(known) // len(rows) + dice.choice((-1, 0, 0, 0, 1)))]
            reached = max(reached, at + dice.choice((0, 0, 1)))
            said = kernel.advance(reached)
            counts["moved"] += 1
            counts["said again"] += len(ledger) - said.start
            ledger = told(ledger, said)
            if dice.random() < 0.15 and ledger != before(contract, lines[:place], reached):
                return f"after {place} lines, before {reached}, it says otherwise"
            if kernel.due is not None and kernel.due < reached:
                return f"it is due at {kernel.due}, before {reached}"
        if how == "always" or (how == "sometimes" and dice.random() < 0.3):
            kernel = shelf.thawed(kernel, dice)
    if dice.random() < 0.5:
        ledger = told(ledger, kernel.advance(until))
        if ledger != before(contract, lines, until):
            return "moved on to the end it says otherwise"
    counts["anew"] += kernel.anew
    ledger = told(ledger, kernel.close(until).said)
    return "" if ledger == at_once(contract, lines, until) else "in pieces it comes to another ledger"


def tried(case: Case, dice: Random, counts: Counter[str]) -> str:
    """What is wrong with a case, "" if nothing is."""
    lines = lines_of(case)
    order = dice.random()
    if order < 0.25:
        dice.shuffle(lines)
    elif order < 0.5 and len(lines) > 3:
        for _ in range(2):
            at = dice.randrange(len(lines))
            lines.insert(min(len(lines), at + dice.randint(1, 9)), lines.pop(at))
    if dice.random() < 0.5:
        lines += [dice.choice(lines) for _ in range(2) if lines]
    if dice.random() < 0.3 and lines:
        # Lines that name an event and cannot be used: what corrects it need not wait for it.
        for _ in range(2):
            spoilt = {**json.loads(dice.choice(lines)), "time": "never"}
            lines.insert(dice.randint(0, len(lines)), json.dumps(spoilt) + "\n")
    return in_pieces(case, lines, dice, dice.choice(HOWS), counts)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kernel.frozen", description=__doc__)
    parser.add_argument("--pairs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    asked = parser.parse_args()
    wrong, counts = 0, Counter[str]()
    for index in range(asked.pairs):
        case, _, _ = drawn(asked.seed, index)
        what = tried(case, Random(f"{asked.seed} {index}"), counts)
        if what:
            wrong += 1
            print(f"WRONG pair {index} of seed {asked.seed}: {what}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print(f"{asked.pairs} pairs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
