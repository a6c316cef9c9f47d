"""Knowledge that comes late, and versions that replace others."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.terms import OnEvent, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import (
    DAY_TICKS,
    HOUR,
    SECOND,
)
from tests.campaign.horizon import windows_of
from tests.campaign.stage import Stage
from tests.campaign.world import MONEY


class Late(Stage):
    """What is learnt after it happened."""

    def forward(self, share: float = 0.06) -> None:
        """All is known when it acts, some of it before."""
        for i, event in enumerate(self.events):
            if event.time == event.acts and self.draw.chance(share):
                early = event.acts - self.draw.pick([1, HOUR, 3 * DAY_TICKS, 20 * DAY_TICKS])
                self.events[i] = evolve(event, time=early, known=early)

    def learn_late(self) -> None:
        """Some of it is known late, corrected, or taken back."""
        draw = self.draw
        self.bill_late()
        share = draw.pick([0.06, 0.15, 0.3])
        for i, event in enumerate(self.events):
            if draw.chance(share):
                self.events[i] = evolve(event, known=self.later(event.acts))
        counted = [e for e in self.events if e.kind in self.counted]
        for event in draw.some(counted if counted and draw.chance(0.5) else self.events, 0, 4):
            known = self.later(max(event.known, event.acts if draw.chance(0.8) else event.known))
            settled = [t for t in self.ends if t >= known]
            if settled and draw.chance(0.4):
                known = settled[0]
            self.events.append(self.correction(event, 1, known))
            if draw.chance(0.25):
                self.events.append(self.correction(event, 2, self.later(known)))
        self.owe_more()

    def owe_more(self) -> None:
        """What a sum rests on that is owed turns out to be more, or less."""
        beside = self.draw.aside("what is owed differs")
        owed = [n for n in self.contract.norms if n.adds_up is not None]
        kinds = {way.selector.event for n in owed for way in n.opening if isinstance(way, OnEvent)}
        kinds |= self.counting(tuple(n.adds_up.total for n in owed if n.adds_up is not None))
        corrected = {(e.source, e.id) for e in self.events if e.rev}
        for event in [e for e in self.events if e.kind in kinds and (e.source, e.id) not in corrected]:
            numbers = [f.name for f in self.kinds[event.kind].fields if f.kind in (NUMBER, MONEY) and not f.ruled]
            given = [name for name in numbers if event.fields.get(name) is not None]
            if given and not event.retracts and beside.chance(0.4):
                known = max(event.known, event.acts) + beside.pick([1, HOUR, DAY_TICKS, 9 * DAY_TICKS, 40 * DAY_TICKS])
                fields = event.fields | {name: event.fields[name] * beside.pick([2, 3, 0]) for name in given}
                self.events.append(evolve(event, rev=1, known=known, fields=fields))

    def bill_late(self) -> None:
        """More of what a sum owed counts, learnt after the sum was posted."""
        draw = self.draw
        figures = {f.name: f for f in self.contract.figures}
        for figure in [figures[line.figure] for line in self.contract.lines if line.figure is not None]:
            read = [figures[p.figure].value for p in walk(figure.value) if isinstance(p, ex.FigureAt | ex.Standing)]
            words = self.counting((figure.value, *read))
            for window in windows_of(self.contract, figure.grid):
                counted = [e for e in self.events if e.kind in words and window.start <= e.acts < window.end]
                if counted and draw.chance(0.9):
                    like = draw.pick(counted)
                    more = self.add(like.kind, self.instant(window.start, window.end - 1), like.fields)
                    self.events[-1] = evolve(more, known=self.later(max(more.known, window.end)))

    def counting(self, parts: object) -> set[str]:
        """The kinds of events that some expressions count, or whose cases they count."""
        norms = {n.name: n for n in self.contract.norms}
        found = {p.event for p in walk(parts) if isinstance(p, ex.EventRows)}
        for norm in {p.norm: norms[p.norm] for p in walk(parts) if isinstance(p, ex.OutcomeRows)}.values():
            found |= {way.selector.event for way in norm.opening if isinstance(way, OnEvent)}
        return found

    def later(self, than: int) -> int:
        """When something is learnt that happened then."""
        draw = self.draw
        if draw.chance(0.1):
            return than + draw.weighted({0: 1, 1: 1, SECOND: 1})
        return self.instant(than, than + draw.pick([DAY_TICKS, 10 * DAY_TICKS, 40 * DAY_TICKS, 100 * DAY_TICKS]), 0.5)

    def correction(self, event: Event, rev: int, known: int) -> Event:
        """A later revision: taken back, moved, or with other fields."""
        draw = self.draw
        how = draw.weighted({"retract": 3, "move": 3, "fields": 3, "same": 0.3})
        changed = evolve(event, rev=rev, known=known, retracts=how == "retract", fields=dict(event.fields))
        kind = self.kinds[event.kind]
        if how == "move" and not kind.happens:
            shift = draw.pick([1, -1, HOUR, -HOUR, DAY_TICKS, -3 * DAY_TICKS, 9 * HOUR, 35 * DAY_TICKS])
            moved = {
                n: t + shift
                for n, t in ((kind.from_field, event.acts), (kind.to_field, event.ends))
                if n and t is not None
            }
            ends = None if event.ends is None else event.ends + shift
            return evolve(
                changed,
                time=event.time + shift,
                acts=event.acts + shift,
                ends=ends,
                day=None,
                fields=changed.fields | moved,
            )
        if how == "fields":
            for field in kind.fields:
                told = (kind.from_field, kind.to_field, kind.happens)
                if field.name not in told and not field.ruled and draw.chance(0.5):
                    changed.fields[field.name] = self.value(kind, field.name, event.acts)
            if kind.period:
                changed = evolve(changed, period=changed.fields.get(kind.period))
        return changed
