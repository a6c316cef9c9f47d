"""What is so at one moment of an outcome: σ, and the agenda of what is still to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache, partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, evolve, field, fields, frozen

from bpodsl.record import (
    AMENDMENT,
    DETERMINE,
    EARLY,
    OPEN,
    PERFORM,
    STRUCTURE,
    TERM_END,
    Entry,
    Event,
    Number,
    identity_key,
)
from bpodsl.reference.index import Index
from bpodsl.terms import Line, Norm, NotMeasured, Rule, State
from bpodsl.values import Window, add_days, exact

if TYPE_CHECKING:
    from bpodsl.reference.agreement import Agreement
    from bpodsl.reference.rules import Occurrence, Record

Fields = Mapping[str, object]
Identity = tuple[str, str]
Reading = int | Fraction | NotMeasured
NO_READING = NotMeasured("no reading")

Unmet = tuple[str, "Norm | State", Event, Any]
"""What a part of an event is ("act", "exercise", "waiver", "end"), of which term, and what was found of it before."""


_T = TypeVar("_T")


def twin(thing: _T) -> _T:
    """Another with the same parts. (As `copy.copy`, in a fifth of the time.)"""
    kind: Any = type(thing)
    new: _T = kind.__new__(kind)
    for name in _parts(kind):
        setattr(new, name, getattr(thing, name))
    return new


@lru_cache(maxsize=64)
def _parts(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


rank = lru_cache(maxsize=65536)(identity_key)
"""The place of a name among instances."""


@frozen
class Deadline:
    """When something falls due: at a place before events or after them. `day`: the last day, if it ends with one."""

    instant: int
    early: bool
    day: date | None = None

    @property
    def number(self) -> Number:
        """How entries show it."""
        return Number("due", "instant", self.instant) if self.day is None else Number("due", "day", self.day)


@frozen
class Row:
    """One event, outcome, interval or figure, as an expression sees it.

    `declared`: the names that it can have; `fields` those that it has. `causes`: what names it in entries.
    """

    instant: int
    order: tuple[object, ...]
    fields: Fields
    declared: frozenset[str]
    reading: Reading
    events: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    settled: Settled | None = None
    instance: Instance | None = None
    """Of an outcome."""
    early: bool = False
    """It lies before the events of its instant."""
    place: int = STRUCTURE
    """Of an outcome: where in its instant it came about."""
    outstanding: int | Fraction | NotMeasured = NO_READING
    event_order: tuple[object, ...] | None = None
    """Of an event: its place among those of its instant."""
    parent: Instance | None = None
    """Of what opens an instance: that of the outcome from which it follows."""

    @property
    def bound(self) -> tuple[object, ...]:
        """Events come before it whose (acts, order) is less than this."""
        return (self.instant + (not self.early),) if self.event_order is None else (self.instant, self.event_order, 0)

    @property
    def position(self) -> tuple[int, int]:
        """Outcomes come before it that came about at less; of an outcome also some at this very place."""
        if self.instance is None:
            return self.instant, EARLY if self.early else DETERMINE
        return self.instant, self.place

    @property
    def stands(self) -> int:
        """Where in its instant it lies: an event among the openings, a window or interval after all else."""
        return self.place if self.event_order is None else OPEN

    @property
    def last_tick(self) -> int:
        """The instant whose day is its own: what lies before the events of a midnight is of the day that is over."""
        return self.instant - self.early


@define(eq=False)
class Interval:
    """A time in which a state holds for one key. `end`: where it ends as far as is known."""

    state: State
    key: dict[str, object]
    start: int
    instance: str
    by: Identity
    row: Row
    entry: Entry
    end: int | None = None
    closed: bool = False
    ended_last: bool = False
    """It ended at STRUCTURE, after all else of that instant."""
    day_ended: bool = False
    """An event that has only a day ended it: it touches that day."""
    ending: tuple[str, ...] = ()
    """Of an interval of events: those that end with it."""
    crossings: list[tuple[Rule, int, bool, int, int]] = field(factory=list)
    """The rules that fire when it has lasted long enough: when, and whether before the events of that instant."""

    def holds(self, t: int, before: bool) -> bool:
        """Whether it holds at t, or just before t."""
        if before:
            return self.start < t and (self.end is None or t <= self.end)
        return self.start <= t and (self.end is None or t < self.end)

    def seen_from(self, t: int, place: int) -> bool:
        """Whether it held for what lies at a place of t."""
        if place <= PERFORM or place >= STRUCTURE:
            return self.holds(t, place <= PERFORM)
        began = self.start < t or (self.start == t and self.entry.place < STRUCTURE)
        return began and (self.end is None or t < self.end or (t == self.end and self.ended_last))


@frozen
class Source:
    """What begins an interval: the name it has, the event (or none), its row and its causes."""

    name: str
    event: Identity
    row: Row
    events: tuple[str, ...]
    entries: tuple[str, ...] = ()


@define(eq=False)
class Awaited:
    """A state that begins at the end of a notice: from what, for which key, on which day it then begins, and when."""

    state: State
    key: Fields
    source: Source
    day: date
    at: int | None


@frozen
class Difference:
    """What comes to be owed later of a debt: the terms and name, and of the debt what it takes over."""

    norm: Norm
    name: str
    amount: int | Fraction
    of: str
    opened: str
    key: dict[str, object]
    texts: tuple[tuple[str, str], ...]
    fields: Fields
    declared: frozenset[str]
    about: Window | None
    facts: Fields
    told: Fields
    parent: Instance | None


@define(eq=False)
class Instance:
    """One instance of a norm."""

    norm: Norm
    name: str
    key: dict[str, object]
    texts: tuple[tuple[str, str], ...]
    at: int
    place: int
    ground: int
    trigger: date
    fields: Fields
    declared: frozenset[str]
    origin: frozenset[Identity]
    """The events that opened it in its instant, themselves or by what followed from them."""
    window: Window | None = None
    about: Window | None = None
    """Its window, or that which it follows from."""
    opened: str = ""
    live: bool = True
    restarted: bool = False
    hidden: Taken | None = None
    """Performed, but a later reopening takes the performance back: met by nothing until then."""
    deadline: Deadline | None = None
    decided: str = ""
    decision: Entry | None = None
    due: Deadline | None = None
    performed: int | None = None
    performance: Identity | None = None
    performed_place: int = STRUCTURE
    reading: Reading = NO_READING
    passed: bool = False
    """Its deadline went by and decided nothing."""
    ended: bool = False
    cured: bool = False
    breached: bool = False
    breach: tuple[int, int] | None = None
    """Where the time for its cure was over, if it was posted as breached then."""
    cure: Deadline | None = None
    cure_ground: int = 0
    met: dict[int, str] = field(factory=dict)
    total: int | Fraction | NotMeasured = NO_READING
    """Of one performed in parts: what the parts must add up to."""
    parts: list[tuple[int, int | Fraction, str]] = field(factory=list)
    """The parts so far: when, how much, and by which event."""
    renewed: int | None = None
    """When a right was last renewed."""
    renewal: str = ""
    """The entry that last renewed a right."""
    gone: int | None = None
    """When it ended with the agreement."""
    waived: tuple[int, int] | None = None
    """Where it was waived: instant and place."""
    as_met: bool = False
    """A miss that was waived as if it had been met."""
    facts: Fields = field(factory=dict)
    """What its terms had worked out as it opened."""
    parent: Instance | None = None
    """Of the outcome from which it follows."""
    grounds: tuple[str, ...] = ()
    """The entries that it follows from; "" for what opened it otherwise."""
    laid: Fields = field(factory=dict)
    told: Fields = field(factory=dict)
    """What its opening said of a field that is now what this one owes."""
    """What events that reclassified it gave in place of its fields."""
    held: str = ""
    """The interval of a state that opened it."""
    differs: str = ""
    """Of what came to be owed later: the name of the instance to which it belongs."""
    stands: tuple[tuple[int, int | None], ...] = ()
    """Times from a performance taken back to its reopening."""

    @property
    def openings(self) -> tuple[str, ...]:
        """The entry that opened it, and the one that last renewed it."""
        return (self.opened, self.renewal) if self.renewal else (self.opened,)

    def copy(self) -> Instance:
        new = twin(self)
        new.met = dict(self.met)
        new.parts = list(self.parts)
        return new

    @property
    def is_owed(self) -> bool:
        """Whether it was missed, and what was to be done is still to be done."""
        return self.live and self.decided == "missed" and self.performed is None and self.hidden is None

    @property
    def may_be_cured(self) -> bool:
        """Whether it was missed, and the time for its cure is not over."""
        curable = self.norm.cure is not None and self.live and self.decided == "missed" and not self.breached
        return curable and self.performed is None and self.waived is None

    @property
    def given(self) -> Fields:
        """What its deadline may ask for: the fields of its opening, and what was worked out."""
        return {**self.fields, **self.told, **self.laid, **self.facts}

    @property
    def status(self) -> str:
        if self.decided:
            return "fulfilled" if self.as_met else self.decided
        return "not measurable" if self.ended or self.passed else "undecided"

    def outstanding(self, end: int) -> int | Fraction | NotMeasured:
        """What of its total the parts before an instant leave."""
        if isinstance(self.total, NotMeasured):
            return self.total
        return exact(max(0, self.total - sum(amount for at, amount, _ in self.parts if at < end)))

    def is_standing(self, end: int, overdue: bool) -> bool:
        """Whether it stands open, or overdue, at the end of a window."""
        if self.at >= end or any(at is not None and at < end for at in (self.performed, self.gone)):
            return False
        if not overdue:
            return True
        decision = self.decision
        if decision is None or self.decided != "missed":
            return False
        return decision.at < end or (decision.place == EARLY and decision.at == end)

    @property
    def undecided(self) -> bool:
        return self.live and not self.decided

    @property
    def rank(self) -> tuple[object, ...]:
        """Its place among instances: opened first, then by name."""
        return self.at, self.place, rank(self.name)


@frozen
class Settled:
    """The result of one figure in one window for one group."""

    figure: str
    window: Window
    group: tuple[tuple[str, object], ...]
    value: object
    standing: str
    below: bool
    entry: Entry


@frozen
class Cause:
    """What something follows from: its entry, the row that effects see, and the events behind it in this instant."""

    entry: Entry
    key: Fields
    row: Row | None = None
    window: Window | None = None
    origin: frozenset[Identity] = frozenset()
    told: Fields = field(factory=dict)
    """Of a firing, the fields by which it is told apart."""


@define(eq=False)
class Posting:
    """An amount on a line, before and after the accounts cut it."""

    line: Line
    order: tuple[object, ...]
    moment: int
    window: Window | None
    key: Fields
    wanted: int | Fraction
    accrued: Entry
    parties: tuple[Number, Number]
    row: Row
    """As limits see it."""
    told: Fields
    """The fields by which the firing is told apart that it follows from."""
    amount: int | Fraction = 0
    limits: dict[str, object] = field(factory=dict)
    """What each account's limit was when this posting first came."""
    places: dict[str, tuple[Window | None, int | None]] = field(factory=dict)
    """Of each account, as it was when this posting came: its window that cuts it, and the cell in which it counts."""
    capped: list[Entry] = field(factory=list)

    def copy(self) -> Posting:
        new = twin(self)
        new.limits, new.capped = dict(self.limits), list(self.capped)
        return new

    def group(self, by: tuple[str, ...]) -> Fields:
        """Its key, as an account by these keys has it."""
        return {**self.key, **{name: self.told[name] for name in by if name in self.told}}


