"""The limit of a cap rests on windows before a sum, of which there are none at first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class LimitOfNothing(Problem):
    """The limit of a cap is what the windows before a sum come to, and nothing is said of the time without any.

    Until the first window is over there is none before a sum. A `sum` of none is 0, so that nothing is owed; a `mean`
    of none is not measured, and a limit that is not measured cuts nothing. Agreements say what then holds: a fixed
    sum, or what would be payable for the first year.

    Not so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap liability on late_credit at 50% of (mean of value over last 12 windows of fee before the day) in any 12 months

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap liability on late_credit at (50% of (mean of value over last 12 windows of fee before the day), or 9 GBP if not measured) in any 12 months

    Next: say what holds at first: `, or … if not measured` behind a mean, `the greater of … and …` before a sum; or
    allow this with the reason, if it is meant so.
    """  # noqa: E501

    code: ClassVar[str] = "BPO470"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    figure: str
    cuts_all: bool

    def message(self) -> str:
        then = "the limit is 0, and nothing is owed" if self.cuts_all else "there is no limit, and nothing is cut"
        return f"Until a window of `{self.figure}` is over, there is none before a sum under `{self.name}`: {then}."

    def part(self) -> tuple[str, ...]:
        return self.name, "limit"

    def hint(self) -> str | None:
        if self.cuts_all:
            return "Say what holds at first: write `the greater of 10 000 GBP and …`, with the sum that is meant."
        return "Say what holds at first: write `(…, or 10 000 GBP if not measured)`, with the sum that is meant."


def find(contract: Contract) -> Iterator[Problem]:
    """Each cap whose limit is nothing but what earlier windows come to, perhaps so many times."""
    for account in contract.accounts:
        found = _alone(account.limit)
        if found is not None:
            rows = found.rows
            assert isinstance(rows, ex.PastRows)
            name = account.clause.name or account.name
            yield LimitOfNothing(account.clause.span, name, rows.figure, found.op in ("sum", "count"))


def _alone(limit: ex.Expression) -> ex.Aggregate | None:
    """The aggregate of windows before a sum that a limit comes to, if nothing else is said."""
    match limit:
        case ex.OfSum(ex.Aggregate(_, ex.PastRows()) as found):
            return found
        case ex.Rounded(value):
            return _alone(value)
        case ex.Arithmetic("*" | "/", left, right):
            return _alone(left) or _alone(right)
        case ex.Smallest(parts):
            return next(filter(None, map(_alone, parts)), None)
        case _:
            return None
