"""What a table was entered with and what it gave: recorded beside the value of a figure."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.terms import Expression, awaited, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.waiting import parted

Shows = tuple[tuple[str, Expression], ...]


def tables_in(value: Expression) -> Shows:
    """`quantity`: what the table of a figure is entered with, where no other figure says it; `rate`: what its row
    gives, where the figure is not that itself. Of a second table `quantity 2` and so on.

    A figure waits for all that is recorded beside it, so only what its value always waits for is.
    """
    found: list[tuple[str, Expression]] = []
    sure = set(_sure(value))
    tables = [table for table in _tables(value) if all(part in sure for part in walk(table) if awaited(part))]
    for place, table in enumerate(dict.fromkeys(tables)):
        which = f" {place + 1}" if place else ""
        if not isinstance(table.subject, ex.FigureAt | ex.GroupKey | ex.Literal):
            found.append((f"quantity{which}", table.subject))
        if isinstance(table, ex.Table) and table is not value and not _priced(table):
            found.append((f"rate{which}", table))
    return tuple(found)


def sure_of(value: Expression) -> tuple[object, ...]:
    """The parts of a value that it always waits for, each once, and the aggregates that they stand in."""
    found: list[object] = []
    stack: list[object] = [value]
    while stack:
        part = stack.pop()
        found.append(part)
        if not isinstance(part, ex.Aggregate):
            stack.extend(reversed(parted(part)[0]))
    return tuple(dict.fromkeys(found))


def _tables(value: Expression) -> Iterator[ex.Table | ex.Bands]:
    """The tables that are always reached, the outermost; what looks a word up in a list is none."""
    stack: list[object] = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, ex.Bands) or (isinstance(part, ex.Table) and _graded(part)):
            yield part
        elif not isinstance(part, ex.Aggregate):
            stack.extend(reversed(parted(part)[0]))


def _graded(table: ex.Table) -> bool:
    """Whether its rows are levels, for all or for each value of a key."""
    if not isinstance(table.subject, ex.GroupKey):
        return any(row.op != "=" for row in table.rows)
    return all(isinstance(row.result, ex.Table) and _graded(row.result) for row in table.rows)


def _priced(table: ex.Table) -> bool:
    """Whether its rows price the whole of what it is entered with, so that they give the sum itself."""
    rows = [row.result for row in table.rows]
    return all(isinstance(row, ex.Arithmetic) and row.op == "*" and row.left == table.subject for row in rows)


def _sure(value: object) -> Iterator[object]:
    """What is awaited in any case; of a table for each value of a key what all of its rows await."""
    stack = [value]
    while stack:
        part = stack.pop()
        if awaited(part):
            yield part
        certain, _ = parted(part)
        stack += certain
        if isinstance(part, ex.Table) and isinstance(part.subject, ex.GroupKey) and part.rows:
            results = [set(_sure(row.result)) for row in part.rows]
            yield from set.intersection(*results)
