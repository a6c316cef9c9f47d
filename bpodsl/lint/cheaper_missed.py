"""A duty that is cheaper to miss than to perform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, Final

from bpodsl.bounds import Bounds, Range, of_outcome
from bpodsl.bounds.prices import Price, Prices
from bpodsl.bounds.ranges import added, minus
from bpodsl.bounds.told import value_told
from bpodsl.lean import evolve, frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import SETTLED, sum_of
from bpodsl.lint.witness import Followed, Goal, Story, more_than
from bpodsl.terms import Account, Accrue, Kind, Line, Norm, OnOutcome
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money
from bpodsl.text import Problem, Related, Severity, Span, Trace
from bpodsl.values import DAY_TICKS


@frozen
class CheaperMissed(Problem):
    """Whoever has a duty pays less for missing it than the agreement makes performing it cost.

    What is paid for a miss makes up for the miss; where it is less than what performing costs by the agreement itself,
    the agreement pays for not performing. Payments that the duty brings in count as well: what is earned by performing
    and lost by a miss. Charges and credits count as far as one outcome more changes them by a sum of its own, be it a
    price or a formula; where one depends on the outcomes in another way, as a share does, nothing is said of the duty.
    A cap that holds down what a miss costs is reckoned with, and named. The events below show one case: what is owed if
    it is performed, and without its performance.

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
    cap: str = ""
    limit: str = ""
    other: Span | None = None
    events: Trace | None = None

    def message(self) -> str:
        held = f", since `{self.cap}` holds what a miss costs down to {self.limit}" if self.cap else ""
        if self.always:
            by = self.least if self.least == self.most else f"{self.least} or more"
            return f"`{self.bearer}` is better off by {by} to miss `{self.name}` than to perform it{held}."
        return f"`{self.bearer}` may be better off to miss `{self.name}` than to perform it: by {self.most}{held}."

    def other_part(self) -> tuple[str, ...]:
        return ("limit",)

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "the most that a miss costs"),)

    def part(self) -> tuple[str, ...]:
        return self.name, "outcome", "missed"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        if self.cap:
            return f"Raise `{self.cap}`, or let what a miss costs stand outside of it."
        return "Let the miss cost at least what performing does."


_OUTCOMES: Final = (("fulfilled",), ("missed", "breached"))


def find(bounds: Bounds) -> Iterator[Problem]:
    """Duties for which the agreement puts a price on performing, and a smaller one on the miss."""
    prices = Prices(bounds)
    for norm in bounds.contract.norms:
        if norm.modality != "must" or len(norm.bearer) != 1:
            continue
        stated = [list(_stated(bounds, prices, norm, kinds)) for kinds in _OUTCOMES]
        counted = [prices.of(norm, kinds) for kinds in _OUTCOMES]
        lines = [[line for line, _ in (*one, *(other or ()))] for one, other in zip(stated, counted, strict=True)]
        if None in counted or not all(lines) or len({line.currency for each in lines for line in each}) > 1:
            continue
        if any(line.sides for each in lines for line in each):
            # A change swaps who owes it to whom.
            continue
        kind = money(lines[0][0].currency)
        caps = _caps(bounds, norm, *stated)
        for held in (None, *caps):
            saved = _saved(bounds, norm, stated, counted, kind, held)
            always = not saved.empty and saved.low is not None and saved.low > 0
            # A range may be wider than what can happen: only what is known to be reached is told.
            may = not saved.empty and saved.high is not None and saved.high > 0 and saved.at_high is not None
            if always or may:
                least, most = ("" if end is None else value_told(end, kind) for end in (saved.low, saved.high))
                found = CheaperMissed(norm.clause.span, norm.name, norm.bearer[0], least, most, always)
                if held is not None:
                    account, limit = held
                    told = value_told(limit, kind)
                    found = evolve(found, cap=account.name, limit=told, other=account.clause.span)
                yield found
                break


def show(facts: Facts, problem: CheaperMissed) -> Trace | None:
    """One case, performed: what the bearer owes for it, and less without the performance."""
    norm = facts.norms[problem.name]
    length = None if norm.due is None else norm.due.length
    model = facts.model("BPO408", facts.asked(norm.acts[0])) if norm.acts else None
    if length is None or model is None or norm.needs == "all":
        return None
    cure = None if norm.cure is None else norm.cure.length
    over = more_than(length) + (0 if cure is None else more_than(cure)) + SETTLED
    for amount in (1, 1000):
        story = Story(facts)
        story.amount = amount
        if not story.open(norm):
            return None
        until = story.now + over
        missed = _paid(facts, story.followed(until), problem.bearer)
        story.report(norm.acts[0].event, model, "", **story.period(norm, facts.events[norm.acts[0].event]))
        # What the miss costs is known when its time is over, and what is counted when its window is.
        found = story.trace(_cheaper(facts, problem, missed, until - DAY_TICKS), until)
        if found is not None:
            return found
    return None


