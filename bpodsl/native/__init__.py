"""The part of long runs that is also there as compiled code: reading blocks of lines, deciding straight cases, writing
their lines (`source`).

It is optional. `library()` is None where it was not made for this machine, was made from other files, or where
`BPODSL_NATIVE` is `off`; then the same is done in Python, with the same results. Here are only its functions as Python
sees them, and what packs the tables that it is given.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from bpodsl.cached import sha256
from bpodsl.native.build import NAME, digest

if TYPE_CHECKING:
    import ctypes

NONE: Final = -(1 << 63)
NOT_OPEN: Final = NONE + 1
ODD: Final = NONE + 2
NEVER: Final = 1 << 62
ROW_NAME, ROW_AT, ROW_NUMBER = -1, -2, -3
"""What stands between the pieces of a line, besides values of the key, by place."""

_LONG: Final = {
    "block_read", "block_packed", "block_of_columns", "longest_of", "block_ids", "block_hashes", "block_free",
    "texts_hashed", "any_twice", "machine_run", "machine_sweep", "machine_save", "machine_back", "machine_sort",
    "machine_take_rows", "machine_lines", "machine_free",
}  # fmt: skip
"""What lets go of the interpreter while it works. All others are over before another thread would have it."""

Value = str | None


def library() -> ctypes.CDLL | None:
    """Its functions."""
    return None if os.environ.get("BPODSL_NATIVE") == "off" else _loaded()


@lru_cache(maxsize=1)
def _loaded() -> ctypes.CDLL | None:
    path = Path(__file__).parent / NAME
    if not path.exists():
        return None
    import ctypes as c

    try:
        found, at_once = c.CDLL(str(path)), c.PyDLL(str(path))
        found.made_from.restype = c.c_char_p
        if found.made_from() != digest(sha256).encode():
            return None
    except (OSError, AttributeError):
        return None
    whole, small, at, size = c.c_int64, c.c_int32, c.c_void_p, c.POINTER(c.c_int64)
    for name, gives, takes in (
        ("forms_new", at, (c.c_char_p, whole, whole, whole, whole)),
        ("forms_free", None, (at,)),
        ("block_read", c.POINTER(_block()), (at, c.c_char_p, whole, whole)),
        ("block_packed", c.POINTER(_block()), (c.c_char_p, whole, whole, whole, whole)),
        ("block_of_columns", c.POINTER(_block()), (at, size, whole, whole)),
        ("longest_of", whole, (at, whole)),
        ("block_before", whole, (at, whole)),
        ("block_times", None, (at, size)),
        ("block_text", at, (at, whole, small, size)),
        ("block_ids", whole, (at, c.c_char_p)),
        ("block_place", whole, (at, whole)),
        ("block_hashes", None, (at, c.c_uint64, at)),
        ("hash_keyed", None, (c.c_uint64, c.c_uint64)),
        ("texts_hashed", None, (c.c_char_p, whole, c.c_uint64, at)),
        ("any_twice", whole, (at, whole)),
        ("block_free", None, (at,)),
        ("machine_new", at, (c.c_char_p, whole, answer_type(), calendar_type())),
        ("machine_write_as", None, (at, c.c_char_p, whole)),
        ("machine_free", None, (at,)),
        ("machine_run", whole, (at, whole, whole, at, whole, whole, c.c_char_p, whole)),
        ("machine_sweep", None, (at, whole, whole, whole, whole)),
        ("machine_save", None, (at,)),
        ("machine_keep", None, (at,)),
        ("machine_back", None, (at,)),
        ("machine_close", None, (at,)),
        ("machine_sort", None, (at,)),
        ("machine_take_rows", None, (at, at)),
        ("machine_share", None, (at, whole, whole)),
        ("machine_lines", whole, (at, whole, whole)),
        ("machine_out", at, (at,)),
        ("machine_rows", whole, (at,)),
        ("machine_before", whole, (at, whole, whole)),
        ("machine_told", None, (at, whole)),
        ("machine_row", whole, (at, whole, size)),
        ("machine_odd", None, (at, whole, c.c_char_p, whole)),
        ("machine_spoilt", whole, (at, whole)),
        ("machine_spoilt_key", at, (at, whole, whole, size)),
        ("machine_left", whole, (at, whole)),
        ("machine_left_at", size, (at, whole)),
        ("machine_standing", whole, (at, whole)),
        ("machine_failed", whole, (at,)),
        ("machine_groups", whole, (at, whole)),
        ("machine_group", at, (at, whole, whole, size)),
        ("machine_taken", whole, (at, whole, whole, size)),
        ("machine_outcomes", whole, (at,)),
        ("machine_outcome", None, (at, whole, size)),
        ("machine_counted", None, (at,)),
    ):  # fmt: skip
        function = getattr(found if name in _LONG else at_once, name)
        function.restype, function.argtypes = gives, takes
        setattr(found, name, function)
    found.hash_keyed(*struct.unpack("=QQ", os.urandom(16)))
    return found


def _there() -> Any:
    """The library, where it is there."""
    return library()


@lru_cache(maxsize=1)
def _block() -> Any:
    """What of a block of events is looked at from here."""
    import ctypes as c

    class Block(c.Structure):
        _fields_ = (
            ("count", c.c_int64), ("width", c.c_int64), ("left", c.c_int64), ("rises", c.c_int64),
            ("events", c.c_void_p), ("order", c.POINTER(c.c_int64)), ("stride", c.c_int64),
            ("left_at", c.POINTER(c.c_int64)), ("left_size", c.POINTER(c.c_int64)),
            ("left_place", c.POINTER(c.c_int64)), ("own", c.c_void_p), ("first", c.c_int64), ("last", c.c_int64),
            ("said", c.c_int64),
        )  # fmt: skip

    return Block


@lru_cache(maxsize=1)
def answer_type() -> Any:
    """What is asked of Python where a table does not know: the table, and the values, packed."""
    import ctypes as c

    return c.CFUNCTYPE(c.c_int64, c.c_int64, c.c_void_p, c.c_int64)


@lru_cache(maxsize=1)
def calendar_type() -> Any:
    """What is asked of a calendar: which, what (0: how long it is open between two instants; 1 and 2: when it has been
    open for so long), and two numbers."""
    import ctypes as c

    return c.CFUNCTYPE(c.c_int64, c.c_int64, c.c_int64, c.c_int64, c.c_int64)


# ------------------------------------------------------------------------------------ packing
def small(number: int) -> bytes:
    """A number of four bytes."""
    return struct.pack("=i", number)


def whole(*numbers: int) -> bytes:
    """Numbers of eight bytes."""
    return struct.pack(f"={len(numbers)}q", *numbers)


def counted(numbers: Sequence[int]) -> bytes:
    """Numbers of eight bytes, behind how many there are."""
    return whole(len(numbers), *numbers)


def text(value: Value) -> bytes:
    """A text behind its length, or that there is none."""
    if value is None:
        return small(-1)
    found = value.encode()
    return small(len(found)) + found


def long_text(value: str) -> bytes:
    """A text behind its length, of eight bytes."""
    found = value.encode()
    return whole(len(found)) + found


def values_of(packed: bytes) -> tuple[Value, ...]:
    """The texts that `text` packed, one behind the other."""
    found: list[Value] = []
    at = 0
    while at < len(packed):
        (size,) = struct.unpack_from("=i", packed, at)
        at += 4
        found.append(None if size < 0 else packed[at : at + size].decode())
        at += max(size, 0)
    return tuple(found)


# ------------------------------------------------------------------------------------ texts as numbers
_WHOLE: Final = (1 << 64) - 1


def hashed(texts: Sequence[str], salt: int) -> bytes:
    """Eight bytes for each, the same in one process for the same text (and for that of an event of a `Block`)."""
    found = library()
    if found is None:
        return array("q", [hash(each) ^ salt for each in texts] if salt else map(hash, texts)).tobytes()
    into = bytearray(8 * len(texts))
    parts = [each.encode("utf-8", "surrogatepass") for each in texts]
    packed = b"".join([part for each in parts for part in (small(len(each)), each)])
    found.texts_hashed(packed, len(texts), salt & _WHOLE, _at(into))
    return bytes(into)


def twice(file: IO[bytes]) -> bool | None:
    """Whether two are the same of the numbers of eight bytes of a file; None where the library is not there."""
    found = library()
    if found is None:
        return None
    numbers = bytearray(file.read())
    return bool(found.any_twice(_at(numbers), len(numbers) // 8)) if numbers else False


def _at(of: bytearray) -> Any:
    import ctypes as c

    return c.addressof(c.c_char.from_buffer(of)) if of else None


# ------------------------------------------------------------------------------------ what is held
class Forms:
    """How lines look that may be taken. `packed`: each form, as `reading.c` has it. `separator`: of cells; of lines of
    JSON there is none."""

    def __init__(self, packed: bytes, first: int, end: int, separator: str = "") -> None:
        self.library = _there()
        self.handle = self.library.forms_new(packed, len(packed), first, end, ord(separator) if separator else 0)

    def __del__(self) -> None:
        self.library.forms_free(self.handle)


class Block:
    """Events, in order of time. `whole`: the lines that they were read from, which must stay as long as they."""

    def __init__(self, found: Any, whole: bytes = b"") -> None:
        self.begins = 0
        """The place of the line ahead of the first."""
        self.library = _there()
        self.found = found
        self.whole = whole
        of = found.contents
        self.count: int = of.count
        self.first: int = of.first
        self.last: int = of.last
        self.rises: bool = bool(of.rises)
        self.said: int = of.said

    def __del__(self) -> None:
        self.library.block_free(self.found)

    @classmethod
    def read(cls, forms: Forms, whole: bytes, place: int) -> Block:
        """Of lines, each ended by a line feed; `place`: that of the first."""
        made = cls(forms.library.block_read(forms.handle, whole, len(whole), 1), whole)
        made.begins = place - 1
        return made

    @classmethod
    def of(cls, events: Iterable[tuple[int, int, int, str, Sequence[Value]]], width: int, keys: int) -> Block:
        """Of events: their instant, family, kind, id as refs have it, and values, the first of which are their keys."""
        found = _there()
        parts: list[bytes] = []
        count = 0
        for at, family, kind, name, values in events:
            count += 1
            parts.append(whole(at) + small(family) + small(kind) + text(name) + small(len(values)))
            parts.extend(map(text, values))
        packed = b"".join(parts)
        return cls(found.block_packed(packed, len(packed), count, width, keys))

    def before(self, at: int) -> int:
        """How many events lie before an instant."""
        return int(self.library.block_before(self.found, at))

    def times(self) -> list[int]:
        """The instants, in order."""
        import ctypes as c

        into = (c.c_int64 * max(self.count, 1))()
        self.library.block_times(self.found, into)
        return list(into)[: self.count]

    def order(self) -> list[int]:
        """The events in order of time, by where they stand in the file."""
        return list(self.found.contents.order[: self.count])

    def text(self, number: int, line: bool) -> bytes:
        """The id, or the line, of the event that stands there in the file."""
        import ctypes as c

        size = c.c_int64()
        at = self.library.block_text(self.found, number, int(line), c.byref(size))
        return c.string_at(at, size.value) if size.value > 0 else b""

    def ids(self) -> list[str]:
        """Those of all events that were read, in the order of the file."""
        import ctypes as c

        size = self.library.block_ids(self.found, None)
        into = c.create_string_buffer(size or 1)
        self.library.block_ids(self.found, into)
        return into.raw[:size].decode().split("\n")[:-1]

    def hashes(self, salt: int) -> bytes:
        """As `hashed`, of their ids."""
        into = bytearray(8 * self.count)
        self.library.block_hashes(self.found, salt & _WHOLE, _at(into))
        return bytes(into)

    def place(self, number: int) -> int:
        """The number of the line of the event that stands there in the file."""
        return self.begins + int(self.library.block_place(self.found, number))

    def left(self) -> Iterator[tuple[int, bytes]]:
        """The lines that were not taken, with their places."""
        of = self.found.contents
        for number in range(of.left):
            at = of.left_at[number]
            yield self.begins + of.left_place[number], self.whole[at : at + of.left_size[number]]


Ask = Callable[[int, tuple[Value, ...]], int]
AskCalendar = Callable[[int, int, int, int], int]


class Machine:
    """What decides cases. `packed`: its programs, as `telling.c` has them. What Python answers with may raise: then the
    call that asked raises it."""

    def __init__(self, packed: bytes, ask: Ask, calendar: AskCalendar, width: int) -> None:
        import ctypes as c

        self.library = _there()
        self.width = width
        self._raised: BaseException | None = None

        def asked(which: int, at: int, size: int) -> int:
            try:
                return ask(which, values_of(c.string_at(at, size) if size else b""))
            except BaseException as raised:
                self._raised = raised
                return NONE

        def asked_of(which: int, what: int, one: int, other: int) -> int:
            try:
                return calendar(which, what, one, other)
            except BaseException as raised:
                self._raised = raised
                return NEVER

        # They must live as long as what calls them.
        self._calls = answer_type()(asked), calendar_type()(asked_of)
        self.handle = self.library.machine_new(packed, len(packed), *self._calls)

    def __del__(self) -> None:
        self.library.machine_free(self.handle)

    def _check(self) -> None:
        raised, self._raised = self._raised, None
        if raised is not None:
            raise raised

    @property
    def failed(self) -> bool:
        """Whether there was an instant that cannot be said."""
        return bool(self.library.machine_failed(self.handle))

    def run(self, family: int, way: int, block: Block, first: int, stop: int, begin: bytes) -> list[int]:
        """Decide events of a block; those of odd cases, by where they stand in the file."""
        self.library.machine_run(self.handle, family, way, block.found, first, stop, begin, len(begin))
        self._check()
        count = self.library.machine_left(self.handle, family)
        return list(self.library.machine_left_at(self.handle, family)[:count]) if count else []

    def sweep(self, family: int, way: int, at: int, late: int) -> None:
        """Let fall due what does before `late` (or early, at `at`)."""
        self.library.machine_sweep(self.handle, family, way, at, late)
        self._check()

    def call(self, name: str, *given: int) -> int:
        """One of the functions that take and give numbers."""
        return getattr(self.library, f"machine_{name}")(self.handle, *given) or 0

    def take_rows(self, other: Machine) -> None:
        """The entries of another one that decides other cases."""
        self.library.machine_take_rows(self.handle, other.handle)

    def odd(self, family: int, key: Sequence[str]) -> None:
        """A case that is left to the general machine."""
        packed = b"".join(map(text, key))
        self.library.machine_odd(self.handle, family, packed, len(packed))

    def spoilt(self, family: int) -> list[tuple[Value, ...]]:
        """The keys of cases that were given up."""
        count = self.call("spoilt", family)
        return [self._values("spoilt_key", family, number) for number in range(count)]

    def _values(self, name: str, *which: int) -> tuple[Value, ...]:
        import ctypes as c

        size = c.c_int64()
        at = getattr(self.library, f"machine_{name}")(self.handle, *which, c.byref(size))
        return values_of(c.string_at(at, size.value)) if size.value else ()

    def groups(self, table: int, known: list[tuple[Value, ...]]) -> None:
        """Add to `known` the values of groups that have come since."""
        for number in range(len(known), self.call("groups", table)):
            known.append(self._values("group", table, number))

    def taken(self, table: int) -> list[tuple[int, int, int]]:
        """Of each group in which there were outcomes since this was asked last: its number, how many were fulfilled,
        and missed."""
        import ctypes as c

        into = (c.c_int64 * 2)()
        found = []
        for number in range(self.call("groups", table)):
            if self.library.machine_taken(self.handle, table, number, into):
                found.append((number, into[0], into[1]))
        return found

    def outcomes(self) -> list[tuple[int, int, int, int, int]]:
        """The outcomes that came about: instant, table, group, status, place. They are forgotten."""
        import ctypes as c

        into = (c.c_int64 * 5)()
        found: list[tuple[int, int, int, int, int]] = []
        for number in range(self.call("outcomes")):
            self.library.machine_outcome(self.handle, number, into)
            found.append((into[0], into[1], into[2], into[3], into[4]))
        self.call("counted")
        return found

    def row(self, number: int) -> tuple[int, int, str, tuple[Value, ...], tuple[int, int]]:
        """An entry: its instant, form, instance, key and numbers."""
        import ctypes as c

        into = (c.c_int64 * 4)()
        size = self.library.machine_row(self.handle, number, into)
        name, *key = values_of(c.string_at(self.library.machine_out(self.handle), size))
        return into[0], into[1], name or "", tuple(key), (into[2], into[3])

    def write_as(self, shapes: Iterable[tuple[str, Sequence[int], Sequence[str]]]) -> None:
        """How lines are put together: of each form what stands ahead of its number, what stands between the pieces of
        the line, and these."""
        packed = b"".join(
            long_text(due) + counted(between) + b"".join(map(long_text, pieces)) for due, between, pieces in shapes
        )
        self.library.machine_write_as(self.handle, packed, len(packed))

    def lines(self, first: int, stop: int) -> bytes:
        """The lines of entries."""
        import ctypes as c

        size = self.library.machine_lines(self.handle, first, stop)
        return c.string_at(self.library.machine_out(self.handle), size) if size else b""


class Rows:
    """Entries that are in a machine, from one to another, until the next are asked for. `of(number)`: one of them."""

    def __init__(self, machine: Machine, first: int, stop: int, of: Callable[[int], Any]) -> None:
        self.machine, self.first, self.stop = machine, first, stop
        self._of = of

    def __iter__(self) -> Iterator[Any]:
        return map(self._of, range(self.first, self.stop))
