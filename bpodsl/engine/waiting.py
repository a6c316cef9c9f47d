"""Waiting by branches: what a window needs where a part of its formula may not be reached at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpodsl.engine.aggregates import Source
from bpodsl.engine.expressions import compares, evaluator
from bpodsl.engine.program import Reads, store_of
from bpodsl.engine.scopes import Position, Scope
from bpodsl.terms import NotMeasured, Pending, awaited, children, cures, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Window

if TYPE_CHECKING:
    from bpodsl.engine.figures import FigureMachine
    from bpodsl.engine.stores import Group

Awaits = Callable[[Scope], bool]


def _never(_: Scope) -> bool:
    return False


class Waiting:
    """Whether a figure still waits for something that its value or its levels reach, or that is shown beside it."""

    def __init__(self, machine: FigureMachine, source: Source) -> None:
        self._machine = machine
        self._source = source
        self._decided = False
        term = machine.plan.term
        levels = tuple(target.level for target in (term.target, term.minimum) if target is not None)
        shown = [self._lacks(part) for part in walk(term.shows) if awaited(part)]
        self._parts = [*shown, *(self._make(each) for each in (term.value, *levels, *term.awaits))]

    def waits(self, window: Window, group: Group, pos: Position, decided: bool) -> bool:
        """Whether a group of a window waits, as seen from a position; `decided`: not for undecided instances."""
        machine = self._machine
        s = Scope(machine.world, pos).of_window(window, machine.grid, dict(zip(machine.by, group, strict=True)))
        s.final = self._decided = decided
        return any(part(s) for part in self._parts)

    def _make(self, e: object) -> Awaits:
        if not any(awaited(part) for part in walk(e)):
            return _never
        match e:
            case ex.If(condition, then, otherwise):
                return self._if(condition, then, otherwise)
            case ex.AllOf(parts) | ex.AnyOf(parts):
                return self._kleene(parts, isinstance(e, ex.AnyOf))
            case ex.IfMeasured(value, otherwise):
                return self._if_measured(value, otherwise)
            case ex.Table():
                return self._table(e)
            case ex.FigureAt() | ex.Standing():
                return self._lacks(e)
            case ex.Aggregate():
                inside = [self._lacks(part) for part in walk(e) if awaited(part)]
                return lambda s: any(part(s) for part in inside)
            case _:
                if awaited(e):
                    return self._lacks(e)
                parts_ = [self._make(part) for part in children(e)]
                return lambda s: any(part(s) for part in parts_)

    def _if(self, condition: ex.Expression, then: ex.Expression, otherwise: ex.Expression) -> Awaits:
        first, test = self._make(condition), evaluator(condition, self._source)
        yes, no = self._make(then), self._make(otherwise)

        def waits(s: Scope) -> bool:
            if first(s):
                return True
            found = test(s)
            return not isinstance(found, NotMeasured) and (yes(s) if found else no(s))

        return waits

    def _kleene(self, parts: tuple[ex.Expression, ...], strong: bool) -> Awaits:
        made = [(self._make(part), evaluator(part, self._source)) for part in parts]

        def waits(s: Scope) -> bool:
            waiting = False
            for part, value in made:
                if part(s):
                    waiting = True
                elif value(s) is strong:
                    return False
            return waiting

        return waits

    def _if_measured(self, value: ex.Expression, otherwise: ex.Expression) -> Awaits:
        first, of, second = self._make(value), evaluator(value, self._source), self._make(otherwise)

        def waits(s: Scope) -> bool:
            if first(s):
                return True
            found = of(s)
            return isinstance(found, NotMeasured) and not isinstance(found, Pending) and second(s)

        return waits

    def _table(self, e: ex.Table) -> Awaits:
        first, of = self._make(e.subject), evaluator(e.subject, self._source)
        rows = [(r.op, self._make(r.bound), evaluator(r.bound, self._source), self._make(r.result)) for r in e.rows]
        last = self._make(e.otherwise)

        def waits(s: Scope) -> bool:
            if first(s):
                return True
            found = of(s)
            if isinstance(found, NotMeasured):
                return False
            for op, awaits_bound, bound, result in rows:
                if awaits_bound(s):
                    return True
                limit = bound(s)
                if isinstance(limit, NotMeasured):
                    return False
                if compares(op, found, limit):
                    return result(s)
            return last(s)

        return waits

    def _lacks(self, part: object) -> Awaits:
        match part:
            case ex.FigureAt(figure, ex.Back(n, first)) | ex.Standing(figure, _, ex.Back(n, first)):
                return self._back(figure, n, self._make(first))
            case ex.FigureAt(figure) | ex.Standing(figure):
                return self._reads(Reads(figure, "same"))
            case ex.FigureRows(figure, last):
                return self._reads(Reads(figure, "inside") if last is None else Reads(figure, "last", last))
            case ex.Posted(line):
                posts = next(n.figure for n in self._machine.world.program.contract.lines if n.name == line)
                return _never if posts is None else self._reads(Reads(posts, "same"))
            case ex.OutcomeRows():
                return self._undecided(part) if awaited(part) else _never
        raise AssertionError(part)

    def _reads(self, read: Reads) -> Awaits:
        machine = self._machine

        def waits(s: Scope) -> bool:
            assert s.window is not None
            return not machine.read_settled(read, s.window.index, tuple(s.group.values()))

        return waits

    def _back(self, figure: str, n: int, first: Awaits) -> Awaits:
        read, machine = Reads(figure, "back", n), self._machine
        lacks = self._reads(read)

        def waits(s: Scope) -> bool:
            assert s.window is not None
            return lacks(s) if machine.reach(read, s.window.index) else first(s)

        return waits

    def _undecided(self, rows: ex.OutcomeRows) -> Awaits:
        machine, by = self._machine, self._machine.by
        spec = store_of(rows, machine.grid, by)
        assert spec is not None
        store, cured = machine.world.rows.stores[spec], cures(rows)

        def waits(s: Scope) -> bool:
            assert s.window is not None
            group = tuple(s.group[name] for name in by)
            if self._decided:
                return False
            cells = machine.world.windows.cells(machine.grid, s.window.index)
            undecided = rows.counted == "opened" and any((cell, group) in store.undecided for cell in cells)
            return undecided or (cured and store.may_be_cured(cells, group))

        return waits
