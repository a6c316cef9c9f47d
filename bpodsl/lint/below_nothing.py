"""A sum that may come out below nothing, so that the other side pays it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar, Final

from bpodsl.bounds import Bounds
from bpodsl.bounds.money import asked_of_outcome, asked_of_rule
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import MONTH, causes, first_shown, histories, sum_of
from bpodsl.lint.told import told
from bpodsl.lint.witness import Followed
from bpodsl.terms import Accrue, Clause, Line, Norm, OnOutcome, children, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money
from bpodsl.text import Problem, Severity, Trace


@frozen
class BelowNothing(Problem):
    """A sum owed is reckoned from a difference that may be less than nothing: then the other side pays.

    Mostly what is beyond a threshold is meant, and what lies below it should come to nothing. It is asked where a fixed
    number is taken from something that varies; a difference of two things that both vary (the actual less what was
    forecast) settles both ways, and nothing is said of it. What is reported is taken to be never less than nothing. The
    time that a late performance took is never less than the limit of its duty, unless that is graded anew.

    Not so:

        charge excess_tickets
          each month
          northwind pays meridian 2 GBP * (count of ticket_opened - 100)

    But so:

        charge excess_tickets
          each month
          northwind pays meridian 2 GBP * the greater of 0 and count of ticket_opened - 100

    Next: let it be `the greater of 0 and …`; or allow it, with the reason, if it is to be paid the other way.
    """

    code: ClassVar[str] = "BPO454"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    term: str
    least: str
    payer: str
    events: Trace | None = None

    def message(self) -> str:
        come = f"may come to as little as {self.least}" if self.least else "may come to less than 0"
        return f"`{self.name}` {come}, where “{self.term}” is less than nothing: then `{self.payer}` pays."

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Say `the greater of 0 and …` if nothing is to be owed then; else allow it, with the reason."


_LATE: Final = ("late", "missed", "breached", "cured")


def find(bounds: Bounds) -> Iterator[Problem]:
    """The first such difference of each sum owed."""
    known = Bounds(bounds.contract, from_zero=True)
    seen: set[str] = set()
    for line, clause, amount, late in sums_owed(known):
        if line.name in seen or line.sides:
            continue
        whole = known.of(amount)
        # A range may be wider than what can happen: only what is known to be reached is told.
        if whole.empty or (whole.low is not None and (whole.low >= 0 or whole.at_low is None)):
            continue
        term = next(_differences(known, amount, late), None)
        if term is not None:
            seen.add(line.name)
            least = "" if whole.low is None else value_told(whole.low, money(line.currency))
            yield BelowNothing(clause.span, clause.name, told(term).replace("(…)", "…"), least, line.payee)


def show(facts: Facts, problem: BelowNothing) -> Trace | None:
    """A sum that the other side owes."""
    return show_below(facts, problem.name)


def show_below(facts: Facts, name: str) -> Trace | None:
    """What a clause says is owed, below nothing."""
    lines = [line for line in facts.contract.lines if line.clause.name == name]
    names = {line.name for line in lines}

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        below = [entry for entry in entries if entry.kind == "Accrued" and entry.clause in names]
        for entry in below:
            amount = sum_of(entry)
            if amount < 0:
                told = value_told(amount, money(lines[0].currency))
                window = f" in {entry.period}" if entry.period else ""
                return entry.at, f"`{name}` is {told}{window}."
        return None

    grids = [facts.figures[line.figure].grid for line in lines if line.figure in facts.figures]
    return first_shown(histories(facts, causes(facts, (), lines), grids[0] if grids else MONTH), goal)


def sums_owed(bounds: Bounds) -> Iterator[tuple[Line, Clause, ex.Expression, Norm | None]]:
    """Each sum owed, in the scope in which it is reckoned, with its clause; of what a late performance leads to the
    duty."""
    contract, lines = bounds.contract, bounds.lines
    for line in contract.lines:
        figure = bounds.figures.get(line.figure or "")
        if figure is not None and figure.clause.word in ("charge", "credit"):
            with bounds.within(grid=figure.grid, keys=figure.by, events=(), rows_of=""):
                yield line, figure.clause, figure.value, None
    for norm in contract.norms:
        for outcome, effect in norm.consequences:
            if isinstance(effect, Accrue) and effect.line in lines:
                for scope in asked_of_outcome(bounds, norm.name):
                    late = norm if outcome in _LATE else None
                    with scope, _beyond(bounds, late):
                        yield lines[effect.line], norm.clause, effect.amount, late
    for rule in contract.rules:
        late = bounds.norms.get(rule.on.norm) if isinstance(rule.on, OnOutcome) and rule.on.outcome in _LATE else None
        for effect in rule.then:
            if isinstance(effect, Accrue) and effect.line in lines:
                for scope in asked_of_rule(bounds, rule):
                    with scope, _beyond(bounds, late):
                        yield lines[effect.line], rule.clause, effect.amount, late


def _differences(bounds: Bounds, e: object, late: Norm | None) -> Iterator[ex.Arithmetic]:
    """Those of something that varies and a fixed number that may be less than nothing where they are asked for."""
    match e:
        case ex.Aggregate():
            return
        case ex.If(condition, then, otherwise):
            for holds, branch in ((True, then), (False, otherwise)):
                with bounds.given(condition, holds):
                    yield from _differences(bounds, branch, late)
            return
        case ex.Largest() if (of := bounds.of(e).low) is not None and of >= 0:
            return
        case ex.Arithmetic("-", left, right) if _fixed(right) and not _fixed(left):
            low = bounds.of(e).low
            if low is not None and low < 0 and not (late is not None and _beyond_the_limit(left, right, late)):
                yield e
    for part in children(e):
        yield from _differences(bounds, part, late)


def _fixed(e: object) -> bool:
    """Whether it is a number that the agreement says, or one of several in a list."""
    match e:
        case ex.Literal() | ex.Unmeasured():
            return True
        case ex.Arithmetic(_, left, right):
            return _fixed(left) and _fixed(right)
        case ex.Smallest(parts) | ex.Largest(parts):
            return all(_fixed(part) for part in parts)
        case ex.Rounded(value):
            return _fixed(value)
        case ex.If(_, then, otherwise):
            return _fixed(then) and _fixed(otherwise)
        case ex.IfMeasured(value, otherwise):
            return _fixed(value) and _fixed(otherwise)
        case ex.Table(_, rows, otherwise):
            return all(_fixed(row.result) for row in rows) and (otherwise is None or _fixed(otherwise))
        case _:
            return False


@contextmanager
def _beyond(bounds: Bounds, late: Norm | None) -> Iterator[None]:
    """After a late performance it took at least the shortest limit of its duty."""
    with bounds.within(took=0 if late is None else min(_limits(late), default=0)):
        yield


def _limits(norm: Norm) -> set[int]:
    """The limits of a duty by the clock, if all of them are."""
    lengths = [None if version.due is None else version.due.length for version in norm.versions]
    # The terms under which nothing stands that has a variant of its own have no deadline.
    found = {each.amount for each in lengths if each is not None and each.unit in ("elapsed", "open")}
    return found if all(each is None or each.unit in ("elapsed", "open") for each in lengths) else set()


def _beyond_the_limit(left: object, right: object, norm: Norm) -> bool:
    """Whether it is what a late performance took less a limit of the duty itself: never less than nothing."""
    asked = {part.value for part in walk(right) if isinstance(part, ex.Literal) and part.kind.base == "length"}
    return isinstance(left, ex.Reading) and not norm.regrading and asked <= _limits(norm)
