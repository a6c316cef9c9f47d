"""The rows of one aggregate that come from a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bpodsl.engine.instances import Instance
from bpodsl.engine.scopes import Evaluator, Scope, Value
from bpodsl.engine.stores import Called, Come, Group, Put, Store, counted_at, counts, is_cured, is_late, place_at
from bpodsl.engine.tallies import Tallied
from bpodsl.record import START, identity_key
from bpodsl.terms import expressions as ex

_NONE: Mapping[Group, Any] = {}


class StoredRows:
    """The rows of one aggregate that come from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        rows = store.spec.rows
        self._norm = rows if isinstance(rows, ex.OutcomeRows) else None
        self._statuses: frozenset[str] = frozenset()

    def with_statuses(self, statuses: tuple[str, ...]) -> StoredRows:
        """Itself, for instances of these statuses."""
        self._statuses = frozenset(statuses)
        return self

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The rows of the window and group in scope, with their scopes, in their order."""
        if s.window is None or s.grid is None:
            return
        found = self._found(s)
        if self._norm is not None:
            yield from self._outcomes(s, found)
        elif isinstance(self._store.spec.rows, ex.EventRows):
            acts = [a for a in found if self._store.sees(a, s.position)]
            acts.sort(key=lambda a: (a.event.acts, a.order))
            for act in acts:
                yield act, act.row_of(s)
        else:
            seen = s.position
            for i in sorted(found, key=lambda i: (i.start, identity_key(i.name))):
                if self._store.sees(i, seen):
                    ended = i.end is not None and (i.end, START) <= seen
                    end = i.end if ended else s.window.end
                    yield i, s.row(i.fields, i.declared, i.start, end - i.start)

    def _found(self, s: Scope) -> Iterable[Any]:
        """What the store has for the window and group in scope."""
        assert s.window is not None and s.grid is not None
        group = tuple([s.group.get(name) for name in self._store.spec.by])
        found = self._store.rows(s.world.windows.cells(s.grid, s.window.index), group)
        if not s.window.whole or s.grid.unit == "term":
            # A cap may look at a window that the term will cut: what falls due beyond it is in the cell already.
            end, instant = s.window.end, s.world.rows.instant
            return [row for row in found if instant(self._store, row) < end]
        return found

    @property
    def alone(self) -> Callable[[Scope], list[Any]] | None:
        """What finds the same rows in no order and without their scopes, for whoever only counts them. None, where rows
        are no outcomes."""
        return None if self._norm is None else self._instances

    def counted(self, name: int, otherwise: Evaluator) -> Evaluator:
        """What counts them for the aggregate of that name, where no more is known of any of them; else `otherwise`."""
        store, statuses, late = self._store, tuple(self._statuses), "late" in self._statuses
        cells, by = store.cells, store.spec.by
        only = statuses[0] if len(statuses) == 1 else None

        def number(s: Scope) -> Value:
            kept = s.kept
            # Several aggregates of a figure ask for it, each for other statuses.
            numbers: dict[str, int] | None = kept.get(store)
            if numbers is None:
                grid = s.grid
                if s.window is None or grid is None or late or (grid.span > 1 and grid.unit != "term"):
                    return otherwise(s)
                of = s.group
                found = cells.get(s.window.index, _NONE).get(tuple([of.get(key) for key in by]))
                numbers = found.numbers if type(found) is Tallied else None
                if numbers is None:
                    return otherwise(s)
                kept[store] = numbers
            kept[name] = ()
            if only is not None:
                return numbers.get(only, 0)
            return sum([numbers.get(status, 0) for status in statuses])

        return number

    def _instances(self, s: Scope) -> list[Any]:
        come = self._come(s)
        if come is not None:
            return come
        return [] if s.window is None or s.grid is None else list(self._kept(s, self._found(s)))

    def _tallied(self, s: Scope, group: Group) -> Come:
        """The same, where some are known by their names only."""
        assert s.window is not None and s.grid is not None and self._norm is not None
        end = None if s.window.whole and s.grid.unit != "term" else s.window.end
        come, others = Called(), list[Any]()
        for cell in s.world.windows.cells(s.grid, s.window.index):
            found = self._store.cells.get(cell, _NONE).get(group)
            if type(found) is Tallied:
                come += found.seen(self._statuses, s.position)
                come.more += found.counted(self._statuses)
                others += found.others
            elif found is not None:
                others += found
        if others and end is not None:
            instant = s.world.rows.instant
            others = [row for row in others if instant(self._store, row) < end]
        come += self._kept(s, others)
        return come

    def _come(self, s: Scope) -> Come | None:
        """The same at once, where all rows were put ahead and have come; else None."""
        store = self._store
        if s.window is None or s.grid is None:
            return None
        assert self._norm is not None
        if "late" in self._statuses:
            return None
        group = tuple([s.group.get(name) for name in store.spec.by])
        cells = s.world.windows.cells(s.grid, s.window.index)
        if any(type(store.cells.get(cell, _NONE).get(group)) is Tallied for cell in cells):
            return self._tallied(s, group)
        if not s.window.whole or s.grid.unit == "term":
            return None
        come = Come()
        for cell in cells:
            found = store.cells.get(cell, _NONE).get(group)
            if found is None:
                continue
            if type(found) is not Put:
                return None
            latest, by_status = found.parted(self._norm.counted == "performed")
            if latest > s.position:
                return None
            # Their order is nothing to whoever counts them, nor to the names of causes, which are sorted.
            for status, rows in by_status.items():
                if status in self._statuses:
                    come += rows
        return come

    def _outcomes(self, s: Scope, found: Iterable[Any]) -> Iterator[tuple[Any, Scope]]:
        assert self._norm is not None
        counted, seen = self._norm.counted, s.position
        kept: list[tuple[tuple[int, bool], Instance]] = []
        for instance in self._kept(s, found):
            when = counted_at(instance, counted)
            assert when is not None
            kept.append((when, instance))
        kept.sort(key=lambda pair: (pair[0][0], identity_key(pair[1].name)))
        for (at, early), instance in kept:
            row = s.row(instance.fields, instance.declared, at, instance.reading(seen))
            yield instance, row.of_instance(instance, early, place_at(instance, counted, early))

    def _kept(self, s: Scope, found: Iterable[Any]) -> Iterator[Instance]:
        """Of the instances that have come at a position those of the statuses that are counted."""
        assert self._norm is not None
        counted, seen = self._norm.counted, s.position
        for instance in found:
            if not counts(instance, counted, seen):
                continue
            status = instance.status(seen)
            if (
                status in self._statuses
                or ("cured" in self._statuses and is_cured(instance, seen))
                or ("waived" in self._statuses and instance.waived_pos is not None and instance.waived_pos <= seen)
                or ("late" in self._statuses and is_late(instance, status, seen))
            ):
                yield instance
