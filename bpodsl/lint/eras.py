"""The agreement as it stands from one change to the next: every term in the version of that time alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from bpodsl.lean import evolve, frozen, is_lean, parts_of
from bpodsl.terms import Change, Contract, Norm, OnEvent, Variant
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO

YES: Final = ex.Literal(True, YES_NO)
NO: Final = ex.Literal(False, YES_NO)


@frozen
class Era:
    """What is agreed from a day on, until the next change. `change`: the one that begins it, the last of them; None of
    what was agreed first. `known`: the day from which all changes in it are in force and signed."""

    contract: Contract
    change: Change | None
    known: date


def eras(contract: Contract) -> Iterator[Era]:
    """The versions of an agreement that changes make, in the order of time; none where there are no changes."""
    if not contract.changes:
        return
    days = sorted({change.effective for change in contract.changes})
    for day, following in zip((date.min, *days), (*days, date.max), strict=True):
        made = [change for change in contract.changes if change.effective <= day]
        last = next((change for change in reversed(made) if change.effective == day), None)
        known = [contract.term.effective, *(each for change in made for each in (change.effective, change.signed))]
        # What is replaced before it is in force is never the agreement.
        if max(known) < following:
            yield Era(_at(contract, day), last, max(known))


def _at(contract: Contract, day: date) -> Contract:
    """The terms for what happens, opens or begins on a day."""
    there = _There(contract, day)
    return evolve(
        contract,
        norms=tuple(there.norm(each) for each in contract.norms),
        states=there.plain(contract.states),
        figures=there.plain(contract.figures),
        accounts=there.plain(contract.accounts),
        rules=there.plain(contract.rules),
    )


class _There:
    """Terms in the version of a day."""

    def __init__(self, contract: Contract, day: date) -> None:
        self.day = day
        self.days = {change.effective for change in contract.changes}
        self.made = {change.name for change in contract.changes if change.effective <= day}

    def norm(self, norm: Norm) -> Norm:
        """A norm with the variants that there may be then; where there is none, one that nothing opens."""
        terms = norm
        variants: list[Variant] = []
        for each in norm.variants:
            when = self.plain(each.when)
            if when == NO:
                continue
            if when == YES:
                if each.terms is None:
                    if not variants:
                        gone: Norm = self.plain(evolve(norm, variants=()))
                        return evolve(gone, opening=(), acts=())
                    variants.append(evolve(each, when=YES))
                else:
                    terms = each.terms
                break
            variants.append(evolve(each, when=when, terms=None if each.terms is None else self.plain(each.terms)))
        found: Norm = self.plain(evolve(terms, variants=()))
        opening = tuple(way for way in found.opening if not (isinstance(way, OnEvent) and way.selector.where == NO))
        return evolve(found, opening=opening, variants=tuple(variants))

    def plain(self, part: Any) -> Any:
        """A term in which nothing asks any more whether a change is in force."""
        if isinstance(part, tuple):
            return tuple(self.plain(each) for each in part)
        match part:
            case ex.Literal():
                return part
            case ex.Compare(">=", ex.WindowDay() | ex.Moment(_, True), ex.Literal(date() as since)):
                return (YES if since <= self.day else NO) if since in self.days else part
            case ex.Signed(change):
                return YES if change in self.made else NO
            case ex.If(condition, then, otherwise):
                holds = self.plain(condition)
                if holds in (YES, NO):
                    return self.plain(then if holds == YES else otherwise)
                return ex.If(holds, self.plain(then), self.plain(otherwise))
            case ex.AllOf(parts) | ex.AnyOf(parts):
                return _joined(type(part), self.plain(parts))
            case ex.Not(one):
                found = self.plain(one)
                return YES if found == NO else NO if found == YES else ex.Not(found)
        if not is_lean(type(part)):
            return part
        changed = {
            name: new for name in parts_of(type(part))
            if isinstance(value := getattr(part, name), tuple) or is_lean(type(value))
            if (new := self.plain(value)) is not value and new != value
        }  # fmt: skip
        return evolve(part, **changed) if changed else part


def _joined(kind: type[ex.AllOf | ex.AnyOf], parts: tuple[ex.Expression, ...]) -> ex.Expression:
    """Several conditions, of which those that are certain decide or are left out."""
    ends, nothing = (NO, YES) if kind is ex.AllOf else (YES, NO)
    if ends in parts:
        return ends
    rest = tuple(each for each in parts if each != nothing)
    return nothing if not rest else rest[0] if len(rest) == 1 else kind(rest)
