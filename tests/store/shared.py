"""`python -m tests.store.shared --trials N --seed S`: agreements that share a store, and a store for each by itself.

The agreements and histories are those of the campaign, three at a time. Their lines are mixed, in the order of their
times or in any, and fed in pieces; meanwhile one joins, time is moved on or not, what followed is published or not. The
ledgers must be, byte for byte, those of stores of their own, and, where nothing was published, of one run over all.
Between the pieces time alone moves on: those that are not evaluated, since nothing falls due, must stand as they do,
and have the postings that they have, if all are.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from attrs import evolve, frozen

from bpodsl import keeping
from bpodsl.cli.members import Done
from bpodsl.cli.portfolio_kept import Running
from bpodsl.cli.run_kept import Shown
from bpodsl.portfolio import Found, Member, Workers
from bpodsl.portfolio.kept import Keeper
from bpodsl.store.kept import StoreTrouble, Text, agreement_named, reading, stored
from bpodsl.store.kept.troubles import NOT_PUBLISHED
from bpodsl.terms import Contract
from bpodsl.values import show_utc
from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case
from tests.campaign.lines import at_once, line_of

TOGETHER = 3
PIECES = 4
COUNTS: Counter[str] = Counter()
"""How many agreements were moved on in time, and how many of them without being evaluated."""


@frozen
class Told:
    """A line, and the agreement that it is of."""

    name: str
    text: str


@contextmanager
def _texts(contracts: Mapping[str, Contract]) -> Iterator[None]:
    """A campaign's agreement has no text; the store is told which it is by the name of its file."""
    before = keeping.contract_of
    keeping.contract_of = lambda text, then="": contracts[text.files[0][0]]
    try:
        yield
    finally:
        keeping.contract_of = before


def text_of(name: str) -> Text:
    return Text(((name, b""),))


def member(contract: Contract) -> Member:
    packed = zlib.compress(pickle.dumps(contract, pickle.HIGHEST_PROTOCOL), 1)
    return Member(Path(contract.name), contract.name, contract.zone, contract.mappings, (), packed, 0)


def posted(store: Path, name: str) -> list[str]:
    with reading(store) as db:
        return [line for _, _, line in stored(db, agreement_named(db, name).id)]


def known_until(store: Path, name: str) -> int:
    with reading(store) as db:
        until = agreement_named(db, name).until
    assert until is not None
    return until


def published(run: Running, path: Path, publish: bool) -> bool:
    """Run a piece, and publish it if it is to be and can be; whether it was."""
    if publish:
        try:
            with redirect_stderr(StringIO()):
                run.once([path], publish=True)
            return True
        except SystemExit as left:
            trouble = left.__cause__
            if not isinstance(trouble, StoreTrouble) or trouble.reason is not NOT_PUBLISHED:
                raise
    run.once([path])
    return False


@contextmanager
def _stood(asks: bool) -> Iterator[Counter[str]]:
    """Whether it is asked what stood; how many agreements are not evaluated."""
    counts, stood, again = Counter[str](), Keeper.stood, Keeper.settle_again

    def counted(*given: Any) -> Any:
        counts["again"] += 1
        return again(*given)

    Keeper.settle_again = counted  # type: ignore[method-assign]
    if not asks:
        Keeper.stood = lambda self, place: None  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Keeper.stood, Keeper.settle_again = stood, again  # type: ignore[method-assign]


def _told(done: Done) -> Done:
    return evolve(done, holds=0, instants=())


def moved(run: Running, dice: Random, store: Path) -> str:
    """What is wrong once time alone has moved on, "" if nothing is."""
    names = [each.name for each in run.found.members]
    step = dice.choice((0, 1, 1_000_000, dice.randint(1, 10**10), dice.randint(1, 10**13)))
    run = evolve(run, until_text=show_utc(max(known_until(store, name) for name in names) + step))
    with _stood(True) as counts:
        found = run.once([])
        ledgers = {name: posted(store, name) for name in names}
    with _stood(False):
        wanted = run.once([])
    COUNTS.update(moved=len(names), again=counts["again"])
    if list(map(_told, found.done)) != list(map(_told, wanted.done)):
        return "an agreement that was not evaluated stands otherwise"
    if wanted.gone or wanted.new or ledgers != {name: posted(store, name) for name in names}:
        return "an agreement that was not evaluated has another ledger"
    return ""


