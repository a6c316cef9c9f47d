"""Which norms, states and rules are straight: certain from the terms alone to see only the events of their own case.

A family is a set of them that share keys and kinds of events. A case is all events of a family with the same values of
those keys. No other clause reads a case, but for figures that count its outcomes; and nothing flows back into it. So
cases may be decided one by one, in any order, by a function that is written for the family.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bpodsl.lean import evolve, field, frozen
from bpodsl.record.grounds import anchoring
from bpodsl.terms import (
    Contract,
    Edge,
    Effect,
    EventKind,
    Impose,
    Norm,
    OnEvent,
    OnOutcome,
    Raise,
    Rule,
    Selector,
    State,
    WhenImposed,
    edges,
    walk,
)  # fmt: skip
from bpodsl.terms import expressions as ex

_OF_FIELDS = (
    ex.FieldOf, ex.Literal, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not, ex.Arithmetic, ex.If, ex.IfMeasured, ex.Smallest,
    ex.Largest, ex.Unmeasured,
)  # fmt: skip
"""What a condition may be made of that asks for nothing but fields of its event."""

COUNTED = ("decided", "performed", "due")
"""How figures may count outcomes: as these, they have all come when the window that they belong to is over."""

_OUTCOMES = ("opened", "fulfilled", "missed", "late")


@frozen
class Family:
    """Terms that share cases. `kinds`: the events that they read; `counted`: the norms that figures count."""

    keys: tuple[str, ...]
    kinds: tuple[EventKind, ...]
    norms: tuple[Norm, ...]
    states: tuple[State, ...]
    rules: tuple[Rule, ...]
    counted: frozenset[str]
    levels: Mapping[str, int] = field(hash=False, eq=False, repr=False)


def families(contract: Contract, levels: Mapping[str, int]) -> tuple[Family, ...]:
    """The families of a contract, in order of their first norm."""
    found = _Straight(contract)
    return tuple(_family(contract, levels, nodes) for nodes in found.parted())


def reasons(contract: Contract) -> dict[str, str]:
    """Of each norm, state, rule and kind of event that is not straight (by node, as `terms.edges` names them): why."""
    return _Straight(contract).why


def _family(contract: Contract, levels: Mapping[str, int], nodes: set[str]) -> Family:
    norms = tuple(n for n in contract.norms if f"opening:{n.name}" in nodes)
    counted = {
        part.norm for part in contract.expressed if isinstance(part, ex.OutcomeRows)
    } & {norm.name for norm in norms}  # fmt: skip
    return Family(
        norms[0].by,
        tuple(k for k in contract.events if f"event:{k.name}" in nodes),
        norms,
        tuple(s for s in contract.states if f"state:{s.name}" in nodes),
        tuple(r for r in contract.rules if f"rule:{r.name}" in nodes),
        frozenset(counted),
        levels,
    )


class _Straight:
    """Finds the nodes that are straight: all that are so by themselves, less those that touch one that is not."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.why: dict[str, str] = {}
        self.keys: dict[str, frozenset[str]] = {}
        self.ahead: dict[str, list[Edge]] = {}
        for edge in edges(contract):
            # What one event says of another is settled before an evaluation.
            if not (edge.start.startswith("event:") and edge.end.startswith("event:")):
                self.ahead.setdefault(edge.start, []).append(edge)
        self.kinds = {kind.name: kind for kind in contract.events}
        self._alone()
        while self._touched():
            pass

    # ------------------------------------------------------------------ by themselves
    def _alone(self) -> None:
        contract = self.contract
        whole = of_contract(contract)
        asked, alone = _asked(contract), _asked_alone(contract)
        sources = _sources(contract)
        for kind in contract.events:
            self._take(f"event:{kind.name}", whole or alone.get(kind.name, ""), frozenset(kind.keys))
        for norm in contract.norms:
            why = whole or of_norm(norm) or asked.get(norm.name, "")
            if not why and norm.opening == (WhenImposed(),) and len(sources.get(norm.name, ())) != 1:
                why = "more than one thing imposes it"
            self._take(f"opening:{norm.name}", why, frozenset(norm.by))
            self._take(f"decision:{norm.name}", why, frozenset(norm.by))
        for state in contract.states:
            self._take(f"state:{state.name}", whole or of_state(state), frozenset(state.by))
        for rule in contract.rules:
            self._take(f"rule:{rule.name}", whole or of_rule(rule), None)

    def _take(self, node: str, why: str, keys: frozenset[str] | None) -> None:
        if why:
            self.why[node] = why
        elif keys is not None:
            self.keys[node] = keys

    # ------------------------------------------------------------------ by what they touch
    def _touched(self) -> bool:
        """Drop what touches something that is not straight; whether anything was dropped."""
        before = len(self.why)
        for found in self.ahead.values():
            for edge in found:
                self._of_edge(edge)
        ladders: dict[str, list[Norm]] = {}
        for norm in self.contract.norms:
            if norm.ladder:
                ladders.setdefault(norm.ladder, []).append(norm)
        for norms in ladders.values():
            if any(f"opening:{n.name}" in self.why for n in norms):
                self._drop((f"opening:{n.name}" for n in norms), "a level of its ladder is not straight")
        for norm in self.contract.norms:
            both = f"opening:{norm.name}", f"decision:{norm.name}"
            if any(node in self.why for node in both):
                self._drop(both, "its other half is not straight")
        return len(self.why) > before

    def _of_edge(self, edge: Edge) -> None:
        start, end = edge.start, edge.end
        if not _own(start):
            self._drop((end,), f"it rests on {start}")
            return
        if start.startswith("decision:") and edge.kind != "trigger":
            return  # Its outcomes are counted; how was asked before.
        if not _own(end) or end in self.why:
            self._drop((start,), f"{end} reads it")
        if start in self.why:
            self._drop((end,), f"it rests on {start}")
        one, other = self.keys.get(start), self.keys.get(end)
        if one is not None and other is not None and start not in self.why and end not in self.why:
            if start.startswith("event:"):
                if not other <= self._declared(start):
                    self._drop((end,), f"{start} does not say all its keys")
            elif one != other:
                self._drop((start, end), f"{start} and {end} have other keys")

    def _declared(self, node: str) -> frozenset[str]:
        return frozenset(f.name for f in self.kinds[node.partition(":")[2]].fields)

    def _drop(self, nodes: Iterable[str], why: str) -> None:
        for node in nodes:
            if _own(node):
                self.why.setdefault(node, why)

    # ------------------------------------------------------------------ families
    def parted(self) -> Iterator[set[str]]:
        """The straight nodes that hang together, if they have norms and all have the same keys."""
        near: dict[str, set[str]] = {}
        for start, found in self.ahead.items():
            for edge in found:
                if start not in self.why and edge.end not in self.why and _own(start) and _own(edge.end):
                    near.setdefault(start, set()).add(edge.end)
                    near.setdefault(edge.end, set()).add(start)
        left = dict.fromkeys(near)
        while left:
            first = next(iter(left))
            found_nodes, ready = {first}, [first]
            while ready:
                for other in near[ready.pop()] - found_nodes:
                    found_nodes.add(other)
                    ready.append(other)
            for node in found_nodes:
                del left[node]
            keys = {self.keys[n] for n in found_nodes if n in self.keys and not n.startswith("event:")}
            norms = any(node.startswith("opening:") for node in found_nodes)
            if norms and len(keys) == 1 and all(keys):
                yield found_nodes


