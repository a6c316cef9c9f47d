"""The agreements of a portfolio: each `.bpo` file below a folder that is one, and is no part of another.

They are understood one by one, without doubts (`check` has those), each in whatever process is free.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from bpodsl.pipeline import Asked, Reading, agreements, understand
from bpodsl.portfolio.processes import Workers
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
    told = list(workers.each(_understood, paths, str, done))
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


def _understood(path: Path) -> Member | Broken | Part:
    read: dict[Path, bytes] = {}

    def noted(each: Path) -> bytes:
        data = read[each.resolve()] = bytes_of(each)
        return data

    understood = understand(path, "", Asked(doubts_later=True), Reading(noted, _parsed))
    contract, problems = understood.contract, understood.problems
    if contract is not None and understood.sound:
        packed = zlib.compress(pickle.dumps(contract, pickle.HIGHEST_PROTOCOL), 1)
        return Member(
            path, contract.name, contract.zone, contract.mappings, understood.used, packed, len(problems),
            digest_of(read[each] for each in files_of(path, understood.used)),
        )  # fmt: skip
    errors = tuple(each for each in problems if each.severity is Severity.ERROR)
    if not understood.headed and all(each.code == UNHEADED for each in errors):
        return Part(path)
    return Broken(path, _named(path) if contract is None else contract.name, errors, understood.used)


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
