"""From a contract to its program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from bpodsl.engine.claims import Claims, grouped
from bpodsl.engine.program import FigurePlan, KindPlan, Program, Reads, Step, StoreSpec, store_of
from bpodsl.lean import evolve, frozen
from bpodsl.record import DETERMINE, OPEN, PERFORM, START
from bpodsl.terms import (
    Begin,
    Contract,
    EventKind,
    Figure,
    Finish,
    Impose,
    Norm,
    OnEvent,
    OnHappens,
    OnSettled,
    Rule,
    Selector,
    State,
    awaited,
    cures,
    levels,
    may_change,
    points_by_branch,
    sharing,
    waits_by_branch,
    walk,
)  # fmt: skip
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid

_T = TypeVar("_T")

Evaluated = tuple[object, Grid, tuple[str, ...]]
"""Expressions, the windows in which they are evaluated, and the keys of their groups."""


class Graph(Protocol):
    """What is read of a contract's graph: the contract, and the level of each node."""

    @property
    def contract(self) -> Contract:
        """The contract that the graph was built from."""

    @property
    def levels(self) -> Mapping[str, int]:
        """The level of each node."""


def plan(graph: Graph) -> Program:
    """The program of a contract."""
    return _plan(graph.contract, dict(graph.levels))


def plan_contract(contract: Contract) -> Program:
    """As `plan`, for a contract whose graph is not needed otherwise."""
    return _plan(contract, levels(contract))


def _plan(contract: Contract, level: dict[str, int]) -> Program:
    figures = tuple(_figure(contract, f, level[f"figure:{f.name}"]) for f in contract.figures)
    readers: dict[str, list[Reads]] = {}
    for figure in figures:
        for read in figure.reads:
            readers.setdefault(read.figure, []).append(Reads(figure.term.name, read.how, read.n))
    judging: dict[str, list[str]] = {}
    for rule in contract.rules:
        if isinstance(rule.on, OnSettled):
            for name in dict.fromkeys((rule.on.figure, *_figures_in(rule.when))):
                judging.setdefault(name, []).append(rule.name)
    asked = _Asked.of(contract)
    named = _Named.of(contract)
    rows = tuple(_stores(_elsewhere(contract)))
    return Program(
        contract=contract,
        levels=level,
        kinds={kind.name: _kind(contract, kind, level, asked, named) for kind in contract.events},
        figures=figures,
        stores=tuple(dict.fromkeys((*_stores(_of_figures(contract)), *rows))),
        elsewhere=frozenset(rows),
        readers={name: tuple(dict.fromkeys(found)) for name, found in readers.items()},
        limiting=asked.past.union(name for account in contract.accounts for name in _figures_in(account.limit)),
        judging={name: tuple(found) for name, found in judging.items()},
        structural=frozenset(_structural(contract)),
        standing=asked.standing,
        imposing=_imposing(contract),
        sharing=sharing(contract.norms),
        followed=frozenset(name for n in contract.norms if n.adds_up is not None for name in n.adds_up.after),
        trails=tuple(dict.fromkeys((*asked.stretches, *_stretches_of_windows(contract)))),
        cases=asked.cases,
        ahead=bool(asked.by_period) and bool(asked.cases or asked.stretches),
        outcomes=tuple(dict.fromkeys((*asked.outcomes, *_outcomes_of_windows(contract)))),
    )


