"""The agreements of a portfolio: each `.bpo` file below a folder that is one, and is no part of another.

They are understood one by one, without doubts (`check` has those), each in whatever process is free; or were, by an
earlier start (`recalled`).
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from bpodsl.pipeline import Asked, Reading, agreements, understand
from bpodsl.portfolio.processes import Workers
from bpodsl.portfolio.recalled import Record, keep_records, recalled, record_of, records
from bpodsl.record.routing import Addressee
from bpodsl.terms import Contract, Mapping
from bpodsl.text import Problem, Severity, Source, bytes_of

if TYPE_CHECKING:
    from bpodsl.language.ast import File

UNHEADED = "BPO208"


@frozen
class Member:
    """A sound agreement: what others need of it, and all of it, `packed` small: there may be thousands. `digest`: of
    its files as they were read, see `digest_of`."""

    path: Path
    name: str
    zone: str
    mappings: tuple[Mapping, ...]
    used: tuple[Path, ...]
    packed: bytes
    remarks: int
    digest: str = ""


def unpacked(packed: bytes) -> Contract:
    """The contract of a `Member`."""
    made: Contract = pickle.loads(zlib.decompress(packed))
    return made


@frozen
class Broken:
    """An agreement that cannot be run. `name` "" if it does not tell."""

    path: Path
    name: str
    problems: tuple[Problem, ...]
    used: tuple[Path, ...]


@frozen
class Part:
    """A file that is no agreement of its own."""

    path: Path


@frozen
class Found:
    """A portfolio: its sound agreements by name, in order of their names, and what is not run.

    `twice`: the files of each name that several have. `left_out`: files that are neither agreements nor used by one.
    """

    members: tuple[Member, ...]
    broken: tuple[Broken, ...] = ()
    twice: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    left_out: tuple[Path, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether all agreements that were found can be run."""
        return not self.broken and not self.twice

    def addressees(self) -> tuple[Addressee, ...]:
        """Those to whom events may belong: the members in their order, then what is not run."""
        twice = [(name, "several agreements have that name") for name, _ in self.twice]
        others = [(each.name, f"{each.path} has errors") for each in self.broken if each.name]
        unsound = dict([*others, *twice])
        return (
            *(Addressee(each.name, each.mappings) for each in self.members),
            *(Addressee(name, (), why) for name, why in unsound.items()),
        )


def find(folder: Path, workers: Workers, done: Callable[[int], None] | None = None) -> Found:
    """All agreements below a folder. Raises OSError for a file that cannot be read."""
    paths = sorted(agreements([folder]))
    told = _told(folder, paths, workers, done)
    used = {path for each in told if not isinstance(each, Part) for path in each.used}
    # What is an agreement stays one, whoever uses it by mistake.
    own = [each for each in told if isinstance(each, Member) or each.path.resolve() not in used]
    by_name: dict[str, list[Path]] = {}
    for each in own:
        if not isinstance(each, Part) and each.name:
            by_name.setdefault(each.name, []).append(each.path)
    twice = {name: tuple(found) for name, found in sorted(by_name.items()) if len(found) > 1}
    members = [each for each in own if isinstance(each, Member) and each.name not in twice]
    return Found(
        tuple(sorted(members, key=lambda each: each.name)),
        tuple(each for each in own if isinstance(each, Broken)),
        tuple(twice.items()),
        tuple(each.path for each in own if isinstance(each, Part)),
    )


def _told(
    folder: Path, paths: Sequence[Path], workers: Workers, done: Callable[[int], None] | None
) -> list[Member | Broken | Part]:  # fmt: skip
    """What each file is, and keep that for the next start."""
    before, after = records(folder), dict[str, Record]()
    told: list[Member | Broken | Part | None] = [_recalled(path, before.get(str(path))) for path in paths]
    fresh = [path for path, each in zip(paths, told, strict=True) if each is None]
    running = workers.each(_understood, fresh, str, done)
    found: list[Member | Broken | Part] = []
    for path, each in zip(paths, told, strict=True):
        if each is not None:
            found.append(each)
            after[str(path)] = before[str(path)]
            continue
        new, record = next(running)
        found.append(new)
        if record is not None:
            after[str(path)] = record
    if after != before:
        keep_records(folder, after)
    return found


@define
class _Once:
    """Reads each file once, so that all that is made of it is made of the same bytes."""

    read: dict[Path, bytes] = field(factory=dict)

    def bytes_of(self, path: Path) -> bytes:
        own = path.resolve()
        if own not in self.read:
            self.read[own] = bytes_of(path)
        return self.read[own]


def _understood(path: Path) -> tuple[Member | Broken | Part, Record | None]:
    """What a file is, and what is kept of that."""
    once = _Once()
    understood = understand(path, "", Asked(doubts_later=True), Reading(once.bytes_of, _parsed))
    contract, problems = understood.contract, understood.problems
    if contract is not None and understood.sound:
        record = record_of(once.bytes_of(path), understood.sought, contract, len(problems))
        return _member(path, contract, understood.used, len(problems), once), record
    errors = tuple(each for each in problems if each.severity is Severity.ERROR)
    if not understood.headed and all(each.code == UNHEADED for each in errors):
        return Part(path), record_of(once.bytes_of(path), understood.sought, None, 0)
    return Broken(path, _named(path) if contract is None else contract.name, errors, understood.used), None


def _recalled(path: Path, record: Record | None) -> Member | Part | None:
    once = _Once()
    found = recalled(path, record, once.bytes_of)
    if found is None:
        return None
    return Part(path) if found.contract is None else _member(path, found.contract, found.used, found.remarks, once)


def _member(path: Path, contract: Contract, used: tuple[Path, ...], remarks: int, once: _Once) -> Member:
    packed = zlib.compress(pickle.dumps(contract, pickle.HIGHEST_PROTOCOL), 1)
    told = digest_of(map(once.bytes_of, files_of(path, used)))
    return Member(path, contract.name, contract.zone, contract.mappings, used, packed, remarks, told)


def files_of(path: Path, used: Iterable[Path]) -> list[Path]:
    """The files of an agreement, resolved: its own, then those that it uses, as a store has them."""
    own = path.resolve()
    return [own, *sorted((each.resolve() for each in used), key=lambda each: _below(each, own))]


def _below(path: Path, own: Path) -> bytes:
    return path.relative_to(own.parent).as_posix().encode()


def digest_of(files: Iterable[bytes]) -> str:
    """A digest of the bytes of some files, one after the other."""
    found = hashlib.sha256()
    for data in files:
        found.update(f"{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def _named(path: Path) -> str:
    """What a file that cannot be understood calls its agreement."""
    from bpodsl.language import ast, decode

    text, _ = decode(str(path), bytes_of(path))
    tree, _ = _parsed(Source(str(path), text))
    return next((each.name.text for each in tree.clauses if isinstance(each, ast.Agreement)), "")


@lru_cache(maxsize=64)
def _read(name: str, text: str) -> tuple[File, tuple[Problem, ...]]:
    from bpodsl.language import parse

    return parse(Source(name, text))


def _parsed(source: Source) -> tuple[File, tuple[Problem, ...]]:
    """Files that many agreements use are read once."""
    return _read(source.name, source.text)
