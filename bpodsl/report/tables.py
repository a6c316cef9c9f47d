"""The row of a table that applied, and what each band came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from attrs import frozen

from bpodsl.record import Entry
from bpodsl.report.history import History
from bpodsl.terms import Expression, Figure, Kind, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import OPS
from bpodsl.terms.waiting import parted

_UP_TO: Final = {">=": "at least", ">": "more than", "<=": "up to", "<": "below"}
Given = Mapping[object, object]


def told_tables(run: History, figure: Figure, entry: Entry) -> Iterator[str]:
    """Of each table that a settled value went through: with what, by which row, and what that came to."""
    if isinstance(entry.number("value"), NotMeasured):
        return
    shown = ((part, entry.number(name)) for name, part in figure.shows)
    given: dict[object, object] = {part: value for part, value in shown if value is not None}
    for table in reached(run, figure.value, entry, given):
        if isinstance(table, ex.Bands):
            yield from _bands(run, figure, table, entry, given)
        else:
            yield from _row(run, figure, table, entry, given)


def reached(run: History, value: Expression, entry: Entry, given: Given) -> Iterator[ex.Table | ex.Bands]:
    """The tables that the value went through."""
    stack: list[object] = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, ex.Bands):
            yield part
        elif isinstance(part, ex.Table) and isinstance(part.subject, ex.GroupKey):
            place = chosen(run, part, entry, given)
            stack += [] if place is None else [part.rows[place].result if place >= 0 else part.otherwise]
        elif isinstance(part, ex.Table):
            if any(row.op != "=" for row in part.rows):
                yield part
        elif isinstance(part, ex.If):
            holds = run.reckon(part.condition, entry, given)
            if isinstance(holds, bool):
                stack.append(part.then if holds else part.otherwise)
        elif not isinstance(part, ex.Aggregate):
            stack.extend(reversed(parted(part)[0]))


def chosen(run: History, table: ex.Table, entry: Entry, given: Given) -> int | None:
    """The place of the row that applied, -1 for what applies otherwise; None where it does not follow."""
    for place, row in enumerate(table.rows):
        applies = run.reckon(ex.Compare(row.op, table.subject, row.bound), entry, given)
        if not isinstance(applies, bool):
            return None
        if applies:
            return place
    return -1


def _row(run: History, figure: Figure, table: ex.Table, entry: Entry, given: Given) -> Iterator[str]:
    place, subject = chosen(run, table, entry, given), run.reckon(table.subject, entry, given)
    if place is None or not isinstance(subject, int | Fraction):
        return
    kind = _kind_of(run, figure, table.subject, entry)
    result = table.otherwise if place < 0 else table.rows[place].result
    priced = isinstance(result, ex.Arithmetic) and result.op == "*" and result.left == table.subject
    rate = result.right if priced and isinstance(result, ex.Arithmetic) else result
    value = run.reckon(rate, entry, given)
    if not isinstance(value, int | Fraction) or (table in given and not priced and given[table] != value):
        return
    row = row_of(run, figure, table, entry, given, priced)
    if row is None:
        return
    what = run.words.clause(table.subject.figure) if isinstance(table.subject, ex.FigureAt) else "it"
    told = run.show.value(value, _kind_of_rate(figure, table, rate, priced))
    head = f"{what} is {run.show.value(subject, kind)}, so the row `{row}` applies"
    if priced:
        sum_ = subject * value
        yield f"{head}: {run.show.value(subject, kind)} × {told} = {run.show.value(sum_, figure.kind)}"
        return
    yield f"{head}: {told}{_of_base(run, figure, table, value, entry, given)}"


def row_of(
    run: History, figure: Figure, table: ex.Table, entry: Entry, given: Given, priced: bool = False
) -> str | None:  # fmt: skip
    """The row of an ordered table that applied, in its words; None where that does not follow. `priced`: it gives the
    price of the whole, so that its bound is one up to which the price holds."""
    place = chosen(run, table, entry, given)
    if place is None or place < 0:
        return None if place is None else "otherwise"
    bound = run.reckon(table.rows[place].bound, entry, given)
    if not isinstance(bound, int | Fraction) or table.rows[place].op not in OPS:
        return None
    words = _UP_TO if priced else OPS
    return f"{words[table.rows[place].op]} {run.show.value(bound, _kind_of(run, figure, table.subject, entry))}"


def _of_base(
    run: History, figure: Figure, table: ex.Table, rate: int | Fraction, entry: Entry, given: Given
) -> str:  # fmt: skip
    """A share of something: of what, and what it came to."""
    whole = figure.value
    if not isinstance(whole, ex.Arithmetic) or whole.op != "*" or whole.left != table:
        return ""
    base, value = run.reckon(whole.right, entry, given), entry.number("value")
    if not isinstance(base, int | Fraction) or rate * base != value:
        return ""
    of = f"{run.words.clause(whole.right.figure)}, " if isinstance(whole.right, ex.FigureAt) else ""
    return f" of {of}{run.show.value(base, figure.kind)} = {run.show.figure(figure.name, value)}"


@frozen
class Part:
    """What of an amount lies in one band: the name of the band, the part, its price, and what it comes to."""

    name: str
    amount: str
    price: str
    comes_to: int | Fraction


def bands_of(
    run: History, figure: Figure, table: ex.Bands, entry: Entry, given: Given
) -> tuple[Part, ...] | None:  # fmt: skip
    """The parts of an amount by the bands that they lie in; None where they do not follow, or do not come to what the
    ledger says."""
    subject = run.reckon(table.subject, entry, given)
    if not isinstance(subject, int | Fraction):
        return None
    kind, found = _kind_of(run, figure, table.subject, entry), []
    low, total = Fraction(0), Fraction(0)
    for band in table.bands:
        upto = subject if band.upto is None else run.reckon(band.upto, entry, given)
        rate = run.reckon(band.rate, entry, given)
        if not isinstance(upto, int | Fraction) or not isinstance(rate, int | Fraction):
            return None
        part = max(Fraction(0), min(Fraction(subject), Fraction(upto)) - low)
        if part:
            sides = [run.show.value(each, kind) for each in (low, upto)]
            name = "the rest" if band.upto is None else f"up to {sides[1]}"
            name = f"{name}, above {sides[0]}" if low else name
            price = run.show.value(rate, band.rate.kind if isinstance(band.rate, ex.Literal) else figure.kind)
            found.append(Part(name, run.show.value(part, kind), price, part * rate))
        total += part * rate
        low = max(low, Fraction(upto))
    if table == figure.value and figure.rounding is None and total != entry.number("value"):
        return None
    return tuple(found)


def _bands(run: History, figure: Figure, table: ex.Bands, entry: Entry, given: Given) -> Iterator[str]:
    subject, found = run.reckon(table.subject, entry, given), bands_of(run, figure, table, entry, given)
    if found is None:
        return
    yield f"{run.show.value(subject, _kind_of(run, figure, table.subject, entry))} by bands:"
    for each in found:
        yield f"  {each.name}: {each.amount} × {each.price} = {run.show.value(each.comes_to, figure.kind)}"


def _kind_of(run: History, figure: Figure, subject: Expression, entry: Entry) -> Kind:
    """The kind of what a table is entered with."""
    if isinstance(subject, ex.FigureAt):
        return run.show.figures[subject.figure].kind
    name = next((name for name, part in figure.shows if part == subject), "")
    number = next((n for n in entry.numbers if n.name == name), None)
    return Kind(number.base) if number is not None else Kind("number")


def _kind_of_rate(figure: Figure, table: ex.Table, rate: object, priced: bool) -> Kind:
    """The kind of what a row gives."""
    results = [rate, *(row.result for row in table.rows), table.otherwise]
    written = next((each.kind for each in results if isinstance(each, ex.Literal)), None)
    return written or (figure.kind if priced or figure.value == table else Kind("number"))
