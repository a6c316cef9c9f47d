"""`python -m tests.kernel.sizes`: how large a kernel is, frozen, and what it costs to go on with it.

For histories of some lengths: the bytes of the agreement, of the head and of the rows, of a row; the time to thaw and
evaluate all anew, and to take one more row in a kernel that was kept warm. Times are of the processor, and of one
machine; bytes are the same everywhere.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from bpodsl.kernel import Kernel
from bpodsl.kernel.rows import packed
from bpodsl.pipeline import Asked, understand
from bpodsl.record.intake import Intake
from bpodsl.record.rows import RawRow
from bpodsl.store import read_rows
from bpodsl.terms import Contract
from bpodsl.terms.packed import packed as packed_contract
from tests.benchmarks.w1 import made
from tests.conftest import ROOT

WIDTHS = (8, 8, 7, 9, 7, 7, 9, 9)
SMALL, MONTHLY = "the example `customer_care`", "W1, five rules"


def customer_care() -> tuple[Contract, list[RawRow]]:
    """The example and its events."""
    folder = ROOT / "examples" / "customer_care"
    contract = understand(folder / "customer_care.bpo", "", Asked(doubts_later=True)).contract
    assert contract is not None
    return contract, read(folder / "events.jsonl")


def w1(events: int) -> tuple[Contract, list[RawRow]]:
    """The workload of the benchmark."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        made.write(folder, events, 3, 5)
        contract = understand(Path(made.__file__).parent / "w1.bpo", "", Asked(doubts_later=True)).contract
        assert contract is not None
        return contract, read(folder / "events.jsonl")


def read(path: Path) -> list[RawRow]:
    """The rows of a file."""
    return [row for row in read_rows(path) if isinstance(row, RawRow)]


def spent(work: object) -> float:
    """Seconds of the processor that a piece of work takes, the least of three."""
    best = 1e9
    for _ in range(3):
        began = time.process_time()
        work()  # type: ignore[operator]
        best = min(best, time.process_time() - began)
    return best


def told(name: str, contract: Contract, rows: list[RawRow], each: int) -> None:
    """A line of the table: the rows came `each` at a time."""
    intake = Intake(contract)
    kernel, last = Kernel(contract), 0
    warm: list[float] = []
    for at in range(0, len(rows), each):
        some = rows[at : at + each]
        last = max(event.known for row in some for event in intake.read(row, []))  # type: ignore[union-attr]
        began = time.process_time()
        kernel.feed(some)
        kernel.advance(last)
        warm.append(time.process_time() - began)
        kernel.fresh()
    whole = kernel.snapshot()
    head, parts = kernel.head(), sum(map(len, kernel._parts))
    entries = kernel._marks.count
    anew = spent(lambda: Kernel.restore(contract, whole).advance(last + 1))
    warm = sorted(warm[1:])
    middle = warm[len(warm) // 2] if warm else 0.0
    together = len(packed(rows))
    sizes = f"{len(head):7} {parts:9} {parts / len(rows):7.0f} {together / len(rows):7.0f}"
    print(f"{name:28} {len(rows):8} {entries:8} {sizes} {anew * 1000:9.1f} {middle / each * 1000:9.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kernel.sizes", description=__doc__)
    parser.add_argument("--most", type=int, default=20_000, metavar="N")
    asked = parser.parse_args()
    names = zip(("rows", "entries", "head", "parts", "B/row", "at once", "anew ms", "row ms"), WIDTHS, strict=True)
    print(" " * 28, *(name.rjust(width) for name, width in names))
    contract, rows = customer_care()
    print(f"{SMALL}: contract {len(zlib.compress(json.dumps(packed_contract(contract)).encode(), 6))} bytes")
    for count in (100, len(rows)):
        told(SMALL, contract, rows[:count], 5)
    contract, rows = w1(asked.most)
    print(f"{MONTHLY}: contract {len(zlib.compress(json.dumps(packed_contract(contract)).encode(), 6))} bytes")
    for count in (100, 1_000, 5_000, asked.most):
        if count <= asked.most:
            told(MONTHLY, contract, rows[:count], max(5, count // 200))


if __name__ == "__main__":
    main()
