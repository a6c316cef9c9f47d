"""Circles that time breaks: what follows a miss, or what a settled window imposes, comes about later than what it
would have to follow from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bpodsl.lean import frozen
from bpodsl.terms import expressions as ex
from bpodsl.terms.clause import Clause
from bpodsl.terms.contract import Contract
from bpodsl.terms.effects import Impose
from bpodsl.terms.knots import knots
from bpodsl.terms.norms import Due, Norm
from bpodsl.terms.rules import OnSettled, outcomes_of
from bpodsl.terms.walking import walk
from bpodsl.values import HOUR

_MISSES = ("missed", "breached")
_SEEN_LATER = (ex.TrailOutcomes, ex.TrailIntervals, ex.TrailLength, ex.Answered, ex.Ruled, ex.Posted)
"""What a figure may ask that comes about after its window, or is found to have been so from before."""

_LEAST: Final = {"elapsed": 12 * HOUR, "open": 4 * HOUR}
"""What comes round in less would make more instances than anybody follows."""

_OF_OUTCOMES = (ex.OutcomeRows, ex.StandingRows, ex.TrailOutcomes, ex.Answered)


@frozen
class Edge:
    """`start` leads to `end`; `kind` read, trigger or delay; `clause` the clause that says so."""

    start: str
    end: str
    kind: str
    clause: Clause


def later_in_circles(contract: Contract, edges: Sequence[Edge]) -> frozenset[Edge]:
    """Of the edges of a contract those in a circle whose end comes about later than what the circle begins with.

    Two such are known. What follows the miss of a norm that cannot be missed at the instant at which it opens: round
    by its own opening it comes to another instant. And what a settled window imposes: an instance that opens at its end
    or later is none that the window counts. A circle is broken so only if none remains in which nothing is later.
    """
    ahead: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind != "delay":
            ahead.setdefault(edge.start, []).append(edge.end)
            ahead.setdefault(edge.end, [])
    found: set[Edge] = set()
    for knot in knots(ahead):
        inside = set(knot)
        if len(knot) > 1 or knot[0] in ahead[knot[0]]:
            found |= _broken(contract, [e for e in edges if e.kind != "delay" and {e.start, e.end} <= inside])
    return frozenset(found)


def _broken(contract: Contract, circle: Sequence[Edge]) -> set[Edge]:
    """Of the edges of a knot those that are later, if that leaves no circle; else none."""
    imposed = _imposed_by_windows(contract, circle)
    if not _goes_round((edge.start, edge.end) for edge in circle if edge not in imposed):
        return imposed
    names = {edge.start for edge in circle}
    norms = [norm for norm in contract.norms if f"decision:{norm.name}" in names]
    missing = {f"decision:{norm.name}" for norm in norms if cannot_be_missed_at_once(norm)}
    follows = {edge for edge in circle if edge.start in missing and _follows_a_miss(contract, edge)}
    hops: list[tuple[str, str]] = []
    for edge in circle:
        start = f"missed {edge.start}" if edge in follows else edge.start
        hops.append((start, edge.end))
        if edge.end in missing and not edge.start.startswith("opening:"):
            # What bears on a decision otherwise than by its opening may do so at the instant of a miss.
            hops.append((start, f"missed {edge.end}"))
    if _goes_round(hops) or not _one_by_one(contract, circle, norms):
        return set()
    return follows


def _goes_round(hops: Iterable[tuple[str, str]]) -> bool:
    ahead: dict[str, list[str]] = {}
    for start, end in hops:
        ahead.setdefault(start, []).append(end)
        ahead.setdefault(end, [])
    return any(len(knot) > 1 or knot[0] in ahead[knot[0]] for knot in knots(ahead))


def _one_by_one(contract: Contract, circle: Sequence[Edge], norms: Sequence[Norm]) -> bool:
    """Whether a knot is one way round on which each miss opens one instance: two would double each time."""
    ways = {(edge.start, edge.end) for edge in circle}
    if len(ways) != len({start for start, _ in ways}):
        return False
    opened = {edge.end for edge in circle if edge.end.startswith("opening:")}
    rules = [rule for rule in contract.rules if any(start == f"rule:{rule.name}" for start, _ in ways)]
    following = [[effect for _, effect in version.after] for norm in norms for version in norm.versions]
    following += [list(rule.then) for rule in rules]
    many = (sum(isinstance(e, Impose) and f"opening:{e.norm}" in opened for e in effects) for effects in following)
    return all(count <= 1 for count in many) and not any(norm.members for norm in norms)


def _imposed_by_windows(contract: Contract, circle: Sequence[Edge]) -> set[Edge]:
    """The edges by which settled windows impose, where no figure of the circle sees beyond its window."""
    names = {edge.start for edge in circle}
    for figure in contract.figures:
        asked = (figure.value, figure.target, figure.minimum, figure.shows, figure.awaits)
        if f"figure:{figure.name}" in names and any(isinstance(part, _SEEN_LATER) for part in walk(asked)):
            return set()
    rules = {f"rule:{r.name}": r for r in contract.rules if isinstance(r.on, OnSettled)}
    if any(isinstance(part, _SEEN_LATER) for name, r in rules.items() if name in names for part in walk(r.when)):
        return set()
    imposing = {
        (name, f"opening:{each.norm}") for name, rule in rules.items() for each in rule.then if isinstance(each, Impose)
    }
    return {edge for edge in circle if (edge.start, edge.end) in imposing}


def _follows_a_miss(contract: Contract, edge: Edge) -> bool:
    """Whether an edge from the decision of a norm is there only for what follows its miss."""
    name = edge.start.partition(":")[2]
    if edge.end.startswith("rule:"):
        rule = next(each for each in contract.rules if f"rule:{each.name}" == edge.end)
        outcomes = {each.outcome for each in outcomes_of(rule.on) if each.norm == name}
        asked = any(isinstance(part, _OF_OUTCOMES) for part in walk(rule.when))
        return bool(outcomes) and outcomes <= set(_MISSES) and not asked
    if not edge.end.startswith("opening:"):
        return False
    norm = next(each for each in contract.norms if each.name == name)
    of = edge.end.partition(":")[2]
    outcomes = {outcome for outcome, effect in norm.consequences if isinstance(effect, Impose) and effect.norm == of}
    # What the opening itself asks of the decision is another edge of the same two.
    return bool(outcomes) and outcomes <= set(_MISSES) and edge.kind == "trigger"


def cannot_be_missed_at_once(norm: Norm) -> bool:
    """Whether a miss lies well after the opening, under all terms of a norm."""
    if norm.form != "obligation" or norm.modality != "must" or norm.difference is not None:
        return False
    if all(terms.due is None for terms in norm.versions):
        return False  # Nothing ever follows its miss, so nothing of it is later.
    return all(not terms.clock.from_field and (terms.due is None or _ahead(terms.due)) for terms in norm.versions)


def _ahead(due: Due) -> bool:
    """Whether a deadline counted from an instant always lies after it, as far as days are apart (hours: `_LEAST`)."""
    length = due.length
    plain = due.anchor == "opening" and not due.back and not due.count and due.time is None and due.roll != "preceding"
    if length is None or not plain or due.fixed is not None or due.day_of_month is not None or due.weekday is not None:
        return False
    if length.by_clock:
        return length.amount >= _LEAST[length.unit]
    # A day that is not to be reached may be over as it begins, where the ground lies at its midnight.
    return length.amount >= (1 if due.edge == "within" else 2)
