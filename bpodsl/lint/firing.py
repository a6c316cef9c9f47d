"""Whether a rule can fire, and why not: the room that a term has for windows and for what arises in them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Final

from bpodsl.terms import (
    Length,
    OnAny,
    Once,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Recurrence,
    Rule,
    Terminate,
)

if TYPE_CHECKING:
    from bpodsl.lint.facts import Facts

DAYS: Final[Mapping[str, int]] = {"days": 1, "weeks": 7, "months": 31, "years": 366}
_CELL: Final[Mapping[str, int]] = {"day": 1, "week": 7, "month": 28}


def why_never(facts: Facts, rule: Rule, outcomes: Set[tuple[str, str]]) -> str | None:
    """Why a rule can never fire; None if it can."""
    match rule.on:
        case OnHappens(selector):
            if not facts.selects(selector):
                return f"no `{selector.event}` can be as it asks"
            fields = facts.row((selector.event,))
        case OnOutcome(norm, outcome):
            if (norm, outcome) not in outcomes:
                return f"`{norm}` can never be {outcome}"
            fields = facts.of_norm(facts.norms[norm])
        case OnAny(those):
            if all((each.norm, each.outcome) not in outcomes for each in those):
                return f"none of {', '.join(f'`{each.norm}`' for each in those)} can ever be {those[0].outcome}"
            fields = facts.of_any(those)
        case OnLasting(state):
            if state not in facts.begun:
                return f"`{state}` can never begin"
            fields = facts.of_state(facts.states[state])
        case OnFired():
            return None
        case OnSettled(figure):
            there = facts.windows(facts.figures[figure].grid)
            counted = rule.recurrence is not None and rule.recurrence.weight is None
            needed = rule.recurrence.n if rule.recurrence is not None and counted else 1
            if there < needed:
                many = f"{there} window{'' if there == 1 else 's'}" if there else "no window"
                asked = f"it asks for {needed} windows, and " if needed > 1 else ""
                return f"{asked}`{figure}` has {many} in the whole term"
            fields = facts.of_figure(facts.figures[figure])
    if not facts.can(rule.when, fields):
        return "its condition can never hold"
    if isinstance(rule.on, OnOutcome) and rule.recurrence is not None:
        return _too_often(facts, rule.on, rule.recurrence)
    return None


def _too_often(facts: Facts, on: OnOutcome, recurrence: Recurrence) -> str | None:
    """Why an outcome cannot come about so often."""
    norm = facts.norms[on.norm]
    grids = [way.grid for way in norm.opening if isinstance(way, OnPeriod)]
    timed = all(isinstance(way, OnPeriod | Once) for way in norm.opening)
    if norm.modality == "must not" or not timed or recurrence.weight is not None:
        return None
    each = 1 if norm.members is None else len(norm.members.values)
    most = each * (sum(facts.windows(grid) for grid in grids) + len(norm.opening) - len(grids))
    if most < recurrence.n:
        return f"`{norm.name}` arises {_times(most)} at most"
    span, held = recurrence.span, any(version.states for version in norm.versions)
    if span is None or span.unit not in DAYS or on.outcome not in ("missed", "opened") or held:
        return None
    # Days on which a deadline moves may bring two of them nearer to each other, so there is room for two more.
    days = span.amount * DAYS[span.unit]
    cells = [one for grid in grids for one in grid.each if one.unit in _CELL]
    fitting = each * sum(days // (_CELL[grid.unit] * grid.n) + 2 for grid in cells)
    if any(grid.unit in ("term", "listed") for grid in grids) or fitting >= recurrence.n:
        return None
    told = f"{recurrence.n} times in {span.amount} {span.unit}"
    return f"`{norm.name}` cannot be {on.outcome} {told}: it arises once in each of its windows"


def at_once(effect: Terminate) -> bool:
    """Whether an end comes as soon as its notice is over: no day or period puts it off."""
    return effect.to is None and effect.earliest is None and effect.named is None


def days_of(length: Length | None, least: bool) -> int | None:
    """How many days a length comes to, at least or at most; None of what is counted by the clock or by open days."""
    if length is None or length.unit not in DAYS:
        return None
    shortest = {"days": 1, "weeks": 7, "months": 28, "years": 365}
    return length.amount * (shortest if least else DAYS)[length.unit]


def _times(number: int) -> str:
    return "never" if number == 0 else "once" if number == 1 else f"{number} times"
