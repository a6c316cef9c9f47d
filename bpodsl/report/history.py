"""One run as explanations read it: what was agreed, what was reported, and what followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import field, fields, frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.report.periods import all_windows
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.terms import Contract, EventKind, Expression, Figure, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, NUMBER, TEXT, YES_NO
from bpodsl.values import Window

_LEAVES = ex.Literal | ex.Unmeasured
_OPERATORS = (
    ex.Arithmetic | ex.Compare | ex.AllOf | ex.AnyOf | ex.Not | ex.Smallest | ex.Largest | ex.If | ex.IfMeasured
    | ex.Rounded | ex.Table | ex.Row
)  # fmt: skip


class _Unknown(Exception):
    """It does not follow from what the ledger holds."""


@frozen
class History:
    """`events` by ref; `waiting` those known only from `ledger.until` on. `full`: leave nothing out."""

    contract: Contract
    ledger: Ledger
    events: Mapping[str, Event]
    words: Words
    full: bool = False
    waiting: tuple[Event, ...] = ()
    by_name: Mapping[str, Entry] = field(init=False, repr=False)
    settled: Mapping[tuple[str, str], list[Entry]] = field(init=False, repr=False)
    capped: Mapping[tuple[str, str, tuple[tuple[str, str], ...]], list[Entry]] = field(init=False, repr=False)
    """The entries of caps, by the sum that they cut: its line and instance, window and key."""
    _windows: dict[str, Mapping[str, Window]] = field(init=False, factory=dict, repr=False)

    @by_name.default
    def _by_name(self) -> Mapping[str, Entry]:
        return {entry.name: entry for entry in self.ledger.outcome}

    @settled.default
    def _settled(self) -> Mapping[tuple[str, str], list[Entry]]:
        found: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.ledger.outcome:
            if entry.kind == "Settled":
                found.setdefault((entry.clause, entry.period), []).append(entry)
        return found

    @capped.default
    def _capped(self) -> Mapping[tuple[str, str, tuple[tuple[str, str], ...]], list[Entry]]:
        found: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Entry]] = {}
        for entry in self.ledger.outcome:
            if entry.kind == "Capped":
                found.setdefault((entry.instance, entry.period, entry.key), []).append(entry)
        return found

    @property
    def show(self) -> Show:
        return self.words.show

    @property
    def ended(self) -> int | None:
        """The instant at which the agreement ended, if it has."""
        name = self.contract.name
        return next((e.at for e in self.ledger.outcome if e.kind == "Ended" and e.clause == name), None)

    def window(self, figure: Figure, label: str) -> Window | None:
        """The window of that label; None where only an event tells where windows lie."""
        if figure.name not in self._windows:
            found = all_windows(self.contract, self.ledger, figure.grid)
            self._windows[figure.name] = {window.label: window for window in found}
        return self._windows[figure.name].get(label)

    def figures_of(self, name: str) -> list[Entry]:
        """The settled windows of a figure, in order."""
        return [entry for (figure, _), each in self.settled.items() if figure == name for entry in each]

    # ------------------------------------------------------------------ events
    def kind(self, name: str) -> EventKind | None:
        return next((kind for kind in self.contract.events if kind.name == name), None)

    def reported(self, kind: str) -> list[Event]:
        """The events of a kind that stand: of each its highest revision, without those withdrawn; in order."""
        best: dict[str, Event] = {}
        for event in self.events.values():
            if event.kind == kind and (event.identity not in best or best[event.identity].rev < event.rev):
                best[event.identity] = event
        return sorted((e for e in best.values() if not e.retracts), key=lambda e: (e.acts, e.order))

    def told(self, event: Event) -> str:
        """An event: when, known when, its fields, and where it stands in the input."""
        kind = self.kind(event.kind)
        kinds = {f.name: f.kind for f in kind.fields} if kind else {}
        shown = ", ".join(
            f"{name} {self.show.value(value, kinds[name])}"
            for name, value in event.fields.items()
            if value is not None and name in kinds
        )
        known = f", known {self.show.instant(event.known)}" if event.known != event.time else ""
        special = event.late_for[0] or (kind and kind.deemed)
        given = self._given(event) if special else self._moved(event, kind.happens if kind else "")
        place = f"  ({event.place.rpartition('/')[2]})" if event.place else ""
        head = f"event {event.kind} at {self.show.instant(event.time)}{known}{given}"
        return f"{head}: {shown}{place}" if shown else f"{head}{place}"

    def _given(self, event: Event) -> str:
        if event.late_for[0]:
            return ", too late"
        if not event.effective:
            return ", in a form that has no effect"
        if event.day is not None:
            return f", deemed given on {event.day}"
        return "" if event.acts == event.time else f", deemed given {self.show.instant(event.acts)}"

    def _moved(self, event: Event, happens: str) -> str:
        """Of an event that came after its records had closed: that it counts when it was reported."""
        closings = self.contract.closings
        own = next((each for each in closings if event.kind in each.events), None)
        closing = own or next((each for each in closings if not each.events), None)
        if closing is None or not closing.carried or event.acts != event.known:
            return ""
        value = event.fields.get(happens) if happens else event.time
        own_day = event.day if isinstance(value, date) else event.acts
        if value is None or value == own_day:
            return ""
        return ", reported after its records had closed: counts when it was reported"

    def of(self, ref: str) -> str:
        """The event of a ref, told."""
        event = self.events.get(ref)
        return f"event {ref}" if event is None else self.told(event)

    # ------------------------------------------------------------------ reckoning
    def reckon(self, expression: object, entry: Entry, given: Mapping[object, object]) -> object:
        """The value of an expression of a figure in a settled window; None where the entries do not tell it.

        `given`: values of parts of it that are known. May be `NotMeasured`.
        """
        try:
            plain = self._plain(expression, entry, given)
        except _Unknown:
            return None
        return evaluate(plain, EventScope({}, entry.at, self.show.zone, {}))  # type: ignore[arg-type]

    def _plain(self, part: object, entry: Entry, given: Mapping[object, object]) -> object:
        """The same with what the ledger knows in place of what is asked."""
        if isinstance(part, tuple):
            return tuple(self._plain(each, entry, given) for each in part)
        if part in given:
            return _literal(given[part])
        match part:
            case ex.GroupKey(name):
                return ex.Literal(dict(entry.key).get(name, ""), TEXT)
            case ex.FigureAt(figure, ex.Same()):
                return _literal(self.read(figure, entry).number("value"))
            case ex.Standing(figure, how, ex.Same()):
                return ex.Literal(stands(how, self.read(figure, entry)), YES_NO)
            case ex.WindowDay(edge, False, False):
                own = self.show.figures.get(entry.clause)
                window = None if own is None else self.window(own, entry.period)
                if window is None:
                    raise _Unknown
                return ex.Literal(window.first if edge == "first" else window.last, DAY)
        if isinstance(part, _LEAVES) or part is None or isinstance(part, str):
            return part
        if isinstance(part, ex.Rounding):
            return part
        if not isinstance(part, _OPERATORS):
            raise _Unknown
        names = [each.name for each in fields(type(part))]
        parts = {name: self._plain(getattr(part, name), entry, given) for name in names}
        return type(part)(**parts)  # type: ignore[arg-type]

    def read(self, figure: str, entry: Entry) -> Entry:
        """The settled window of another figure that one reads in its own window and group."""
        have = dict(entry.key)
        if figure == entry.clause:
            return entry
        for each in self.settled.get((figure, entry.period), ()):
            if all(have.get(name) == text for name, text in each.key):
                return each
        raise _Unknown

    def found(self, figure: str, entry: Entry) -> Entry | None:
        """The same; None where the ledger does not tell it."""
        try:
            return self.read(figure, entry)
        except _Unknown:
            return None


def _literal(value: object) -> Expression:
    if isinstance(value, NotMeasured):
        return ex.Unmeasured(value.why)
    return ex.Literal(value, NUMBER)


def stands(how: str, entry: Entry) -> bool:
    """Whether a settled window stands so: met, missed, below minimum, not measured."""
    if how == "not measured":
        return isinstance(entry.number("value"), NotMeasured)
    if how == "below minimum":
        return entry.number("below minimum") is True
    return entry.number("standing") == how


def in_short(lines: Iterable[str], most: int, full: bool, what: str) -> Iterator[str]:
    """The first lines, and how many more there are."""
    every = list(lines)
    shown = every if full else every[:most]
    yield from shown
    if len(every) > len(shown):
        yield f"… and {len(every) - len(shown)} more {what} (`--full` shows all)"
