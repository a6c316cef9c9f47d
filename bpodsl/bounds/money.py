"""What each clause of a contract can be worth: in one of its windows, in a month and in a year of the contract.

A sum belongs to the month and year for which it arises. A window, month or year is taken to be whole, and each clause
to be in force throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

from bpodsl.bounds.expressions import Bounds
from bpodsl.bounds.ranges import Number, Range, added, at_most, between, exactly, joined, multiplied, rounded
from bpodsl.bounds.rows import groups, openings
from bpodsl.bounds.windows import MONTH, Times, product, touched, within
from bpodsl.lean import evolve, frozen
from bpodsl.terms import (
    Account,
    Accrue,
    Clause,
    Contract,
    Figure,
    Group,
    Impose,
    Line,
    OnEvent,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Rule,
    WhenImposed,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid

_NEVER: Final = exactly(0)


@frozen
class Owed:
    """What one line can come to: `each` time that it is owed, and in a `month` and `year` if nothing else is owed.

    `grid`: the windows for which it is owed; None of what follows from an act or outcome.
    """

    line: Line
    clause: Clause
    grid: Grid | None
    each: Range
    month: Range
    year: Range


@frozen
class Held:
    """A cap that holds lines of one party down: the most that it lets through in a month and in a year."""

    account: Account
    month: Number
    year: Number


@frozen
class Side:
    """What one party can owe another in all, after caps. `capped`: the caps that hold something down."""

    payer: str
    payee: str
    currency: str
    month: Range
    year: Range
    capped: tuple[Held, ...] = ()


def year_of(contract: Contract) -> Grid:
    """The years of the contract."""
    return Grid("month", 12, anchor=contract.term.effective)


def owed(bounds: Bounds) -> list[Owed]:
    """Each line, in the order of the contract."""
    found = []
    for line in bounds.contract.lines:
        figure = bounds.figures.get(line.figure or "")
        each = _by_figure(bounds, line, figure) if figure is not None else _by_effects(bounds, line)
        month, year = (
            _capped(bounds, each, held, period)
            for held, period in ((each.month, MONTH), (each.year, year_of(bounds.contract)))
        )
        found += _by_side(evolve(each, month=month, year=year))
    return found


def _by_side(each: Owed) -> list[Owed]:
    """A line of which a change says who owes whom, once for each of them: any of its windows may be another's."""
    if not each.line.sides:
        return [each]
    one, month, year = (joined((found, _NEVER)) for found in (each.each, each.month, each.year))
    return [
        evolve(each, line=evolve(each.line, payer=payer, payee=payee, sides=()), each=one, month=month, year=year)
        for payer, payee in each.line.between
    ]


def _capped(bounds: Bounds, owed: Owed, found: Range, period: Grid) -> Range:
    """What arises in a period, cut by each cap that the line stands under."""
    for account in bounds.accounts.get(owed.line.name, ()):
        most = _most(bounds, account, period, [owed])
        found = found if most is None else at_most(found, most)
    return found


def _by_figure(bounds: Bounds, line: Line, figure: Figure) -> Owed:
    each = bounds.of_line(line)
    month, year = (_for_figure(bounds, figure, each, period) for period in (MONTH, year_of(bounds.contract)))
    return Owed(line, line.clause, figure.grid, each, month, year)


def _for_figure(bounds: Bounds, figure: Figure, each: Range, period: Grid, keys: tuple[Group, ...] = ()) -> Range:
    """What the windows of a figure that end in a period come to, of all its groups that have the same of `keys`."""
    return _times(each, product(within(figure.grid, period, bounds.contract), groups(figure, keys)), _seen(figure))


def before_caps(bounds: Bounds, line: Line, account: Account) -> Range:
    """What arises for a line in a window of a cap, and there for one value of its keys, no cap having cut it."""
    period = account.grid
    figure = bounds.figures.get(line.figure or "")
    if figure is not None:
        each = rounded(bounds.of_figure(figure.name), line.rounding)
        each = joined((each, _NEVER)) if each.gap or each.empty else each
        keys = tuple(group for group in figure.by if group.name in account.by)
        return _for_figure(bounds, figure, each, period, keys)
    total = _NEVER
    # What follows from an outcome is held against a cap when that comes about: of many periods it may be at once.
    for cause in _causes(bounds, line, (Grid("term"),)):
        total = added(total, joined((_NEVER, _times(cause.amount, cause.times[0], cause.why))))
    return total


