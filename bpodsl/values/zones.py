"""Time zones from the pinned zone data: local time to instant and back, never from the machine's own tables."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from bpodsl.lean import field, frozen
from bpodsl.values.instants import DAY_TICKS, EPOCH_DAY, HOUR, MINUTE, SECOND, TimeError

Side = Literal["earlier", "later"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH: Final = datetime(1970, 1, 1)
_BLOCK_DAYS: Final = 366
_BLOCK: Final = _BLOCK_DAYS * DAY_TICKS

# Offsets lie between -12 h and +14 h, so the instant of a local time read as UTC lies within these of it. No zone
# changes its offset twice within that stretch: the closest two changes since 1970 are a week apart.
_BEHIND: Final = 15 * HOUR
_AHEAD: Final = 13 * HOUR


class UnknownZone(ValueError):
    """A name that is no time zone of the pinned data; ``near`` holds up to three names it may be meant for."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        super().__init__(name, near)
        self.name = name
        self.near = near

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else "."
        return f"There is no time zone “{self.name[:60]}”{hint}"


class _Block(NamedTuple):
    """The offsets in ticks from each start on; ``day_offsets`` are those by which days are told apart."""

    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    day_offsets: tuple[int, ...]


@frozen
class Zone:
    """A time zone of the IANA data, named as there (``Europe/London``); made by `Zone.load`.

    Equal by name. Days follow one another: a day begins at its first instant, and where a clock set back over
    midnight would show the evening before a second time, that hour stays with the day already begun.
    """

    name: str
    _rules: ZoneInfo = field(eq=False)
    _blocks: dict[int, _Block] = field(factory=dict, eq=False)
    _starts: dict[int, int] = field(factory=dict, eq=False)

    @staticmethod
    def load(name: str) -> Zone:
        """The zone of that name; raises `UnknownZone`."""
        return _load(name)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _load, (self.name,)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Zone.load({self.name!r})"

    def offset(self, instant: int) -> int:
        """Whole minutes east of UTC at ``instant`` (Liberia's 44 min 30 s of before 1972 show as 45)."""
        return self._offset(instant) // MINUTE

    def local(self, instant: int) -> datetime:
        """What the clock on the wall shows at ``instant``, as a naive datetime."""
        return _NAIVE_EPOCH + timedelta(microseconds=instant + self._offset(instant))

    def wall_ticks(self, instant: int) -> int:
        """As `local`, in ticks since 1970-01-01T00:00 of the clock on the wall."""
        return instant + self._offset(instant)

    def time_of_day(self, instant: int) -> int:
        """What the clock on the wall shows at ``instant``, in ticks after midnight: never 24 h."""
        return (instant + self._offset(instant)) % DAY_TICKS

    def day(self, instant: int) -> date:
        """The local day that ``instant`` belongs to: ``start_of(day) <= instant < start_of(next day)``."""
        block = self._block(instant // _BLOCK)
        offset = block.day_offsets[bisect_right(block.starts, instant) - 1]
        return date.fromordinal((instant + offset) // DAY_TICKS + EPOCH_DAY)

    def start_of(self, day: date) -> int:
        """The first instant of a local day; for a day that the zone skipped, the first instant after the gap."""
        return self.start_of_ordinal(day.toordinal())

    def start_of_ordinal(self, ordinal: int) -> int:
        """`start_of` for a day given by ``date.toordinal``."""
        start = self._starts.get(ordinal)
        if start is None:
            start = self._starts[ordinal] = self._resolve((ordinal - EPOCH_DAY) * DAY_TICKS)[1]
        return start

    def at(self, day: date, ticks: int, side: Side | None = None) -> int:
        """The instant at which the wall clock shows ``ticks`` after midnight of ``day``.

        Raises `TimeError` ``gap`` or ``fold`` where the clock change skips or repeats that time and no ``side`` is
        given. With one, a repeated time is its earlier or later reading, and a skipped one the first instant after
        the gap.
        """
        kind, earlier, later = self._resolve((day.toordinal() - EPOCH_DAY) * DAY_TICKS + ticks)
        if kind != "plain" and side is None:
            shown = f"{day.isoformat()} {ticks // HOUR:02d}:{ticks % HOUR // MINUTE:02d}"
            said = "does not exist" if kind == "gap" else "happens twice"
            raise TimeError(kind, f"{shown} {said} in {self.name}: the clock changes then; add Z or an offset.")
        return later if side == "later" else earlier

    def wall(self, day: date, ticks: int) -> int:
        """As `at`, for every time of day from 0 to 24 h: a skipped time is the first instant after the gap, a
        repeated one its earlier reading."""
        return self._resolve((day.toordinal() - EPOCH_DAY) * DAY_TICKS + ticks)[1]

    def _offset(self, instant: int) -> int:
        block = self._block(instant // _BLOCK)
        return block.offsets[bisect_right(block.starts, instant) - 1]

    def _resolve(self, local: int) -> tuple[str, int, int]:
        """Kind, earlier and later instant of a local time given as if it were UTC."""
        before, after = self._offset(local - _BEHIND), self._offset(local + _AHEAD)
        if before == after:
            return "plain", local - before, local - before
        change = self._change(local - _BEHIND, local + _AHEAD)
        old, new = local - before, local - after
        if old < change:
            return ("fold", old, new) if new >= change else ("plain", old, old)
        return ("plain", new, new) if new >= change else ("gap", change, change)

    def _change(self, low: int, high: int) -> int:
        """The instant in (low, high] at which the offset changes; there is just one."""
        for index in range(low // _BLOCK, high // _BLOCK + 1):
            for start in self._block(index).starts:
                if low < start <= high and self._offset(start - 1) != self._offset(start):
                    return start
        raise AssertionError("the offset differs at the two ends")

    def _block(self, index: int) -> _Block:
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = self._build(index)
        return block

    def _build(self, index: int) -> _Block:
        first = index * _BLOCK
        offset = self._ask(first)
        segments = [(first, offset, offset)]
        for start in range(first, first + _BLOCK, DAY_TICKS):
            after = self._ask(start + DAY_TICKS)
            if after == offset:
                continue
            low, high = start // SECOND, (start + DAY_TICKS) // SECOND
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._ask(middle * SECOND) == offset else (low, middle)
            change = high * SECOND
            midnight = (change + offset - 1) // DAY_TICKS * DAY_TICKS
            if change + after < midnight:
                segments += [(change, after, offset), (midnight - after, after, after)]
            else:
                segments.append((change, after, after))
            offset = after
        starts, offsets, day_offsets = zip(*segments, strict=True)
        return _Block(starts, offsets, day_offsets)

    def _ask(self, instant: int) -> int:
        try:
            offset = (_EPOCH + timedelta(microseconds=instant)).astimezone(self._rules).utcoffset()
        except OverflowError:
            raise TimeError("out_of_range", "That time lies too far away to be reckoned with.") from None
        assert offset is not None
        return offset // timedelta(microseconds=1)


def zone_data_version() -> str:
    """The release of the IANA zone data in use, such as ``2026a``."""
    return str(import_module("tzdata").IANA_VERSION)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Every zone name of the pinned data, sorted."""
    return tuple(sorted((_data() / "zones").read_text("ascii").split()))


def _data() -> Path:
    """The folder of the zone data package (`importlib.resources` would say the same, and is slow to import)."""
    return Path(import_module("tzdata").__path__[0])


@lru_cache(maxsize=256)
def _load(name: str) -> Zone:
    # The list is asked first: a name comes from an agreement and must not reach into the file system.
    if name not in zone_names():
        raise UnknownZone(name, _near(name))
    with (_data() / "zoneinfo" / name).open("rb") as file:
        return Zone(name, ZoneInfo.from_file(file, key=name))


def _near(name: str) -> tuple[str, ...]:
    wanted = name[:60].strip().replace(" ", "_").lower()
    by_lower: dict[str, list[str]] = {}
    for known in zone_names():
        for form in (known.lower(), known.lower().rpartition("/")[2]):
            by_lower.setdefault(form, []).append(known)
    if wanted in by_lower:
        return tuple(by_lower[wanted][:3])
    import difflib

    found = [known for form in difflib.get_close_matches(wanted, by_lower, 3, 0.7) for known in by_lower[form]]
    return tuple(dict.fromkeys(found))[:3]
