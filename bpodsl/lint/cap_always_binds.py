"""A cap that always cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar

from bpodsl.bounds import Bounds, before_caps
from bpodsl.bounds.ranges import added, exactly
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import causes, first_shown, histories
from bpodsl.lint.witness import Followed
from bpodsl.terms.kinds import money
from bpodsl.text import Problem, Severity, Trace


@frozen
class CapAlwaysBinds(Problem):
    """A cap is lower than the least that what it limits comes to, or it is 0.

    Then the cap alone says what is owed, and the clauses below it say nothing. A number is mistyped, or the cap is for
    other windows than was meant.

    Not so:

        charge staffing
          each month
          northwind pays meridian 40 GBP * days of the window
        cap support_limit on staffing at 500 GBP each month

    But so:

        charge staffing
          each month
          northwind pays meridian 40 GBP * days of the window
        cap support_limit on staffing at 1 200 GBP each month

    Next: raise the cap, or let its windows be shorter.
    """

    code: ClassVar[str] = "BPO406"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    limit: str
    lines: tuple[str, ...]
    least: str
    events: Trace | None = None

    def message(self) -> str:
        lines = " and ".join(f"`{line}`" for line in self.lines)
        if not self.least:
            return f"`{self.name}` cuts at {self.limit}: nothing of {lines} is ever owed."
        come = "comes" if len(self.lines) == 1 else "come"
        return f"`{self.name}` cuts at {self.limit}, but {lines} {come} to {self.least} at the least: it always cuts."

    def part(self) -> tuple[str, ...]:
        return self.name, "limit"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        if not self.least:
            return "Raise the cap; if nothing is to be owed, delete what it limits."
        return "Raise the cap, or let it hold for other windows (`each month`, `each contract year`)."


def find(bounds: Bounds) -> Iterator[Problem]:
    """Caps below the sum of the least of their lines, in windows that lie wholly within the agreement."""
    for account in bounds.contract.accounts:
        most = bounds.most(account)
        lines = [line for line in bounds.contract.lines if line.name in account.lines]
        if most is None or not lines:
            continue
        kind = money(lines[0].currency)
        together = exactly(0)
        for line in lines:
            together = added(together, before_caps(bounds, line, account))
        if most == 0 and (together.high is None or together.high > 0):
            yield CapAlwaysBinds(account.clause.span, account.name, value_told(0, kind), account.lines, "")
        elif together.low is not None and together.low > most:
            told = value_told(most, kind), value_told(together.low, kind)
            yield CapAlwaysBinds(account.clause.span, account.name, told[0], account.lines, told[1])


def show(facts: Facts, problem: CapAlwaysBinds) -> Trace | None:
    """A window of the cap in which it cuts."""
    account = next(each for each in facts.contract.accounts if each.name == problem.name)
    lines = [line for line in facts.contract.lines if line.name in account.lines]
    kind = money(lines[0].currency)

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        cut = [entry for entry in entries if entry.kind == "Capped" and entry.clause == account.name]
        if not cut:
            return None
        wanted, posted = (cut[0].number(name) for name in ("wanted", "posted"))
        if not isinstance(wanted, int | Fraction) or not isinstance(posted, int | Fraction):
            return None
        told = value_told(wanted, kind), value_told(posted, kind)
        window = f" in {cut[0].period}" if cut[0].period else ""
        return cut[0].at, f"`{cut[0].instance}` would be {told[0]}{window}, of which {told[1]} is owed."

    return first_shown(histories(facts, causes(facts, (), lines), account.grid), goal)