def _own(node: str) -> bool:
    return node.startswith(("event:", "opening:", "decision:", "state:", "rule:"))


def _sources(contract: Contract) -> dict[str, list[object]]:
    """What imposes each norm."""
    found: dict[str, list[object]] = {}
    for norm in contract.norms:
        for outcome, effect in norm.consequences:
            if isinstance(effect, Impose):
                found.setdefault(effect.norm, []).append((norm.name, outcome))
    for rule in contract.rules:
        for effect in rule.then:
            if isinstance(effect, Impose):
                found.setdefault(effect.norm, []).append(rule.name)
    return found


def _asked(contract: Contract) -> dict[str, str]:
    """The norms of which something asks more than to count outcomes that have come."""
    found: dict[str, str] = {}
    for part in contract.expressed:
        match part:
            case ex.OutcomeRows(norm, _, counted) if counted not in COUNTED:
                found[norm] = "its outcomes are counted by when it opened"
            case ex.StandingRows(norm) | ex.TrailOutcomes(norm):
                found[norm] = "its outcomes are asked for otherwise than by counting them in windows"
            case ex.Answered(_, norms):
                found.update(dict.fromkeys(norms, "it answers a question"))
            case _:
                pass
    return found


def of_contract(contract: Contract) -> str:
    """Why nothing of an agreement is straight; "" if something may be."""
    if contract.changes:
        return "the agreement has amendments"
    if contract.assignments:
        return "the agreement has assignments"
    if anchoring(contract):
        return "windows lie where events put them"
    return ""


_ASKED = ex.TrailRows, ex.TrailOutcomes
"""What asks for events in a stretch of time."""


