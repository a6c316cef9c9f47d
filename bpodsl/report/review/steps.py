"""From the gross amount to what is owed: the base of a sum, the tier and weight that apply to it, rounding, caps, what
is carried forward. Each step is what the ledger has, or a part of it that the ledger's own numbers make certain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from attrs import frozen

from bpodsl.record import Entry
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Exact, Number, Step
from bpodsl.report.tables import bands_of, chosen, reached, row_of
from bpodsl.terms import Figure, Kind, walk
from bpodsl.terms import expressions as ex

_OF_STEPS: Final = ("rate",)
_PLAIN: Final = {"share": "share that the clause sets", "number": "number that the clause sets"}
Given = dict[object, object]


def steps_of(desk: Desk, entry: Entry, caps: Sequence[Entry], currency: str) -> Iterator[Step]:
    """The steps of a sum that is owed (`entry`: Accrued), `caps`: the entries of the caps that it met."""
    causes = (desk.run.by_name.get(name) for name in entry.entry_causes)
    settled = next((e for e in causes if e is not None and e.kind == "Settled"), None)
    if settled is not None:
        yield from _of_figure(desk, settled, currency)
    exact, amount = entry.number("exact"), entry.number("amount")
    detail = desk.detail(entry.clause, entry)
    if isinstance(exact, int | Fraction) and not isinstance(exact, bool):
        wanted = caps[0].number("wanted") if caps else amount
        shown = Number(desk.show.money(exact, currency), exact, "money", currency, detail)
        yield Step("worked out", shown, exact)
        if isinstance(wanted, int | Fraction) and wanted != exact:
            yield Step("rounded", desk.money(wanted, currency, detail), wanted)
    yield from steps_of_caps(desk, caps, currency)
    if isinstance(amount, int | Fraction):
        yield Step("owed", desk.money(amount, currency, detail), amount, "total")
    if settled is not None:
        yield from _carried(desk, entry, settled)


def steps_of_caps(desk: Desk, caps: Sequence[Entry], currency: str) -> Iterator[Step]:
    """What each cap left: its limit, how much of it was used before, what it cut."""
    for cap in caps:
        limit, used, wanted, left = (cap.number(name) for name in ("limit", "used", "wanted", "posted"))
        title, detail = desk.cited(cap.clause).shown, desk.detail(cap.clause, cap)
        for what, value in ((f"limit of {title}", limit), (f"used of it before, {title}", used)):
            if isinstance(value, int | Fraction):
                yield Step(what, desk.money(value, currency, detail))
        if isinstance(wanted, int | Fraction) and isinstance(left, int | Fraction):
            yield Step(f"cut by {title}", desk.money(Fraction(left) - wanted, currency, detail), left, "cap")


# ------------------------------------------------------------------ what a settled amount was made of
@frozen
class _Factor:
    """A part of a product, its value, its kind, and what it is called. `over`: it divides."""

    part: object
    value: Exact
    kind: Kind
    what: str
    detail: str
    over: bool


def _of_figure(desk: Desk, settled: Entry, currency: str, within: bool = True) -> Iterator[Step]:
    """The figures that it reads, and then its product; or, where it is none, its parts. `within`: of a sum of money
    that it reads and that is a product, the factors too."""
    figure = desk.show.figures.get(settled.clause)
    if figure is None:
        return
    given: Given = {part: settled.number(name) for name, part in figure.shows if settled.number(name) is not None}
    product = _product(desk, figure, settled, given)
    multiplied = {factor.part for factor in product}
    for part in dict.fromkeys(_read(figure)):
        found = _found(desk, part, settled)
        if found is not None and part not in multiplied:
            back = "" if isinstance(part.shift, ex.Same) else f", of {found.period}"
            number = desk.figure(part.figure, found.number("value"), desk.detail(part.figure, found))
            money = number.base == "money" and not back and within and not product
            inside = list(_of_figure(desk, found, currency, False)) if money else []
            if any(step.after is not None for step in inside):
                yield from inside
            yield Step(f"{desk.words.clause(part.figure)}{back}", number, number.exact if money and inside else None)
    yield from _told(desk, product, currency)
    if product:
        return
    shows = dict(figure.shows)
    for stated in settled.numbers:
        if stated.name in shows or stated.name.partition(" ")[0] in _OF_STEPS:
            yield Step(stated.name, desk.number(stated.value, _kind_of(shows.get(stated.name), stated.base)))
    for table in reached(desk.run, figure.value, settled, given):
        if isinstance(table, ex.Bands):
            for band in bands_of(desk.run, figure, table, settled, given) or ():
                yield Step(f"{band.name}: {band.amount} × {band.price}", desk.money(band.comes_to, currency))


def _told(desk: Desk, product: Sequence[_Factor], currency: str) -> Iterator[Step]:
    """The sum of money among the factors, and what it comes to with each of the others."""
    base = next((f for f in product if f.kind.base == "money"), None)
    if base is None:
        return
    running = base.value
    yield Step(base.what, desk.money(running, currency, base.detail), running)
    for each in product:
        if each is not base:
            running = Fraction(running) / each.value if each.over else Fraction(running) * each.value
            what = f"divided by {each.what}" if each.over else each.what
            yield Step(what, desk.number(each.value, each.kind, each.detail), running)


def _product(desk: Desk, figure: Figure, settled: Entry, given: Given) -> list[_Factor]:
    """The factors of the value, in their order, where it is a product of one sum of money and what it is multiplied by;
    nothing where it is not, or where they do not come to what the ledger says."""
    value = settled.number("value")
    if figure.kind.base != "money" or isinstance(value, bool) or not isinstance(value, int | Fraction):
        return []
    branches = _branches(desk, figure.value, settled, given)
    tried = [_multiplied(desk, figure, part, value, settled, given) for part in branches]
    found = [each for each in tried if each]
    # Of two ways to the same sum neither is certain.
    return found[0] if len(found) == 1 else []


def _multiplied(
    desk: Desk, figure: Figure, whole: object, value: Exact, settled: Entry, given: Given
) -> list[_Factor]:  # fmt: skip
    found: list[_Factor] = []
    unknown: list[tuple[int, ex.Aggregate]] = []
    comes_to = Fraction(1)
    for part, over in _factors(desk, whole, settled, given):
        factor = _factor(desk, figure, part, over, settled, given)
        if factor is None and isinstance(part, ex.Aggregate) and part.op == "count" and not over:
            unknown.append((len(found), part))
        elif factor is None or (over and not factor.value):
            return []
        else:
            found.append(factor)
            comes_to = comes_to / factor.value if over else comes_to * factor.value
    if len(unknown) == 1 and comes_to and (value / comes_to).denominator == 1:
        # How many there were is what makes the sum out of the rest.
        place, part = unknown[0]
        many, what = int(value / comes_to), _counted(desk, part)
        found.insert(place, _Factor(part, many, Kind("number"), what, desk.detail(settled.clause, settled), False))
        unknown, comes_to = [], comes_to * many
    money = [each for each in found if each.kind.base == "money"]
    certain = not unknown and len(money) == 1 and not money[0].over and len(found) > 1 and comes_to == value
    return found if certain else []


def _counted(desk: Desk, part: ex.Aggregate) -> str:
    match part.rows:
        case ex.OutcomeRows(norm, statuses):
            return f"number of {desk.words.clause(norm)} {' or '.join(statuses)}"
        case ex.EventRows(event):
            return f"number of {event.replace('_', ' ')}"
    return "number counted"


def _branches(desk: Desk, part: object, settled: Entry, given: Given) -> Iterator[object]:
    """What the value may be: one branch of each condition, both where the ledger does not tell which."""
    part = _reached(desk, part, settled, given)
    if isinstance(part, ex.If):
        yield from _branches(desk, part.then, settled, given)
        yield from _branches(desk, part.otherwise, settled, given)
    else:
        yield part


def _reached(desk: Desk, part: object, settled: Entry, given: Given) -> object:
    """The branch of a condition, the row of a list or the value where it is measured, that the window came to."""
    while True:
        then: object = None
        if isinstance(part, ex.If):
            holds = desk.run.reckon(part.condition, settled, given)
            then = (part.then if holds else part.otherwise) if isinstance(holds, bool) else None
        elif isinstance(part, ex.IfMeasured):
            measured = desk.run.reckon(part.value, settled, given)
            then = part.value if isinstance(measured, int | Fraction) else None
        elif isinstance(part, ex.Table) and isinstance(part.subject, ex.GroupKey):
            row = chosen(desk.run, part, settled, given)
            result = None if row is None or row < 0 else part.rows[row].result
            then = result if isinstance(result, ex.Arithmetic) else None
        if then is None:
            return part
        part = then


def _factors(
    desk: Desk, part: object, settled: Entry, given: Given, over: bool = False
) -> Iterator[tuple[object, bool]]:  # fmt: skip
    """The factors of a product, and whether each divides."""
    if isinstance(part, ex.Arithmetic) and part.op in "*/":
        left, right = (_reached(desk, each, settled, given) for each in (part.left, part.right))
        yield from _factors(desk, left, settled, given, over)
        yield from _factors(desk, right, settled, given, over != (part.op == "/"))
    else:
        yield part, over


def _factor(
    desk: Desk, figure: Figure, part: object, over: bool, settled: Entry, given: Given
) -> _Factor | None:  # fmt: skip
    value = desk.run.reckon(part, settled, given)
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return None
    if isinstance(part, ex.FigureAt):
        found = _found(desk, part, settled)
        detail = desk.detail(part.figure, found) if found is not None else ""
        return _Factor(part, value, desk.show.figures[part.figure].kind, desk.words.clause(part.figure), detail, over)
    if isinstance(part, ex.Literal):
        return _Factor(part, value, part.kind, _PLAIN.get(part.kind.base, "what the clause sets"), "", over)
    if isinstance(part, ex.Table):
        return _Factor(part, value, _kind_of(part, "number"), _row(desk, figure, part, settled, given), "", over)
    kind = _kind_within(desk, part)
    return None if kind is None else _Factor(part, value, kind, _said(desk, part), "", over)


def _kind_within(desk: Desk, part: object) -> Kind | None:
    """The kind of a difference or of the least of several, of which all parts are of one kind; else None."""
    if not isinstance(part, ex.Smallest | ex.Largest) and not (isinstance(part, ex.Arithmetic) and part.op in "+-"):
        return None
    kinds = [each.kind for each in walk(part) if isinstance(each, ex.Literal)]
    kinds += [desk.show.figures[each.figure].kind for each in walk(part) if isinstance(each, ex.FigureAt)]
    return kinds[0] if kinds and all(each == kinds[0] for each in kinds) else None


def _said(desk: Desk, part: object) -> str:
    """A part that the clause works out, in words."""
    match part:
        case ex.Literal(value, kind):
            return desk.show.value(value, kind)
        case ex.FigureAt(figure):
            return desk.words.clause(figure)
        case ex.Arithmetic("+" | "-" as op, left, right):
            return f"{_said(desk, left)} {'and' if op == '+' else 'less'} {_said(desk, right)}"
        case ex.Smallest(parts) | ex.Largest(parts):
            word = "least" if isinstance(part, ex.Smallest) else "greatest"
            return f"the {word} of {' and '.join(_said(desk, each) for each in parts)}"
    return "what the clause works out"


def _row(desk: Desk, figure: Figure, table: ex.Table, settled: Entry, given: Given) -> str:
    """Which row of a table or list applied."""
    if isinstance(table.subject, ex.GroupKey):
        which = desk.group([each for each in settled.key if each[0] == table.subject.name])
        of = table.otherwise.why.removeprefix("not in ") if isinstance(table.otherwise, ex.Unmeasured) else ""
        return f"for {which}, by {of.replace('_', ' ')}" if of else f"for {which}"
    name = next((name for name, part in figure.shows if part == table), "tier")
    row = row_of(desk.run, figure, table, settled, given)
    return f"{name}, by the row “{row}”" if row else name


def _kind_of(part: object, base: str) -> Kind:
    """The kind of a part that is stated: of a table that of its rows, where they are written out."""
    if isinstance(part, ex.Table):
        rows = (*(row.result for row in part.rows), part.otherwise)
        return next((row.kind for row in rows if isinstance(row, ex.Literal)), Kind(base))
    return Kind(base)


# ------------------------------------------------------------------ what is read of other windows
def _read(figure: Figure) -> Iterator[ex.FigureAt]:
    """The figures that a value reads, or asks how they stand."""
    for part in walk(figure.value):
        if isinstance(part, ex.FigureAt) and part.figure != figure.name:
            yield part
        elif isinstance(part, ex.Standing) and part.figure != figure.name:
            yield ex.FigureAt(part.figure, part.shift)


def _found(desk: Desk, part: ex.FigureAt, settled: Entry) -> Entry | None:
    """The window of another figure that it reads: its own, or an earlier one that stands among its causes."""
    if isinstance(part.shift, ex.Same):
        return desk.run.found(part.figure, settled)
    causes = [desk.run.by_name.get(name) for name in settled.entry_causes]
    mine = [e for e in causes if e is not None and e.kind == "Settled" and e.clause == part.figure]
    earlier = [e for e in mine if e.period != settled.period]
    return earlier[0] if len(earlier) == 1 else None


def is_balance(figure: Figure) -> bool:
    """Whether it is a sum of money that is carried from window to window: one that reads its own window before."""
    own = any(isinstance(part, ex.FigureAt) and part.figure == figure.name for part in walk(figure.value))
    return own and figure.kind.base == "money" and "." not in figure.name


def _carried(desk: Desk, entry: Entry, settled: Entry) -> Iterator[Step]:
    """The balances into which goes what of a sum was left, as they stand after its window."""
    for figure in desk.contract.figures:
        if is_balance(figure) and entry.clause in _posted(desk, figure, set()):
            found = desk.run.found(figure.name, settled)
            if found is not None:
                detail = desk.detail(figure.name, found)
                number = desk.figure(figure.name, found.number("value"), detail)
                yield Step(f"carried forward, {desk.words.clause(figure.name)}", number)


def _posted(desk: Desk, figure: Figure, seen: set[str]) -> set[str]:
    """The lines whose postings a figure reads, by itself or through figures of its window."""
    found: set[str] = set()
    if figure.name not in seen:
        seen.add(figure.name)
        for part in walk(figure.value):
            if isinstance(part, ex.Posted):
                found.add(part.line)
            elif isinstance(part, ex.FigureAt):
                found |= _posted(desk, desk.show.figures[part.figure], seen)
    return found
