"""Lines of what is told in short (see `record.brief`): of each entry these parts of its line in the ledger.

Rows of cases are written by what their form shares; a test holds them against the lines of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from bpodsl.native import ROW_AT, ROW_NAME, ROW_NUMBER, Machine, Rows
from bpodsl.record import Number, Numbers, Posted
from bpodsl.record.brief import Form
from bpodsl.record.entry import text_of
from bpodsl.report.objects import numbers_object, object_of
from bpodsl.report.objects import quoted as _quoted
from bpodsl.values import show_utc

PARTS: Final = ("id", "kind", "clause", "instance", "period", "key", "at", "known", "replaces", "numbers")

_WITHOUT_FRACTION: Final = len("2026-04-07T18:00:00+00:00")
_TICK: Final = timedelta(microseconds=1)
_NEVER: Final = datetime.max.year

Write = Callable[[Any], str]


class BriefLines:
    """Writes the lines of entries: of postings, and of rows of these forms (see `engine.straight.briefly`). `world`:
    the one that postings belong to, where a run has several."""

    def __init__(self, forms: Sequence[Form] = (), world: str = "") -> None:
        self._forms = forms
        self._by_form = [_writer(form) for form in forms]
        self._told: Machine | None = None
        self._before = f'{{"world":{_quoted(world)},' if world else "{"

    def of(self, entries: Iterable[Any]) -> Iterator[str]:
        """A line for each."""
        for each in entries:
            if type(each) is Rows:
                yield from [f"{line}\n" for line in self._of_machine(each).decode()[:-1].split("\n")]
            else:
                yield self._one(each)

    def together(self, entries: Iterable[Any]) -> Iterator[bytes]:
        """The lines, as many at once as may be."""
        for kind, some in groupby(entries, key=type):
            if kind is Rows:
                yield from map(self._of_machine, some)
            elif kind is Posted:
                yield "".join([f"{self._before}{_line(each)}" for each in some]).encode()
            else:
                yield "".join(map(self._one, some)).encode()

    def _one(self, entry: Any) -> str:
        return self._by_form[entry[2]](entry) if type(entry) is tuple else self._before + _line(entry)

    def _of_machine(self, rows: Rows) -> bytes:
        if self._told is not rows.machine:
            self._told = rows.machine
            rows.machine.write_as(map(_pieces, self._forms))
        return rows.machine.lines(rows.first, rows.stop)


def _line(posted: Posted) -> str:
    """What stands behind the brace."""
    entry = posted.entry
    before, behind = _around_key(
        posted.act or entry.kind, entry.clause, entry.instance, entry.period, entry.at, posted.known, posted.replaces
    )
    name = f"{entry.name}#{posted.n}" if posted.n else entry.name
    return f'"id":{_quoted(name)}{before}{_key(entry.key)}{behind}{_numbers(entry.numbers)}}}\n'


@lru_cache(maxsize=1024)
def _around_key(
    kind: str, clause: str, instance: str, period: str, at: int, known: int, replaces: str
) -> tuple[str, str]:  # fmt: skip
    """What stands around the key: of figures that settle together it is the same."""
    first = f',"kind":"{kind}","clause":{_quoted(clause)},"instance":{_quoted(instance)},"period":{_quoted(period)}'
    return (
        f'{first},"key":',
        f',"at":"{_instant(at)}","known":"{_instant(known)}","replaces":{_quoted(replaces)},"numbers":',
    )


def _numbers(numbers: Sequence[Number]) -> str:
    if type(numbers) is not Numbers:
        around = _around_numbers(tuple([each.name for each in numbers]))
        return around % tuple([_quoted(each.text) for each in numbers]) if around else numbers_object(numbers)
    columns = numbers.columns
    around = _around_numbers(columns.names)
    if not around:
        return numbers_object(numbers)
    return around % tuple(
        [
            # Counts are the most of them.
            f'"{value}"' if base == "number" and type(value) is int else _quoted(text_of(base, value))
            for base, value in zip(columns.bases, numbers.values, strict=True)
        ]
    )


_instant = lru_cache(maxsize=1024)(show_utc)
_key = lru_cache(maxsize=4096)(object_of)


@lru_cache(maxsize=1024)
def _around_numbers(names: tuple[str, ...]) -> str:
    """What stands around the numbers of these names; "" where some are alike, of which only one is told."""
    if len({*names}) < len(names):
        return ""
    return f"{{{','.join(f'{_literal(_quoted(name))}:%s' for name in names)}}}"


@lru_cache(maxsize=64)
def shown(at: datetime) -> str:
    """A moment of UTC, as `show_utc` has its instant. Entries that follow from each other are of one moment."""
    text = at.isoformat()
    return f"{text[:19]}Z" if len(text) == _WITHOUT_FRACTION else f"{text[:26].rstrip('0')}Z"


def _writer(form: Form) -> Write:
    """What writes the rows of a form."""
    places = [place for _, place in form.by]
    # Where the only number is a deadline it is written at once.
    alone = [name for name, _ in form.numbers] == ["due"]
    both = places == [0, 1]
    template = "%s".join(map(_literal, _around(form)))

    def due(row: Any) -> str:
        at, _, _, name, key, due = row
        text = shown(at)
        later = f'"due":"{text if due is at else shown(due)}"' if due.year != _NEVER else ""
        if both:
            return template % (name, name, *key, text, text, later)
        return template % (name, name, *[key[place] for place in places], text, text, later)

    def others(row: Any) -> str:
        text, name, key = shown(row[0]), row[3], row[4]
        numbers = [
            Number(called, base, _plain(value))
            for (called, base), value in zip(form.numbers, row[5:], strict=True)
            if not (isinstance(value, datetime) and value.year == _NEVER)
        ]
        return template % (name, name, *[key[place] for place in places], text, text, numbers_object(numbers)[1:-1])

    return due if alone else others


def _around(form: Form) -> list[str]:
    """What stands around the pieces of a line: twice its instance, the values of its keys, twice its instant, and its
    numbers."""
    names = [f'{_quoted(name)}:"' for name, _ in form.by]
    key = [f'","period":"","key":{{{names[0]}', *(f'",{name}' for name in names[1:])] if names else []
    return [
        f'{{"id":{_quoted(f"{form.clause}/{form.kind}/")[:-1]}',
        f'","kind":"{form.kind}","clause":{_quoted(form.clause)},"instance":"',
        *key, '"},"at":"' if names else '","period":"","key":{},"at":"',
        '","known":"', '","replaces":"","numbers":{', "}}\n",
    ]  # fmt: skip


def _pieces(form: Form) -> tuple[str, list[int], list[str]]:
    """The same for a machine."""
    between = [ROW_NAME, ROW_NAME, *(place for _, place in form.by), ROW_AT, ROW_AT, ROW_NUMBER]
    return '"due":', between, _around(form)


def _literal(text: str) -> str:
    return text.replace("%", "%%")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return shown(value)
    return value // _TICK if isinstance(value, timedelta) else value
