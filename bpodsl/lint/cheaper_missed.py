"""A duty that is cheaper to miss than to perform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from bpodsl.bounds import Bounds, of_outcome
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.terms import Accrue, Contract, Line, Norm, OnOutcome
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money
from bpodsl.text import Problem, Severity


@frozen
class CheaperMissed(Problem):
    """Whoever has a duty pays less for missing it than the agreement makes performing it cost.

    What is paid for a miss makes up for the miss; where it is less than what performing costs by the agreement itself,
    the agreement pays for not performing. Payments that the duty brings in count as well: what is earned by performing
    and lost by a miss.

    Not so:

        obligation replace
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          when fulfilled then meridian pays northwind 100 GBP as "value of the part"
          when missed then meridian pays northwind 60 GBP as "part not replaced"

    But so:

        obligation replace
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          when fulfilled then meridian pays northwind 100 GBP as "value of the part"
          when missed then meridian pays northwind 160 GBP as "part not replaced"

    Next: let the miss cost at least what performing does.
    """

    code: ClassVar[str] = "BPO408"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    bearer: str
    least: str
    most: str
    always: bool

    def message(self) -> str:
        if self.always:
            by = self.least if self.least == self.most else f"{self.least} or more"
            return f"`{self.bearer}` is better off by {by} to miss `{self.name}` than to perform it."
        return f"`{self.bearer}` may be better off to miss `{self.name}` than to perform it: by {self.most}."

    def hint(self) -> str | None:
        return "Let the miss cost at least what performing does."


_MISSED: Final = ("missed", "breached")


def find(bounds: Bounds) -> Iterator[Problem]:
    """Duties for which the agreement puts a price on performing, and a smaller one on the miss."""
    # Of a line whose sides a change swaps nothing is certain.
    lines = {line.name: line for line in bounds.contract.lines if not line.sides}
    for norm in bounds.contract.norms:
        if norm.modality != "must" or len(norm.bearer) != 1:
            continue
        performed, missed = (list(_costs(bounds.contract, lines, norm, kinds)) for kinds in (("fulfilled",), _MISSED))
        if not performed or not missed or len({line.currency for line, _ in (*performed, *missed)}) > 1:
            continue
        less = ex.Arithmetic("-", _total(performed, norm), _total(missed, norm))
        saved = of_outcome(bounds, norm.name, less)
        kind = money(performed[0][0].currency)
        if saved.empty or saved.high is None or saved.high <= 0:
            continue
        always = saved.low is not None and saved.low > 0
        least = value_told(saved.low, kind) if saved.low is not None else ""
        most = value_told(saved.high, kind)
        yield CheaperMissed(norm.clause.span, norm.name, norm.bearer[0], least, most, always)


def _costs(
    contract: Contract, lines: dict[str, Line], norm: Norm, outcomes: tuple[str, ...]
) -> Iterator[tuple[Line, ex.Expression]]:
    """What is owed each time that it has one of these outcomes."""
    effects = [effect for outcome, effect in norm.consequences if outcome in outcomes]
    for rule in contract.rules:
        if isinstance(rule.on, OnOutcome) and rule.on.norm == norm.name and rule.on.outcome in outcomes:
            effects += () if rule.when is not None or rule.recurrence is not None or rule.only else rule.then
    for effect in effects:
        if isinstance(effect, Accrue) and effect.line in lines:
            yield lines[effect.line], effect.amount
    for figure in contract.figures:
        match figure.value:
            case (
                ex.Arithmetic("*", ex.Literal() as price, ex.Aggregate("count", ex.OutcomeRows(name, statuses), None))
                | ex.Arithmetic("*", ex.Aggregate("count", ex.OutcomeRows(name, statuses), None), ex.Literal() as price)
            ) if name == norm.name and set(statuses) <= set(outcomes) and figure.name in lines:
                yield lines[figure.name], price


def _total(costs: list[tuple[Line, ex.Expression]], norm: Norm) -> ex.Expression:
    """What the bearer pays, less what it receives."""
    total: ex.Expression = ex.Literal(0, money(costs[0][0].currency))
    for line, amount in costs:
        if norm.bearer[0] in (line.payer, line.payee):
            total = ex.Arithmetic("+" if line.payer == norm.bearer[0] else "-", total, amount)
    return total