def tried(cases: Sequence[Case], dice: Random, folder: Path) -> str:
    """What is wrong, "" if nothing is."""
    contracts = {f"c{n}": evolve(case.contract, name=f"c{n}") for n, case in enumerate(cases)}
    lines, until = list[Told](), max(case.until for case in cases)
    for (name, contract), case in zip(contracts.items(), cases, strict=True):
        for event in case.events:
            line = {**json.loads(line_of(event, contract)), "subject": name}
            lines.append(Told(name, json.dumps(line) + "\n"))
    lines.sort(key=lambda each: json.loads(each.text).get("recordedtime") or json.loads(each.text)["time"])
    if dice.random() < 0.5:
        dice.shuffle(lines)
    lines += [dice.choice(lines) for _ in range(2) if lines]
    with _texts(contracts), Workers() as workers:
        return _in_pieces(contracts, lines, until, dice, folder, workers)


def _in_pieces(
    contracts: Mapping[str, Contract], lines: Sequence[Told], until: int, dice: Random, folder: Path, workers: Workers
) -> str:
    store, joins, publishes = folder / "s.db", dice.randrange(PIECES), dice.random() < 0.5
    cuts = sorted(dice.randint(0, len(lines)) for _ in range(PIECES - 1))
    ever, seen = False, list[Path]()
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(lines)], strict=True)):
        path = folder / f"{number}.jsonl"
        path.write_text("".join(each.text for each in lines[start:end]), encoding="utf-8")
        seen.append(path)
        there = [each for each in contracts if each != "c0" or number >= joins]
        asked = show_utc(until) if number == PIECES - 1 or dice.random() < 0.5 else None
        found = Found(tuple(member(contracts[name]) for name in there))
        texts = {name: text_of(name) for name in there}
        run = Running(found, texts, store, asked, Shown("text", None, None, None, None, False), workers)
        now = published(run, path, publishes and dice.random() < 0.5)
        ever = ever or now
        if now:
            until = max(until, *(known_until(store, name) for name in there))
        for name in there:
            fresh = seen if name == "c0" and number == joins else [path]
            alone, then = folder / f"{name}.db", known_until(store, name)
            keeping.run_kept(alone, text_of(name), fresh, lambda _, then=then: then, now)  # type: ignore[misc]
            if posted(alone, name) != posted(store, name):
                return f"after piece {number}, `{name}` has not the ledger of a store of its own"
        wrong = moved(run, dice, store)
        if wrong:
            return f"after piece {number}, {wrong}"
    for name, contract in contracts.items():
        keeping.read_kept(store, name)
        own = [each.text for each in lines if each.name == name]
        if not ever and posted(store, name) != at_once(contract, own, known_until(store, name)):
            return f"`{name}` has not the ledger of one run"
    return ""


def cases_of(seed: int, index: int) -> list[Case]:
    return [drawn(seed, TOGETHER * index + n)[0] for n in range(TOGETHER)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.store.shared", description=__doc__)
    parser.add_argument("--trials", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    asked = parser.parse_args()
    wrong = 0
    for index in range(asked.trials):
        with TemporaryDirectory() as place:
            what = tried(cases_of(asked.seed, index), Random(f"{asked.seed} {index}"), Path(place))
        if what:
            wrong += 1
            print(f"WRONG trial {index} of seed {asked.seed}: {what}", flush=True)
    print(f"{asked.trials} trials, {wrong} wrong; {COUNTS['again']} of {COUNTS['moved']} moved on without evaluating")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
