"""A cap that can never cut."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from bpodsl.bounds import Bounds, before_caps
from bpodsl.bounds.ranges import added, exactly
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.pieces import Number, literal, shown
from bpodsl.terms import Account, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import SHARE, money
from bpodsl.text import Problem, Severity


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

    Next: lower the cap, or delete it.
    """

    code: ClassVar[str] = "BPO405"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    base: str
    limit: str
    most: str

    def message(self) -> str:
        of, of_it = (f" of `{self.base}`", " of it") if self.base else ("", "")
        most = f"{self.most}{of_it}"
        return f"`{self.name}` cuts at {self.limit}{of}, but all that it limits can come to {most} at the most."

    def part(self) -> tuple[str, ...]:
        return self.name, "limit"

    def hint(self) -> str | None:
        return "Lower the cap, or delete it."


def find(bounds: Bounds) -> Iterator[Problem]:
    """Caps that are higher than the most of their lines: as shares of one figure, or as sums."""
    figures = {figure.name: figure for figure in bounds.contract.figures}
    lines = {line.name: line for line in bounds.contract.lines}
    for account in bounds.contract.accounts:
        limit = _share_of(account.limit)
        own = [lines[name] for name in account.lines if name in lines]
        if limit is not None and account.grid.span == 1:
            share, base = limit
            worst = [_most(figures.get(line.figure or ""), base, account) for line in own]
            if worst and None not in worst:
                most = sum((each for each in worst if each is not None), start=Fraction(0))
                if most <= share:
                    told = shown(share, SHARE), shown(most, SHARE)
                    yield CapNeverBinds(account.clause.span, account.name, base, *told)
                continue
        least = bounds.limit(account)
        if least.low is None or least.empty or not own:
            continue
        together = exactly(0)
        for line in own:
            together = added(together, before_caps(bounds, line, account))
        if together.high is not None and together.high <= least.low:
            kind = money(own[0].currency)
            told = value_told(least.low, kind), value_told(together.high, kind)
            yield CapNeverBinds(account.clause.span, account.name, "", *told)


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
