"""Figures by groups whose levels and tables differ by a key: one case after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpodsl.lean import evolve, frozen
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk


@frozen
class Group:
    """The groups in which a key has one value; None: one that no row names, and that nobody listed."""

    key: str
    value: object = None

    @property
    def told(self) -> str:
        """`where priority is P1`"""
        return f"where `{self.key}` is {'something else' if self.value is None else self.value}"


def groups(*expressions: object) -> list[Group | None]:
    """The groups that some expressions tell apart by one key; [None] where they tell none apart."""
    keys: dict[str, dict[object, None]] = {}
    words: dict[str, tuple[object, ...]] = {}
    for key, bound in (pair for each in expressions for pair in _named(each)):
        keys.setdefault(key, {}).setdefault(bound.value)
        words.setdefault(key, bound.kind.detail if bound.kind.base == "one_of" else ())
    if len(keys) != 1:
        return [None]
    ((key, values),) = keys.items()
    others = [word for word in words[key] if word not in values]
    rest = others[:1] if words[key] else [None]
    return [Group(key, value) for value in (*values, *rest)]


def _named(expression: object) -> Iterator[tuple[str, ex.Literal]]:
    for part in walk(expression):
        match part:
            case ex.Table(ex.GroupKey(key), rows):
                for row in rows:
                    if isinstance(row.bound, ex.Literal):
                        yield key, row.bound
            case ex.Compare("=", ex.GroupKey(key), ex.Literal() as bound):
                yield key, bound


def within(expression: object, group: Group | None) -> Any:
    """What an expression comes to in a group: of tables and choices by its key what applies there."""
    if group is None:
        return expression
    match expression:
        case ex.Table(ex.GroupKey(key), rows, otherwise) if key == group.key:
            own = (row.result for row in rows if getattr(row.bound, "value", None) == group.value)
            found = otherwise if group.value is None else next(own, otherwise)
            return None if found is None else within(found, group)
        case ex.If(condition, then, otherwise) if (holds := _holds(condition, group)) is not None:
            return within(then if holds else otherwise, group)
        case ex.Arithmetic(_, left, right):
            return evolve(expression, left=within(left, group), right=within(right, group))
        case ex.Rounded(value) | ex.IfMeasured(value):
            return evolve(expression, value=within(value, group))
    return expression


def _holds(condition: object, group: Group) -> bool | None:
    """Whether a condition on nothing but the key holds in a group; None of any other."""
    match condition:
        case ex.Compare("=", ex.GroupKey(key), ex.Literal(value)) if key == group.key:
            return value == group.value
        case ex.AnyOf(parts):
            found = [_holds(part, group) for part in parts]
            return None if None in found else any(found)
    return None
