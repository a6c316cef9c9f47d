"""What differs between two terms, told where it differs: a row of a table, a limit in a condition, a deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Final

from bpodsl.compare.cases import cases_differ
from bpodsl.compare.difference import Difference, told
from bpodsl.compare.said import exactly, follows, said
from bpodsl.compare.versions import moved, versions
from bpodsl.compare.written import LABELS, Cases, canonical, same
from bpodsl.lean import is_lean, parts_of
from bpodsl.terms import (
    Accrue,
    Clause,
    Effect,
    EventField,
    ExampleEvent,
    Expectation,
    Mapping,
    Point,
    RowMapping,
)  # fmt: skip
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import OPS
from bpodsl.text import Span
from bpodsl.values import show_plain

_SHORT: Final = 64
_MOST_SHOWN: Final = 6
# Of these a difference is told whole: parts of them say too little alone.
_WHOLE: Final = (ex.Literal, ex.Compare, ex.FigureAt, ex.Standing, ex.SeriesAt, ex.Row, ex.Band)
# These are told part by part.
_IN_PARTS: Final = (EventField, Mapping, RowMapping)


def differences(part: str, old: object, new: object) -> list[Difference]:
    """What differs between two values of one part of a clause; each told once, and none if they mean the same."""
    found = dict.fromkeys(_differ(part, old, new))
    return list(found)


def _differ(part: str, old: object, new: object) -> Iterator[Difference]:
    if same(old, new):
        return
    before, after = versions(old), versions(new)
    if len(before) > 1 or len(after) > 1:
        for label, later in moved(before, after).items():
            yield Difference(f"{part}, holds", label, later)
            before[later] = before.pop(label)
        # What a change brings is told against what applies without it.
        for label in reversed(dict.fromkeys((*before, *after))):
            told_part = f"{part}, {label}" if label else part
            yield from _differ(told_part, before.get(label, before[""]), after.get(label, after[""]))
    elif isinstance(old, Cases | None) and isinstance(new, Cases | None):
        yield from cases_differ(part.removesuffix("variants"), old, new, _by_parts)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield from _tuples(part, old, new)
    elif isinstance(old, _IN_PARTS) and type(old) is type(new):
        yield from _by_parts(part, old, new)
    elif type(old) is type(new) and is_lean(type(old)) and not isinstance(old, _WHOLE):
        if max(len(said(old)), len(said(new))) <= _SHORT and not isinstance(old, ex.Table | ex.Bands):
            yield told(part, old, new)
        else:
            yield from _inside(part, old, new)
    else:
        yield told(part, old, new)


def _inside(part: str, old: object, new: object) -> Iterator[Difference]:
    """Of two long terms of one type: what differs in their parts."""
    match old, new:
        case ex.Table(subject, rows, otherwise), ex.Table(other, others, last):
            yield from _differ(f"{part}, by", subject, other)
            yield from _rows(part, rows, others)
            yield from _differ(f"{_table(part)}otherwise", otherwise, last)
        case ex.If(_, ex.Unmeasured(why), rest), ex.If(_, ex.Unmeasured(because), others) if why != because:
            # What there are too few of is told by the words for it.
            yield Difference(f"{_table(part)}not measured where", why, because)
            yield from _differ(part, rest, others)
        case ex.Bands(subject, bands), ex.Bands(other, others):
            yield from _differ(f"{part}, by bands of", subject, other)
            yield from _aligned(f"{_table(part)}band", bands, others)
        case _:
            pairs = [(getattr(old, name), getattr(new, name)) for name in parts_of(type(old))]
            pairs = [(one, other) for one, other in pairs if not same(one, other)]
            # A word alone, such as an operator, says nothing of what it joins.
            if all(isinstance(each, tuple) or is_lean(type(each)) for pair in pairs for each in pair):
                for one, other in pairs:
                    yield from _differ(part, one, other)
            else:
                yield told(part, old, new)


def _rows(part: str, old: tuple[ex.Row, ...], new: tuple[ex.Row, ...]) -> Iterator[Difference]:
    """Rows of a table: those of one bound by their results, the others as they stand."""
    olds = {(row.op, canonical(row.bound)): row for row in old}
    news = {(row.op, canonical(row.bound)): row for row in new}
    for key, row in olds.items():
        if key in news:
            yield from _differ(f"{_table(part)}{OPS[row.op]} {said(row.bound)}", row.result, news[key].result)
    gone = [row for key, row in olds.items() if key not in news]
    come = [row for key, row in news.items() if key not in olds]
    if [key for key in olds if key in news] != [key for key in news if key in olds]:
        yield told(f"{_table(part)}order of rows", old, new)
    yield from _paired(f"{_table(part)}row", gone, come)


def _table(part: str) -> str:
    """Before the name of a row: what holds the table, unless it is all of a formula."""
    return part.removesuffix("formula") if part.endswith("formula") else f"{part}, "


def _aligned(part: str, old: Sequence[ex.Band], new: Sequence[ex.Band]) -> Iterator[Difference]:
    if len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            if not same(one, other):
                yield told(part, one, other)
        return
    kept = {repr(canonical(each)) for each in old} & {repr(canonical(each)) for each in new}
    gone = [each for each in old if repr(canonical(each)) not in kept]
    come = [each for each in new if repr(canonical(each)) not in kept]
    yield from _paired(part, gone, come)


def _paired(part: str, gone: Sequence[object], come: Sequence[object]) -> Iterator[Difference]:
    """What is gone beside what came in its place, if they are as many; else each by itself."""
    if len(gone) == len(come):
        for one, other in zip(gone, come, strict=True):
            yield told(part, one, other)
        return
    for one in gone[:_MOST_SHOWN]:
        yield Difference(part, said(one), "")
    for other in come[:_MOST_SHOWN]:
        yield Difference(part, "", said(other))
    for sign, several in (("gone", gone), ("new", come)):
        if len(several) > _MOST_SHOWN:
            more = f"{len(several) - _MOST_SHOWN} more"
            yield Difference(f"{part} ({sign})", more if sign == "gone" else "", more if sign == "new" else "")


def _tuples(part: str, old: tuple[object, ...], new: tuple[object, ...]) -> Iterator[Difference]:
    if _consequences(old) and _consequences(new):
        yield from _follows(part, old, new)  # type: ignore[arg-type]
        return
    if all(isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str) for each in (*old, *new)):
        yield from _named(part, old, new)
        return
    if not old or not new or all(isinstance(each, str) for each in (*old, *new)):
        yield told(part, old, new)
        return
    if all(isinstance(each, ExampleEvent | Expectation) for each in (*old, *new)):
        yield from _lines(part, old, new, _as_written)
        return
    if all(isinstance(each, Point) for each in (*old, *new)):
        yield from _lines(part, old, new, _point)
        return
    if all(isinstance(each, date) for each in (*old, *new)):
        yield from _days(part, old, new)  # type: ignore[arg-type]
        return
    olds, news = [repr(canonical(each)) for each in old], [repr(canonical(each)) for each in new]
    if sorted(olds) == sorted(news):
        yield told(f"{part}, in another order", old, new)
        return
    for sign, a, b, c, d in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if sign == "replace" and b - a == d - c:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                yield from _differ(part, one, other)
        elif sign != "equal":
            yield from _paired(part, old[a:b], new[c:d])


def _days(part: str, old: tuple[date, ...], new: tuple[date, ...]) -> Iterator[Difference]:
    """Days of a list that are no more, and those that are now: the first of them, and how many follow."""
    gone, came = (sorted({*these} - {*those}) for these, those in ((old, new), (new, old)))
    if gone:
        yield Difference(part, _listed(gone), "")
    if came:
        yield Difference(part, "", _listed(came))


def _listed(days: list[date]) -> str:
    more = len(days) - _MOST_SHOWN
    return said(tuple(days[:_MOST_SHOWN])) + (f" and {more} more until {days[-1]}" if more > 0 else "")


def _named(part: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[Difference]:
    """Values by name; their order only where nothing else differs."""
    olds, news = dict(old), dict(new)
    found = [
        each for name in dict.fromkeys((*olds, *news))
        for each in _differ(f"{part}, {name}", olds.get(name), news.get(name))
    ]  # fmt: skip
    yield from found or [told(part, old, new)]


def _lines(
    part: str, old: Sequence[object], new: Sequence[object], say: Callable[[object], str]
) -> Iterator[Difference]:
    """Lines of one kind, told as they would be written."""
    olds, news = ([repr(canonical(each)) for each in lines] for lines in (old, new))
    for sign, a, b, c, d in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if sign == "equal":
            continue
        gone, come = [say(each) for each in old[a:b]], [say(each) for each in new[c:d]]
        if gone == come:
            gone, come = [exactly(each) for each in old[a:b]], [exactly(each) for each in new[c:d]]
        yield from _paired(part, gone, come)


def _as_written(line: object) -> str:
    assert isinstance(line, ExampleEvent | Expectation)
    return " ".join(line.span.text.split()) if line.span is not None else exactly(line)


def _point(point: object) -> str:
    assert isinstance(point, Point)
    since = f", published {point.published}" if point.published is not None else ""
    return f"{point.at} {' '.join(point.key)} {_number(point.value)}{since}".replace("  ", " ")


def _number(value: object) -> str:
    try:
        return show_plain(value)  # type: ignore[arg-type]
    except (TypeError, AttributeError):
        return str(value)


# ------------------------------------------------------------------------------------ what follows
def _consequences(value: tuple[object, ...]) -> bool:
    return bool(value) and all(
        isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str) and isinstance(each[1], Effect)
        for each in value
    )


def _follows(
    part: str, old: tuple[tuple[str, Effect], ...], new: tuple[tuple[str, Effect], ...]
) -> Iterator[Difference]:  # fmt: skip
    olds = {repr(canonical(each)): each for each in old}
    news = {repr(canonical(each)): each for each in new}
    gone = [each for key, each in olds.items() if key not in news]
    come = [each for key, each in news.items() if key not in olds]
    if not gone and not come:
        yield told(f"{part}, in another order", tuple(map(follows, old)), tuple(map(follows, new)))
        return
    for one in list(gone):
        other = next((each for each in come if _alike(one, each)), None)
        if other is not None:
            gone.remove(one)
            come.remove(other)
            yield from _differ(f"when {one[0]}", one[1], other[1])
    yield from (Difference(part, follows(one), "") for one in gone)
    yield from (Difference(part, "", follows(other)) for other in come)


def _alike(one: tuple[str, Effect], other: tuple[str, Effect]) -> bool:
    """Whether one may be what became of the other."""
    if one[0] != other[0] or type(one[1]) is not type(other[1]):
        return False
    return not isinstance(one[1], Accrue) or one[1].line == getattr(other[1], "line", None)


def _by_parts(part: str, old: object, new: object) -> Iterator[Difference]:
    labels = LABELS.get(type(old).__name__, {})
    for name in parts_of(type(old)):
        one, other = getattr(old, name), getattr(new, name)
        if not isinstance(one, Clause | Span) and name not in ("version", "variants"):
            yield from _differ(f"{part}: {labels.get(name, name.replace('_', ' '))}", one, other)
