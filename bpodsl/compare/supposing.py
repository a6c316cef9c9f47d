"""What if: the events and terms of a run with something supposed. What follows is left to an evaluator, and what then
differs to `replaying`; whether what was supposed came about is read off the ledger that follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from attrs import evolve as changed
from attrs import frozen

from bpodsl.lean import evolve
from bpodsl.record import Event, Ledger
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.terms import Contract, EventKind, Figure, Norm, NotMeasured, State
from bpodsl.terms.expressions import Literal
from bpodsl.terms.figures import Target
from bpodsl.values import Period, Zone, add_days, parse_period

SOURCE: Final = "supposed"
"""Whose the events are that nobody reported."""


@frozen
class OnTime:
    """An instance that was missed, or is open, is performed at its deadline."""

    norm: str
    instance: str


@frozen
class Excused:
    """A state that excuses a miss holds from the opening of an instance until just after its deadline."""

    norm: str
    instance: str
    state: str


@frozen
class Waived:
    """The other side waives an instance."""

    norm: str
    instance: str


@frozen
class Answered:
    """A question about an event is answered so, from the first: `event` is its source and id."""

    event: str
    question: str
    value: object


@frozen
class Level:
    """The target (or the minimum) of a figure is another one, in every window and group, whatever gives it."""

    figure: str
    which: str
    value: int | Fraction


Supposition = OnTime | Excused | Waived | Answered | Level


@frozen
class Supposed:
    """What is to be run instead. `failed`: why a supposition could not be made into terms or events."""

    contract: Contract
    events: tuple[Event, ...]
    failed: tuple[tuple[Supposition, str], ...]


def suppose(
    contract: Contract, events: Sequence[Event], ledger: Ledger, asked: Iterable[Supposition]
) -> Supposed:  # fmt: skip
    """The contract and events of a run with all that is asked."""
    making = _Making(contract, list(events), {(v.norm, v.instance): v for v in judge(contract, ledger.outcome)})
    failed = []
    for each in asked:
        why = making.take(each)
        if why:
            failed.append((each, why))
    in_order = sorted(making.events, key=lambda event: (event.acts, event.order, event.rev))
    return Supposed(making.contract, tuple(in_order), tuple(failed))


def came_about(contract: Contract, ledger: Ledger, each: Supposition) -> str:
    """"" if what was supposed is so in the ledger that follows, else what is so instead."""
    if not isinstance(each, OnTime | Excused | Waived):
        return ""
    found = [v for v in judge(contract, ledger.outcome) if (v.norm, v.instance) == (each.norm, each.instance)]
    if not found:
        return "it is not there any more"
    (verdict,) = found[:1]
    so = {OnTime: verdict.status == "fulfilled", Excused: verdict.status in ("excused", "fulfilled")}
    so[Waived] = verdict.waived
    return "" if so[type(each)] else f"it is {verdict.status} all the same"


def levels(contract: Contract) -> Iterator[tuple[Figure, str, int | Fraction | None]]:
    """The targets and minimums, which may be supposed to be another number: figure, which, and the number that is
    written; None where a formula, a list or a date gives it."""
    for figure in contract.figures:
        for which in ("target", "minimum"):
            target = figure.target if which == "target" else figure.minimum
            if target is not None:
                value = target.level.value if isinstance(target.level, Literal) else None
                yield figure, which, value if isinstance(value, int | Fraction) else None


def questions(contract: Contract, events: Iterable[Event]) -> Iterator[tuple[Event, str, object, tuple[object, ...]]]:
    """The questions that arose: about which event (as it is known last), their name, the answer so far (None: none),
    and the answers that there may be."""
    for question in contract.questions:
        kind = next(each for each in contract.events if each.name == question.event)
        of = kind.field(question.name)
        assert of is not None
        choices: tuple[object, ...] = (True, False) if of.kind.base == "yes_no" else of.kind.detail
        latest: dict[str, Event] = {}
        for event in events:
            if event.kind == question.event and (
                event.identity not in latest or latest[event.identity].rev <= event.rev
            ):
                latest[event.identity] = event
        for event in latest.values():
            now = event.fields.get(question.name)
            if choices and not event.retracts and not isinstance(now, NotMeasured):
                yield event, question.name, now, choices


class _Making:
    def __init__(
        self, contract: Contract, events: list[Event], verdicts: Mapping[tuple[str, str], Verdict]
    ) -> None:
        self.contract, self.events, self.verdicts = contract, events, verdicts
        self.zone = Zone.load(contract.zone)
        self.norms = {norm.name: norm for norm in contract.norms}
        self.made = 0

    def take(self, each: Supposition) -> str:
        """Make a supposition so; or say why that cannot be."""
        if isinstance(each, Level):
            return self._level(each)
        if isinstance(each, Answered):
            return self._answer(each)
        verdict, norm = self.verdicts.get((each.norm, each.instance)), self.norms.get(each.norm)
        if verdict is None or norm is None:
            return "there is no such instance"
        if verdict.due is None:
            return "it has no deadline"
        if isinstance(each, OnTime):
            return self._on_time(norm, verdict)
        if isinstance(each, Waived):
            return self._waive(norm, verdict)
        return self._excuse(norm, verdict, each.state)

    # ------------------------------------------------------------------ terms
    def _level(self, each: Level) -> str:
        if each.which not in ("target", "minimum"):
            return "there is no such level"
        figures = []
        for figure in self.contract.figures:
            target = getattr(figure, each.which) if figure.name == each.figure else None
            if isinstance(target, Target):
                kind = target.level.kind if isinstance(target.level, Literal) else figure.kind
                other = evolve(target, level=Literal(each.value, kind))
                figure = evolve(figure, target=other) if each.which == "target" else evolve(figure, minimum=other)
            figures.append(figure)
        if tuple(figures) == self.contract.figures:
            known = [(figure.name, which) for figure, which, _ in levels(self.contract)]
            return "" if (each.figure, each.which) in known else f"it has no {each.which}"
        self.contract = evolve(self.contract, figures=tuple(figures))
        return ""

    # ------------------------------------------------------------------ events
    def _answer(self, each: Answered) -> str:
        found = False
        for place, event in enumerate(self.events):
            if event.identity == each.event:
                found = True
                self.events[place] = changed(event, fields={**event.fields, each.question: each.value})
        return "" if found else "there is no such event"

    def _on_time(self, norm: Norm, verdict: Verdict) -> str:
        """Move the event by which it was performed late to the deadline; where none did, add one."""
        at, day = self._deadline(norm, verdict)
        refs = {ref for e in verdict.entries if e.kind in ("Late", "Cured") for ref in e.event_causes}
        moved = False
        for place, event in enumerate(self.events):
            if event.ref in refs:
                self.events[place] = self._moved(event, at, day)
                moved = True
        if moved:
            return ""
        if not norm.acts:
            return "nothing performs it"
        return self._add(norm.acts[0].event, verdict, at, day, self._reporter(norm))

    def _waive(self, norm: Norm, verdict: Verdict) -> str:
        if not norm.waivers:
            return "nothing waives it"
        at, day = self._deadline(norm, verdict)
        return self._add(norm.waivers[0].selector.event, verdict, at, day, "")

    def _excuse(self, norm: Norm, verdict: Verdict, name: str) -> str:
        state = next((each for each in self.contract.states if each.name == name), None)
        if state is None or not any(name in terms.excused_during for terms in norm.versions):
            return f"`{name}` does not excuse it"
        if not state.starts:
            return "no event begins that state"
        at, _ = self._deadline(norm, verdict)
        why = self._add(state.starts[0].event, verdict, verdict.opened, None, "", state)
        if not why and state.ends:
            why = self._add(state.ends[0].event, verdict, at + 1, None, "", state)
        return why

    def _deadline(self, norm: Norm, verdict: Verdict) -> tuple[int, date | None]:
        """The last instant in time, and the day of a deadline in days."""
        due = verdict.due
        if isinstance(due, date):
            return self.zone.start_of(add_days(due, 1)) - 1, due
        assert due is not None
        return due - (norm.due is not None and norm.due.edge == "less than"), None

    def _moved(self, event: Event, at: int, day: date | None) -> Event:
        """An event that happens at an instant, or on a day, and is known as long after it as it was."""
        kind = self._kind(event.kind)
        day = (day or self.zone.day(at)) if event.day is not None else None
        acts = at if day is None else self.zone.start_of(day)
        if acts >= event.acts:
            return event
        back = event.acts - acts
        fields = dict(event.fields)
        if kind is not None and kind.happens:
            fields[kind.happens] = acts if day is None else day
        return changed(event, acts=acts, day=day, time=event.time - back, known=event.known - back, fields=fields)

    def _add(
        self, name: str, verdict: Verdict, at: int, day: date | None, reporter: str, state: State | None = None
    ) -> str:  # fmt: skip
        """An event of a kind for the case of an instance, with what its opening says."""
        kind = self._kind(name)
        if kind is None:
            return "there is no such event"
        opening = next((e for e in self.events if verdict.entries and e.ref in verdict.entries[0].event_causes), None)
        known = {**(opening.fields if opening else {}), **dict(verdict.key)}
        fields: dict[str, object] = {}
        for each in kind.fields:
            if not each.reported:
                continue
            if each.name in known and (opening is None or opening.fields.get(each.name) is not None):
                fields[each.name] = known[each.name] if opening is None else opening.fields.get(each.name)
            elif each.name == kind.period and (period := _period(verdict.instance)) is not None:
                fields[each.name] = period
            elif each.name == kind.happens:
                fields[each.name] = day if each.kind.base == "day" and day is not None else at
            elif not each.optional and each.default is None:
                return f"`{name}` also has `{each.name}`, and nobody knows what it would be"
        self.made += 1
        who = reporter or (kind.reporters[0] if kind.reporters else "")
        counts_for = fields.get(kind.period) if kind.period else None
        self.events.append(Event(
            kind=name, source=SOURCE, id=str(self.made), time=at, known=at, acts=at, fields=fields,
            period=counts_for if isinstance(counts_for, Period) else None, reporter=who,
            place="supposed",
        ))  # fmt: skip
        return ""

    def _reporter(self, norm: Norm) -> str:
        return norm.bearer[0] if norm.bearer else ""

    def _kind(self, name: str) -> EventKind | None:
        return next((kind for kind in self.contract.events if kind.name == name), None)


def _period(label: str) -> Period | None:
    try:
        return parse_period(label)
    except ValueError:
        return None
