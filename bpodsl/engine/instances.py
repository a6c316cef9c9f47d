"""Instances of norms, and how to find the live ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bpodsl.engine.dues import Deadline
from bpodsl.engine.ordered import Ordered
from bpodsl.engine.scopes import NO_READING, Position, Value
from bpodsl.record import Number
from bpodsl.terms import NotMeasured
from bpodsl.values import Window, exact

if TYPE_CHECKING:
    from bpodsl.engine.clocks import Watched
    from bpodsl.engine.norms import NormMachine

Pairs = tuple[tuple[str, str], ...]
NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})
NO_ACTS: Final[Mapping[int, str]] = MappingProxyType({})


class Waiting(NamedTuple):
    """A deadline on the agenda: of which instance, and its version when that was reckoned."""

    instance: Instance
    version: int

    @property
    def over(self) -> bool:
        """Whether it has moved, or will never fall due."""
        return self.instance.version != self.version


class Instance:
    """One instance of a norm. Each `…_pos` is where something came about, or None.

    `fields`, `declared`: those of its opening event. `facts`: what its terms had worked out as it opened.
    `openers`: the refs of the events that led to it in the instant it opened, was renewed or reopened (`lived_pos`).
    `ground`: the instant and place from which it counts; `start`: from which its clock runs; `counted`: from which its
    limit does.
    """

    __slots__ = (
        "about",
        "acted",
        "acting",
        "as_met",
        "breached_pos",
        "counted",
        "cure_due",
        "cured_pos",
        "curing",
        "day",
        "deadline",
        "deadline_at_decision",
        "decided",
        "decided_early",
        "decided_name",
        "decided_pos",
        "decided_reading",
        "declared",
        "differs",
        "ended_pos",
        "excuses",
        "facts",
        "fields",
        "gaps",
        "gone",
        "ground",
        "grounds",
        "held",
        "key",
        "laid",
        "live",
        "lived_pos",
        "met",
        "name",
        "norm",
        "opened_name",
        "opened_pos",
        "openers",
        "parent",
        "parts",
        "passed_pos",
        "performed_name",
        "performed_pos",
        "performed_reading",
        "performer",
        "renewed_name",
        "resolved",
        "restarted",
        "since",
        "start",
        "stops",
        "superseded",
        "suspends",
        "terms",
        "text",
        "told",
        "total",
        "version",
        "waited",
        "waived_pos",
        "window",
    )  # fmt: skip

    def __init__(self, norm: NormMachine, name: Ordered, key: Mapping[str, Any], text: Pairs, pos: Position) -> None:
        self.norm = norm
        # Those that stood when it opened.
        self.terms = norm.own
        self.name = name
        self.key = key
        self.text = text
        self.opened_pos = pos
        self.lived_pos = pos
        self.fields: Mapping[str, Any] = {}
        self.declared: tuple[str, ...] = ()
        self.facts: Mapping[str, Any] = NO_FACTS
        # Of the outcome from which it follows, where what is worked out as it opens may ask for that.
        self.parent: Instance | None = None
        self.openers: tuple[str, ...] = ()
        # What events that reclassified it gave in place of its fields.
        self.laid: Mapping[str, Any] = NO_FACTS
        # What its opening said of a field that is now what this one owes.
        self.told: Mapping[str, Any] = NO_FACTS
        # The interval of a state that opened it.
        self.held = ""
        self.opened_name = self.renewed_name = ""
        self.window: Window | None = None
        # Its window, or that which it follows from.
        self.about: Window | None = None
        self.ground = pos
        self.day: Any = None
        self.start = pos[0]
        self.counted: int | None = pos[0]
        # From when it counts as far as is known, and whether that is since it was started anew.
        self.since = pos[0]
        self.restarted = False
        self.gaps: Sequence[tuple[int, int]] = ()
        self.stops: Watched = ()
        self.suspends: Watched = ()
        self.excuses: Watched = ()
        self.live = True
        self.version = 0
        # Whether figures that count it when opened wait for it.
        self.waited = False
        self.deadline: Deadline | None = None
        self.deadline_at_decision: Deadline | None = None
        self.cure_due: Deadline | None = None
        self.decided = ""
        self.decided_pos: Position | None = None
        self.decided_early = False
        self.decided_name = ""
        self.decided_reading: Value = NO_READING
        self.performed_pos: Position | None = None
        self.performed_name = ""
        self.performer = ""
        # Of the act that performed it in time: its fields, and those that its kind declares.
        self.acted: Mapping[str, Any] = NO_FACTS
        self.acting: tuple[str, ...] = ()
        self.performed_reading: Value = NO_READING
        self.cured_pos: Position | None = None
        self.breached_pos: Position | None = None
        self.ended_pos: Position | None = None
        self.passed_pos: Position | None = None
        self.met: Mapping[int, str] = NO_ACTS
        # Of one performed in parts: what they must add up to, and the parts so far: when, how much, by which act.
        self.total: Value = NO_READING
        self.parts: Sequence[tuple[int, Value, str]] = ()
        # Of what came to be owed later: the instance to which it belongs.
        self.differs: Instance | None = None
        # Where it was waived, and whether as if it had been met.
        self.waived_pos: Position | None = None
        self.as_met = False
        # The entries that it follows from; "" for what opened it otherwise.
        self.grounds: tuple[str, ...] = ()
        # When it ended with the agreement.
        self.gone: int | None = None
        # "cure" while it may be cured, then "cured" or "breached".
        self.curing = ""
        # The act known to be taken back by a reopening, and since when the instance waits to be taken up again.
        self.superseded = ""
        self.resolved: int | None = None

    def __lt__(self, other: Instance) -> bool:
        return self.name < other.name

    def owe(self, total: Any) -> None:
        """A field that says what is owed says for this one what it owes, but for its terms."""
        adds_up = self.norm.term.adds_up
        assert adds_up is not None
        for name, own in adds_up.owing(self.fields, total).items():
            self.told = {name: self.told.get(name, self.fields[name])}
            self.fields = {**self.fields, name: own}

    def given(self, name: str) -> Any:
        """A field of its opening, or what was worked out as it opened; None where there is none."""
        if name in self.facts:
            return self.facts[name]
        if name in self.laid:
            return self.laid[name]
        return self.told[name] if name in self.told else self.fields.get(name)

    @property
    def may_be_cured(self) -> bool:
        """Whether it was missed, and the time for its cure is not over. Of one that is taken up again later only acts
        and openings stay as they were: it may be cured meanwhile, though nothing can do so."""
        curing = self.curing == "cure" and self.decided == "missed" and (self.live or self.resolved is not None)
        return curing and self.performed_pos is None and self.waived_pos is None

    @property
    def shown(self) -> tuple[Number, ...]:
        """When it falls due, and the version of its terms."""
        due, version = self.deadline, self.terms.term.version
        shown = () if due is None else (Number("due", due.base, due.shown),)
        return (*shown, Number("version", "text", version)) if version else shown

    def status(self, seen: Position) -> str:
        """One of `record.STATUSES`, as seen from a position."""
        if self.decided_pos is not None and self.decided_pos <= seen:
            met = self.as_met and self.waived_pos is not None and self.waived_pos <= seen
            return "fulfilled" if met else self.decided
        for pos in (self.ended_pos, self.passed_pos):
            if pos is not None and pos <= seen:
                return "not measurable"
        return "undecided"

    def reading(self, seen: Position) -> Value:
        """What its clock read when it was decided or performed."""
        if self.performed_pos is not None and self.performed_pos <= seen:
            return self.performed_reading
        if self.decided_pos is not None and self.decided_pos <= seen:
            return self.decided_reading
        return NO_READING

    def outstanding(self, end: int) -> Value:
        """What of its total the parts before an instant leave."""
        if isinstance(self.total, NotMeasured):
            return self.total
        return exact(max(0, self.total - sum(amount for at, amount, _ in self.parts if at < end)))

    def is_standing(self, end: int, overdue: bool) -> bool:
        """Whether it stands open, or overdue, at the end of a window."""
        performed = None if self.performed_pos is None else self.performed_pos[0]
        if self.opened_pos[0] >= end or any(at is not None and at < end for at in (performed, self.gone)):
            return False
        if not overdue:
            return True
        if self.decided != "missed" or self.decided_pos is None:
            return False
        return self.decided_pos[0] - self.decided_early < end

    @property
    def is_owed(self) -> bool:
        """Whether it was missed, and what was to be done is still to be done."""
        return self.live and self.decided == "missed" and self.performed_pos is None

    @property
    def openings(self) -> tuple[str, ...]:
        """The entry that opened it, and the one that last renewed it."""
        return (self.opened_name, self.renewed_name) if self.renewed_name else (self.opened_name,)

    def cause(self, seen: Position) -> str:
        """The entry that decided it, else the one that opened it."""
        decided = self.decided_pos is not None and self.decided_pos <= seen
        return self.decided_name if decided else self.opened_name

    def settled_pos(self) -> Position | None:
        """Where it ceased to be undecided."""
        found = [p for p in (self.decided_pos, self.ended_pos, self.passed_pos) if p is not None]
        return min(found) if found else None


class Live:
    """The live instances of a norm, by those of its keys that a kind of act declares."""

    __slots__ = ("all", "views")

    def __init__(self) -> None:
        self.all: dict[Instance, None] = {}
        self.views: dict[tuple[str, ...], dict[tuple[Any, ...], dict[Instance, None]]] = {}

    def add(self, instance: Instance) -> None:
        """An instance that opens, or lives again."""
        self.all[instance] = None
        for names, view in self.views.items():
            view.setdefault(tuple([instance.key.get(n) for n in names]), {})[instance] = None

    def remove(self, instance: Instance) -> None:
        """An instance that closes."""
        self.all.pop(instance, None)
        for names, view in self.views.items():
            values = tuple([instance.key.get(n) for n in names])
            found = view.get(values)
            if found is not None:
                found.pop(instance, None)
                if not found:
                    del view[values]

    def agreeing(self, names: tuple[str, ...], values: tuple[Any, ...]) -> list[Instance]:
        """Those whose keys of these names have these values."""
        if not names:
            return list(self.all)
        view = self.views.get(names)
        if view is None:
            view = self.views[names] = {}
            for instance in self.all:
                view.setdefault(tuple(instance.key.get(n) for n in names), {})[instance] = None
        return list(view.get(values, ()))
