"""A cap that can never cut."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import Number, literal, shown
from bpodsl.terms import Account, Contract, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import SHARE
from bpodsl.text import Problem, Severity


@frozen
class CapNeverBinds(Problem):
    """A cap is at least as high as all that it limits can come to.

    It promises a protection that is none, or one of the numbers is mistyped.

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
        return (
            f"`{self.name}` cuts at {self.limit} of `{self.base}`, but all that it limits can come to "
            f"{self.most} of it at the most."
        )

    def hint(self) -> str | None:
        return "Lower the cap, or delete it."


def find(contract: Contract) -> Iterator[Problem]:
    """Caps at a share of a figure, on credits that are shares of the same figure in the same windows."""
    figures = {figure.name: figure for figure in contract.figures}
    lines = {line.name: line for line in contract.lines}
    for account in contract.accounts:
        limit = _share_of(account.limit)
        if limit is None or account.grid.span != 1:
            continue
        share, base = limit
        own = [figures.get(lines[name].figure or "") for name in account.lines if name in lines]
        worst = [_most(figure, base, account) for figure in own]
        if worst and len(worst) == len(account.lines) and None not in worst:
            most = sum((each for each in worst if each is not None), start=Fraction(0))
            if most <= share:
                told = shown(share, SHARE), shown(most, SHARE)
                yield CapNeverBinds(account.clause.span, account.name, base, *told)


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
