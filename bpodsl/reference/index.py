"""A contract looked up by name: what an evaluator asks again and again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from bpodsl.record import Event
from bpodsl.terms import (
    Account,
    Contract,
    EventKind,
    Figure,
    Line,
    Norm,
    OnEvent,
    OnHappens,
    OnLasting,
    OnSettled,
    Rule,
    Selector,
    Series,
    State,
    levels,
    sharing,
    walk,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Calendar, Period, Zone

if TYPE_CHECKING:
    from bpodsl.reference.state import Row


@frozen(slots=False)
class Index:
    """The terms of a contract by name, with their levels."""

    contract: Contract
    over: frozenset[int] = frozenset()
    """The instants at which something was first known only since a time in days was over: with the day before."""

    @cached_property
    def zone(self) -> Zone:
        return Zone.load(self.contract.zone)

    @cached_property
    def levels(self) -> dict[str, int]:
        return levels(self.contract)

    @cached_property
    def rows(self) -> dict[tuple[str, str, int], Row]:
        """The rows of events made so far, by source, id and revision."""
        return {}

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        return {c.name: c.calendar for c in self.contract.calendars}

    @cached_property
    def kinds(self) -> dict[str, EventKind]:
        return {e.name: e for e in self.contract.events}

    @cached_property
    def sharing(self) -> dict[str, tuple[str, ...]]:
        """The norms with which a norm shares its acts, itself among them."""
        return sharing(self.contract.norms)

    @cached_property
    def followed(self) -> frozenset[str]:
        """The norms of whose acts another takes what they leave."""
        return frozenset(name for n in self.contract.norms if n.adds_up is not None for name in n.adds_up.after)

    @cached_property
    def states(self) -> dict[str, State]:
        return {s.name: s for s in self.contract.states}

    @cached_property
    def signed_in_time(self) -> frozenset[str]:
        """The changes that were signed before they took effect."""
        return frozenset(c.name for c in self.contract.changes if c.signed <= c.effective)

    @cached_property
    def norms(self) -> dict[str, Norm]:
        return {n.name: n for n in self.contract.norms}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        return {f.name: f for f in self.contract.figures}

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {n.name: n for n in self.contract.lines}

    @cached_property
    def lines_of(self) -> dict[str, tuple[Line, ...]]:
        """The lines that each figure settles."""
        return {f: tuple(n for n in self.contract.lines if n.figure == f) for f in self.figures}

    @cached_property
    def rules_of(self) -> dict[str, tuple[Rule, ...]]:
        """The rules on each figure."""
        return {f: tuple(r for r in self.contract.rules if r.on == OnSettled(f)) for f in self.figures}

    @cached_property
    def lasting(self) -> dict[str, tuple[Rule, ...]]:
        """The rules on each state that lasts."""
        on = [(r.on.state, r) for r in self.contract.rules if isinstance(r.on, OnLasting)]
        return {name: tuple(r for state, r in on if state == name) for name in self.states}

    @cached_property
    def period_fields(self) -> dict[str, tuple[str, ...]]:
        """By kind of event: the fields by which some clause counts it in the window of a period."""
        found: dict[str, tuple[str, ...]] = {}
        for part in walk(self.contract.expressive):
            if isinstance(part, ex.EventRows) and part.by_period is not None:
                found[part.event] = (*found.get(part.event, ()), part.by_period)
        return found

    @cached_property
    def series(self) -> dict[str, Series]:
        return {s.name: s for s in self.contract.series}

    @cached_property
    def feeding(self) -> frozenset[str]:
        """The kinds of events that give points to series."""
        return frozenset(s.event for s in self.contract.series if s.event)

    @cached_property
    def giving(self) -> frozenset[str]:
        """The kinds of events that give fields to later ones of their case."""
        return frozenset(part.event for part in walk(self.contract.expressive) if isinstance(part, ex.CaseField))

    def over_before(self, event: Event) -> bool:
        """Whether a period that the event counts for had ended before it acts: a window in the past changes."""
        fields = self.period_fields.get(event.kind)
        if not fields or not event.effective:
            return False
        periods = (self.fields(event).get(name) for name in fields)
        return any(isinstance(p, Period) and self.zone.start_of(p.after) <= event.acts for p in periods)

    def matters_from(self, event: Event) -> int:
        """The first instant whose outcome the event may change: its own. One that counts for a period that was over is
        there from the start, and a limit may be reckoned from it in a window that began long before."""
        return -1 if self.over_before(event) else event.acts

    @cached_property
    def readers(self) -> dict[str, tuple[Figure, ...]]:
        """The figures that read each figure, or a line that it settles."""
        found: dict[str, list[Figure]] = {f: [] for f in self.figures}
        for figure in self.contract.figures:
            for part in self.parts[figure.name]:
                if isinstance(part, ex.FigureAt | ex.Standing | ex.FigureRows):
                    found.get(part.figure, []).append(figure)
                elif isinstance(part, ex.Posted) and (read := self.lines[part.line].figure) is not None:
                    found[read].append(figure)
        return {name: tuple(dict.fromkeys(each)) for name, each in found.items()}

    @cached_property
    def parts(self) -> dict[str, tuple[object, ...]]:
        """All parts of all expressions of each figure."""
        return {f.name: tuple(walk((f.value, f.target, f.minimum, f.shows, f.awaits))) for f in self.contract.figures}

    @cached_property
    def ruled(self) -> dict[str, tuple[ex.Aggregate | ex.Answered, ...]]:
        """What in each figure may wait for an answer: aggregates for the sake of their rows, and the window itself."""
        return {
            name: tuple(
                p for p in parts
                if (isinstance(p, ex.Aggregate) and _has((ex.Ruled, ex.Answered), (p.where, p.value)))
                or (isinstance(p, ex.Answered) and p.of == "window")
            )
            for name, parts in self.parts.items()
        }

    @cached_property
    def looking_up(self) -> frozenset[str]:
        """The figures that look up points of series."""
        return frozenset(name for name, parts in self.parts.items() if any(isinstance(p, ex.SeriesAt) for p in parts))

    @cached_property
    def limited(self) -> dict[str, tuple[Account, ...]]:
        """The accounts that cut what each figure owes, by a limit that looks up points of series."""
        limits = [a for a in self.contract.accounts if _has(ex.SeriesAt, a.limit)]
        lines = {name: {line.name for line in of} for name, of in self.lines_of.items()}
        return {name: tuple(a for a in limits if of & set(a.lines)) for name, of in lines.items()}

    @cached_property
    def named(self) -> frozenset[str]:
        """Event kinds that something else than a state names: one that comes before the start is noted."""
        norms = [s.event for n in self.contract.norms for s in (*selectors(n), *n.acts, *n.waiving, *n.regrading)]
        return self.named_at_all | frozenset(norms) | frozenset(event for event, _, _ in self.counted_after)

    @cached_property
    def named_at_all(self) -> frozenset[str]:
        """The kinds that something else than states and norms names: one that comes after the end is noted."""
        return frozenset(self._uses())

    @cached_property
    def named_beside(self) -> frozenset[str]:
        """Of these, the kinds that are noted though they count for a period: named for something else as well."""
        return frozenset(self._uses(by_period=False))

    def counts_for(self, event: Event, end: int) -> bool:
        """Whether a period that the event counts for began before an end."""
        periods = (self.fields(event).get(name) for name in self.period_fields.get(event.kind, ()))
        return any(isinstance(p, Period) and self.zone.start_of(p.first) < end for p in periods)

    def _uses(self, by_period: bool = True) -> Iterator[str]:
        contract = self.contract
        yield from (s.event for renewal in contract.term.renewals for s in renewal.unless)
        for rule in contract.rules:
            if isinstance(rule.on, OnHappens):
                yield rule.on.selector.event
        surviving = tuple(figure for figure in contract.figures if figure.survival is not None)
        for part in walk(evolve(contract, figures=tuple(f for f in contract.figures if f not in surviving)).expressive):
            match part:
                case ex.EventRows(event, named) if by_period or named is None:
                    yield event
                case ex.TrailRows() | ex.TrailOutcomes() if by_period:
                    yield from part.events
                case _:
                    pass
        # What these count is not left out while they survive; of stretches of time it is.
        trails = [part for part in walk(surviving) if isinstance(part, ex.TrailRows | ex.TrailOutcomes)]
        yield from (event for part in trails if by_period for event in part.events)

    @cached_property
    def counted_after(self) -> tuple[tuple[str, str | None, str], ...]:
        """The events that figures count which survive the end, the field of the period in which, and how they do."""
        found = (
            (part.event, part.by_period, figure.grid.survives)
            for figure in self.contract.figures if figure.survival is not None
            for part in walk(figure) if isinstance(part, ex.EventRows)
        )  # fmt: skip
        return tuple(dict.fromkeys(found))

    def fields(self, event: Event) -> dict[str, object]:
        """The fields of an event, with the defaults of those left out; absent ones are not in it."""
        kind = self.kinds.get(event.kind)
        defaults = {f.name: f.default for f in kind.fields if f.default is not None} if kind else {}
        return defaults | {name: value for name, value in event.fields.items() if value is not None}

    def declared(self, event: Event) -> frozenset[str]:
        """The names of the fields that an event of this kind can have."""
        kind = self.kinds.get(event.kind)
        return frozenset(f.name for f in kind.fields) if kind else frozenset(event.fields)


def selectors(norm: Norm) -> tuple[Selector, ...]:
    """What opens a norm by event."""
    return tuple(way.selector for way in norm.opening if isinstance(way, OnEvent))


def _has(kind: type | tuple[type, ...], expression: object) -> bool:
    return any(isinstance(part, kind) for part in walk(expression))