@frozen
class _Asked:
    """What expressions ask for beside figures. Gathered in one walk: it would take most of the time of a short run.

    `counted`, `trailed`: the kinds of events counted in windows, and in stretches of time. `stretches`: of those of
    rows, with the fields in which an event equals the row. `cases`: the fields of earlier events of a case. `standing`:
    the norms asked how they stand. `past`: the figures of which rows ask for windows that have ended. `outcomes`: as
    `stretches`, of norms. `by_period`: the events that count in the window of a period, and the field of that;
    `plain`: those that count in that of their instant, in figures that end with the agreement; `ending`: those that
    count in such figures. `surviving`: the events that count in others, the period field, and how their grids survive.
    """

    counted: frozenset[str]
    trailed: frozenset[str]
    stretches: tuple[tuple[str, tuple[str, ...]], ...]
    cases: tuple[ex.CaseField, ...]
    standing: frozenset[str]
    past: frozenset[str]
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]
    by_period: tuple[tuple[str, str], ...]
    plain: frozenset[str]
    ending: frozenset[str]
    surviving: tuple[tuple[str, str | None, str], ...]

    @classmethod
    def of(cls, contract: Contract) -> _Asked:
        parts = contract.expressed
        trails = [part for part in parts if isinstance(part, ex.TrailRows | ex.TrailOutcomes)]
        lasting = [figure for figure in contract.figures if figure.survival is not None]
        ending = parts
        if lasting:
            figures = tuple(figure for figure in contract.figures if figure.survival is None)
            ending = tuple(walk(evolve(contract, figures=figures).expressive))
        surviving = (
            (part.event, part.by_period, figure.grid.survives)
            for figure in lasting for part in walk(figure) if isinstance(part, ex.EventRows)
        )  # fmt: skip
        return cls(
            frozenset(part.event for part in parts if isinstance(part, ex.EventRows)),
            frozenset(event for part in trails for event in part.events),
            tuple((event, part.same) for part in trails if part.of == "row" for event in part.events),
            tuple(dict.fromkeys(part for part in parts if isinstance(part, ex.CaseField))),
            frozenset(part.norm for part in parts if isinstance(part, ex.StandingRows | ex.TrailOutcomes)),
            frozenset(part.figure for part in parts if isinstance(part, ex.PastRows)),
            tuple((part.norm, part.same) for part in parts if isinstance(part, ex.TrailOutcomes) and part.of == "row"),
            tuple(dict.fromkeys((p.event, p.by_period) for p in parts if isinstance(p, ex.EventRows) and p.by_period)),
            frozenset(p.event for p in ending if isinstance(p, ex.EventRows) and p.by_period is None),
            frozenset(p.event for p in ending if isinstance(p, ex.EventRows)),
            tuple(dict.fromkeys(surviving)),
        )


def _imposing(contract: Contract) -> dict[str, tuple[Grid, tuple[str, ...]]]:
    """For each norm that settled windows impose: their grid, and the keys of their groups."""
    figures = {f.name: f for f in contract.figures}
    found: dict[str, tuple[Grid, tuple[str, ...]]] = {}
    for rule in contract.rules:
        if isinstance(rule.on, OnSettled):
            of = figures[rule.on.figure]
            for effect in rule.then:
                if isinstance(effect, Impose):
                    found[effect.norm] = of.grid, tuple(g.name for g in of.by)
    return found


def _structural(contract: Contract) -> Iterator[str]:
    """The states that consequences begin or end."""
    after = [tuple(effect for _, effect in norm.consequences) for norm in contract.norms]
    for effects in (*(rule.then for rule in contract.rules), *after):
        yield from (effect.state for effect in effects if isinstance(effect, Begin | Finish))


# ------------------------------------------------------------------------------------ event kinds
@frozen
class _Named:
    """What concerns the events of each kind, in order. Only that is asked what they do: a long agreement has many
    kinds, norms and rules."""

    states: Mapping[str, Sequence[State]]
    norms: Mapping[str, Sequence[Norm]]
    rules: Mapping[str, Sequence[Rule]]

    @classmethod
    def of(cls, contract: Contract) -> _Named:
        opening = ((n, [way.selector for way in n.opening if isinstance(way, OnEvent)]) for n in contract.norms)
        return cls(
            _by_event((state, (*state.starts, *state.ends, *state.intervals)) for state in contract.states),
            _by_event((norm, (*norm.waiving, *norm.regrading, *norm.acts, *own)) for norm, own in opening),
            _by_event((r, (r.on.selector,)) for r in contract.rules if isinstance(r.on, OnHappens)),
        )


def _by_event(terms: Iterable[tuple[_T, Iterable[Selector]]]) -> dict[str, list[_T]]:
    """The terms whose selectors name each kind of events."""
    return grouped((term, (selector.event for selector in selectors)) for term, selectors in terms)


