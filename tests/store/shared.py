"""`python -m tests.store.shared --trials N --seed S`: agreements that share a store, and a store for each by itself.

The agreements and histories are those of the campaign, three at a time. Their lines are mixed, in the order of their
times or in any, and fed in pieces; meanwhile one joins, time is moved on or not, what followed is published or not. The
ledgers must be, byte for byte, those of stores of their own, and, where nothing was published, of one run over all.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from attrs import evolve, frozen

from bpodsl import keeping
from bpodsl.cli.portfolio_kept import Running
from bpodsl.cli.run_kept import Shown
from bpodsl.portfolio import Found, Member, Workers
from bpodsl.store.kept import StoreTrouble, Text, agreement_named, reading, stored
from bpodsl.store.kept.troubles import NOT_PUBLISHED
from bpodsl.terms import Contract
from bpodsl.values import show_utc
from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case
from tests.store.resumed import at_once, line_of

TOGETHER = 3
PIECES = 4


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
    print(f"{asked.trials} trials, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
