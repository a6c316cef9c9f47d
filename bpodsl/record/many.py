"""Classes of which a run makes millions.

They are frozen classes of attrs to whoever checks types, and nobody changes an object of theirs; those of `changing`
may be changed. To the machine both have slots, are set without asking, and share their methods with those of `lean`,
but for the one that makes an object: it is written out for each class, when the first object is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bpodsl import lean

if TYPE_CHECKING:
    from attrs import define as changing
    from attrs import frozen as many
else:

    def many(cls: Any = None, *, eq: bool = True) -> Any:
        """Like `lean.frozen`, in which a part can be set but never is."""
        return _slotted(cls, eq, lean.__hash__)

    def changing(cls: Any = None, *, eq: bool = True) -> Any:
        """Like `lean.define`."""
        return _slotted(cls, eq, None)


def _slotted(cls: Any, eq: bool, hashed: Callable[[Any], int] | None) -> Any:
    if cls is None:
        return lambda found: _slotted(found, eq, hashed)
    lean.describe(cls)
    before = lean.parts_of(cls.__base__)
    body = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    body["__slots__"] = tuple(name for name in lean.parts_of(cls) if name not in before)
    body["__repr__"] = lean.__repr__
    if eq:
        body["__eq__"], body["__hash__"] = lean.__eq__, hashed
    made = type(cls)(cls.__name__, cls.__bases__, body)

    def first(self: Any, *values: Any, **named: Any) -> None:
        made.__init__ = own = _written(made)
        own(self, *values, **named)

    made.__init__ = first
    return made


def _written(cls: type) -> Any:
    """What makes objects of a class: a part after another is set."""
    names: dict[str, Any] = {"LEFT_OUT": lean.REQUIRED}
    given, named, lines = list[str](), list[str](), list[str]()
    for name, about in lean.parts_of(cls).items():
        value = name
        if about.factory is not None:
            names[f"make_{name}"] = about.factory
            default = "=LEFT_OUT"
            value = f"make_{name}() if {name} is LEFT_OUT else {name}" if about.init else f"make_{name}()"
        elif about.default is not lean.REQUIRED:
            names[f"else_{name}"] = about.default
            default = f"=else_{name}"
            value = name if about.init else f"else_{name}"
        elif about.init:
            default = ""
        else:
            continue
        lines.append(f" self.{name} = {value}\n")
        if about.init:
            (named if about.kw_only else given).append(name + default)
    if hasattr(cls, "__attrs_post_init__"):
        lines.append(" self.__attrs_post_init__()\n")
    arguments = ", ".join(["self", *given, *(["*", *named] if named else [])])
    exec(f"def __init__({arguments}):\n{''.join(lines) or ' pass'}", names)
    return names["__init__"]


__all__ = ["changing", "many"]
