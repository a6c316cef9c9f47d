"""A cap that can never cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar

from bpodsl.bounds import Bounds, before_caps
from bpodsl.bounds.ranges import added, exactly
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import accrued, causes, first_shown, histories, listed, sum_of, whole_windows
from bpodsl.lint.pieces import Number, literal, shown
from bpodsl.lint.witness import Followed
from bpodsl.terms import Account, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import SHARE, money
from bpodsl.text import Problem, Severity, Trace


@frozen
class CapNeverBinds(Problem):
    """A cap is at least as high as all that it limits can come to.

    It promises a protection that is none, or one of the numbers is mistyped. What can be reported is reckoned with as
    far as anything limits it; `bpodsl worth` shows what each clause can come to.

    Not so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap monthly_cap on late_credit at 15% of fee each month

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap monthly_cap on late_credit at 8% of fee each month

    The events below show the window in which most is owed, where a few of them lead to it.

    Next: lower the cap, or delete it.
    """

    code: ClassVar[str] = "BPO405"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    base: str
    limit: str
    most: str
    comes_to: Number | None = None
    events: Trace | None = None

    def message(self) -> str:
        of, of_it = (f" of `{self.base}`", " of it") if self.base else ("", "")
        most = f"{self.most}{of_it}"
        return f"`{self.name}` cuts at {self.limit}{of}, but all that it limits can come to {most} at the most."

    def part(self) -> tuple[str, ...]:
        return self.name, "limit"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Lower the cap, or delete it."


def find(bounds: Bounds) -> Iterator[Problem]:
    """Caps that are higher than the most of their lines: as shares of one figure, or as sums."""
    figures = {figure.name: figure for figure in bounds.contract.figures}
    lines = {line.name: line for line in bounds.contract.lines}
    for account in bounds.contract.accounts:
        limit = _share_of(account.limit)
        own = [lines[name] for name in account.lines if name in lines]
        together = exactly(0)
        for line in own:
            together = added(together, before_caps(bounds, line, account))
        if limit is not None and account.grid.span == 1:
            share, base = limit
            worst = [_most(figures.get(line.figure or ""), base, account) for line in own]
            if worst and None not in worst:
                most = sum((each for each in worst if each is not None), start=Fraction(0))
                if most <= share:
                    told = shown(share, SHARE), shown(most, SHARE)
                    yield CapNeverBinds(account.clause.span, account.name, base, *told, comes_to=together.high)
                continue
        least = bounds.limit(account)
        if least.low is None or least.empty or not own:
            continue
        if together.high is not None and together.high <= least.low:
            kind = money(own[0].currency)
            told = value_told(least.low, kind), value_told(together.high, kind)
            yield CapNeverBinds(account.clause.span, account.name, "", *told, comes_to=together.high)


def show(facts: Facts, problem: CapNeverBinds) -> Trace | None:
    """A window of the cap in which what it limits comes to the most, and nothing is cut."""
    account = next(each for each in facts.contract.accounts if each.name == problem.name)
    lines = [line for line in facts.contract.lines if line.name in account.lines]
    window = next(whole_windows(facts, account.grid), None)
    if problem.comes_to is None or window is None:
        return None

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        if any(entry.kind == "Capped" and entry.clause == account.name for entry in entries):
            return None
        own = accrued(entries, account.lines, window)
        if not own or sum(sum_of(entry) for entry in own) != problem.comes_to:
            return None
        said = listed(dict.fromkeys(entry.clause for entry in own))
        most = value_told(problem.comes_to, money(lines[0].currency))
        word = "is" if len({entry.clause for entry in own}) == 1 else "are"
        return max(entry.at for entry in own), f"{said} {word} {most} in {window.label}, and nothing is cut."

    grids = {facts.figures[line.figure].grid for line in lines if line.figure in facts.figures}
    each = grids.pop() if len(grids) == 1 else account.grid
    return first_shown(histories(facts, causes(facts, (), lines), each, account.grid), goal)


def _share_of(expression: object) -> tuple[Number, str] | None:
    """The share of which figure of the same window an expression is."""
    match expression:
        case ex.Arithmetic("*", left, ex.FigureAt(figure, ex.Same())):
            share = literal(left)
            return None if share is None else (share, figure)
    return None


def _most(figure: Figure | None, base: str, account: Account) -> Number | None:
    """The most that a credit can come to, as a share of the base; None if that cannot be told."""
    if figure is None or figure.by or figure.grid != account.grid:
        return None
    match figure.value:
        case ex.Arithmetic("*", ex.Table(_, rows, otherwise), ex.FigureAt(of, ex.Same())) if of == base:
            results = [literal(row.result) for row in rows] + ([] if otherwise is None else [literal(otherwise)])
            known = [each for each in results if each is not None]
            return max(known) if len(known) == len(results) and known else None
    return None
