"""Sums of several fields, by the solver z3, where it is installed; without it nothing is decided here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from bpodsl.lint.domains import OPS, Domain

FORMULAS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
MOST_STEPS = 1_000_000
"""Steps after which the solver is not asked any longer, as it counts them: the same on any machine, about a second."""


class Linear:
    """Comparisons of formulas: a formula is a number, a word, an unknown, or (operator, formula, formula). `known`:
    the domain of each unknown."""

    def __init__(self) -> None:
        self.known: dict[Any, Domain] = {}
        self.comparisons: list[tuple[object, str, object]] = []

    def add(self, left: object, op: str, right: object) -> None:
        """One comparison more."""
        self.comparisons.append((left, op, right))


@cache
def absent() -> bool:
    """Whether there is no solver."""
    return find_spec("z3") is None


def solve(problem: Linear) -> dict[Hashable, object] | bool | None:
    """Values of all unknowns, None if there are none, False if that took too many steps."""
    import z3

    words: dict[object, int] = {}
    unknowns: dict[Any, Any] = {}
    solver = z3.Solver()
    solver.set("rlimit", MOST_STEPS)

    def told(value: object) -> Any:
        if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return z3.Q(value.numerator, value.denominator)
        return z3.RealVal(words.setdefault(value, len(words)))

    def formula(part: object) -> Any:
        if isinstance(part, tuple):
            return FORMULAS[part[0]](formula(part[1]), formula(part[2]))
        return unknowns[part] if part in unknowns else told(part)

    for number, (unknown, domain) in enumerate(problem.known.items()):
        made = z3.Int(f"v{number}") if domain.whole or not _counted(domain) else z3.Real(f"v{number}")
        unknowns[unknown] = made
        if domain.values is not None:
            solver.add(z3.Or([made == told(value) for value in domain.values]))
        if domain.low is not None:
            solver.add(made >= told(domain.low) if domain.low_in else made > told(domain.low))
        if domain.high is not None:
            solver.add(made <= told(domain.high) if domain.high_in else made < told(domain.high))
    for left, op, right in problem.comparisons:
        a, b = formula(left), formula(right)
        solver.add(OPS[op](a, b))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    if answer != z3.sat:
        return False
    model, by_number = solver.model(), {number: word for word, number in words.items()}
    found: dict[Hashable, object] = {}
    for unknown, made in unknowns.items():
        value = _value(model.eval(made, model_completion=True))
        word = not _counted(problem.known[unknown])
        found[unknown] = by_number.get(value, f"x{value}") if word and isinstance(value, int) else value
    return found


def _counted(domain: Domain) -> bool:
    return domain.values is None and domain.ordered


def _value(said: Any) -> int | Fraction:
    found = Fraction(said.as_fraction()) if hasattr(said, "as_fraction") else Fraction(said.as_long())
    return found.numerator if found.denominator == 1 else found