def _kind(contract: Contract, kind: EventKind, level: dict[str, int], asked: _Asked, named: _Named) -> KindPlan:
    states = tuple(_state_steps(named.states.get(kind.name, ()), kind.name, level))
    norms = [step for norm in named.norms.get(kind.name, ()) for step in _norm_steps(norm, kind.name, level)]
    others = tuple(_other_steps(contract, named.rules.get(kind.name, ()), kind.name, level))
    rows = kind.name in asked.counted
    trailed = kind.name in asked.trailed
    given = any(case.event == kind.name for case in asked.cases)
    passing = bool(others) or kind.name in asked.ending or trailed
    return KindPlan(
        name=kind.name,
        keys=kind.keys,
        declared=tuple(f.name for f in kind.fields),
        reporters=frozenset(kind.reporters),
        defaults={f.name: f.default for f in kind.fields if f.default is not None},
        before=_ordered(states),
        during=_ordered((*states, *norms, *others)),
        after=_ordered((*states, *norms)),
        noted_before=passing or rows or bool(norms),
        noted_after=passing,
        rows=rows,
        trails=trailed or given,
        feeds=any(series.event == kind.name for series in contract.series),
        periods=tuple(name for event, name in asked.by_period if event == kind.name),
        noted_counted=bool(others) or kind.name in asked.plain,
        surviving=tuple((name, period) for event, period, name in asked.surviving if event == kind.name),
    )


def _ordered(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda s: (s.place, s.level, s.name, s.does)))


def _names(selectors: Iterable[Selector], kind: str) -> bool:
    return any(s.event == kind for s in selectors)


def _state_steps(states: Iterable[State], kind: str, level: dict[str, int]) -> Iterator[Step]:
    for state in states:
        at = level[f"state:{state.name}"]
        if _names(state.ends, kind):
            yield Step(PERFORM, at, state.name, "end")
        if _names(state.starts, kind):
            yield Step(START, at, state.name, "start")
        if _names(state.intervals, kind):
            yield Step(START, at, state.name, "interval")


def _norm_steps(norm: Norm, kind: str, level: dict[str, int]) -> Iterator[Step]:
    opening, decision = level[f"opening:{norm.name}"], level[f"decision:{norm.name}"]
    if _names(norm.regrading, kind):
        yield Step(OPEN, decision, norm.name, "regrade")
    if _names(norm.waiving, kind):
        yield Step(DETERMINE, decision, norm.name, "waive")
    if norm.form == "prohibition":
        if _names(norm.acts, kind):
            yield Step(OPEN, decision, norm.name, "prohibit")
        return
    if _names((w.selector for w in norm.opening if isinstance(w, OnEvent)), kind):
        yield Step(OPEN, opening, norm.name, "open")
    if _names(norm.acts, kind):
        if norm.form == "right":
            yield Step(OPEN, decision, norm.name, "exercise")
        else:
            yield Step(PERFORM, decision, norm.name, "perform")


def _other_steps(contract: Contract, rules: Iterable[Rule], kind: str, level: dict[str, int]) -> Iterator[Step]:
    for rule in rules:
        yield Step(OPEN, level[f"rule:{rule.name}"], rule.name, "happens")
    if any(_names(renewal.unless, kind) for renewal in contract.term.renewals):
        yield Step(OPEN, level["agreement"], contract.name, "notice")


# ------------------------------------------------------------------------------------ figures
def _expressions(figure: Figure) -> tuple[ex.Expression, ...]:
    levels_ = (t.level for t in (figure.target, figure.minimum) if t is not None)
    return (figure.value, *levels_, *(shown for _, shown in figure.shows), *figure.awaits)


def _figures_in(expression: object) -> list[str]:
    found: list[str] = []
    for part in walk(expression):
        if isinstance(part, ex.FigureAt | ex.Standing | ex.FigureRows):
            found.append(part.figure)
    return found


