"""What was understood of agreements, and what became of their tests, kept from one start to the next.

All is found by the hash of all that it was made from: the bytes of every file, what was asked, this program, and the
packages that it rests on. Only plain data are kept (see `cached`): problems as they are told, contracts as tables of
their parts. Nothing of events or ledgers is. What cannot be kept, or is not as it was kept, is made afresh.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bpodsl import pipeline
from bpodsl.cached import keep, recall, sha256
from bpodsl.lean import define, evolve, field, frozen
from bpodsl.packaged import folder
from bpodsl.pipeline import NOTHING_MORE, Asked, Folder, Reading, Understood
from bpodsl.text import Problem, bytes_of
from bpodsl.text.told import retold, told

if TYPE_CHECKING:
    from bpodsl.terms import Contract

RESTS_ON: Final = ("attr", "holidays", "lark", "msgspec", "networkx", "tzdata", "z3")
"""The packages that may have a say in what is understood and what follows."""

WRONG: Final = (ValueError, TypeError, LookupError, AttributeError, ImportError, ArithmeticError)
"""What reading data raises that this program would not have kept."""


@frozen
class Tried:
    """What became of one test of an agreement."""

    name: str
    failures: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def understand(path: Path, shown: str = "", asked: Asked = NOTHING_MORE, running: bool = False) -> Understood:
    """As `pipeline.understand`, doubts and all. `running`: its contract will be wanted again. Raises OSError if the
    file cannot be read."""
    assert not asked.doubts_later, "what is kept is whole"
    reading = _Once()
    name = shown or str(path)
    data = reading.bytes_of(path)
    start = f"{this_program()}\0{name}\0{digest(data)}\0{asked.cliff!r}"
    found = _recalled(path, shown, asked, reading, start)
    if found is not None:
        return found
    new = pipeline.understand(path, shown, asked, Reading(reading.bytes_of))
    if not this_program():
        return new
    dated = any(b"llow" in each for each in (data, *(each for *_, each in new.sought)) if isinstance(each, bytes))
    day = str(asked.today) if dated else ""
    sought = [[written, using, seen(each)] for written, using, each in new.sought]
    record = {"dated": dated, "day": day, "sought": sought, "whole": new.whole, "told": told([new.problems])}
    keep("understood", start, record)
    key = _key(start, sought, day)
    if running and new.contract is not None:
        _keep_contract(key, new.contract)
    return evolve(new, key=key)


def tried(understood: Understood) -> Iterator[Tried]:
    """What becomes of the tests of an agreement that may run, on the day that was asked of."""
    key = understood.key
    if key and (found := recall("tests", key)) is not None:
        with suppress(*WRONG):
            lists = retold(found["told"])
            yield from [
                Tried(name, lists[2 * n], lists[2 * n + 1]) for n, name in enumerate(map(str, found["names"]))
            ]
            return
    done: list[Tried] = []
    contract = understood.contract
    if contract is not None and contract.examples:
        # An agreement without any need not wait for what runs them.
        from bpodsl.trials import try_examples

        for trial in try_examples(contract, understood.asked.today):
            done.append(Tried(trial.example.name, trial.failures, trial.notes))
            yield done[-1]
    if key:
        lists = [own for each in done for own in (each.failures, each.notes)]
        keep("tests", key, {"names": [each.name for each in done], "told": told(lists)})


@define
class _Once:
    """Reads each file once, so that all that is made of it is made of the same bytes."""

    read: dict[Path, bytes] = field(factory=dict)

    def bytes_of(self, path: Path) -> bytes:
        if path not in self.read:
            self.read[path] = bytes_of(path)
        return self.read[path]


def _recalled(path: Path, shown: str, asked: Asked, reading: _Once, start: str) -> Understood | None:
    """What was kept of a file, if all that it rests on is as it was."""
    record = recall("understood", start) if this_program() else None
    if record is None:
        return None
    files = Folder(path, shown or str(path), Reading(reading.bytes_of))
    try:
        day = str(asked.today) if record["dated"] else ""
        sought = record["sought"]
        if record["day"] != day or any(seen(files.find(w, using)) != was for w, using, was in sought):
            return None
        (problems,) = retold(record["told"])
        whole = bool(record["whole"])
    except WRONG:
        return None
    key = _key(start, sought, day)

    def made() -> Contract | None:
        return _contract(path, shown, asked, reading, key) if whole else None

    return Understood(path, made, whole, problems, asked, tuple(files.used), tuple(files.sought), key=key)


def _contract(path: Path, shown: str, asked: Asked, reading: _Once, key: str) -> Contract | None:
    """The contract that was kept, else made afresh and kept."""
    from bpodsl.terms.packed import unpacked

    data = recall("contract", key)
    if data is not None:
        with suppress(*WRONG):
            return unpacked(data)
    contract = pipeline.understand(path, shown, asked, Reading(reading.bytes_of)).contract
    if contract is not None:
        _keep_contract(key, contract)
    return contract


def _keep_contract(key: str, contract: Contract) -> None:
    from bpodsl.terms.packed import NotPlain, packed

    # What holds something that cannot be kept, or is nested too deeply, is made afresh each time.
    with suppress(NotPlain, RecursionError):
        keep("contract", key, packed(contract))


# ------------------------------------------------------------------ what all rests on
def _key(start: str, sought: Sequence[Sequence[str]], day: str) -> str:
    return "\0".join([start, *(part for each in sought for part in each), day])


def seen(found: bytes | str) -> str:
    """What tells what was found under a path from anything else."""
    return f"not found: {found}" if isinstance(found, str) else digest(found)


def digest(data: bytes) -> str:
    """What tells bytes from any others."""
    return str(sha256(data).hexdigest())


@cache
def this_program() -> str:
    """Tells this very program, its packages and its Python from any other; "" if that cannot be told."""
    found = sha256(sys.version.encode())
    try:
        for place in (Path(__file__).parent, folder("grammar")):
            for each in _files(str(place)):
                found.update(each.encode("utf-8", "surrogatepass"))
    except OSError:
        return ""
    for name in RESTS_ON:
        spec = PathFinder.find_spec(name)
        told_of = "none" if spec is None or spec.origin is None else _about(spec.origin, Path(spec.origin).stat())
        found.update(f"{name} {told_of}".encode("utf-8", "surrogatepass"))
    return str(found.hexdigest())


def _files(place: str) -> Iterator[str]:
    """What tells the files of a program from others: path, size and when each was written, in order of their names."""
    with os.scandir(place) as found:
        entries = sorted(found, key=lambda each: each.name)
    for each in entries:
        if each.is_dir():
            if each.name != "__pycache__":
                yield from _files(each.path)
        elif each.name.endswith((".py", ".lark", ".json")):
            yield _about(each.path, each.stat())


def _about(path: str, about: os.stat_result) -> str:
    return f"{path} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}\n"
