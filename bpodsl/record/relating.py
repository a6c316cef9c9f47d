"""Events that relate to other events: they correct one, withdraw it, or count when it counts.

What comes out is a function of what is known: an event that is corrected has one version for each instant at which
what is known of it changes, as if its own source had sent a higher `rev` then. So nobody behind this door
learns that one event spoke of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from heapq import heappop, heappush

from bpodsl.lean import define, evolve, field, frozen
from bpodsl.record.closing import TooLate, close
from bpodsl.record.event import Event
from bpodsl.record.history import Histories, History, Identity
from bpodsl.record.lending import lend
from bpodsl.record.many import many
from bpodsl.record.refusals import ANSWERED, Refused
from bpodsl.record.rulings import Ruling, ruling
from bpodsl.record.shapes import Ground, acting
from bpodsl.record.worked import work_out
from bpodsl.terms import Contract, EventKind, Question, Relation
from bpodsl.values import Period


@many
class Named:
    """A version of an event, and the event that it names, known to be there from `known` on."""

    version: Event
    target: Identity | None = None
    known: int = 0


@frozen
class Related:
    """All events, related. `waiting`: those whose other event has not been reported. `withdrawn`: those taken back by
    another event. `refused`: corrections that would make no sense of the other, and why."""

    events: tuple[Event, ...]
    waiting: frozenset[Identity] = frozenset()
    withdrawn: frozenset[Identity] = frozenset()
    refused: tuple[tuple[Identity, Refused], ...] = ()
    late: tuple[TooLate, ...] = ()
    """What came after its records were closed."""


def relate(contract: Contract, events: Iterable[Event], until: int) -> Related:
    """The events of a contract, of every rev, known before `until`, as those that relate to others make them."""
    related = _related(contract, events, until)
    if contract.closings:
        kept, late = close(contract, related.events)
        related = evolve(related, events=tuple(kept), late=tuple(late))
    return evolve(related, events=tuple(lend(contract, related.events))) if contract.lendings else related


def _related(contract: Contract, events: Iterable[Event], until: int) -> Related:
    kinds = {kind.name: kind for kind in contract.events}
    if not contract.questions and not any(kind.relates for kind in kinds.values()):
        return Related(tuple(events))
    return _Relating(kinds, contract.questions, Ground.of(contract)).all(events, until)


@define
class _Relating:
    kinds: Mapping[str, EventKind]
    questions: tuple[Question, ...]
    ground: Ground
    raw: dict[str, Histories] = field(factory=dict)
    corrected: dict[str, Histories] = field(factory=dict)
    done: dict[str, Histories] = field(factory=dict)
    waiting: set[Identity] = field(factory=set)
    withdrawn: set[Identity] = field(factory=set)
    refused: dict[Identity, Refused] = field(factory=dict)
    accepted: dict[Identity, int] = field(factory=dict)
    """Answers and claims, and the instant from which they stand."""
    late: dict[Identity, tuple[int, tuple[str, str]]] = field(factory=dict)
    """Answers and claims that came too late, the instant from which that is known, the question and why."""
    concerning: dict[Identity, list[tuple[str, list[Named]]]] = field(factory=dict)
    """Answers and claims, and the kinds of events that they may concern with those that their versions name."""

    def all(self, events: Iterable[Event], until: int) -> Related:
        reports: dict[str, dict[Identity, list[Event]]] = {}
        kind_of: dict[Identity, str] = {}
        for event in sorted(events, key=lambda each: each.rev):
            identity = event.source, event.id
            kind = kind_of.setdefault(identity, event.kind)
            reports.setdefault(kind, {}).setdefault(identity, []).append(event)
        self.raw = {kind: {i: History.of(each) for i, each in of.items()} for kind, of in reports.items()}
        # An answer may come before any event of the kind that it concerns.
        for kind in dict.fromkeys((*self.raw, *(question.event for question in self.questions))):
            self._finish(kind)
        for identity in (*self.accepted, *self.late):
            self.refused.pop(identity, None)
        found = [
            version for kind in self.raw for identity, history in self.done[kind].items()
            if identity not in self.refused
            for version in self._from_when_it_stands(identity, self._while_it_concerns(identity, history))
            if version.known < until
        ]  # fmt: skip
        return Related(
            tuple(found), frozenset(self.waiting), frozenset(self.withdrawn), tuple(sorted(self.refused.items()))
        )

    def _while_it_concerns(self, identity: Identity, history: History) -> History:
        """Of an answer or claim, its versions while there is an event that it concerns; till then it waits, as a
        correction does."""
        ways = self.concerning.get(identity)
        if ways is None or not history.versions:
            # It waits already for another that it relates to.
            return history
        others = [
            (named, {n.target: self.corrected[kind][n.target] for n in named if n.target is not None})
            for kind, named in ways
        ]
        instants = {version.known for version in history.versions}
        instants |= {v.known for _, targets in others for other in targets.values() for v in other.versions}
        found = History()
        for known in sorted(i for i in instants if i >= history.versions[0].known):
            version = history.at(known)
            assert version is not None
            there = any(_stands(_now(named, known), targets, known) for named, targets in others)
            over = version.over and version.known == known
            found.add(version if there else evolve(version, retracts=True), known, over)
        if not history.versions[-1].retracts and (not found.versions or found.versions[-1].retracts):
            self.waiting.add(identity)
        return found

    def _from_when_it_stands(self, identity: Identity, history: History) -> list[Event]:
        """Its versions from when it counts; before that, from when it is known to come too late, without effect."""
        late, late_for = self.late.get(identity, (_NEVER, ("", "")))
        since = self.accepted.get(identity, _NEVER if identity in self.late else 0)
        first = min(since, late)
        if not history.versions or (since == first and first <= history.versions[0].known):
            return history.versions
        instants = {max(first, version.known) for version in history.versions}
        if since != _NEVER:
            instants.add(max(since, history.versions[0].known))
        found = History()
        for known in sorted(instants):
            version = history.at(known)
            assert version is not None
            if known < since and not version.retracts:
                version = evolve(version, effective=False, late_for=late_for)
            found.add(version, known, version.over and version.known == known)
        return found.versions

    def _finish(self, kind: str) -> Histories:
        """The events of a kind, after those that they depend on."""
        if kind not in self.done:
            corrected = self._corrected(kind)
            relation = self.kinds[kind].relates if kind in self.kinds else None
            self.done[kind] = corrected if relation is None else self._relating(relation, corrected)
        return self.done[kind]

    # ------------------------------------------------------------------ whom it names
    def _naming(self, relation: Relation, histories: Histories) -> dict[Identity, list[Named]]:
        """Of each event of a kind that relates, the other that each version of it names."""
        index = _Index(relation, self.raw.get(relation.event, {}))
        return {
            identity: [index.named(version) for version in history.versions]
            for identity, history in histories.items()
        }  # fmt: skip

    def _relating(self, relation: Relation, histories: Histories) -> Histories:
        """The events of a kind that relates, themselves: each waits for the other that it names."""
        others = self._finish(relation.event) if relation.how == "counts with" else {}
        found: Histories = {}
        for identity, named in self._naming(relation, histories).items():
            history = found[identity] = History()
            instants = {n.known for n in named if n.target is not None}
            instants |= {n.version.known for n in named if n.version.retracts}
            for n in named if others else ():
                if n.target is not None:
                    instants |= {other.known for other in others[n.target].versions if other.known >= n.version.known}
            for known in sorted(instants):
                now = _now(named, known)
                if now is not None:
                    history.add(self._as_related(now, known, others), known, _is_over(now, known, others))
            stands = histories[identity].versions[-1:]
            if stands and not stands[0].retracts and (not history.versions or history.versions[-1].retracts):
                self.waiting.add(identity)
        return found

    def _as_related(self, named: Named, known: int, others: Histories) -> Event:
        version = named.version
        if version.retracts or not others:
            return version
        other = None if named.target is None else others[named.target].at(known)
        if other is None or other.retracts:
            return evolve(version, retracts=True)
        return evolve(
            version, acts=other.acts, ends=None, day=other.day, period=version.period or other.period,
            related=(other.ref,),
        )  # fmt: skip

    # ------------------------------------------------------------------ what it does to the other
    def _corrected(self, kind: str) -> Histories:
        """The events of a kind as others, which may be corrected themselves, correct, withdraw and answer them."""
        if kind not in self.corrected:
            self.corrected[kind] = self._correct(kind, self.raw.get(kind, {}))
        return self.corrected[kind]

    def _correct(self, kind: str, raw: Histories) -> Histories:
        relations = [
            (name, each.relates) for name, each in self.kinds.items()
            if each.relates is not None and each.relates.event == kind and each.relates.how != "counts with"
        ]  # fmt: skip
        asked = [question for question in self.questions if question.event == kind]
        for question in asked:
            keys = tuple((key, key) for key in question.keys)
            kinds = dict.fromkeys((*(answer.event for answer in question.answers), question.claimed))
            relations += [(name, Relation("answers", kind, keys)) for name in kinds if name]
        relations = list(dict.fromkeys(relations))
        speaking: dict[Identity, list[tuple[Relation, list[Named]]]] = {}
        for name, relation in relations:
            for own, named in self._naming(relation, self._corrected(name)).items():
                if relation.how == "answers":
                    self.concerning.setdefault(own, []).append((kind, named))
                for target in dict.fromkeys(n.target for n in named if n.target is not None):
                    speaking.setdefault(target, []).append((relation, named))
        if not relations and not asked:
            return raw
        # Who is spoken of later has the same versions before, by the same numbers, however its source counts its own.
        return {
            identity: self._spoken_of(identity, history, speaking.get(identity, []), asked)
            if asked or identity in speaking or not _as_numbered(history) else history
            for identity, history in raw.items()
        }  # fmt: skip

    def _spoken_of(
        self, identity: Identity, raw: History, speaking: list[tuple[Relation, list[Named]]], asked: list[Question]
    ) -> History:
        """An event that others speak of, with a version for each instant at which what is known of it changes."""
        ordered = sorted(speaking, key=lambda each: (each[1][0].version.known, each[1][0].version.order))
        instants = {version.known for version in raw.versions}
        instants |= {i for _, named in ordered for n in named for i in (n.known, n.version.known)}
        found = History()
        since = raw.versions[0].known
        waits = sorted(i for i in instants if i >= since)
        ends_of_days: set[int] = set()
        done = -1
        while waits:
            known = heappop(waits)
            if known == done:
                continue
            done = known
            version = raw.at(known)
            assert version is not None
            gone = False
            answers: dict[str, list[Event]] = {}
            for relation, named in ordered:
                now = _now(named, known)
                if now is None or now.target != identity or now.version.retracts or version.retracts:
                    continue
                if relation.how == "answers":
                    first = evolve(now.version, known=max(now.known, named[0].known))
                    answers.setdefault(now.version.kind, []).append(first)
                elif relation.how == "withdraws":
                    gone = True
                    version = evolve(version, retracts=True, related=(*version.related, now.version.ref))
                else:
                    version = self._corrects(relation, now.version, version)
            (self.withdrawn.add if gone else self.withdrawn.discard)(identity)
            if not version.retracts:
                for question in asked:
                    ruled = ruling(question, version, since, known, lambda kind: answers.get(kind, ()), self.ground)  # noqa: B023
                    version = self._ruled(question, ruled, version, known)
                    ends_of_days |= ruled.ends_of_days
                    for instant in ruled.awaits:
                        heappush(waits, instant)
            found.add(version, known, known in ends_of_days and known not in instants)
        return found

    def _ruled(self, question: Question, ruled: Ruling, event: Event, known: int) -> Event:
        """The event with the answer that stands at an instant."""
        for each in ruled.by:
            self.accepted.setdefault((each.source, each.id), known)
        for identity, why in ruled.refused.items():
            kind = next((k for k, of in self.raw.items() if identity in of), "")
            self.refused[identity] = Refused(ANSWERED, event=kind, question=question.name, why=why)
        for identity, why in ruled.late.items():
            self.late.setdefault(identity, (known, (question.name, why)))
        if ruled.value is None:
            return event
        refs = tuple(each.ref for each in ruled.by)
        return evolve(event, fields=event.fields | {question.name: ruled.value}, related=(*event.related, *refs))

    def _corrects(self, relation: Relation, by: Event, event: Event) -> Event:
        given = {name: by.fields[name] for name in relation.gives if name in by.fields}
        fields = event.fields | given
        kind = self.kinds[event.kind]
        work_out(kind, fields, self.ground.zone, self.ground.calendars)
        try:
            acts, ends, day, effective = acting(kind, self.ground, event.time, _day(kind, event), fields)
        except Refused as refused:
            self.refused[by.source, by.id] = refused
            return event
        period = None if kind.period is None else fields.get(kind.period)
        return evolve(
            event, fields=fields, acts=acts, ends=ends, day=day, effective=effective,
            period=period if isinstance(period, Period) else None, related=(*event.related, by.ref),
        )  # fmt: skip


def _as_numbered(history: History) -> bool:
    """Whether its versions surely have the numbers that they would have if another event spoke of it."""
    return all(version.retracts for version in history.versions) or [v.rev for v in history.versions] == [0]


def _stands(named: Named | None, targets: Histories, known: int) -> bool:
    """Whether the event that is named is there, and not taken back."""
    other = None if named is None or named.target is None else targets[named.target].at(known)
    return other is not None and not other.retracts


def _is_over(named: Named, known: int, others: Histories) -> bool:
    """Whether what counts with another becomes otherwise because a time of that other was over."""
    other = others[named.target].at(known) if others and named.target is not None else None
    return other is not None and other.over and other.known == known and known not in (named.known, named.version.known)


def _day(kind: EventKind, event: Event) -> date | None:
    """The day of an event that has only a date and acts at its own time."""
    return event.day if not (kind.deemed or kind.happens) else None


def _now(named: list[Named], known: int) -> Named | None:
    """What is known of an event that relates, once the other that it names is there."""
    now = next((n for n in reversed(named) if n.version.known <= known), None)
    if now is None or now.version.retracts:
        return now
    return now if now.target is not None and now.known <= known else None


_NEVER = 1 << 62

_Place = tuple[int, int, object, Identity]
"""Since when an event is known, when it acts, its order, and who it is."""


class _Index:
    """The events of a kind by what names them: since when, when they act, their order, who they are."""

    def __init__(self, relation: Relation, histories: Histories) -> None:
        self.relation = relation
        self.found: dict[tuple[object, ...], list[_Place]] = {}
        for identity, history in histories.items():
            for version in history.versions:
                if not version.retracts:
                    for values in self._names_of(version):
                        place = version.known, version.acts, version.order, identity
                        self.found.setdefault(values, []).append(place)

    def _names_of(self, event: Event) -> Iterator[tuple[object, ...]]:
        names = [other for _, other in self.relation.names]
        if names == [""]:
            yield (event.id,)
            yield (f"{event.source}/{event.id}",)
        else:
            yield tuple(event.fields.get(name) for name in names)

    def named(self, version: Event) -> Named:
        """The event that a version names: of several known by then the latest that acts no later than the version's
        own time, else the earliest; if none is known yet, the one that is known first."""
        values = tuple(version.fields.get(own) for own, _ in self.relation.names)
        candidates = [] if None in values else self.found.get(values, [])
        if version.retracts or not candidates:
            return Named(version)
        known = max(version.known, min(place[0] for place in candidates))
        there = [place for place in candidates if place[0] <= known]
        past = [place for place in there if place[1] <= version.time]
        chosen = max(past, key=_when) if past else min(there, key=_when)
        return Named(version, chosen[3], known)


def _when(place: _Place) -> tuple[object, ...]:
    return place[1], place[2]
