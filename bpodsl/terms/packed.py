"""A contract as plain data, and back.

Nothing but terms, values and places in texts is made from such data: a class is named by its module and name, and must
be one of ours whose objects are data. An object that stands in several places is written once, and is one again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from importlib import import_module
from typing import Any, Final

from bpodsl.lean import define, field, is_lean, parts_of
from bpodsl.terms.contract import Contract
from bpodsl.values import Zone

TUPLE, FRACTION, DAY, ZONE = -1, -2, -3, -4
"""What is no object of a class of ours. A class is told by its place in the list of classes."""

_WITHIN: Final = ("bpodsl.terms.", "bpodsl.values.", "bpodsl.text.")
_PLAIN: Final = (str, int, bool, type(None))


class NotPlain(TypeError):
    """Something of which no plain data can be made."""


def packed(contract: Contract) -> dict[str, Any]:
    """The contract as lists, dicts, texts and numbers. Raises `NotPlain` if it holds what is no term or value."""
    packer = _Packer()
    packer.place(contract)
    return {"plain": packer.plain, "classes": list(packer.classes), "made": packer.settled()}


def unpacked(data: Mapping[str, Any]) -> Contract:
    """The contract again. Raises ValueError, TypeError, LookupError, AttributeError or ImportError for what `packed`
    never gives."""
    found: list[Any] = [value for value in data["plain"] if isinstance(value, _PLAIN)]
    classes = [_class(name) for name in data["classes"]]
    add, at = found.append, found.__getitem__
    for kind, *parts in data["made"]:
        if kind >= 0:
            make, _, named = classes[kind]
            if named is None:
                add(make(*map(at, parts)))
            else:
                add(make(**dict(zip(named, map(at, parts), strict=True))))
        elif kind == TUPLE:
            add(tuple(map(at, parts)))
        else:
            add(_OTHERS[kind](*map(at, parts)))
    contract = found[-1]
    if not isinstance(contract, Contract):
        raise TypeError("no contract")
    return contract


_OTHERS: Final[dict[int, Callable[..., Any]]] = {FRACTION: Fraction, DAY: date.fromordinal, ZONE: Zone.load}


@define
class _Packer:
    """`at`: where each object stands, by identity, and each plain value, by kind and value: plain values are counted
    down from -1, since how many there are is known last. `held`: the objects, so that no other takes their identity.
    """

    plain: list[Any] = field(factory=list)
    made: list[list[int]] = field(factory=list)
    classes: dict[str, int] = field(factory=dict)
    shapes: dict[type, tuple[int, Sequence[str]]] = field(factory=dict)
    at: dict[object, int] = field(factory=dict)
    held: list[object] = field(factory=list)

    def place(self, value: Any) -> int:
        """Where a value stands; it is packed if it was not."""
        kind = type(value)
        if kind in _PLAIN:
            found = self.at.get((kind, value))
            if found is None:
                self.plain.append(value)
                found = self.at[kind, value] = -len(self.plain)
            return found
        found = self.at.get(id(value))
        if found is None:
            made = self.row(kind, value)
            found = self.at[id(value)] = len(self.made)
            self.made.append(made)
            self.held.append(value)
        return found

    def row(self, kind: type, value: Any) -> list[int]:
        """What stands for an object: its kind and where its parts stand."""
        place = self.place
        if kind is tuple:
            return [TUPLE, *map(place, value)]
        if kind is date:
            return [DAY, place(value.toordinal())]
        if kind is Fraction:
            return [FRACTION, place(value.numerator), place(value.denominator)]
        if kind is Zone:
            return [ZONE, place(value.name)]
        if kind not in self.shapes:
            name = f"{kind.__module__}:{kind.__qualname__}"
            self.shapes[kind] = self.classes.setdefault(name, len(self.classes)), _class(name)[1]
        number, parts = self.shapes[kind]
        return [number, *(place(getattr(value, part)) for part in parts)]

    def settled(self) -> list[list[int]]:
        """The rows, in which plain values now stand first."""
        first = len(self.plain)
        return [[row[0], *(part + first if part >= 0 else -1 - part for part in row[1:])] for row in self.made]


def _class(name: str) -> tuple[Callable[..., Any], tuple[str, ...], tuple[str, ...] | None]:
    """A class by module and name, the parts that are kept of its objects, and under which names its objects are made
    of them (None: in that order)."""
    module, _, own = name.partition(":")
    kind = getattr(import_module(module), own) if module.startswith(_WITHIN) and own.isidentifier() else None
    if isinstance(kind, type) and kind.__module__ == module and is_lean(kind):
        # What has a factory is a memory of what was worked out.
        kept = tuple(part for part, about in parts_of(kind).items() if about.factory is None)
        return kind, kept, None if kept == kind.__match_args__ else kept  # type: ignore[attr-defined]
    if isinstance(kind, type) and kind.__module__ == module and hasattr(kind, "__attrs_attrs__"):
        fields = kind.__attrs_attrs__
        return kind, tuple(each.name for each in fields), tuple(each.alias for each in fields)
    raise NotPlain(f"`{name}` is no term, value or place")