_Paid = dict[str, int | Fraction]


def _cheaper(facts: Facts, problem: CheaperMissed, missed: _Paid, at: int) -> Goal:
    """That the case was performed, and cost the bearer more than what is owed where it is missed."""

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        done = _paid(facts, entries, problem.bearer)
        lines = [name for name in {**done, **missed} if done.get(name, 0) != missed.get(name, 0)]
        more, less = (sum((paid.get(name, 0) for name in lines), start=Fraction(0)) for paid in (done, missed))
        performed = any(entry.clause == problem.name and entry.kind == "Fulfilled" for entry in entries)
        if not performed or more <= less:
            return None
        kind = money(next(line.currency for line in facts.contract.lines if line.name == lines[0]))
        name = f"`{problem.bearer}`"
        return at, f"{_owes(name, more, kind)}; without the last event {_owes('it', less, kind)}."

    return goal


def _paid(facts: Facts, entries: Sequence[Followed], party: str) -> _Paid:
    """What a party owes on each line; less than nothing where it is owed."""
    found: _Paid = {}
    signs = {line.name: 1 if line.payer == party else -1 for line in facts.contract.lines
             if party in (line.payer, line.payee)}  # fmt: skip
    for entry in entries:
        if entry.kind == "Accrued" and entry.clause in signs:
            found[entry.clause] = found.get(entry.clause, 0) + signs[entry.clause] * sum_of(entry)
    return found


def _owes(name: str, amount: int | Fraction, kind: Kind) -> str:
    if amount == 0:
        return f"{name} owes nothing"
    return f"{name} {'owes' if amount > 0 else 'is owed'} {value_told(abs(amount), kind)}"


_Stated = list[tuple[Line, ex.Expression]]
_Held = tuple[Account, int | Fraction]


def _saved(
    bounds: Bounds, norm: Norm, stated: list[_Stated], counted: Sequence[Sequence[Price] | None], kind: Kind,
    held: _Held | None,
) -> Range:  # fmt: skip
    """What the bearer saves by a miss, perhaps where a cap holds what that costs."""
    performed, missed = stated
    if held is not None:
        account, limit = held
        most = ex.Literal(limit, kind)
        missed = [
            (line, ex.Smallest((amount, most)) if line.name in account.lines else amount) for line, amount in missed
        ]
    less = ex.Arithmetic("-", _total(performed, norm, kind), _total(missed, norm, kind))
    saved = of_outcome(bounds, norm.name, less)
    for sign, priced in zip((1, -1), counted, strict=True):
        for line, price in priced or ():
            saved = added(saved, _as_cost(price, line, norm, sign))
    return saved


def _caps(bounds: Bounds, norm: Norm, performed: _Stated, missed: _Stated) -> list[_Held]:
    """The caps with a plain limit on what the bearer pays for a miss; none where they hold down something else too
    that the duty leads to."""
    found = []
    for account in bounds.contract.accounts:
        held = [line for line, _ in missed if line.name in account.lines]
        others = [line for line, _ in performed if line.name in account.lines]
        most = bounds.most(account)
        if most is not None and held and not others and all(line.payer == norm.bearer[0] for line in held):
            found.append((account, most))
    return found


def _stated(
    bounds: Bounds, prices: Prices, norm: Norm, outcomes: tuple[str, ...]
) -> Iterator[tuple[Line, ex.Expression]]:
    """What its own lines, and rules that follow from its outcomes, say is owed each time."""
    effects = [effect for outcome, effect in norm.consequences if outcome in outcomes]
    for rule in prices.rules.get(norm.name, ()):
        if isinstance(rule.on, OnOutcome) and rule.on.outcome in outcomes:
            effects += rule.then
    for effect in effects:
        if isinstance(effect, Accrue) and effect.line in bounds.lines:
            yield bounds.lines[effect.line], effect.amount


def _total(costs: list[tuple[Line, ex.Expression]], norm: Norm, kind: Kind) -> ex.Expression:
    """What the bearer pays, less what it receives."""
    total: ex.Expression = ex.Literal(0, kind)
    for line, amount in costs:
        if norm.bearer[0] in (line.payer, line.payee):
            total = ex.Arithmetic("+" if line.payer == norm.bearer[0] else "-", total, amount)
    return total


def _as_cost(price: Range, line: Line, norm: Norm, sign: int) -> Range:
    """What a price costs the bearer."""
    return price if (line.payer == norm.bearer[0]) is (sign > 0) else minus(price)
