"""A few events that show what a rule says, made so that `run` reads them; what follows from them is asked of `run`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

from bpodsl.lint.conditions import Model
from bpodsl.terms import (
    Contract,
    EventField,
    EventKind,
    Impose,
    Length,
    Norm,
    Once,
    OnEvent,
    OnHappens,
    OnOutcome,
    OnPeriod,
    Selector,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Trace
from bpodsl.values import (
    DAY_TICKS,
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    Period,
    Zone,
    add_days,
    period_of,
    show_exact,
    show_instant,
    show_time_of_day,
    window_at,
)

if TYPE_CHECKING:
    from bpodsl.lint.facts import Facts


class Followed(Protocol):
    """An entry of the ledger, as far as it is asked here."""

    @property
    def kind(self) -> str: ...
    @property
    def clause(self) -> str: ...
    @property
    def at(self) -> int: ...
    @property
    def instance(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def key(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def event_causes(self) -> tuple[str, ...]: ...

    def number(self, name: str) -> object: ...


Follow = Callable[[Contract, Sequence[str], int], "Sequence[Followed]"]
"""The entries that stand at an instant, when these lines are all that is reported."""

Goal = Callable[[Sequence[Followed]], tuple[int, str] | None]
"""Finds what is to be shown among the entries that stand: the instant from which it stands there, and a sentence that
says it."""

ENVELOPE: Final = frozenset(
    ("id", "source", "type", "subject", "time", "recordedtime", "rev", "retract", "reporter", "data")
)
FIRST_HOUR: Final = 9 * HOUR


class Story:
    """Events of one case, one after the other, a minute apart."""

    def __init__(self, facts: Facts, days_on: int = 1, hour: int = 9) -> None:
        """`days_on`: how many days after the day from which the terms hold it starts, at that hour."""
        self.facts = facts
        self.zone = Zone.load(facts.contract.zone)
        self.now = self.zone.at(add_days(facts.since, days_on), hour * HOUR)
        self.events: list[tuple[int, dict[str, object]]] = []
        self.case = 1
        """Which case the events are of, where nothing is asked of their keys."""
        self.amount = 1
        """What stands in numbers and sums of which nothing is asked; other than 1 in those too that may be left out."""
        self._begun: set[str] = set()

    @property
    def lines(self) -> tuple[str, ...]:
        """The events as lines of JSON."""
        return tuple(json.dumps(event, ensure_ascii=False) for _, event in self.events)

    def followed(self, until: int | None = None) -> Sequence[Followed]:
        """What stands then (by default just after the last event), according to `run`."""
        follow = self.facts.follow
        return () if follow is None else follow(self.facts.run, self.lines, until or self.now + MINUTE)

    def trace(self, goal: Goal, until: int) -> Trace | None:
        """The events, if what stands at an instant shows what is looked for; with the first day until which `run` must
        go on to find it, if that is later than the last event."""
        found = goal(self.followed(until))
        if found is None:
            return None
        at, said = found
        if self.events and at <= self.events[-1][0]:
            return Trace(self.lines, "", said)
        day = add_days(self.zone.day(at), 1)
        again = goal(self.followed(self.zone.start_of(day)))
        return None if again is None else Trace(self.lines, day.isoformat(), again[1])

    def report(self, event: str, model: Model | None = None, of: str = "", **fields: object) -> str:
        """One event; fields as the model has them for subjects of `of`, else something. Gives its ref."""
        kind = self.facts.events[event]
        said = {**of_model(model or {}, of), **fields}
        for state in [s.expression.state for s, v in (model or {}).items()
                      if isinstance(s.expression, ex.InState) and v is True and s.of == of]:  # fmt: skip
            self.begin(state)
        number = str(len(self.events) + 1)
        source = next(iter(kind.reporters), "witness")
        line: dict[str, object] = {
            "id": number, "source": source, "type": event, "time": show_instant(self.now, self.zone)
        }  # fmt: skip
        values = {field: said.get(field.name, self._usual(kind, field)) for field in kind.fields if field.reported}
        given = {
            field.name: written(value, field.kind.base, self.zone)
            for field, value in values.items() if value is not None
        }  # fmt: skip
        # A field that has the name of a word of the envelope stands apart from it.
        line |= {"data": given} if ENVELOPE & given.keys() else given
        self.events.append((self.now, line))
        self.now += MINUTE
        return f"{source}/{number}"

    def begin(self, state: str) -> bool:
        """Let a state begin."""
        if state in self._begun:
            return True
        self._begun.add(state)
        for selector in self.facts.states[state].starts:
            model = self.facts.model("", self.facts.asked(selector))
            if model is not None:
                self.report(selector.event, model)
                return True
        return False

    def open(self, norm: Norm, depth: int = 3) -> bool:
        """Let an instance open: by itself, by an event, or by what imposes it, as far as that is told here."""
        if any(isinstance(way, Once | OnPeriod) for way in norm.opening):
            return True
        if any(isinstance(way, OnEvent) and self._select(way.selector) for way in norm.opening):
            return True
        return depth > 0 and self._impose(norm, depth - 1)

    def _select(self, selector: Selector) -> bool:
        """Report an event that is selected."""
        model = self.facts.model("", self.facts.asked(selector))
        if model is not None:
            self.report(selector.event, model)
        return model is not None

    def _impose(self, norm: Norm, depth: int) -> bool:
        """Let something impose it: a trigger that waits for one event or outcome, or an outcome of another norm."""
        for rule in self.facts.contract.rules:
            if not any(isinstance(effect, Impose) and effect.norm == norm.name for effect in rule.then):
                continue
            if rule.recurrence is None and rule.when is None:
                if isinstance(rule.on, OnHappens) and self._select(rule.on.selector):
                    return True
                if isinstance(rule.on, OnOutcome) and self.come_out(rule.on.norm, rule.on.outcome, depth):
                    return True
        causes = [
            (cause.name, outcome) for cause in self.facts.contract.norms for outcome, effect in cause.consequences
            if isinstance(effect, Impose) and effect.norm == norm.name
        ]  # fmt: skip
        return any(self.come_out(name, outcome, depth) for name, outcome in causes)

    def come_out(self, name: str, outcome: str, depth: int = 3) -> bool:
        """Let a norm come out so: perform it, or let its deadline pass."""
        before = self.now, list(self.events), set(self._begun)
        if self._came_out(self.facts.norms[name], outcome, depth):
            return True
        self.now, self.events, self._begun = before
        return False

    def _came_out(self, norm: Norm, outcome: str, depth: int) -> bool:
        if norm.modality == "must not":
            return outcome in ("missed", "breached") and self._select(norm.acts[0])
        if not self.open(norm, depth):
            return False
        if outcome == "fulfilled":
            return all(self._select(act) for act in (norm.acts if norm.needs == "all" else norm.acts[:1]))
        if outcome in ("missed", "breached") and norm.due is not None and norm.due.length is not None:
            self.now += more_than(norm.due.length)
            if outcome == "breached" and norm.cure is not None and norm.cure.length is not None:
                self.now += more_than(norm.cure.length)
        return outcome in ("opened", "missed", "breached")

    def period(self, norm: Norm, act: EventKind) -> dict[str, object]:
        """The field of an act that names the period of the instance that is open now."""
        field = act.field(norm.period_field) if norm.matching == "period" else None
        grids = [way.grid for way in norm.opening if isinstance(way, OnPeriod)]
        last = self.facts.contract.term.last
        if field is None or not grids:
            return {}
        effective = self.facts.contract.term.effective
        window = window_at(
            grids[0], self.zone, effective, add_days(last, 1) if last else add_days(effective, 800), self.now
        )
        if window is None:
            return {}
        unit = field.kind.detail[0] if field.kind.base == "period" else ""
        return {field.name: period_of(window.first, unit) if unit else window.first}  # type: ignore[arg-type]

    def _usual(self, kind: EventKind, field: EventField) -> object:
        """What stands in a field of which nothing is asked; the same in all events, so that keys agree."""
        if field.name == kind.happens or field.name == kind.from_field:
            return self.now if field.kind.base == "instant" else self.zone.day(self.now)
        if field.name == kind.to_field:
            return self.now + HOUR if field.kind.base == "instant" else self.zone.day(self.now)
        asked = self.amount != 1 and field.kind.base in ("number", "money")
        if not field.key and not asked and (field.optional or field.default is not None):
            return None
        match field.kind.base:
            case "yes_no":
                return False
            case "one_of":
                return field.kind.detail[0]
            case "text":
                return f"{field.name[:1].upper()}{self.case}"
            case "instant":
                return self.now
            case "day":
                return self.zone.day(self.now)
            case "time":
                return FIRST_HOUR
            case "period":
                return period_of(self.zone.day(self.now), field.kind.detail[0])  # type: ignore[arg-type]
            case _:
                return self.amount


def times(model: Model) -> Iterator[tuple[int, int]]:
    """The days and hours at which a story may start: several where the model asks for hours, weekdays or calendars."""
    clocks = (ex.InCalendar, ex.TimeOfDay, ex.Weekday, ex.Moment)
    asks = any(isinstance(part, clocks) for subject in model for part in walk(subject.expression))
    for hour in (9, 13, 19, 3) if asks else (9,):
        for day in range(1, 8) if asks else (1,):
            yield day, hour


def more_than(length: Length) -> int:
    """Ticks after which a deadline of such a length has passed, closed days and nights included."""
    days = {"days": 1, "weeks": 7, "months": 31, "years": 366, "working days": 3}
    if length.unit in days:
        return (length.amount * days[length.unit] + 10) * DAY_TICKS
    return length.amount * (6 if length.unit == "open" else 1) + (10 * DAY_TICKS if length.unit == "open" else HOUR)


def of_model(model: Model, of: str) -> Mapping[str, object]:
    """The fields to which a model gives values, of one row or of all."""
    return {
        subject.expression.name: value for subject, value in model.items()
        if isinstance(subject.expression, ex.FieldOf) and subject.of in (of, "")
    }  # fmt: skip


def written(value: object, base: str, zone: Zone) -> object:
    """A value as a line of JSON has it."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Period):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, int | Fraction)
    whole = int(value)
    match base:
        case "instant":
            return show_instant(min(max(FIRST, whole), LAST), zone)
        case "day":
            return date.fromordinal(min(max(1, whole), date.max.toordinal())).isoformat()
        case "time":
            return show_time_of_day(min(whole, DAY_TICKS - 1))
        case "length":
            return f"{whole // MINUTE} minutes"
        case _:
            if isinstance(value, int):
                return value
            return show_exact(value) if 10**9 % value.denominator else _decimal(value)


def _decimal(value: Fraction) -> str:
    whole, rest = divmod(abs(value), 1)
    digits = f"{int(rest * 10**9):09d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}.{digits or '0'}"