def _seen(figure: Figure) -> str:
    names = " and ".join(f"`{group.name}`" for group in figure.by if group.members is None)
    return f"`{figure.name}` is owed for each {names} that is seen" if names else "nothing limits how often it is owed"


def _times(each: Range, times: Times, why: str) -> Range:
    number = between(times.low, times.high, why, whole=True)
    return multiplied(each, number)


# ------------------------------------------------------------------------------------ what follows from acts
@frozen
class _Cause:
    """One place from which an amount follows: the amount before caps, and how often it does in each period."""

    amount: Range
    times: tuple[Times, ...]
    why: str


def _by_effects(bounds: Bounds, line: Line) -> Owed:
    found = list(_causes(bounds, line, (MONTH, year_of(bounds.contract))))
    each = joined(bounds.capped(cause.amount, line) for cause in found) if found else _NEVER
    months = []
    for place in (0, 1):
        total = _NEVER
        for cause in found:
            # It need not happen at all.
            amount = bounds.capped(cause.amount, line)
            total = added(total, joined((_NEVER, _times(amount, cause.times[place], cause.why))))
        months.append(total)
    return Owed(line, line.clause, None, each, months[0], months[1])


def _causes(bounds: Bounds, line: Line, periods: tuple[Grid, ...]) -> Iterator[_Cause]:
    contract = bounds.contract
    for norm in contract.norms:
        for outcome, effect in norm.consequences:
            if isinstance(effect, Accrue) and effect.line == line.name:
                amount = rounded(of_outcome(bounds, norm.name, effect.amount), line.rounding)
                times = tuple(_outcomes(contract, norm.name, period, ()) for period in periods)
                word = "performed" if outcome == "fulfilled" else outcome
                yield _Cause(amount, times, f"nothing limits how often `{norm.name}` is {word}")
    for rule in contract.rules:
        for effect in rule.then:
            if isinstance(effect, Accrue) and effect.line == line.name:
                amount = rounded(_of_rule(bounds, rule, effect.amount), line.rounding)
                times = tuple(_firings(contract, rule, period, ()) for period in periods)
                yield _Cause(amount, times, f"nothing limits how often `{rule.name}` fires")


def of_outcome(bounds: Bounds, norm: str, amount: ex.Expression) -> Range:
    """An amount that follows from an outcome: its fields are those of what opened it, or of what broke it."""
    found = []
    for scope in asked_of_outcome(bounds, norm):
        with scope:
            found.append(bounds.of(amount))
    return joined(found)


def asked_of_outcome(bounds: Bounds, norm: str) -> Iterator[AbstractContextManager[object]]:
    """The scopes in which an outcome of a norm may ask."""
    of = bounds.norms[norm]
    selectors = [way.selector for way in of.opening if isinstance(way, OnEvent)]
    others = len(selectors) < len(of.opening)
    if of.modality == "must not":
        selectors, others = list(of.acts), False
    for selector in selectors:
        # What it opened with may have been graded anew since.
        asked = None if of.regrading else selector.where
        yield _scope(bounds, None, (selector.event,), None, asked)
    if others or not selectors:
        yield _scope(bounds, None, (), None)


@contextmanager
def _scope(
    bounds: Bounds, grid: Grid | None, events: tuple[str, ...], keys: tuple[Group, ...] | None,
    *conditions: ex.Expression | None,
) -> Iterator[None]:  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(bounds.within(grid=grid, events=events, rows_of="", keys=keys))
        for each in conditions:
            if each is not None:
                stack.enter_context(bounds.given(each, True))
        yield


def asked_of_rule(bounds: Bounds, rule: Rule) -> Iterator[AbstractContextManager[object]]:
    """The scopes in which a rule may ask that fires."""
    grid: Grid | None = None
    keys: tuple[Group, ...] | None = None
    events: tuple[str, ...] = ()
    where: ex.Expression | None = None
    match rule.on:
        case OnSettled(name) if name in bounds.figures:
            grid, keys = bounds.figures[name].grid, bounds.figures[name].by
        case OnHappens(selector):
            events, where = (selector.event,), selector.where
        case OnOutcome(name):
            yield from asked_of_outcome(bounds, name)
            return
    yield _scope(bounds, grid, events, keys, where, rule.when)


