"""What finds a fault: kept cases and pairs, drawn once, with what the reference says of them, and laws.

`python -m tests.planted.first answers FILE N SEED` writes them; `… campaign FILE WHOLE` says which shows a fault,
`… laws N SEED` which breaks a law, in words, or nothing.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case, read
from tests.campaign.compare import Said, canonical, compare, reference, related, said, shared
from tests.laws.__main__ import tried
from tests.laws.laws import LAWS

KEPT = Path(__file__).resolve().parents[1] / "campaign" / "cases"

Answer = tuple[str, Case, bytes]
"""What the case is called, and what the reference says of it."""


def answers(path: Path, pairs: int, seed: int) -> None:
    """Write the kept cases, and pairs that are drawn, with what the reference says."""
    with path.open("wb") as file:
        for name, case in _cases(pairs, seed):
            events = related(case.contract, case.events, case.until)
            pickle.dump((name, case, _bytes(said(reference, case.contract, events, case.until))), file)


def _cases(pairs: int, seed: int) -> Iterator[tuple[str, Case]]:
    for each in sorted(KEPT.glob("*.py")):
        yield f"the kept case {each.stem}", read(each)
    for index in range(pairs):
        yield f"the campaign, pair {index + 1}", drawn(seed, index)[0]


def _bytes(what: Said) -> bytes:
    return what.error.encode() if what.ledger is None else canonical(what.ledger)


def _read(path: Path) -> Iterator[Answer]:
    with path.open("rb") as file:
        while file.peek(1):  # type: ignore[attr-defined]
            yield pickle.load(file)


def by_campaign(path: Path, whole: bool) -> str:
    """`whole`: the reference is asked as well, since the fault is in what both evaluators share."""
    for name, case, answer in _read(path):
        if whole:
            different = compare(case.contract, case.events, case.until)[1] is not None
        else:
            events = related(case.contract, case.events, case.until)
            different = _bytes(said(shared, case.contract, events, case.until)) != answer
        if different:
            return name
    return ""


def by_laws(pairs: int, seed: int) -> str:
    for index in range(pairs):
        broken = [name for name, said in tried(seed, index, list(LAWS)).items() if said]
        if broken:
            return f"the law of {broken[0].replace('_', ' ')}, pair {index + 1}"
    return ""


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["answers", file, pairs, seed]:
            answers(Path(file), int(pairs), int(seed))
        case ["campaign", file, whole]:
            print(by_campaign(Path(file), whole == "whole"))
        case [_, pairs, seed]:
            print(by_laws(int(pairs), int(seed)))
