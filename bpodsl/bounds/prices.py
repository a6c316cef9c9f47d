"""What one outcome more adds to a charge or credit."""

from __future__ import annotations

from bpodsl.bounds.expressions import Bounds
from bpodsl.bounds.ranges import Range, added, divided, exactly, joined, minus, multiplied
from bpodsl.bounds.rows import value_of_rows
from bpodsl.terms import Figure, Line, Norm, OnOutcome, Rule, reads
from bpodsl.terms import expressions as ex

Price = tuple[Line, Range]


class Prices:
    """Prices of outcomes in one contract. `rules`: those that fire at each outcome of a norm, without a condition."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.rules: dict[str, list[Rule]] = {}
        for rule in bounds.contract.rules:
            if isinstance(rule.on, OnOutcome) and rule.when is None and not (rule.recurrence or rule.only):
                self.rules.setdefault(rule.on.norm, []).append(rule)
        self._readers: dict[str, list[str]] = {}
        for figure in bounds.contract.figures:
            for source in dict.fromkeys(source for source, _ in reads(figure.value)):
                self._readers.setdefault(source, []).append(figure.name)

    def of(self, norm: Norm, outcomes: tuple[str, ...]) -> list[Price] | None:
        """What each line of its bearers changes by if one instance comes to one of these outcomes; lines that it leaves
        alone are left out. None where a line depends on the outcomes of the norm in a way that has no price of its
        own."""
        touched = self._touched(norm.name)
        found: list[Price] = []
        for name in touched:
            for line in self.bounds.lines_of.get(name, ()):
                if not set(norm.bearer) & {line.payer, line.payee}:
                    continue
                figure = self.bounds.figures[name]
                with self.bounds.within(grid=figure.grid, events=(), rows_of="", keys=figure.by):
                    price = self._each(figure.value, norm.name, outcomes, touched)
                if price is None:
                    return None
                if price.single != 0:
                    found.append((line, price))
        return found

    def _touched(self, norm: str) -> dict[str, Figure]:
        """The figures that read the outcomes of a norm, directly or by way of others."""
        found: dict[str, Figure] = {}
        waiting = [f"decision:{norm}"]
        while waiting:
            for name in self._readers.get(waiting.pop(), ()):
                if name not in found:
                    found[name] = self.bounds.figures[name]
                    waiting.append(f"figure:{name}")
        return found

    def _each(self, e: object, norm: str, outcomes: tuple[str, ...], touched: dict[str, Figure]) -> Range | None:
        """What one more adds to an expression, None if that depends on the others."""
        if not _reads(e, norm, touched):
            return exactly(0)
        match e:
            case ex.Aggregate("count" | "sum", ex.OutcomeRows(name, statuses)) if name == norm and e.weight is None:
                return self._of_row(e) if set(statuses) & set(outcomes) else exactly(0)
            case ex.FigureAt(name, ex.Same()):
                figure = touched[name]
                if figure.grid == self.bounds.grid and figure.rounding is None and not figure.by:
                    return self._each(figure.value, norm, outcomes, touched)
            case ex.Arithmetic("+" | "-", left, right):
                sides = self._each(left, norm, outcomes, touched), self._each(right, norm, outcomes, touched)
                if sides[0] is not None and sides[1] is not None:
                    return added(sides[0], sides[1] if e.op == "+" else minus(sides[1]))
            case ex.Arithmetic("*" | "/", left, right) if not _reads(right, norm, touched):
                return self._scaled(self._each(left, norm, outcomes, touched), e.op, right)
            case ex.Arithmetic("*", left, right) if not _reads(left, norm, touched):
                return self._scaled(self._each(right, norm, outcomes, touched), "*", left)
        return None

    def _scaled(self, price: Range | None, op: str, by: object) -> Range | None:
        if price is None:
            return None
        factor = self.bounds.of(by)
        return multiplied(price, factor) if op == "*" else divided(price, factor, "the divisor")

    def _of_row(self, e: ex.Aggregate) -> Range:
        """What one row is worth; of a condition that it need not meet perhaps nothing."""
        with value_of_rows(self.bounds, e):
            value = exactly(1) if e.op == "count" or e.value is None else self.bounds.of(e.value)
        return value if e.where is None and not value.gap else joined((value, exactly(0)))


def _reads(e: object, norm: str, touched: dict[str, Figure]) -> bool:
    return any(
        source == f"decision:{norm}" or (source.startswith("figure:") and source[7:] in touched)
        for source, _ in reads(e)
    )
