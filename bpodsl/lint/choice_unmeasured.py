"""A sum or count chosen by an `if` whose condition may be neither so nor not so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds.silence import when_silent
from bpodsl.lean import frozen
from bpodsl.terms import Accrue, Clause, Contract, OnHappens, children, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity

Leaf = ex.FieldOf | ex.CaseField | ex.FigureAt


@frozen
class ChoiceUnmeasured(Problem):
    """A sum depends on an `if` that asks what may be left out, may not have come yet, or may not be measured.

    Then the condition is neither so nor not so: no branch is taken, neither `then` nor `else`, and nothing is owed; the
    ledger notes the sum that was not posted, and why. In a `sum of … over` the row is left out. A contract seldom means
    that; which branch is meant should be said.

    Not so:

        event loss from meridian
          incident  key
          subjects  number, optional
        trigger lost
          when loss
          then meridian pays northwind if subjects more than 1 000 then 20 000 GBP else 10 000 GBP as "loss"

    But so:

        event loss from meridian
          incident  key
          subjects  number, optional
        trigger lost
          when loss
          then meridian pays northwind if subjects is given and subjects more than 1 000 then 20 000 GBP
            else 10 000 GBP as "loss"

    Next: ask for it first: `FIELD is given and …`, or `FIGURE is measured and …`; or say what is owed then:
    `(if … then … else …), or 10 000 GBP if not measured`.
    """

    code: ClassVar[str] = "BPO464"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    asked: str
    why: str
    guard: str

    def message(self) -> str:
        return f"`{self.name}` chooses by `{self.asked}`, which {self.why}: then it takes neither branch."

    def hint(self) -> str | None:
        return f"Write `if {self.guard} and …`, or say what it is then: `(if … else …), or … if not measured`."


def find(contract: Contract) -> Iterator[Problem]:
    """The first such choice of each clause from which a sum follows."""
    told: set[str] = set()
    for clause, amount, event, where in _sums(contract):
        leaf = next(_open(contract, amount, _guarded(where, True), event), None)
        if leaf is not None and clause.name not in told:
            told.add(clause.name)
            yield ChoiceUnmeasured(clause.span, clause.name, *_told(contract, leaf))


def _sums(contract: Contract) -> Iterator[tuple[Clause, object, str, object]]:
    """Every sum that is owed, and what the rows of figures add; where it is about an event, the kind of that, and what
    holds of it."""
    for figure in contract.figures:
        if figure.clause.word in ("charge", "credit"):
            yield figure.clause, figure.value, "", None
        for part in walk(figure.value):
            if isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.EventRows | ex.OutcomeRows):
                kind = part.rows.event if isinstance(part.rows, ex.EventRows) else ""
                yield figure.clause, part.value, kind, part.where
    for rule in contract.rules:
        of = rule.on.selector if isinstance(rule.on, OnHappens) else None
        event, where = ("", rule.when) if of is None else (of.event, of.where)
        for each in rule.then:
            if isinstance(each, Accrue):
                yield rule.clause, each.amount, event, where
    for norm in contract.norms:
        for effect in walk(norm):
            if isinstance(effect, Accrue):
                yield norm.clause, effect.amount, "", None


def _told(contract: Contract, leaf: Leaf) -> tuple[str, str, str]:
    match leaf:
        case ex.FieldOf(name):
            lent = any(each.name == name for each in contract.lendings)
            return name, "may not have come yet" if lent else "may be left out", f"{name} is given"
        case ex.CaseField(_, name):
            return name, "may not have come yet", f"{name} is given"
        case ex.FigureAt(figure):
            return figure, "is not measured where there is nothing to measure", f"{figure} is measured"


def _open(contract: Contract, e: object, sure: frozenset[object], event: str) -> Iterator[Leaf]:
    """What the conditions of choices ask, and nothing asks for first (`sure`)."""
    match e:
        case ex.Aggregate():
            return  # What its rows add is looked at by itself.
        case ex.IfMeasured(_, otherwise):
            yield from _open(contract, otherwise, sure, event)
            return
        case ex.If(condition, then, otherwise):
            if not isinstance(then, ex.Unmeasured) and not isinstance(otherwise, ex.Unmeasured):
                yield from _asked(contract, condition, sure, event)
            yield from _open(contract, then, sure | _guarded(condition, True), event)
            yield from _open(contract, otherwise, sure | _guarded(condition, False), event)
            return
    for part in children(e):
        yield from _open(contract, part, sure, event)


def _asked(contract: Contract, condition: object, sure: frozenset[object], event: str) -> Iterator[Leaf]:
    match condition:
        case ex.AllOf(parts) | ex.AnyOf(parts):
            holds = isinstance(condition, ex.AllOf)
            for part in parts:
                others = (_guarded(other, holds) for other in parts if other is not part)
                yield from _asked(contract, part, sure.union(*others), event)
        case ex.Not(negated):
            yield from _asked(contract, negated, sure, event)
        case ex.IfMeasured(_, otherwise):
            yield from _asked(contract, otherwise, sure, event)
        case ex.Aggregate():
            return
        case ex.FieldOf() | ex.CaseField() | ex.FigureAt():
            if condition not in sure and _may_lack(contract, condition, event):
                yield condition
        case _:
            for below in children(condition):
                yield from _asked(contract, below, sure, event)


def _guarded(condition: object, holds: bool) -> frozenset[object]:
    """What is surely there where the condition holds, or (`holds` False) where it is measured and does not."""
    match condition:
        case ex.IfMeasured(ex.Compare("=", asked, same), ex.Literal(False)) if holds and asked == same:
            return frozenset[object]((asked,))
        case ex.Standing(figure, "met" | "missed" | "below minimum", shift) if holds:
            return frozenset((ex.FigureAt(figure, shift),))
        case ex.Standing(figure, "not measured", shift) if not holds:
            return frozenset((ex.FigureAt(figure, shift),))
        case ex.Not(negated):
            return _guarded(negated, not holds)
        case ex.AllOf(parts) if holds:
            return frozenset[object]().union(*(_guarded(part, True) for part in parts))
        case ex.AnyOf(parts) if not holds:
            return frozenset[object]().union(*(_guarded(part, False) for part in parts))
        case ex.Compare():
            # Where it is measured, so are its sides.
            return frozenset(each for each in walk(condition) if isinstance(each, Leaf))
    return frozenset()


def _may_lack(contract: Contract, leaf: Leaf, event: str) -> bool:
    match leaf:
        case ex.CaseField():
            return True
        case ex.FieldOf(name):
            if any(each.name == name and event in ("", each.to) for each in contract.lendings):
                return True  # It is a field of the case.
            kinds = [kind for kind in contract.events if not event or kind.name == event]
            return any(_may_be_left_out(kind.field(name)) for kind in kinds if kind.field(name) is not None)
        case ex.FigureAt(name):
            figure = next((each for each in contract.figures if each.name == name), None)
            return figure is not None and _may_be_empty(contract, figure.value)


def _may_be_left_out(field: object) -> bool:
    return bool(getattr(field, "optional", False)) and getattr(field, "default", None) is None


def _may_be_empty(contract: Contract, value: object) -> bool:
    """Whether a figure is a share, a mean or one of several values: of nothing there is none."""
    plain = isinstance(value, ex.Aggregate) and value.op not in ("count", "sum")
    share = isinstance(value, ex.Arithmetic) and value.op == "/" and when_silent(contract, value) is None
    return plain or share
