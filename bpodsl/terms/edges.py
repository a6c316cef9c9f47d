"""What leads to what, as the terms themselves say it: the nodes of a contract and the edges between them.

Nodes are named by what they are and the name of their term: `state:S`, `series:S`, `opening:N` and
`decision:N` of a norm, `figure:F`, `line:L`, `rule:R`, and `agreement`. An edge is *read* (a value of
the same instant), *trigger* (an occurrence and its reaction) or *delay* (a window that has ended, an
earlier one; and what begins or ends a state, since that takes hold only at the end of the instant). Where a circle
passes what follows a miss, or what a settled window imposes, and these cannot come about at the instant at which it
begins, they are delays as well (`bpodsl.terms.later`). Read and trigger edges must not form a circle; the level of
a node is the length of the longest path of them that ends there, so that an unrelated clause never moves a level.
"""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex
from bpodsl.terms.clause import Clause
from bpodsl.terms.contract import Contract
from bpodsl.terms.effects import Accrue, Begin, Effect, Finish, Impose, Lapse, Terminate
from bpodsl.terms.later import Edge as Edge
from bpodsl.terms.later import later_in_circles
from bpodsl.terms.norms import Norm, OnEvent, OnPeriod, OnState
from bpodsl.terms.rules import OnAny, OnFired, OnHappens, OnLasting, OnOutcome, OnSettled, Rule, outcomes_of
from bpodsl.terms.times import Selector
from bpodsl.terms.walking import parts_in, walk
from bpodsl.values import Grid


