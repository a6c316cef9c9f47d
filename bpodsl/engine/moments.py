"""Moments of an outcome in the making: what it was between two instants, so that it may be gone on with from there.

A moment is kept in place. It remembers the contents of all that may change and can be reached from the world, and puts
them back into the same objects; so whatever holds one of these (a handler, a function made once) holds it still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from functools import partial
from gc import get_referents
from types import CellType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.answers import question
from bpodsl.engine.made import LONG
from bpodsl.engine.takebacks import Superseded
from bpodsl.record import Entry

if TYPE_CHECKING:
    from bpodsl.engine.world import World

MOST = 12
"""So many moments are kept: the nearer to the last instant, the denser. So memory is that of so many worlds at most."""
NEAR = 8
"""So many instants lie between two of them at least."""
SHARE = 40
"""So many things take as long to be remembered as an instant to be swept: of a larger world moments are rarer, so that
they never take longer than sweeping does."""

Finding = tuple[Superseded, int]

_NO_VALUE: Final = object()
_HAS_PARTS: Final = 1 << 14
"""The flag of types whose objects may hold others."""
_PASSED, _DICT, _LIST, _SET, _OBJECT, _SLOTS, _FUNCTION = range(1, 8)
_FIXED = (tuple, frozenset, MethodType, CellType, partial)
_ELSEWHERE = ("bpodsl.engine.program", "bpodsl.engine.plan", "bpodsl.engine.straight")


class Unknown(Exception):
    """Something of which it is not known whether it changes: no moments are kept of a world that has it."""


class _Kinds(dict[type, int]):
    """How objects of a type are remembered; 0: they do not change, and nothing that does can be reached by them."""

    def __missing__(self, kind: type) -> int:
        found = self[kind] = self._of(kind)
        return found

    @staticmethod
    def _of(kind: type) -> int:
        for base, way in ((dict, _DICT), (list, _LIST), (set, _SET), (FunctionType, _FUNCTION), (str, 0)):
            if issubclass(kind, base):
                return way
        if issubclass(kind, _FIXED):
            return _PASSED
        if kind.__module__.startswith("bpodsl.engine") and not kind.__module__.startswith(_ELSEWHERE):
            return _OBJECT if kind.__dictoffset__ else _SLOTS
        if kind.__module__.startswith("bpodsl.") or issubclass(kind, type) or not kind.__flags__ & _HAS_PARTS:
            return 0
        if kind.__module__ in _KNOWN or kind.__name__ in _KNOWN:
            return 0
        raise Unknown(f"{kind.__module__}.{kind.__name__}")


_KNOWN = frozenset(("mappingproxy", "builtin_function_or_method", "operator", "module", "fractions", "datetime"))


class Moment:
    """One moment: after all of the instant `now`, the `step`-th that was swept.

    `outcome`: the entries that stood. `found`: what was known to be taken back; `sought`: what of that was asked for by
    then, whether it was known or not.
    """

    def __init__(self, world: World, step: int, kept: _Kept, outcome: dict[str, Entry]) -> None:
        self.now = world.now
        self.step = step
        self.outcome = outcome
        self.found = {**world.superseded, **world.takeback.in_place}
        self.unfounded = frozenset(world.unfounded)
        self.sought = frozenset(world.sought or ())
        self.kept = kept

    def holds(self, found: Mapping[Superseded, int], unfounded: AbstractSet[Finding]) -> bool:
        """Whether an outcome in which this is found goes through the same moment.

        It does if by then nobody asked for what is found otherwise; that times last so long is asked for at the
        instant at which it was found, too.
        """
        for each, at in (self.found.items() ^ found.items()) | (self.unfounded ^ unfounded):
            if question(each) in self.sought or (each[2] == LONG and at <= self.now):
                return False
        return True


class _Kept:
    """The contents of things that change."""

    def __init__(self) -> None:
        self.dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self.lists: list[tuple[list[Any], list[Any]]] = []
        self.sets: list[tuple[set[Any], set[Any]]] = []
        self.slots: list[tuple[Any, tuple[str, ...], Iterable[Any]]] = []

    @property
    def size(self) -> int:
        """How many things."""
        return len(self.dicts) + len(self.lists) + len(self.sets) + len(self.slots)

    def put_back(self) -> None:
        """All as it was."""
        for here, held in self.dicts:
            dict.clear(here)
            dict.update(here, held)
        for each, items in self.lists:
            each[:] = items
        for some, members in self.sets:
            some.clear()
            some.update(members)
        for thing, names, values in self.slots:
            for name, value in zip(names, values, strict=True):
                if value is not _NO_VALUE:
                    setattr(thing, name, value)
                elif hasattr(thing, name):
                    delattr(thing, name)


class Moments:
    """The moments of one world, from the first on, which is kept as long as the world is."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kinds = _Kinds()
        self._slots: dict[type, tuple[str, ...]] = {}
        # What is not the world's own: each time it is made anew it is given.
        self._given = [world.superseded, world.unfounded, world.over]
        # Functions and the like that are there from the start are looked through once.
        self._roots: list[Any] = [world]
        self._fixed: list[Any] = []
        self._step = 0
        world.sought = set()
        self._kept: list[Moment] = []
        try:
            self._kept.append(Moment(world, 0, self._remembered(self._fixed), {}))
            self._roots = [self._world, *self._beyond(self._fixed)]
        except Unknown:
            self._kept.clear()

    def swept(self, outcome: Callable[[], dict[str, Entry]]) -> None:
        """One more instant is over; `outcome` tells what stands after it."""
        self._step += 1
        if not self._kept:
            return
        last = self._kept[-1]
        if self._step - last.step < max(NEAR, last.kept.size // SHARE):
            return
        try:
            self._kept.append(Moment(self._world, self._step, self._remembered([]), outcome()))
        except Unknown:
            self._kept.clear()
        if len(self._kept) > MOST:
            steps = [each.step for each in self._kept]
            spare = min(range(1, MOST), key=lambda n: Fraction(steps[n + 1] - steps[n - 1], self._step + 1 - steps[n]))
            del self._kept[spare]

    def back(self, since: int, found: Mapping[Superseded, int], unfounded: AbstractSet[Finding]) -> Moment | None:
        """The world as it was at the last moment before an instant that an outcome in which this is found goes through
        too, None if it goes through none; moments after it are let go."""
        while self._kept and not (self._kept[-1].now < since and self._kept[-1].holds(found, unfounded)):
            self._kept.pop()
        if not self._kept:
            return None
        last = self._kept[-1]
        last.kept.put_back()
        self._step = last.step
        return last

    # ------------------------------------------------------------------ what can be reached
    def _remembered(self, passed: list[Any]) -> _Kept:
        """All that changes; what does not, but leads there, is put into `passed`."""
        kinds, found = self._kinds, _Kept()
        seen = {id(each) for each in (*self._given, *self._fixed, *self._roots)}
        waiting = list(self._roots)
        while waiting:
            thing = waiting.pop()
            way = kinds[type(thing)]
            if way == _DICT:
                found.dicts.append((thing, dict.copy(thing)))
            elif way == _LIST:
                found.lists.append((thing, thing[:]))
            elif way == _SET:
                found.sets.append((thing, thing.copy()))
            elif way == _OBJECT:
                # Its parts are remembered as those of a mapping.
                thing.__dict__  # noqa: B018
            elif way == _SLOTS:
                names = self._names(type(thing))
                found.slots.append((thing, names, [getattr(thing, name, _NO_VALUE) for name in names]))
            else:
                passed.append(thing)
            for each in _parts(thing) if way == _FUNCTION else get_referents(thing):
                if kinds[type(each)] and id(each) not in seen:
                    seen.add(id(each))
                    waiting.append(each)
        return found

    def _beyond(self, passed: list[Any]) -> list[Any]:
        """What changes and is reached from these at once."""
        fixed = {id(each) for each in passed}
        found: dict[int, Any] = {}
        for thing in passed:
            for each in _parts(thing) if isinstance(thing, FunctionType) else get_referents(thing):
                if self._kinds[type(each)] and id(each) not in fixed:
                    found[id(each)] = each
        given = {id(each) for each in (*self._given, self._world)}
        return [each for number, each in found.items() if number not in given]

    def _names(self, kind: type) -> tuple[str, ...]:
        """The slots of a class."""
        if kind not in self._slots:
            every = [name for base in kind.__mro__ for name in _own(base)]
            self._slots[kind] = tuple(name for name in every if name != "__weakref__")
        return self._slots[kind]


def _own(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _parts(function: FunctionType) -> list[Any]:
    """What a function was made with."""
    return [*(function.__closure__ or ()), *(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
