"""Runs the cases of families: parts the events, decides each case, and says what is left to the general machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.deadlines import Deadlines
from bpodsl.engine.dues import DayCounter, Deadline
from bpodsl.engine.straight import asked
from bpodsl.engine.straight.emitting import Points
from bpodsl.engine.straight.rows import Of, Row
from bpodsl.engine.straight.text import NEVER, Ways
from bpodsl.engine.straight.which import Family
from bpodsl.engine.straight.written import Writer
from bpodsl.engine.tallies import Tally
from bpodsl.record import LATE, Entry, Event, Number, Posted, texts
from bpodsl.record.sides import roles
from bpodsl.terms import Norm
from bpodsl.values import Zone

if TYPE_CHECKING:
    from bpodsl.engine.scopes import Position
    from bpodsl.terms import Contract

Key = tuple[Any, ...]
Item = tuple[int, int, str, Mapping[str, Any]]
"""Of an event: when it acts, the number of its kind in the family, its ref, its fields."""

_GLOBALS: Final = {
    "Deadline": Deadline, "Entry": Entry, "NEVER": NEVER, "NOT_OPEN": asked.NOT_OPEN, "Number": Number,
    "ODD": asked.ODD, "Posted": Posted, "Row": Row, "Tally": Tally, "ZERO": 0,
}  # fmt: skip


class Case:
    """One case: its events in short (`items`) and, of those that came as such, in full. Once it is decided, from where
    on its entries stand, and the last instant of which it says something (`NEVER`: something of it is open still)."""

    __slots__ = ("entries", "events", "items", "key", "reach")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.items: list[Item] = []
        self.events: list[Event] = []
        self.entries = (0, 0)
        self.reach = -1


class Short:
    """Makes events of a family into what its cases take in."""

    def __init__(self, family: Family) -> None:
        self._keys = family.keys
        self.number = {kind.name: i for i, kind in enumerate(family.kinds)}
        self._defaults = {
            k.name: {f.name: f.default for f in k.fields if f.default is not None} for k in family.kinds
        }  # fmt: skip

    def of(self, event: Event) -> tuple[Key, Item]:
        """The case of an event, and the event in short."""
        defaults, fields = self._defaults[event.kind], event.fields
        if defaults:
            fields = {**defaults, **fields}
        key = tuple([fields.get(name) for name in self._keys])
        return key, (event.acts, self.number[event.kind], event.identity, fields)


class Cases:
    """The cases of one family in one run."""

    def __init__(self, contract: Contract, family: Family, points: type[Points] = Points) -> None:
        self.family = family
        self.zone = Zone.load(contract.zone)
        self.decide = decider(contract, family, points, ways_of(contract, family, self.zone))
        self.key_of = key_of(family)
        self.begin = self.zone.start_of(contract.term.effective)
        self._short = Short(family)
        self.cases: dict[Key, Case] = {}
        self.out: list[Posted] = []
        self.rows: list[Row] = []
        self.odd = 0
        # Finds the events of cases in full that came in short.
        self.fetch: Callable[[set[Key]], list[Event]] | None = None

    def add(self, event: Event) -> None:
        """One more event, in order of time."""
        key, item = self._short.of(event)
        case = self.cases.get(key)
        if case is None:
            case = self.cases[key] = Case(key)
        case.items.append(item)
        case.events.append(event)

    def add_short(self, found: Iterable[tuple[Any, int, str]]) -> None:
        """Events in short, each with its instant and ref: objects with the number of their kind, their keys (`key0`
        …) and their fields (`get`)."""
        cases, key_of = self.cases, self.key_of
        for each, at, ref in found:
            key = key_of(each)
            case = cases.get(key)
            if case is None:
                case = cases[key] = Case(key)
            case.items.append((at, each.number, ref, each))

    def leave(self, goes: Callable[[Case], bool]) -> list[Event]:
        """The events of the cases that are left to the general machine."""
        found = {key: case for key, case in self.cases.items() if goes(case)}
        events = [event for case in found.values() for event in case.events]
        for key in found:
            del self.cases[key]
        self.odd += len(found)
        return events + self.fetch(set(found)) if found and self.fetch is not None else events

    def run(self, until: int, taken: Callable[[int], None] | None = None) -> list[Event]:
        """Decide all cases up to the events of an instant. The events of those that are odd are given back. `taken` is
        told of each case how many events it has."""
        self.out, self.rows = [], []

        def is_odd(case: Case) -> bool:
            if taken is not None:
                taken(len(case.items))
            return not self._decided(case, until, until, -1)

        return self.leave(is_odd)

    def _decided(self, case: Case, stop: int, stop_late: int, over: int) -> bool:
        out, rows = self.out, self.rows
        entry, row = len(out), len(rows)
        case.entries = entry, entry
        if len(case.items) > 1:
            case.items.sort(key=_instant)
        if case.items[0][0] < self.begin or None in case.key:
            case.reach = -1
            return False
        reach = self.decide(case.items, case.key, out, rows, stop, stop_late, over)
        if reach is None:
            del out[entry:], rows[row:]
            case.reach = -1
            return False
        case.reach, case.entries = reach, (entry, len(out))
        return True

    def takes(self, kind: str) -> bool:
        """Whether events of a kind belong to its cases."""
        return kind in self._short.number

    def goes_beyond(self, end: int) -> bool:
        """Whether a case has an event at an instant or later."""
        return any(case.items[-1][0] >= end for case in self.cases.values())

    def end(self, at: Position) -> None:
        """The agreement ended there: what a case said of later is void, and what was open has ended."""
        instant, place = at
        kept: list[Posted] = []
        again: list[Case] = []
        for case in self.cases.values():
            if case.reach >= instant:
                again.append(case)
            else:
                first, last = case.entries
                kept += self.out[first:last]
        self.out = kept
        for case in again:
            self._decided(case, instant, instant + (place > LATE), place)


def _texts(names: tuple[str, ...], bys: tuple[tuple[str, ...], ...]) -> Callable[[Key], tuple[Any, ...]]:
    """The texts of the keys, in each order in which a clause has them."""
    if bys == (names,):
        return lambda key: (texts(zip(names, key, strict=True)),)

    def found(key: Key) -> tuple[Any, ...]:
        of = dict(texts(zip(names, key, strict=True)))
        return tuple(tuple((name, of[name]) for name in by) for by in bys)

    return found


_instant: Final = itemgetter(0)


def decider(contract: Contract, family: Family, points: type[Points], ways: Ways) -> Callable[..., Any]:
    """The function that decides the cases of a family."""
    made = Writer(family, ways, points(contract.events)).write()
    return _compiled(made.source)(made.table, _texts(family.keys, made.bys))  # type: ignore[no-any-return]


def key_of(family: Family) -> Callable[[Any], Key]:
    """What finds the key of an event in short."""
    names = [f"key{number}" for number in range(len(family.keys))]
    return attrgetter(*names) if len(names) > 1 else _alone(attrgetter(*names))


def _alone(get: Callable[[Any], Any]) -> Callable[[Any], Key]:
    return lambda each: (get(each),)


def ways_of(contract: Contract, family: Family, zone: Zone) -> Ways:
    """What the function of a family asks of the outside."""
    calendars = {c.name: c.calendar for c in contract.calendars}
    counter = DayCounter(zone, calendars)
    ways = Ways({}, {}, {}, {}, {}, {}, asked.any_holds, zone.day)
    for norm in family.norms:
        terms = [norm, *(v.terms for v in norm.variants if v.terms is not None)]
        with_due = [each for each in terms if each.due is not None]
        clocked = [each for each in with_due if each.due is not None and each.due.length and each.due.length.by_clock]
        of = {id(each): Deadlines(each, zone, calendars, counter) for each in terms}
        calendar = of[id((with_due or terms)[0])].calendar
        ways.calendars[norm.name] = calendar
        ways.by_day[norm.name] = bool(with_due) and not clocked
        ways.early[norm.name] = bool(clocked) and clocked[0].due is not None and clocked[0].due.edge == "less than"

        def of_terms(each: Norm, of: dict[int, Deadlines] = of, calendar: Any = calendar) -> Any:
            if of[id(each)].calendar is not calendar:
                return asked.ODD
            if each.due is None:
                return None
            length = each.due.length
            if length is not None and length.by_clock:
                return length.amount
            return asked.by_day(of[id(each)], each.due)

        ways.limits[norm.name] = asked.limits(norm, of_terms)
        if norm.form == "level":
            ways.words[norm.name] = roles(contract, norm, contract.term.effective)
        if norm.name in family.counted:
            ways.rows[norm.name] = Of(norm.name, norm)
    return ways


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    """The function that makes the one that decides cases, given its table. The text is ours alone (see `written`)."""
    names: dict[str, Any] = dict(_GLOBALS)
    exec(compile(source, "<straight cases>", "exec"), names)
    return names["make"]


def sound(events: Iterable[Event]) -> bool:
    """Whether every event is known when it acts, and says nothing of another; else the whole run is general."""
    return not any(
        e.known != e.acts or e.rev or e.retracts or e.related or e.over or not e.effective for e in events
    )  # fmt: skip


def of_day(event: Event) -> bool:
    """Whether an event may be offered again at the end of its day, or lasts."""
    return event.day is not None or event.ends is not None


def parted(families: Sequence[Cases], events: Iterable[Event]) -> list[Event]:
    """Give each event to the cases that it belongs to; those of no case are given back."""
    of = {kind.name: cases for cases in families for kind in cases.family.kinds}
    rest: list[Event] = []
    for event in events:
        cases = of.get(event.kind)
        if cases is None:
            rest.append(event)
        else:
            cases.add(event)
    return rest
