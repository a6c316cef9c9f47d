"""A condition that can never hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import ClassVar

from bpodsl.bounds.shares import conjuncts, part_of_whole
from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.domains import ANY, Domain
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import range_of, state_told, told
from bpodsl.lint.witness import Story
from bpodsl.terms import Clause, OnAny, OnEvent, OnFired, OnHappens, OnLasting, OnOutcome, OnSettled, Rule, Selector
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity, Trace
from bpodsl.values import show_plain

Fields = Callable[[str], Domain]


@frozen
class Row:
    """Of what a condition is asked: the domains of its fields, and the kind of event if it is one. `plain`: its ways
    stand as they are written; the condition of a share holds what its rows are as well. `figures`: it asks for several
    figures at once, of which one may well be fixed."""

    fields: Fields
    event: str = ""
    plain: bool = True
    figures: bool = False


@frozen
class NeverHolds(Problem):
    """A condition, or one of the ways in which it may hold, never does.

    Its parts contradict each other, or it asks for a value that there is not: more than 100 % of a share, a state that
    nothing begins; or it stands after `else`, where it is asked only if the conditions before it do not hold. What
    rests on it is dead: a trigger that never fires, a duty that never arises, a sum of nothing.

    Not so:

        amount urgent_and_plain
          each month
          count of ticket_opened where priority is P1 and amount more than 10 GBP and priority is P3

    But so:

        amount urgent_or_plain
          each month
          count of ticket_opened where (priority is P1 or priority is P3) and amount more than 10 GBP

    Next: look at the parts that are named; perhaps `and` should be `or`, or a number is mistyped.
    """

    code: ClassVar[str] = "BPO440"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    condition: str
    because: str
    alive: str = ""
    lines: tuple[str, ...] = ()
    several: bool = False

    def message(self) -> str:
        said = f"In `{self.name}`, “{self.condition}” can never hold: {self.because}."
        return f"{said} The rest can, such as with {self.alive}." if self.alive else said

    def hint(self) -> str | None:
        return "Should `and` be `or`, or is a value mistyped?" if self.several else "Is a value mistyped?"

    def part(self) -> tuple[str, ...]:
        return self.name, "condition", self.condition

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """All conditions of rows and windows, each looked at whole and in the ways in which it may hold."""
    seen: set[tuple[str, str]] = set()
    ladders = {level: ladder.clause for ladder in facts.contract.ladders for level in ladder.levels}
    for clause, condition, row in conditions(facts):
        # What ends an escalation ends it at each of its levels.
        for problem in _dead(facts, ladders.get(clause.name, clause), condition, row):
            if (problem.name, problem.condition) not in seen:
                seen.add((problem.name, problem.condition))
                yield problem
    yield from _choices(facts)


def conditions(facts: Facts) -> Iterator[tuple[Clause, object, Row]]:
    """Every condition, its clause, and of what it is asked."""
    contract = facts.contract

    def selected(clause: Clause, *selectors: Selector) -> Iterator[tuple[Clause, object, Row]]:
        for each in selectors:
            yield clause, each.where, Row(facts.row((each.event,)), each.event)

    for state in contract.states:
        yield from selected(state.clause, *state.starts, *state.ends, *state.intervals)
    for norm in contract.norms:
        openings = [way.selector for way in norm.opening if isinstance(way, OnEvent)]
        yield from selected(norm.clause, *openings, *norm.acts, *norm.waiving, *norm.regrading)
    for rule in contract.rules:
        if isinstance(rule.on, OnHappens):
            yield from selected(rule.clause, rule.on.selector)
        yield rule.clause, rule.when, Row(_of_rule(facts, rule))
        if isinstance(rule.when, ex.FigureAt) and rule.when.figure in facts.figures:
            # What asks for several figures is a figure of its own.
            asked = facts.figures[rule.when.figure]
            yield rule.clause, asked.value, Row(facts.of_figure(asked), figures=True)
    for figure in contract.figures:
        shares = {
            above for part in walk(figure.value)
            if isinstance(part, ex.Arithmetic) and part.op == "/" and part_of_whole(part.left, part.right)
            for above in walk(part.left) if isinstance(above, ex.Aggregate)
        }  # fmt: skip
        for part in walk(figure.value):
            if isinstance(part, ex.Aggregate) and part.where is not None:
                yield figure.clause, part.where, Row(_of_rows(facts, part.rows), plain=part not in shares)


_BACK = 6
"""So many of the conditions before one are looked at."""


def _choices(facts: Facts) -> Iterator[NeverHolds]:
    """Of each figure that chooses by `if`, the conditions that never hold where they are asked: after those before
    them have been found not to hold."""
    for figure in facts.contract.figures:
        fields = facts.of_figure(figure)
        waiting: list[tuple[object, tuple[object, ...]]] = [(figure.value, ())]
        while waiting:
            part, path = waiting.pop()
            match part:
                case ex.If(test, then, otherwise) if not isinstance(then, ex.Unmeasured):
                    waiting += [(then, (*path, test)[-_BACK:]), (otherwise, (*path, ex.Not(test))[-_BACK:])]
                    found = _dead_choice(facts, figure.clause, test, path, fields)
                    if found is not None:
                        yield found
                case ex.If(_, _, otherwise):
                    waiting.append((otherwise, path))
                case ex.Arithmetic(_, left, right):
                    waiting += [(left, path), (right, path)]
                case ex.Rounded(value) | ex.IfMeasured(value):
                    waiting.append((value, path))
                case ex.Smallest(parts) | ex.Largest(parts):
                    waiting += [(each, path) for each in parts]


def _dead_choice(
    facts: Facts, clause: Clause, test: object, path: tuple[object, ...], fields: Fields
) -> NeverHolds | None:
    def never(*parts: object) -> bool:
        return facts.impossible("BPO440", Asked(ex.AllOf(parts), fields))  # type: ignore[arg-type]

    asks = any(isinstance(part, ex.FigureAt | ex.Standing | ex.GroupKey) for part in walk(test))
    if not asks or (path and never(*path)) or not never(*path, test):
        return None
    if never(test):
        return NeverHolds(clause.span, clause.name, told(test), _because(facts, _core(test, never), fields))
    before = " and ".join(
        f"“{told(each.part)}” does not hold" if isinstance(each, ex.Not) else f"“{told(each)}” holds" for each in path
    )
    return NeverHolds(clause.span, clause.name, told(test), f"it is asked only where {before}")


def _of_rule(facts: Facts, rule: Rule) -> Fields:
    """The fields of what a rule waits for."""
    match rule.on:
        case OnHappens(selector):
            return facts.row((selector.event,))
        case OnOutcome(norm, _):
            return facts.of_norm(facts.norms[norm])
        case OnAny(outcomes):
            return facts.of_any(outcomes)
        case OnLasting(state, _, _):
            return facts.of_state(facts.states[state])
        case OnFired():
            return lambda _: ANY
        case OnSettled(figure):
            return facts.of_figure(facts.figures[figure])


def _of_rows(facts: Facts, rows: object) -> Fields:
    match rows:
        case ex.EventRows(event) | ex.TrailRows(event):
            return facts.row((event,))
        case ex.OutcomeRows(norm) | ex.StandingRows(norm) | ex.TrailOutcomes(norm):
            return facts.of_norm(facts.norms[norm])
        case ex.StateRows(state) | ex.TrailIntervals(state):
            return facts.of_state(facts.states[state])
    return lambda _: ANY


def _dead(facts: Facts, clause: Clause, condition: object, row: Row) -> Iterator[NeverHolds]:
    if condition is None or isinstance(condition, ex.Literal):
        return
    name, fields = clause.name, row.fields

    def never(*parts: object) -> bool:
        return facts.impossible("BPO440", Asked(ex.AllOf(parts), fields))  # type: ignore[arg-type]

    if never(condition):
        core = _core(condition, never)
        several = len(core) > 1
        yield NeverHolds(clause.span, name, told(condition), _because(facts, core, fields), several=several)
        return
    parts = list(condition.parts) if isinstance(condition, ex.AllOf) else [condition]
    for part in parts:
        if not isinstance(part, ex.AnyOf):
            continue
        rest = [each for each in parts if each is not part] if row.plain else []
        for branch in part.parts:
            if never(*rest, branch):
                core = _core(ex.AllOf((*rest, branch)), never)  # type: ignore[arg-type]
                because = _because(facts, core, fields)
                alive, lines = _alive(facts, clause, condition, row)
                yield NeverHolds(clause.span, name, told(branch), because, alive, lines, len(core) > 1)


def _core(condition: object, never: Callable[..., bool]) -> tuple[object, ...]:
    """The fewest parts that contradict each other."""
    parts = tuple(conjuncts(condition))
    for size in (1, 2, 3):
        for some in combinations(parts, size):
            if never(*some):
                return some
    return parts


def _because(facts: Facts, core: tuple[object, ...], fields: Fields) -> str:
    if len(core) > 1:
        listed = "”, “".join(told(part) for part in core[:-1])
        return f"“{listed}” and “{told(core[-1])}” contradict each other"
    asking = facts.conditions
    ways = asking.ways(core[0], Asked(core[0], fields))
    for subject, _, _ in (way.bounds[0] for way in ways if way.bounds):
        expression = subject.expression
        if isinstance(expression, ex.InState):
            return f"nothing can begin {state_told(expression.state)}"
        asking.ranges.fields = fields
        figure = facts.figures.get(expression.figure) if isinstance(expression, ex.FigureAt) else None
        kind = None if figure is None else figure.kind
        if kind is None and isinstance(core[0], ex.Compare) and isinstance(core[0].right, ex.Literal):
            kind = core[0].right.kind
        domain = asking.ranges.of(expression)
        found = range_of(domain, kind)
        if found is not None and isinstance(core[0], ex.Compare | ex.Standing):
            return f"{told(expression)} is always {found}"
    return "its parts contradict each other"


def _alive(facts: Facts, clause: Clause, condition: object, row: Row) -> tuple[str, tuple[str, ...]]:
    """Values of fields with which the condition holds; and an event that has them, if something follows from it."""
    model = facts.model("BPO440", Asked(condition, row.fields)) or {}
    found = []
    for subject, value in model.items():
        match subject.expression:
            case ex.FieldOf(name) | ex.Ruled(name) | ex.Answered(name) | ex.FigureAt(name):
                if isinstance(value, str):
                    found.append(f"{name} {value}")
                elif isinstance(value, bool):
                    found.append(f"{name} {'yes' if value else 'no'}")
                elif isinstance(value, int | Fraction) and not facts.conditions.ranges.of(subject.expression).whole:
                    found.append(f"{name} {show_plain(value)}")
            case ex.InState(state):
                found.append(f"{state} {'going on' if value else 'not going on'}")
    lines: tuple[str, ...] = ()
    if row.event and facts.follow is not None:
        story = Story(facts)
        ref = story.report(row.event, model)
        if any(entry.clause == clause.name and ref in entry.event_causes for entry in story.followed()):
            lines = story.lines
    return ", ".join(found), lines
