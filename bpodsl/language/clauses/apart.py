"""Payments of the versions of one clause: each between its own parties, under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpodsl.lean import evolve
from bpodsl.terms import Accrue, Effect, Line, Norm, Rule


def payments_apart(name: str, tables: list[Any]) -> None:
    """Of the lowered versions of a clause (the first before all others) rename each payment that differs from one of
    the same name in an earlier version. `tables` have `lines`, `norms` and `rules` by name, which are changed.
    """
    known: dict[str, Line] = {}
    for table in tables:
        new: dict[str, str] = {}
        for old, line in list(table.lines.items()):
            if line.figure is not None or not old.startswith(f"{name}.") or known.setdefault(old, line) == line:
                continue
            free = _free(old, known, line)
            known[free] = new_line = evolve(line, name=free, clause=evolve(line.clause, name=free))
            new[old] = free
            del table.lines[old]
            table.lines[free] = new_line
        if new:
            table.norms.update({each: _norm(norm, new) for each, norm in table.norms.items() if _own(each, name)})
            table.rules.update({each: _rule(rule, new) for each, rule in table.rules.items() if _own(each, name)})


def _own(each: str, name: str) -> bool:
    return each == name or each.startswith(f"{name}.")


def _free(old: str, known: Mapping[str, Line], line: Line) -> str:
    """The first name that no other payment has."""
    n = 2
    while True:
        free = f"{old}.{n}"
        if free not in known or evolve(known[free], name=old, clause=line.clause) == line:
            return free
        n += 1


def _norm(norm: Norm, new: Mapping[str, str]) -> Norm:
    after = tuple((outcome, _effect(effect, new)) for outcome, effect in norm.after)
    variants = tuple(
        each if each.terms is None else evolve(each, terms=_norm(each.terms, new)) for each in norm.variants
    )
    return evolve(norm, after=after, variants=variants)


def _rule(rule: Rule, new: Mapping[str, str]) -> Rule:
    return evolve(rule, then=tuple(_effect(each, new) for each in rule.then))


def _effect(effect: Effect, new: Mapping[str, str]) -> Effect:
    return evolve(effect, line=new[effect.line]) if isinstance(effect, Accrue) and effect.line in new else effect
