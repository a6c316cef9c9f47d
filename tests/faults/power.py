"""What a power cut may leave of a store: what was synced is there, and of all else any part.

A little harsher than ext4: what is written to a file is certain when that file is synced; that a name is there, or
gone, is certain when the folder is, or, of a name that was made, when its file is. Until then each write, each cut and
each name may have come to the disk or not, each for itself, and a long write by sectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from attrs import define, field, frozen

from tests.faults.bench import Operation
from tests.faults.scenarios import Scenario
from tests.faults.trials import operations

SECTOR: Final = 512
RANDOM: Final = 3
"""How many disks by chance there are for each moment, besides the kindest and the harshest."""


@define(eq=False)
class _File:
    certain: bytearray
    waiting: list[Operation] = field(factory=list)

    def sync(self) -> None:
        for each in self.waiting:
            _put(self.certain, each.offset, each.data if each.kind == "write" else None)
        self.waiting.clear()

    def left(self, luck: Random | None, keep: bool) -> bytes:
        """What is there after the cut: without luck all that waits is kept, or none of it."""
        content = bytearray(self.certain)
        for each in self.waiting:
            if each.kind == "cut":
                if keep if luck is None else luck.random() < 0.5:
                    _put(content, each.offset, None)
                continue
            for start in range(0, len(each.data), SECTOR):
                if keep if luck is None else luck.random() < 0.5:
                    _put(content, each.offset + start, each.data[start : start + SECTOR])
        return bytes(content)


def _put(content: bytearray, offset: int, data: bytes | None) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset : offset + len(data)] = data


@define
class _Disk:
    """`names`: what a program sees; `certain`: what outlasts a cut for certain; `waiting`: names made (with their
    file) or gone (None) since the folder was synced."""

    names: dict[str, _File]
    certain: dict[str, _File]
    waiting: list[tuple[str, _File | None]] = field(factory=list)

    @staticmethod
    def of(files: dict[str, bytes]) -> _Disk:
        names = {name: _File(bytearray(data)) for name, data in files.items()}
        return _Disk(names, dict(names))

    def do(self, each: Operation) -> None:
        match each.kind:
            case "make":
                self.names[each.name] = _File(bytearray())
                self.waiting.append((each.name, self.names[each.name]))
            case "remove":
                del self.names[each.name]
                self.waiting.append((each.name, None))
            case "sync" if each.name == ".":
                self._settle(len(self.waiting))
            case "sync":
                self.names[each.name].sync()
                made = [n for n, (name, file) in enumerate(self.waiting) if name == each.name and file is not None]
                # A name comes to the disk after all that happened to it before.
                self._settle(made[-1] + 1 if made else 0, each.name)
            case _:
                self.names[each.name].waiting.append(each)

    def _settle(self, count: int, name: str = "") -> None:
        kept = []
        for at, (own, file) in enumerate(self.waiting):
            if at < count and name in ("", own):
                _name(self.certain, own, file)
            else:
                kept.append((own, file))
        self.waiting = kept

    def left(self, luck: Random | None, keep: bool) -> dict[str, bytes]:
        names = dict(self.certain)
        for name, file in self.waiting:
            if keep if luck is None else luck.random() < 0.5:
                _name(names, name, file)
        return {name: file.left(luck, keep) for name, file in sorted(names.items())}


def _name(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


@frozen
class State:
    """A disk after a power cut: after so many operations; `done`: the run had ended by then."""

    after: int
    done: bool
    files: dict[str, bytes] = field(repr=False)


def states(scenario: Scenario, seed: int) -> Iterator[State]:
    """All different disks that a cut may leave, for each moment the harshest, the kindest and some by chance."""
    every, disk, luck = operations(scenario), _Disk.of(scenario.before), Random(seed)
    seen = set()
    for after in range(len(every) + 1):
        if after:
            disk.do(every[after - 1])
        done = after == len(every)
        fates = [(None, False), (None, True), *[(luck, False)] * RANDOM]
        for chance, keep in fates:
            files = disk.left(chance, keep)
            key = done, tuple(files.items())
            if key not in seen:
                seen.add(key)
                yield State(after, done, files)


def tried(scenario: Scenario, state: State) -> str:
    """What is wrong when the power comes back, "" if nothing is."""
    bench = scenario.bench
    bench.lay(state.files)
    try:
        between = scenario.ledger()
        if between not in (scenario.old, scenario.new):
            return "the ledger is neither the old one nor the new one"
        if state.done and between != scenario.new:
            return "what was committed is lost"
        bench.lay(state.files)
        again = bench.here(scenario.run)
        if again.code:
            return f"run again, it ended with {again.code}: {again.err}"
        return "" if scenario.ledger() == scenario.new else "run again, it came to another ledger"
    except AssertionError as error:
        return str(error)
    finally:
        bench.lay(scenario.before)
