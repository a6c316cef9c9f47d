"""Whether an id came twice, without keeping all ids.

Ids that only ever rise cannot come twice, whatever came before. They rise if each is longer than the one before it, or
of its length and behind it in order of letters: so do counters, with leading zeros or without.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from operator import itemgetter, lt
from typing import IO, Final

from bpodsl.native import Block, hashed, twice

_IN_MEMORY: Final = 1 << 20
_SHARES: Final = 256
_EARLY: Final = 20_000
"""Of so many ids it is found out for nothing whether they rise."""

Id = tuple[int, str]
Reach = tuple[Id, Id]
_last: Final = itemgetter(1)


class NotRising(Exception):
    """Ids do not rise, and those that came before are not there any more."""


class Identities:
    """Ids in any order. Of those that do not rise eight bytes each are put into a file, and compared in the end: two
    that are the same there may be different ids, but then the events are gathered as ever, which compares the ids."""

    def __init__(self) -> None:
        self._top: dict[str, Id] = {}
        self._rising = True
        self._file: IO[bytes] | None = None
        self._salt: dict[str, int] = {}

    def add(self, source: str, ids: Sequence[str] | Block) -> None:
        """More ids of a source, one at least."""
        salt = self._salt.setdefault(source, 0 if not self._salt else hash(source))
        self._put(ids.hashes(salt) if isinstance(ids, Block) else hashed(ids, salt))
        if self._rising:
            self._rising = not isinstance(ids, Block) and self._rise(source, ids)

    def _put(self, hashes: bytes) -> None:
        if self._file is None:
            # It takes long to import.
            from tempfile import SpooledTemporaryFile

            self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._file.write(hashes)

    def _rise(self, source: str, ids: Sequence[str]) -> bool:
        top, long = self._top.get(source, (0, "")), len(ids[0])
        if (long, ids[0]) <= top:
            return False
        self._top[source] = long, ids[-1]
        return all(map(long.__eq__, map(len, ids))) and all(one < other for one, other in pairwise(ids))

    def after(self) -> None:
        """A batch is through."""

    def close(self) -> None:
        """All have come."""

    @property
    def repeated(self) -> bool:
        """Whether one may have come twice."""
        if self._rising or self._file is None:
            return False
        self._file.seek(0)
        found = twice(self._file)
        if found is not None:
            return found
        self._file.seek(0)
        shares = [array("q") for _ in range(_SHARES)]
        while block := self._file.read(1 << 20):
            for each in array("q", block):
                shares[each & 255].append(each)
        return any(len(set(share)) < len(share) for share in shares)


class Rising:
    """Ids of which each batch lies, in order, where none of those before does. While they are few they are held; if
    they turn out not to rise, they are told apart as `Identities` does from then on. Later that raises `NotRising`."""

    def __init__(self) -> None:
        self._batch: dict[str, list[Sequence[str] | Block]] = {}
        # By source: from where to where ids have come, in order.
        self._reached: dict[str, list[Reach]] = {}
        self._early: list[tuple[str, Sequence[str] | Block]] | None = []
        self._count = 0
        self._others: Identities | None = None

    def add(self, source: str, ids: Sequence[str] | Block) -> None:
        """More ids of a source."""
        if self._others is not None:
            self._others.add(source, ids)
            return
        self._batch.setdefault(source, []).append(ids)
        if self._early is not None:
            self._early.append((source, ids))
            self._count += ids.count if isinstance(ids, Block) else len(ids)

    def after(self) -> None:
        """A batch is through."""
        batch, self._batch = self._batch, {}
        if all(self._lie_apart(source, parts) for source, parts in batch.items()):
            if self._count > _EARLY:
                self._early = None
            return
        if self._early is None:
            raise NotRising
        self._others = Identities()
        for source, ids in self._early:
            self._others.add(source, ids)
        self._early = None

    def close(self) -> None:
        """All have come."""
        self.after()

    @property
    def repeated(self) -> bool:
        """Whether one may have come twice."""
        return self._others is not None and self._others.repeated

    # ------------------------------------------------------------------ where ids lie
    def _lie_apart(self, source: str, parts: list[Sequence[str] | Block]) -> bool:
        """Take note of some ids; whether they rise, once they are in order, where no others have come."""
        reached = self._reached.setdefault(source, [])
        (only,) = parts if len(parts) == 1 else (None,)
        if isinstance(only, Block) and only.rises:
            first, last = (_key(only.text(place, False).decode()) for place in (0, only.count - 1))
            if not reached or reached[-1][1] < first:
                reached.append((first, last))
                return True
        ids = list(chain.from_iterable(each.ids() if isinstance(each, Block) else each for each in parts))
        long = set(map(len, ids))
        if len(long) > 1 or not all(map(lt, ids, islice(ids, 1, None))):
            ids.sort(key=_key)
            if not all(one != other for one, other in pairwise(ids)):
                return False
        return self._put(reached, list(map(_key, ids)))

    def _put(self, reached: list[Reach], ids: list[Id]) -> bool:
        """The same, of ids in order."""
        new: list[Reach] = []
        for place, together in _by_gap(reached, ids):
            if place < len(reached) and reached[place][0] <= together[-1]:
                return False
            new.append((together[0], together[-1]))
        reached += new
        reached.sort()
        return True


def _by_gap(reached: list[Reach], ids: list[Id]) -> Iterator[tuple[int, list[Id]]]:
    """Ids by the first of what was reached that does not end before them."""
    done = 0
    while done < len(ids):
        place = bisect_left(reached, ids[done], key=_last)
        stop = bisect_right(ids, reached[place][1]) if place < len(reached) else len(ids)
        yield place, ids[done:stop]
        done = stop


def _key(text: str) -> Id:
    return len(text), text
