"""What finds a fault: pairs with what the reference says of them, drawn once, and laws.

`python -m tests.planted.first answers FILE N SEED` writes them; `… campaign FILE WHOLE` says which shows a fault,
`… laws N SEED` which breaks a law, in words, or nothing.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.campaign.__main__ import drawn
from tests.campaign.cases import Case
from tests.campaign.compare import Said, canonical, compare, reference, related, said, shared
from tests.laws.__main__ import tried
from tests.laws.laws import LAWS

Answer = tuple[Case, bytes]


def answers(path: Path, pairs: int, seed: int) -> None:
    """Draw pairs, and write them with what the reference says."""
    with path.open("wb") as file:
        for index in range(pairs):
            case, _, _ = drawn(seed, index)
            events = related(case.contract, case.events, case.until)
            pickle.dump((case, _bytes(said(reference, case.contract, events, case.until))), file)


def _bytes(what: Said) -> bytes:
    return what.error.encode() if what.ledger is None else canonical(what.ledger)


def _read(path: Path) -> Iterator[Answer]:
    with path.open("rb") as file:
        while file.peek(1):  # type: ignore[attr-defined]
            yield pickle.load(file)


def by_campaign(path: Path, whole: bool) -> str:
    """`whole`: the reference is asked as well, since the fault is in what both evaluators share."""
    for index, (case, answer) in enumerate(_read(path), 1):
        if whole:
            different = compare(case.contract, case.events, case.until)[1] is not None
        else:
            events = related(case.contract, case.events, case.until)
            different = _bytes(said(shared, case.contract, events, case.until)) != answer
        if different:
            return f"the campaign, pair {index}"
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
