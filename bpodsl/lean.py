"""Classes of attrs that share their methods.

attrs writes and compiles the methods of each class, which takes about a millisecond: for the two hundred kinds of
nodes, terms and problems together longer, at every start, than to check an agreement. Here they are one set of
methods for all. What holds for a class of attrs holds for these: `evolve`, `fields`, `has`, patterns, and classes of
attrs below them. What is made by the million while events run is better a class of attrs: its own methods are faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeVar

_T = TypeVar("_T", bound=type)

REQUIRED: Final = object()
"""In place of a default: there is none."""


class Part(NamedTuple):
    """What is said of a part of a class: its default, whether objects differ by it, whether it is shown and whether
    it must be named. `takes_all`: it is the last one and takes all that remains, as a tuple. `init`: it is given when
    an object is made; else it has its default, or is set later. `hash`: what differs by it may hash otherwise."""

    default: Any = REQUIRED
    eq: bool = True
    repr: bool = True
    kw_only: bool = False
    takes_all: bool = False
    factory: Callable[[], Any] | None = None
    init: bool = True
    hash: bool = True


_PLAIN: Final = Part()


def make(cls: Any = None, *, eq: bool = True) -> Any:
    """A frozen class whose parts are its annotations, after those of its base. `eq` False: each of its objects is equal
    to itself alone."""
    if cls is None:
        return lambda found: make(found, eq=eq)
    compared = (__eq__, __hash__) if eq else ()
    return _made(cls, __setattr__, __delattr__, *compared, __repr__)


def make_mutable(cls: Any = None, *, eq: bool = True) -> Any:
    """Such a class whose parts may be set anew."""
    if cls is None:
        return lambda found: make_mutable(found, eq=eq)
    if not eq:
        return _made(cls, __repr__)
    made = _made(cls, __eq__, __repr__)
    setattr(made, "__hash__", None)  # noqa: B010 - what changes is no key
    return made


def _made(cls: _T, *methods: Callable[..., Any]) -> _T:
    describe(cls)
    init = _init_and_then if "__attrs_post_init__" in cls.__dict__ else __init__
    for method in (init, *methods):
        name = "__init__" if method is init else method.__name__
        # What a base has set already is not set again: that takes longer than all else here.
        if (name not in cls.__dict__ and getattr(cls, name) is not method) or cls.__dict__.get(name, name) is None:
            setattr(cls, name, method)
    return cls


def describe(cls: type) -> None:
    """Find the parts of a class, and keep what its methods ask of them."""
    # What a class keeps in slots has no defaults: what stands under those names is the slots.
    defaults: Mapping[str, Any] = {} if "__slots__" in cls.__dict__ else cls.__dict__
    own: dict[str, Part] = {}
    for name, kind in cls.__annotations__.items():
        if kind.startswith("ClassVar"):
            continue
        if name in defaults:
            value = defaults[name]
            own[name] = value if isinstance(value, Part) else Part(value)
            delattr(cls, name)
        else:
            own[name] = _PLAIN
    parts: dict[str, Part] = {**parts_of(cls), **own}
    placed = tuple(name for name, about in parts.items() if about.init and not about.kw_only)
    key = _key([name for name, about in parts.items() if about.eq])
    whole = all(about.hash for about in parts.values())
    shared: dict[str, Any] = {
        "__lean_parts__": parts,
        "__lean_placed__": _placed(placed, parts),
        "__lean_key__": key,
        "__lean_hashed__": key if whole else _key([name for name, about in parts.items() if about.eq and about.hash]),
        "__match_args__": placed,
        "__attrs_attrs__": _ATTRIBUTES,
    }
    for name, value in shared.items():
        setattr(cls, name, value)


def _placed(names: tuple[str, ...], parts: Mapping[str, Part]) -> tuple[int, int, tuple[str, ...], tuple[Any, ...]]:
    """How many parts there are and how many of them must be given, the parts in their order, and their defaults. Parts
    of which one must be named are never given by their order alone, nor are those left out that are made anew."""
    abouts = parts.values()
    if len(names) < len(parts):
        return -1, 0, names, ()
    least = len(names)
    spare = tuple(REQUIRED if about.factory is not None else about.default for about in abouts)
    while least and spare[least - 1] is not REQUIRED:
        least -= 1
    return len(names), least, names, spare


def is_lean(kind: type) -> bool:
    """Whether it is such a class."""
    return hasattr(kind, "__lean_parts__")


def parts_of(kind: type) -> Mapping[str, Part]:
    """The parts of such a class by name, in order; none of any other."""
    found: Mapping[str, Part] = getattr(kind, "__lean_parts__", {})
    return found


def _key(names: list[str]) -> Callable[[Any], Any]:
    """What objects of a class are compared by."""
    return attrgetter(*names) if names else type


class _Attributes:
    """What attrs knows a class by, made when it is asked for."""

    def __get__(self, of: object, cls: type) -> Any:
        import attrs

        said = {
            name: attrs.field(
                default=_said(about),
                eq=about.eq, repr=about.repr, kw_only=about.kw_only, init=about.init,
                hash=None if about.hash else False,
            )
            for name, about in parts_of(cls).items()
        }  # fmt: skip
        found = attrs.fields(attrs.make_class(cls.__name__, said, init=False, repr=False, eq=False, slots=False))
        cls.__attrs_attrs__ = found  # type: ignore[attr-defined]
        return found


_ATTRIBUTES: Final = _Attributes()


def _said(about: Part) -> Any:
    import attrs

    if about.factory is not None:
        return attrs.Factory(about.factory)
    return attrs.NOTHING if about.default is REQUIRED else about.default


# ------------------------------------------------------------------------------- the methods that all share
def __init__(self: Any, *values: Any, **named: Any) -> None:
    all_of_them, least, placed, spare = self.__lean_placed__
    given = len(values)
    if given == all_of_them and not named:
        self.__dict__.update(zip(placed, values, strict=True))
        return
    if least <= given < all_of_them and not named:
        self.__dict__.update(zip(placed, values + spare[given:], strict=True))
        return
    parts: dict[str, Part] = {name: about for name, about in self.__lean_parts__.items() if about.init}
    if len(values) > len(self.__match_args__):
        raise TypeError(f"{type(self).__name__} takes {len(self.__match_args__)} parts, not {len(values)}")
    said = dict(zip(self.__match_args__, values, strict=False)) | named
    if said.keys() != parts.keys():
        if strange := said.keys() - parts.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(strange))}")
        said = {name: said[name] if name in said else _default(about) for name, about in parts.items()}
        if REQUIRED in said.values():
            raise TypeError(f"{type(self).__name__} lacks a part: {', '.join(sorted(_lacking(said)))}")
    self.__dict__.update(said)
    for name, about in self.__lean_parts__.items() if len(parts) < len(self.__lean_parts__) else ():
        if not about.init and (value := _default(about)) is not REQUIRED:
            self.__dict__[name] = value


def _init_and_then(self: Any, *values: Any, **named: Any) -> None:
    __init__(self, *values, **named)
    self.__attrs_post_init__()


def _default(about: Part) -> Any:
    return about.default if about.factory is None else about.factory()


def _lacking(said: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, value in said.items() if value is REQUIRED)


def __setattr__(self: Any, name: str, value: object) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is frozen")


def __delattr__(self: Any, name: str) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is frozen")


def __eq__(self: Any, other: Any) -> bool:
    if self is other:
        return True
    if other.__class__ is not self.__class__:
        return NotImplemented
    return bool(self.__lean_key__(self) == other.__lean_key__(other))


def __hash__(self: Any) -> int:
    return hash((self.__class__, self.__lean_hashed__(self)))


def __repr__(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, about in self.__lean_parts__.items() if about.repr)
    return f"{type(self).__name__}({', '.join(shown)})"


def change(of: Any, /, **parts: Any) -> Any:
    """The same object with other parts; of a class of attrs, too."""
    if is_lean(of.__class__):
        given = {name: getattr(of, name) for name, about in of.__lean_parts__.items() if about.init}
        return of.__class__(**given | parts)
    import attrs

    return attrs.evolve(of, **parts)


if TYPE_CHECKING:
    # To a type checker they are what they behave like.
    from attrs import define as define
    from attrs import evolve as evolve
    from attrs import field as field
    from attrs import frozen as frozen
else:
    evolve = change
    frozen = make
    define = make_mutable
    field = Part
