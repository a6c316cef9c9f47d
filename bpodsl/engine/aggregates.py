"""One value out of many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, Protocol

from bpodsl.engine.scopes import NOTHING, Evaluator, Scope, Value
from bpodsl.terms import NotMeasured, Pending, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import exact


class RowSource(Protocol):
    """Where the rows of an aggregate come from."""

    def rows(self, scope: Scope) -> Iterable[tuple[Any, Scope]]:
        """The rows of the window and group in scope, each with its own scope, in their order."""


Source = Callable[[ex.Rows], RowSource]


def aggregate(
    e: ex.Aggregate, source: RowSource, where: Evaluator | None, value: Evaluator | None, weight: Evaluator | None
) -> Evaluator:
    """The function that evaluates an aggregate. It leaves the rows kept in the scope's `kept`."""
    name = id(e)
    op, q = e.op, e.q
    asks = any(isinstance(part, ex.Outer) for part in walk((e.where, e.value, e.weight)))

    plain = op == "count" and where is None and value is None and weight is None
    alone: Callable[[Scope], list[Any]] | None = getattr(source, "alone", None) if plain else None
    if alone is not None:
        return source.counted(name, lambda s: _counted(s, name, alone(s)))  # type: ignore[attr-defined, no-any-return]

    def computed(s: Scope) -> Value:
        kept: list[Any] = []
        values: list[Value] = []
        weights: list[Value] = []
        for row, scope in source.rows(s):
            if asks:
                scope.outer = s
            if where is not None:
                keeps = where(scope)
                if isinstance(keeps, Pending):
                    return keeps
                if keeps is not True:
                    continue
            kept.append(row)
            v = 1 if value is None else value(scope)
            if isinstance(v, Pending):
                return v
            w = 1 if weight is None else weight(scope)
            if isinstance(w, Pending):
                return w
            if isinstance(v, NotMeasured) or isinstance(w, NotMeasured):
                continue
            values.append(v)
            weights.append(w)
        s.kept[name] = kept
        return _result(op, values, weights, q)

    return computed


def _counted(s: Scope, name: int, rows: list[Any]) -> int:
    s.kept[name] = rows
    return len(rows) + getattr(rows, "more", 0)


def _result(op: str, values: list[Value], weights: list[Value], q: Value) -> Value:
    if op == "count":
        return exact(sum(weights))
    if op == "sum":
        return exact(sum(v * w for v, w in zip(values, weights, strict=True)))
    if op in ("lowest", "highest"):
        pick = min if op == "lowest" else max
        return pick(zip(weights, values, strict=True), key=_weight)[1] if values else NOTHING
    total = sum(weights)
    if not values or total == 0:
        return NOTHING
    if op == "mean":
        return exact(Fraction(sum(v * w for v, w in zip(values, weights, strict=True))) / total)
    if op == "quantile":
        return _quantile(values, weights, q * total)
    if op == "min":
        return min(values)
    if op == "max":
        return max(values)
    return values[0] if op == "first" else values[-1]


def _weight(pair: tuple[Value, Value]) -> Value:
    return pair[0]


def _quantile(values: list[Value], weights: list[Value], wanted: Value) -> Value:
    """The smallest value with at least the wanted weight at or below it."""
    below: Value = 0
    pairs = sorted(zip(values, weights, strict=True), key=lambda pair: pair[0])
    for (value, weight), (after, _) in pairwise(pairs):
        below += weight
        if below >= wanted and after != value:
            return value
    return pairs[-1][0]
