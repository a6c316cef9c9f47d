"""What an agreement of a portfolio came to, kept in its store: while it would be the same, it is not evaluated again.

What is kept is all that a run says of the agreement but its postings, which the store has. It is found by a digest of
all that it follows from: the program, the agreement's text, its lines with their places, what the store says of these,
and where the chain of its postings ends. So a line that came, was mended or was let in, an amendment, another version,
or postings that are not those of then, make it be evaluated.

Besides it follows from how far time is known. It says itself until when it is the same (`holds`): until the engine has
something to do though nothing is told, or a line that waits for its time becomes known. Where that is not certain, it
is the same for the very instant alone: of agreements in which events speak of each other, or count from an instant at
which they are deemed given; where a line lies too far ahead; of cases that were decided by the loop; and where how the
agreement stands depends on the day (`report.standings.stays`).

It is plain data, and each part must be of the type that it is declared to be, so it can do nothing but be wrong; and
whatever evaluates (`verify`, `ledger --format text`, `explain`, a run with `--out`) never looks at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
from attrs import frozen

from bpodsl.engine.engine import NEVER
from bpodsl.record import Ledger
from bpodsl.record.account import Quarantined
from bpodsl.record.beside import may
from bpodsl.record.chain import Head
from bpodsl.record.gather import Input
from bpodsl.record.refusals import BEYOND_HORIZON
from bpodsl.remembered import this_program
from bpodsl.report.standings import Standing, stays
from bpodsl.terms import Contract

_PLAIN: Final = (str, int, bytes)


@frozen
class Stood:
    """What it came to, known until `until`; the same comes out for whatever instant before `holds`. The rest as of
    `cli.members.Done`; `instants`: those from which its events are known, thinned; `counts`: how many postings each
    world has; `by`: which program evaluated it."""

    standings: tuple[Standing, ...]
    account: tuple[tuple[str, int], ...]
    quarantined: tuple[Quarantined, ...]
    notes: tuple[tuple[str, str], ...]
    beyond: int
    until: int
    holds: int
    instants: tuple[int, ...]
    counts: tuple[tuple[str, int], ...]
    by: str

    def at(self, until: int) -> bool:
        """Whether it is what a run until an instant comes to."""
        return self.until <= until < self.holds


def holds(
    contract: Contract, found: Input, ledgers: Sequence[tuple[str, Ledger]], until: int, due: int | None
) -> int:  # fmt: skip
    """The first instant for which something else may come out than for `until`, though nothing more is told. `due`: the
    same of the ledgers alone."""
    plain = may(contract) and not any(kind.deemed for kind in contract.events)
    far = any(each.code == BEYOND_HORIZON.code for each in found.quarantined)
    if due is None or not plain or far or not stays(contract, ledgers):
        return until + 1
    waits = (event.known for line in found.lines for event in line.events if event.known >= until)
    # What is known at an instant counts in runs until the next.
    return max(until + 1, min(due, min(waits, default=NEVER) + 1))


def made_of(text: str, rows: bytes, bounds: object, heads: Iterable[Head]) -> str:
    """What an agreement comes to, but for how far time is known, follows from this: `text` and `rows` are digests,
    `bounds` what the store says of its lines. "" if that cannot be told."""
    program = this_program()
    told = repr((program, text, rows, bounds, tuple(heads)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() if program else ""


# ------------------------------------------------------------------------------------ as bytes
def to_bytes(stood: Stood) -> bytes | None:
    """It as plain data; None if it holds a text or number for which there is no such form."""
    try:
        return msgspec.msgpack.encode(_plain(stood))
    except (UnicodeError, OverflowError):
        return None


def from_bytes(data: bytes) -> Stood | None:
    """It again; None for bytes that are something else."""
    try:
        return _made(Stood, msgspec.msgpack.decode(data))  # type: ignore[no-any-return]
    except (msgspec.DecodeError, ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Fraction):
        # Numbers may be longer than the form has room for.
        return [str(value.numerator), str(value.denominator)]
    return [_plain(getattr(value, name)) for name in _parts(type(value))]  # type: ignore[arg-type]


def _made(kind: Any, data: Any) -> Any:
    """A value of a type from plain data. Raises ValueError, TypeError or ArithmeticError for what is none."""
    if kind in _PLAIN and type(data) is kind:
        return data
    if isinstance(kind, UnionType):
        return data if type(data) is int else Fraction(*map(int, data))
    if type(data) is not list:
        raise TypeError(kind)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        each = [inner[0]] * len(data) if inner[-1] is Ellipsis else inner
        return tuple(_made(one, part) for one, part in zip(each, data, strict=True))
    parts = _parts(kind)
    return kind(*(_made(parts[name], part) for name, part in zip(parts, data, strict=True)))


@cache
def _parts(kind: Any) -> dict[str, Any]:
    """The parts of which an object of a class is made, each with its type."""
    hints = get_type_hints(kind)
    return {name: hints[name] for name in kind.__match_args__}
