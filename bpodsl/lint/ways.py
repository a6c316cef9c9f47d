"""The ways in which a condition can hold: bounds on what is compared, and comparisons with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from bpodsl.lean import frozen
from bpodsl.lint.domains import OPS, TURNED, Domain, sample
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk


@frozen
class Subject:
    """What is compared: an expression, of one thing or another."""

    of: str
    expression: object


@frozen
class Way:
    """Bounds on subjects, and comparisons of two subjects with each other, that hold together in one way."""

    bounds: tuple[tuple[Subject, str, object], ...] = ()
    relations: tuple[tuple[Subject, str, Subject], ...] = ()


def joined(a: Way, b: Way) -> Way:
    return Way(tuple(dict.fromkeys(a.bounds + b.bounds)), tuple(dict.fromkeys(a.relations + b.relations)))


_SIGNS: Final = {"=": {0}, "!=": {-1, 1}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}


def orders(relations: Iterable[tuple[Subject, str, Subject]]) -> object | None:
    """How pairs of subjects may stand to each other; None where one pair cannot stand in all the ways said."""
    found: dict[tuple[Subject, Subject], set[int]] = {}
    for left, op, right in relations:
        pair, said = (left, right), op
        if (right, left) in found:
            pair, said = (right, left), TURNED[op]
        found[pair] = found.get(pair, {-1, 0, 1}) & _SIGNS[said]
    return found if all(found.values()) else None


def two(op: str, left: Domain, right: Domain) -> tuple[object, object] | tuple[()] | None:
    """Values of two domains that stand so to each other, () if they are not found though there may be some, None if
    there are none."""
    if left.values is not None or right.values is not None or not (left.ordered and right.ordered):
        these = left.values or right.values or ("x0", "x1")
        those = right.values or left.values or ("x0", "x1")
        return next(((a, b) for a, b in product(these, those) if op not in ("=", "!=") or OPS[op](a, b)), None)
    if _apart(op, left, right) or _apart(TURNED[op], right, left):
        return None
    for a in _ends(left, right):
        b = sample(right, [(TURNED[op], a)])
        if b is not None:
            return a, b
    return ()


def _apart(op: str, left: Domain, right: Domain) -> bool:
    """Whether no value on the left is as low as it would have to be."""
    if op not in ("<", "<=", "=") or left.low is None or right.high is None:
        return False
    touching = left.low == right.high and (op == "<" or not (left.low_in and right.high_in))
    return left.low > right.high or touching


def _ends(left: Domain, right: Domain) -> Iterator[object]:
    """Values on the left to be tried: near the ends of both, and any."""
    for end in (left.low, left.high, right.low, right.high):
        if end is not None:
            for near in (end, end + 1, end - 1):
                found = sample(left, [("=", near)])
                if found is not None:
                    yield found
    found = sample(left)
    if found is not None:
        yield found


def compared_in(way: Way) -> list[Subject]:
    found = [subject for subject, op, _ in way.bounds if op in OPS]
    return found + [each for left, _, right in way.relations for each in (left, right)]


def leaves(subject: Subject) -> Iterator[Subject]:
    """What a formula is made of; of anything else itself."""
    match subject.expression:
        case ex.Arithmetic(op, left, right) if linear(op, left, right):
            yield from leaves(Subject(subject.of, left))
            yield from leaves(Subject(subject.of, right))
        case ex.Literal():
            pass
        case _:
            yield subject


def linear(op: str, left: object, right: object) -> bool:
    """Whether the solver is to reckon with a formula: sums, and products with a number."""
    if op in ("+", "-"):
        return True
    if isinstance(right, ex.Literal):
        return op == "*" or (op == "/" and right.value != 0)
    return op == "*" and isinstance(left, ex.Literal)


def states_of(condition: object) -> tuple[str, ...]:
    """The states that a condition asks for."""
    return tuple(dict.fromkeys(part.state for part in walk(condition) if isinstance(part, ex.InState)))