@frozen
class Taken:
    """A performance that a later act (`mode` "last") or opening ("continue", "restart") takes back at `until`.

    Or an answer; or that an interval lasts so long (`LONG`), which is found at `until` too.
    """

    norm: str
    instance: str
    act: Identity
    until: int
    mode: str


Memory = Mapping[tuple[str, str, Identity], Taken]
"""What was found, by norm or state, instance and act."""

LONG, NOT_LONG, LONG_FOR_GOOD = "long", "not long", "long for good"
"""An interval was found to last so long; an outcome made since then does not bear that out; it was found once more."""


class TakenBack(Exception):
    """Raised when an outcome finds that a performance it has let count is taken back."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(taken)
        self.taken = taken


Agenda = tuple[int, int, bytes, tuple[object, ...], int, Callable[[], None]]

LAST_OF_PLACE = 1 << 30
"""A level above all others: what comes when nothing else of its place is left."""


@frozen
class Turn:
    """A consequence that begins or ends a state; it takes hold at the end of the instant."""

    begins: bool
    state: str
    cause: Cause

    @property
    def order(self) -> tuple[bool, bytes, bytes]:
        """Ends come before beginnings."""
        return self.begins, self.state.encode(), self.cause.entry.name.encode()


@define(eq=False)
class World:
    """All that an outcome has come to, and what is still to be done in this instant and later."""

    index: Index
    events: tuple[Event, ...]
    known: Callable[[str], int | None]
    exercised: Callable[[str, str], Sequence[tuple[str, tuple[tuple[str, str], ...]]]]
    """The instances of a right that an event was posted to have exercised, with their keys."""
    parted: Callable[[str, int | Fraction], tuple[int | Fraction, tuple[tuple[int, int | Fraction], ...]]]
    """The parts in which a total came to be owed."""
    refused: Callable[[str, str], bool]
    """Whether an exercise of a right by an event was posted as refused before."""
    made_for: int | None
    taken: Memory
    agreement: Agreement
    impose: Callable[[World, str, Cause], None]
    """How a norm is imposed; given here, since norms lead to effects and effects to norms."""
    lapse: Callable[[World, str, Cause], None]
    """How a right lapses; given here for the same reason."""
    turn: Callable[[World], None]
    """How states begin and end that consequences begin and end; given here for the same reason."""
    looked_at_again: Callable[[World, str], None]
    """What is made of a state that has changed; given here for the same reason."""
    now: int = -1
    place: int = 0
    entries: dict[str, Entry] = field(factory=dict)
    fresh: list[Entry] = field(factory=list)
    changed: bool = False
    """An entry made earlier has become another."""
    queue: list[Agenda] = field(factory=list)
    turns: dict[int, list[Turn]] = field(factory=dict)
    """By place: what begins or ends states when all else of that place is done."""
    unmet: dict[int, list[Unmet]] = field(factory=dict)
    """By the last instant of a day: what events that have only that day are offered to once more."""
    differences: dict[int, list[Difference]] = field(factory=dict)
    """What comes to be owed later, by when."""
    awaited: list[Awaited] = field(factory=list)
    """The states of which notice was given, in the order in which that was."""
    planned: list[tuple[int, int, Turn]] = field(factory=list)
    """What begins states later: when, and at which place."""
    instants: list[int] = field(factory=list)
    acting: dict[int, list[Event]] = field(factory=dict)
    """The events that act at each instant, in order."""
    next_window: dict[str, tuple[int, int]] = field(factory=dict)
    """By figure: the index of the window that ends next, and when."""
    next_opening: dict[tuple[str, int], int] = field(factory=dict)
    """By norm and opening: the index of the window that begins next."""
    upto: int = -1
    """Points of series that act by then are there from the start."""
    points: dict[str, list[Any]] = field(factory=dict)
    """By series: all that these events say of it."""
    acted: dict[str, list[tuple[Event, Row]]] = field(factory=dict)
    """By kind: the events so far that give fields to later ones of their case, in force or not."""
    made: int = 0
    used: dict[str, set[str]] = field(factory=dict)
    intervals: dict[str, list[Interval]] = field(factory=dict)
    instances: dict[str, list[Instance]] = field(factory=dict)
    happened: dict[str, list[tuple[Event, Row]]] = field(factory=dict)
    """By kind: the events in force so far, as rows."""
    closed: dict[str, dict[int, Window]] = field(factory=dict)
    """By figure: the windows that have ended, by index."""
    pending: dict[str, dict[int, tuple[int | None, int | None]]] = field(factory=dict)
    """By figure: those in which something is still to settle, and when at the earliest and at the latest."""
    cut: set[tuple[str, int]] = field(factory=set)
    """The windows of figures that the end of the agreement cuts."""
    groups: dict[tuple[str, int], list[Fields]] = field(factory=dict)
    """By figure and window: its groups, as seen when it had come to settle."""
    settled: dict[tuple[str, int], dict[tuple[str, ...], Settled]] = field(factory=dict)
    postings: list[Posting] = field(factory=list)
    records: dict[tuple[str, tuple[str, ...]], Record] = field(factory=dict)
    """By rule and group: the windows in which it held."""
    forgiven: set[str] = field(factory=set)
    """The entries of misses that were waived."""
    borne_out: set[tuple[str, str, int]] = field(factory=set)
    """By state, instance and instant: what has lasted so long in this outcome too."""
    firings: dict[str, tuple[int, tuple[str, ...]]] = field(factory=dict)
    """By the entry of a firing on outcomes: how many it needs, and those that it counted."""
    occurrences: dict[tuple[str, tuple[tuple[str, str], ...]], list[Occurrence]] = field(factory=dict)
    """By rule and the key that it counts by."""
    counted_once: dict[tuple[str, tuple[tuple[str, str], ...]], dict[tuple[str, date], tuple[str, ...]]] = field(
        factory=dict
    )
    """By the same: what counts once in a month or the like, and the entries for which it counts there."""
    sought: set[tuple[str, str, Identity]] = field(factory=set)
    """What was asked for of all that may be taken back, whether it was found or not."""

    def copy(self) -> World:
        """The same moment once more, to go on from in another way. Between two instants nothing else is shared but what
        changes no more, such as intervals that have ended."""
        return evolve(
            self,
            agreement=self.agreement.copy(),
            entries=dict(self.entries),
            fresh=[],
            queue=[],
            turns={},
            planned=list(self.planned),
            awaited=list(self.awaited),
            unmet={t: list(each) for t, each in self.unmet.items()},
            differences={t: list(each) for t, each in self.differences.items()},
            instants=list(self.instants),
            next_window=dict(self.next_window),
            next_opening=dict(self.next_opening),
            used={name: set(each) for name, each in self.used.items()},
            intervals={name: [i if i.closed else twin(i) for i in each] for name, each in self.intervals.items()},
            instances={name: [i.copy() for i in each] for name, each in self.instances.items()},
            happened={name: list(each) for name, each in self.happened.items()},
            acted={name: list(each) for name, each in self.acted.items()},
            points={},
            closed={name: dict(each) for name, each in self.closed.items()},
            pending={name: dict(each) for name, each in self.pending.items()},
            cut=set(self.cut),
            groups=dict(self.groups),
            settled={key: dict(each) for key, each in self.settled.items()},
            postings=[posting.copy() for posting in self.postings],
            records={key: record.copy() for key, record in self.records.items()},
            forgiven=set(self.forgiven),
            borne_out=set(self.borne_out),
            firings=dict(self.firings),
            occurrences={name: list(each) for name, each in self.occurrences.items()},
            counted_once={name: dict(each) for name, each in self.counted_once.items()},
            sought=set(self.sought),
        )

    def found(self, norm: str, instance: str, act: Identity) -> Taken | None:
        """What is known to be taken back of an instance."""
        self.sought.add((norm, instance, act))
        return self.taken.get((norm, instance, act))

    def is_in(self, taken: Memory) -> bool:
        """Whether an outcome on the same events goes through this moment in which that is found, and not `self.taken`.

        It does if nobody has asked by now for what is found otherwise. (That times last so long is asked for at the
        instant at which it was found, too.)
        """
        for name, found in self.taken.items() ^ taken.items():
            if name in self.sought or (found.mode in (LONG, LONG_FOR_GOOD) and found.until <= self.now):
                return False
        return True

    def later(self, event: Event, what: str, term: Norm | State, told: object) -> bool:
        """Offer an event that has only a day, and found nothing, once more at the end of that day; whether it has."""
        last = None if event.day is None else self.index.zone.start_of(add_days(event.day, 1)) - 1
        if last is None or self.now == last:
            return False
        self.unmet.setdefault(last, []).append((what, term, event, told))
        self.wake(last)
        return True

    def wake(self, instant: int | None) -> None:
        """Sweep that instant too."""
        if instant is not None and instant > self.now:
            heappush(self.instants, instant)

    def next(self) -> int | None:
        """The next instant to sweep."""
        while self.instants and self.instants[0] <= self.now:
            heappop(self.instants)
        return self.instants[0] if self.instants else None

    def push(self, place: int, node: str, instance: str, act: Callable[[], None]) -> None:
        """Do something in this instant: at that place or, if it has gone by, at this one."""
        self.made += 1
        level, name = self.index.levels[node], node.partition(":")[2] or self.index.contract.name
        heappush(self.queue, (max(place, self.place), level, name.encode(), identity_key(instance), self.made, act))

    def unused(self, owner: str, base: str) -> str:
        """A name for one of several that belong together; a base used before gets `~2`."""
        used = self.used.setdefault(owner, set())
        name, n = base, 1
        while name in used:
            n += 1
            name = f"{base}~{n}"
        used.add(name)
        return name

    def turning(self, turn: Turn, place: int) -> None:
        """Let a state begin or end when all else of a place is done."""
        place = max(place, self.place)
        if place not in self.turns:
            self.made += 1
            act: Callable[[], None] = partial(self.turn, self)
            heappush(self.queue, (place, LAST_OF_PLACE, b"", identity_key(""), self.made, act))
        self.turns.setdefault(place, []).append(turn)

    def work(self, last: int) -> None:
        """Do all that is on the agenda up to and including a place, the least first."""
        while self.queue and self.queue[0][0] <= last:
            place, *_, act = heappop(self.queue)
            self.place = place
            act()

    def signed(self, change: str) -> bool:
        """Whether a change had been signed, as far as is known."""
        if change in self.index.signed_in_time:
            return True
        return any(event.kind == AMENDMENT and event.id == change for event in self.events)

    @property
    def today(self) -> date:
        """The day of what happens now; of what lies before the events of a midnight, the day that is over."""
        return self.index.zone.day(self.now - 1 if self.place <= TERM_END else self.now)

    def level(self, node: str) -> int:
        return self.index.levels[node]

    def emit(self, entry: Entry) -> Entry:
        """An entry follows. A second Noted of one name is left out; of what may follow twice the second gets `~2`."""
        if entry.kind == "Noted" and entry.name in self.entries:
            return entry
        if entry.kind in ("Raised", "Accrued", "Terminated", "Counted", "Amended", "Noticed"):
            first, n = entry, 1
            while entry.name in self.entries:
                n += 1
                entry = evolve(first, instance=f"{first.instance}~{n}")
        if entry.name in self.entries:
            raise AssertionError(f"made twice: {entry.name}")
        self.entries[entry.name] = entry
        self.fresh.append(entry)
        return entry

    def change(self, old: Entry | None, new: Entry | None) -> None:
        """An entry made earlier becomes another, goes or comes."""
        if old == new:
            return
        self.changed = True
        if old is not None:
            del self.entries[old.name]
        if new is not None:
            self.entries[new.name] = new

    def first(self, name: str, at: int) -> int:
        """Since when the entry of that name has been known, but not before it acts."""
        known = self.known(name)
        if known is None:
            known = at if self.made_for is None else self.made_for
        return max(at, known)