def _of_rule(bounds: Bounds, rule: Rule, amount: ex.Expression) -> Range:
    found = []
    for scope in asked_of_rule(bounds, rule):
        with scope:
            found.append(bounds.of(amount))
    return joined(found)


def _outcomes(contract: Contract, name: str, period: Grid, asked: tuple[str, ...]) -> Times:
    """How often an obligation can come to an outcome of what arises in a period."""
    norm = next((norm for norm in contract.norms if norm.name == name), None)
    if norm is None or name in asked:
        return Times(0, None)
    if norm.opening and all(isinstance(way, WhenImposed) for way in norm.opening):
        times: list[int | None] = []
        for other in contract.norms:
            for _, effect in other.consequences:
                if effect == Impose(name):
                    times.append(_outcomes(contract, other.name, period, (*asked, name)).high)
        for rule in contract.rules:
            if Impose(name) in rule.then:
                times.append(_firings(contract, rule, period, (*asked, name)).high)
        return Times(0, None if None in times else sum(each or 0 for each in times))
    return openings(contract, name, period)


def _firings(contract: Contract, rule: Rule, period: Grid, asked: tuple[str, ...]) -> Times:
    match rule.on:
        case OnSettled(name):
            figure = next((figure for figure in contract.figures if figure.name == name), None)
            if figure is not None:
                return Times(0, product(within(figure.grid, period, contract), groups(figure, ())).high)
        case OnOutcome(name):
            return _outcomes(contract, name, period, asked)
        case OnHappens() | OnLasting():
            pass
    return Times(0, None)


# ------------------------------------------------------------------------------------ together
def sides(bounds: Bounds, lines: list[Owed]) -> list[Side]:
    """What each party can owe another in all, in each currency."""
    found: dict[tuple[str, str, str], list[Owed]] = {}
    for each in lines:
        found.setdefault((each.line.payer, each.line.payee, each.line.currency), []).append(each)
    return [_side(bounds, key, own) for key, own in found.items()]


def _side(bounds: Bounds, key: tuple[str, str, str], own: list[Owed]) -> Side:
    periods = MONTH, year_of(bounds.contract)
    month, capped = _together(bounds, {each.line.name: each.month for each in own}, own, periods[0])
    year, more = _together(bounds, {each.line.name: each.year for each in own}, own, periods[1])
    held = []
    for account in dict.fromkeys((*capped, *more)):
        lines = [each for each in own if each.line.name in account.lines]
        most = [_most(bounds, account, period, lines) for period in periods]
        if most[0] is not None and most[1] is not None:
            held.append(Held(account, most[0], most[1]))
    return Side(*key, month, year, tuple(held))


def _together(
    bounds: Bounds, ranges: dict[str, Range], own: list[Owed], period: Grid
) -> tuple[Range, tuple[Account, ...]]:  # fmt: skip
    """The sum of lines, of which each cap holds down those that it lists."""
    blocks: dict[frozenset[str], Range] = {frozenset((name,)): found for name, found in ranges.items()}
    capped: list[Account] = []
    by_size = sorted(bounds.contract.accounts, key=lambda account: (len(account.lines), account.name))
    for account in by_size:
        inside = [block for block in blocks if block & set(account.lines)]
        # A cap that holds parts of a block only, or lines that others owe, would have to be shared out.
        if not inside or frozenset().union(*inside) != set(account.lines):
            continue
        total = _sum(blocks.pop(block) for block in inside)
        most = _most(bounds, account, period, [each for each in own if each.line.name in account.lines])
        if most is not None and (total.high is None or total.high > most):
            total = at_most(total, most)
            capped.append(account)
        blocks[frozenset(account.lines)] = total
    return _sum(blocks.values()), tuple(capped)


def _most(bounds: Bounds, account: Account, period: Grid, own: list[Owed]) -> Number | None:
    """The most that a cap lets through of what arises in a period."""
    most, windows = bounds.most(account), touched(account.grid, period, bounds.contract)
    if most is None or windows is None:
        return None
    # What follows from an outcome is posted when that comes about, and that may be in a later window of the cap.
    later = any(each.grid is None for each in own) and account.grid.unit != "term"
    return most * (windows + (1 if later else 0))


def _sum(ranges: Iterable[Range]) -> Range:
    total = exactly(0)
    for each in ranges:
        total = added(total, each)
    return total