def looked_up(expression: object) -> Iterator[ex.SeriesAt]:
    """The look-ups in series that an expression makes for itself: not those inside an aggregate, which each row makes,
    in the rate of interest, for each of some days, or in the first value of an earlier window."""
    stack = [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(reversed(part))
        elif isinstance(part, ex.Literal | ex.Aggregate | ex.FigureAt | ex.Standing | ex.Interest | ex.OverDays):
            continue
        elif (names := parts_in(type(part))) is not None:
            if isinstance(part, ex.SeriesAt):
                yield part
            stack.extend(getattr(part, name) for name in names)


def reads(expression: object) -> Iterator[tuple[str, str]]:
    """(node, kind of edge) for all that an expression reads."""
    for part in walk(expression):
        match part:
            case ex.FigureAt(figure, shift) | ex.Standing(figure, _, shift):
                yield f"figure:{figure}", "delay" if isinstance(shift, ex.Back) else "read"
            case ex.FigureRows(figure, last):
                yield f"figure:{figure}", "read" if last is None else "delay"
            case ex.OutcomeRows(norm) | ex.StandingRows(norm):
                yield f"decision:{norm}", "read"
            case ex.TrailOutcomes(norm):
                yield f"decision:{norm}", "read"
                yield from ((f"event:{event}", "read") for event in part.events)
            case ex.StateTimes(state) | ex.ManyTimes(state) | ex.InState(state):
                yield f"state:{state}", "read"
            case ex.StateRows(state) | ex.TrailIntervals(state):
                yield f"state:{state}", "read"
            case ex.WindowLength(_, state) if state:
                yield f"state:{state}", "read"
            case ex.Posted(line):
                yield f"line:{line}", "read"
            case ex.EventRows(event, _) | ex.CaseField(event):
                yield f"event:{event}", "read"
            case ex.TrailRows():
                yield from ((f"event:{event}", "read") for event in part.events)
            case ex.PastRows(figure):
                yield f"figure:{figure}", "delay"
            case ex.SeriesAt(series):
                yield f"series:{series}", "read"
            case ex.Answered(_, norms):
                yield from ((f"decision:{norm}", "read") for norm in norms)
            case _:
                pass


def reads_before(expression: object) -> Iterator[tuple[str, str]]:
    """As `reads`, where the row is an event or an interval: the outcomes of a stretch of time all lie before it."""
    trailed = {f"decision:{part.norm}" for part in walk(expression) if isinstance(part, ex.TrailOutcomes)}
    for source, kind in reads(expression):
        yield source, "delay" if source in trailed else kind


def nodes(contract: Contract) -> dict[str, Clause]:
    """All nodes and the clause each comes from."""
    found: dict[str, Clause] = {"agreement": contract.clause}
    found |= {f"event:{e.name}": e.clause for e in contract.events}
    found |= {f"state:{s.name}": s.clause for s in contract.states}
    found |= {f"series:{s.name}": s.clause for s in contract.series}
    for norm in contract.norms:
        found[f"opening:{norm.name}"] = found[f"decision:{norm.name}"] = norm.clause
    found |= {f"figure:{f.name}": f.clause for f in contract.figures}
    found |= {f"line:{n.name}": n.clause for n in contract.lines}
    found |= {f"rule:{r.name}": r.clause for r in contract.rules}
    return found


def edges(contract: Contract) -> Iterator[Edge]:
    """All edges, in order of the terms. What leads round in a circle that time breaks is a delay there."""
    found = list(_edges(contract))
    later = later_in_circles(contract, found)
    yield from (evolve(edge, kind="delay") if edge in later else edge for edge in found)


def _edges(contract: Contract) -> Iterator[Edge]:
    for event in contract.events:
        if event.relates is not None:
            ends = f"event:{event.name}", f"event:{event.relates.event}"
            yield Edge(*(ends[::-1] if event.relates.how == "counts with" else ends), "read", event.clause)
    for question in contract.questions:
        for name in dict.fromkeys((*(answer.event for answer in question.answers), question.claimed)):
            if name:
                yield Edge(f"event:{name}", f"event:{question.event}", "read", question.clause)
    for state in contract.states:
        for selector in (*state.starts, *state.ends, *state.intervals):
            yield from _selected(selector, f"state:{state.name}", state.clause)
        for source, kind in reads(state.made):
            yield Edge(source, f"state:{state.name}", kind, state.clause)
    for series in contract.series:
        if series.event:
            yield Edge(f"event:{series.event}", f"series:{series.name}", "trigger", series.clause)
    at_once = _opening_states(contract)
    for norm in contract.norms:
        yield from _of_norm(norm, at_once)
    for figure in contract.figures:
        node = f"figure:{figure.name}"
        for source, kind in reads((figure.value, figure.target, figure.minimum, figure.shows, figure.awaits)):
            yield Edge(source, node, kind, figure.clause)
        yield from _anchored(figure.grid, node, figure.clause)
    for line in contract.lines:
        if line.figure is not None:
            yield Edge(f"figure:{line.figure}", f"line:{line.name}", "trigger", line.clause)
    for account in contract.accounts:
        for earlier, later in zip(account.lines, account.lines[1:], strict=False):
            yield Edge(f"line:{earlier}", f"line:{later}", "read", account.clause)
        for name in account.lines:
            for source, kind in reads(account.limit):
                yield Edge(source, f"line:{name}", kind, account.clause)
    for rule in contract.rules:
        yield from _of_rule(rule, at_once)


def _opening_states(contract: Contract) -> frozenset[str]:
    """The states whose changes may open norms in their very instant, and those of which these are made."""
    made = {state.name: state.made for state in contract.states}
    waiting = [way.state for norm in contract.norms for way in norm.opening if isinstance(way, OnState)]
    found: set[str] = set()
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += [part.state for part in walk(made.get(state)) if isinstance(part, ex.StateTimes | ex.ManyTimes)]
    return frozenset(found)


def _selected(selector: Selector, node: str, clause: Clause) -> Iterator[Edge]:
    yield Edge(f"event:{selector.event}", node, "trigger", clause)
    for source, kind in reads_before(selector.where):
        yield Edge(source, node, kind, clause)


def _anchored(grid: Grid, node: str, clause: Clause) -> Iterator[Edge]:
    """From the events that tell where windows lie."""
    for day in (grid.anchor_from, grid.begins_from):
        if day is not None:
            yield Edge(f"event:{day.event}", node, "read", clause)


def _of_norm(norm: Norm, at_once: frozenset[str]) -> Iterator[Edge]:
    opening, decision = f"opening:{norm.name}", f"decision:{norm.name}"
    yield Edge(opening, decision, "trigger", norm.clause)
    for way in norm.opening:
        if isinstance(way, OnEvent):
            yield from _selected(way.selector, opening, norm.clause)
        elif isinstance(way, OnPeriod):
            yield from _anchored(way.grid, opening, norm.clause)
        elif isinstance(way, OnState):
            yield Edge(f"state:{way.state}", opening, "trigger", norm.clause)
    for selector in (*norm.acts, *norm.waiving, *norm.regrading):
        yield from _selected(selector, decision, norm.clause)
    if norm.adds_up is not None:
        for source, kind in reads(norm.adds_up.total):
            yield Edge(source, opening, kind, norm.clause)
        for source, kind in reads_before(norm.adds_up.value):
            yield Edge(source, decision, kind, norm.clause)
        for other in norm.adds_up.after:
            yield Edge(f"decision:{other}", decision, "read", norm.clause)
    for variant in norm.variants:
        for source, kind in reads_before(variant.when):
            yield Edge(source, opening, kind, norm.clause)
    for terms in norm.versions:
        for fact in terms.facts:
            for source, kind in reads_before(fact.value):
                yield Edge(source, opening, kind, norm.clause)
    for state in norm.states:
        yield Edge(f"state:{state}", decision, "read", norm.clause)
    for _, effect in norm.consequences:
        yield from _of_effect(effect, decision, norm.clause, at_once)


def _of_rule(rule: Rule, at_once: frozenset[str]) -> Iterator[Edge]:
    node = f"rule:{rule.name}"
    match rule.on:
        case OnSettled(figure):
            yield Edge(f"figure:{figure}", node, "trigger", rule.clause)
        case OnHappens(selector):
            yield from _selected(selector, node, rule.clause)
        case OnOutcome() | OnAny():
            for norm, outcome in [(each.norm, each.outcome) for each in outcomes_of(rule.on)]:
                start = f"opening:{norm}" if outcome == "opened" else f"decision:{norm}"
                yield Edge(start, node, "trigger", rule.clause)
        case OnLasting(state, _, _):
            yield Edge(f"state:{state}", node, "trigger", rule.clause)
        case OnFired(other):
            yield Edge(f"rule:{other}", node, "trigger", rule.clause)
    reading = reads_before if isinstance(rule.on, OnHappens | OnLasting) else reads
    weight = None if rule.recurrence is None else rule.recurrence.weight
    for source, kind in reading((rule.when, weight)):
        yield Edge(source, node, kind, rule.clause)
    for effect in rule.then:
        yield from _of_effect(effect, node, rule.clause, at_once)


def _of_effect(effect: Effect, node: str, clause: Clause, at_once: frozenset[str]) -> Iterator[Edge]:
    match effect:
        case Impose(norm):
            yield Edge(node, f"opening:{norm}", "trigger", clause)
        case Lapse(norm):
            yield Edge(node, f"decision:{norm}", "trigger", clause)
        case Accrue(line, amount):
            yield Edge(node, f"line:{line}", "trigger", clause)
            for source, kind in reads(amount):
                yield Edge(source, f"line:{line}", kind, clause)
        case Terminate():
            yield Edge(node, "agreement", "trigger", clause)
        case Begin(state) | Finish(state):
            # What opens as it changes could otherwise follow from itself without end.
            yield Edge(node, f"state:{state}", "trigger" if state in at_once else "delay", clause)


def levels(contract: Contract) -> dict[str, int]:
    """The level of each node: the longest path of read and trigger edges into it.

    Only for contracts without a circle of such edges (`check` rejects the others): raises ValueError.
    """
    ahead: dict[str, set[str]] = {node: set() for node in nodes(contract)}
    waiting = dict.fromkeys(ahead, 0)
    for edge in edges(contract):
        if edge.kind != "delay" and edge.start != edge.end and edge.end not in ahead[edge.start]:
            ahead[edge.start].add(edge.end)
            waiting[edge.end] += 1
    level = dict.fromkeys(ahead, 0)
    ready = sorted(node for node, count in waiting.items() if count == 0)
    done = 0
    while ready:
        node = ready.pop()
        done += 1
        for after in sorted(ahead[node]):
            level[after] = max(level[after], level[node] + 1)
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    if done < len(ahead):
        raise ValueError("a circle without delay")
    return level