def _asked_alone(contract: Contract) -> dict[str, str]:
    """The kinds of events that no case may hold, and why."""
    found = {
        event: "it is counted, or asked for, by itself"
        for part in contract.expressed if isinstance(part, (*_ASKED, ex.EventRows, ex.CaseField))
        for event in (part.events if isinstance(part, _ASKED) else (part.event,))
    }  # fmt: skip
    notices = (selector.event for renewal in contract.term.renewals for selector in renewal.unless)
    return found | dict.fromkeys(notices, "it may be a notice on renewal")


def of_state(state: State) -> str:
    """Why a state is not straight by itself."""
    if state.made is not None:
        return "it is made of others"
    if state.after is not None or state.lasts is not None:
        return "it begins or ends by itself after a time"
    if state.intervals or not state.by:
        return "its events carry intervals" if state.intervals else "it has no keys"
    return _of_selectors((*state.starts, *state.ends))


def of_rule(rule: Rule) -> str:
    """Why a rule is not straight by itself."""
    if not isinstance(rule.on, OnOutcome) or rule.on.outcome not in _OUTCOMES:
        return "it does not wait for an outcome"
    if rule.recurrence is not None or rule.when is not None or any(only is not None for only in rule.only):
        return "it counts, or has a condition"
    if rule.by:
        return "its firings have a key"
    return _of_effects(rule.then)


def of_norm(norm: Norm) -> str:
    """Why a norm is not straight by itself."""
    if norm.form not in ("obligation", "level") or not norm.by:
        return "it is a right or a prohibition" if norm.by else "it has no keys"
    imposed = norm.opening == (WhenImposed(),)
    if not imposed and not (norm.opening and all(isinstance(way, OnEvent) for way in norm.opening)):
        return "it opens by period, once, or in several ways"
    if norm.matching != "key" or norm.needs not in ("any", "first") or norm.unperformed != "missed":
        return "it matches acts otherwise"
    if norm.reopening not in ("", "new cycle"):
        return "it may be taken up again"
    special = (
        norm.adds_up, norm.cure, norm.waivers, norm.answers, norm.members, norm.facts, norm.personal, norm.lasting,
        norm.stands, norm.survives, norm.suspended_during, norm.excused_during, norm.barred_during, norm.ends_with,
        norm.version, norm.difference, norm.survives_after, norm.regraded,
    )  # fmt: skip
    if any(special):
        return "it has a cure, parts, waivers, relief or the like"
    openings = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
    if {s.event for s in openings} & {s.event for s in norm.acts}:
        return "an event both opens and performs it"
    outcomes: dict[str, list[Effect]] = {}
    for outcome, effect in norm.after:
        outcomes.setdefault(outcome, []).append(effect)
    if set(outcomes) - {"fulfilled", "missed", "late"}:
        return "something follows from a rare outcome"
    return (
        _of_selectors((*openings, *norm.acts)) or next(filter(None, map(_of_effects, outcomes.values())), "")
        or _of_terms(norm)
    )  # fmt: skip


def _of_terms(norm: Norm) -> str:
    """Why its deadlines, under any of its terms, cannot be told from the instant of opening and its own states."""
    forms = set()
    for terms in norm.versions:
        if evolve(terms, due=None, variants=()) != evolve(norm, due=None, variants=()):
            return "its variants differ in more than the deadline"
        due = terms.due
        if terms.clock.from_field or (due is not None and (due.anchor != "opening" or due.count or due.field)):
            return "its clock or deadline is told by a field or period"
        if due is not None:
            by_clock = due.length is not None and due.length.by_clock
            forms.add((by_clock, due.edge, due.length.unit, due.length.calendar) if by_clock and due.length else ())
    if len(forms) > 1:
        return "its variants count their deadlines in several ways"
    if forms == {()} and norm.clock.stops_during:
        return "its deadline is counted in days, and its clock stops"
    return next(filter(None, (_of_condition(v.when) for v in norm.variants)), "")


def _of_effects(effects: Iterable[Effect]) -> str:
    found = tuple(effects)
    if any(not isinstance(effect, Impose | Raise) for effect in found):
        return "more follows from it than a duty or a statement"
    return "it states several things" if sum(isinstance(e, Raise) for e in found) > 1 else ""


def _of_selectors(selectors: Iterable[Selector]) -> str:
    return next(filter(None, (_of_condition(s.where) for s in selectors if s.where is not None)), "")


def _of_condition(condition: object) -> str:
    wrong = [part for part in walk(condition) if not isinstance(part, _OF_FIELDS)]
    return "a condition asks for more than fields of its event" if wrong else ""