def _stretches_of_windows(contract: Contract) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The events asked for in stretches of time that windows ask for, and the keys of their groups."""
    for expression, _, by in (*_of_figures(contract), *_elsewhere(contract)):
        for part in walk(expression):
            if isinstance(part, ex.TrailRows | ex.TrailOutcomes) and part.of != "row":
                yield from ((event, by) for event in part.events)


def _outcomes_of_windows(contract: Contract) -> Iterator[tuple[str, tuple[str, ...]]]:
    """As `_stretches_of_windows`, of norms."""
    for expression, _, by in (*_of_figures(contract), *_elsewhere(contract)):
        for part in walk(expression):
            if isinstance(part, ex.TrailOutcomes) and part.of != "row":
                yield part.norm, by


def _figure(contract: Contract, figure: Figure, level: int) -> FigurePlan:
    expressions = _expressions(figure)
    by = tuple(group.name for group in figure.by)
    line_figures = {line.name: line.figure for line in contract.lines}
    curable = {norm.name for norm in contract.norms if any(terms.cure is not None for terms in norm.versions)}
    reads: list[Reads] = []
    stores: list[StoreSpec] = []
    cured: list[StoreSpec] = []
    posted = False
    for part in walk(expressions):
        match part:
            case ex.FigureAt(name, ex.Back(n)) | ex.Standing(name, _, ex.Back(n)):
                reads.append(Reads(name, "back", n))
            case ex.FigureAt(name, _) | ex.Standing(name, _, _):
                reads.append(Reads(name, "same"))
            case ex.FigureRows(name, last):
                reads.append(Reads(name, "inside") if last is None else Reads(name, "last", last))
            case ex.Posted(line):
                posted = True
                of = line_figures.get(line)
                if of is not None:
                    reads.append(Reads(of, "same"))
            case ex.Aggregate():
                store = store_of(part.rows, figure.grid, by)
                if store is not None:
                    stores.append(store)
                    if isinstance(part.rows, ex.OutcomeRows) and cures(part.rows) and part.rows.norm in curable:
                        cured.append(store)
            case _:
                pass
    distinct = tuple(dict.fromkeys(stores))
    levels_ = tuple(target.level for target in (figure.target, figure.minimum) if target is not None)
    settling = (figure.value, *levels_, *figure.awaits)
    by_branch = waits_by_branch(settling, figure.shows)
    limited = (*settling, *_limits(contract, figure))
    return FigurePlan(
        term=figure,
        level=level,
        by=by,
        members=tuple(group.members for group in figure.by),
        expressions=expressions,
        stores=distinct,
        waits=tuple(s for s in distinct if awaited(s.rows)),
        cures=tuple(dict.fromkeys(cured)),
        reads=tuple(dict.fromkeys(reads)),
        posted=posted,
        by_branch=by_branch,
        may_change=(by_branch and may_change(settling)) or (points_by_branch(limited) and may_change(limited)),
        standing=tuple(dict.fromkeys(part for part in walk(expressions) if isinstance(part, ex.StandingRows))),
        series=frozenset(
            part.series for part in walk((expressions, _limits(contract, figure))) if isinstance(part, ex.SeriesAt)
        ),
    )


def _limits(contract: Contract, figure: Figure) -> tuple[ex.Expression, ...]:
    """The limits of the caps that cut what a figure owes."""
    lines = {line.name for line in contract.lines if line.figure == figure.name}
    return tuple(account.limit for account in contract.accounts if lines & set(account.lines))


def _of_figures(contract: Contract) -> Iterator[Evaluated]:
    """What figures evaluate, in which windows, by which keys."""
    for figure in contract.figures:
        yield _expressions(figure), figure.grid, tuple(g.name for g in figure.by)


def _elsewhere(contract: Contract) -> Iterator[Evaluated]:
    """What rules and accounts evaluate."""
    figures = {f.name: f for f in contract.figures}
    imposing = _imposing(contract)
    for norm in contract.norms:
        if norm.adds_up is not None and norm.name in imposing:
            yield norm.adds_up.total, *imposing[norm.name]
    for rule in contract.rules:
        if isinstance(rule.on, OnSettled):
            of = figures[rule.on.figure]
            weight = None if rule.recurrence is None else rule.recurrence.weight
            yield (rule.when, weight, rule.then), of.grid, tuple(g.name for g in of.by)
    claims = Claims.of(contract)
    for account in contract.accounts:
        for by in dict.fromkeys(key for name in account.lines for key in claims.keys(name, account.by)):
            yield account.limit, account.grid, by


def _stores(places: Iterable[Evaluated]) -> Iterator[StoreSpec]:
    """Every store that some expression uses."""
    for expression, grid, by in places:
        for part in walk(expression):
            if isinstance(part, ex.Aggregate):
                store = store_of(part.rows, grid, by)
                if store is not None:
                    yield store



