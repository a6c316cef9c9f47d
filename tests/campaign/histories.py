"""A random history for a contract: plausible lifecycles that end near their deadlines, and noise."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from bpodsl.record import Event
from bpodsl.terms import Contract, EventKind, Figure, Norm, OnEvent, OnPeriod, Question, Relation, State, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import (
    DAY_TICKS,
    HOUR,
    Window,
    period_of,
)
from bpodsl.values import times as sets
from tests.campaign.draw import Draw
from tests.campaign.horizon import FAR, windows_of
from tests.campaign.speaking import Speaking


@frozen
class History:
    """Events in the order in which they are handed over, and the instant up to which time is known."""

    events: tuple[Event, ...]
    until: int
    late: bool


def history(draw: Draw, contract: Contract) -> History:
    """One history."""
    return Player(draw, contract).play()



class Player(Speaking):
    """Plays a history through."""

    def play(self) -> History:
        draw = self.draw
        wanted = draw.between(10, 52)
        ways: list[tuple[float, object]] = []
        for norm in self.contract.norms:
            if any(isinstance(way, OnEvent) for way in norm.opening):
                ways.append((4, norm))
            elif any(isinstance(way, OnPeriod) for way in norm.opening):
                ways.append((2, norm))
            else:
                ways.append((2.7 if norm.form == "right" else 1, norm))
        ways += [(1, state) for state in self.contract.states]
        ways += [(3, figure) for figure in self.contract.figures]
        ways += [(3, question) for question in self.contract.questions]
        often = ("reading", "notice_given", "index_published")
        ways += [(3 if k.relates else 1.2 if k.name in often else 0.4, k) for k in self.contract.events]
        for norm in self.contract.norms:
            if any(isinstance(way, OnEvent) for way in norm.opening):
                self.lifecycle(norm)
        while len(self.events) < wanted and ways:
            what = draw.random.choices([w for _, w in ways], [w for w, _ in ways])[0]
            match what:
                case Norm():
                    self.act_on(what)
                case State():
                    self.toggle(what)
                case Figure():
                    self.series(what)
                case Question():
                    self.rule_on(what)
                case EventKind(relates=Relation()):
                    self.speak(what)
                case EventKind():
                    for _ in range(draw.between(1, 3)):
                        self.add(what.name, self.instant(self.begin - 3 * DAY_TICKS, self.final + 5 * DAY_TICKS))
        if self.late:
            self.learn_late()
        else:
            self.forward()
        draw.random.shuffle(self.events)
        return History(tuple(self.events), self.until(), self.late)

    def act_on(self, norm: Norm) -> None:
        """Something for a norm to chew on."""
        draw = self.draw
        if any(isinstance(way, OnEvent) for way in norm.opening):
            self.lifecycle(norm)
        elif any(isinstance(way, OnPeriod) for way in norm.opening):
            grid = next(way.grid for way in norm.opening if isinstance(way, OnPeriod))
            found = windows_of(self.contract, grid)
            if found:
                window = draw.pick(found)
                named = {
                    "month": period_of(window.last, "month"),
                    "quarter": period_of(window.last, "quarter"),
                    "for_day": window.last,
                }
                self.perform(norm, window.start, named, (), window)
        elif norm.acts:
            like = draw.pick(self.events).fields if self.events else {}
            start = draw.pick(self.events).acts if self.events else self.begin
            if draw.chance(0.5):
                start = self.begin
            self.perform(norm, start, like if draw.chance(0.7) else {}, ())

    def series(self, figure: Figure) -> None:
        """Something to count in each of some windows in a row."""
        draw = self.draw
        found = windows_of(self.contract, figure.grid)
        rows = [p for p in walk((figure.value, figure.target)) if isinstance(p, ex.EventRows | ex.OutcomeRows)]
        if not found or not rows:
            return
        norms = {n.name: n for n in self.contract.norms}
        start = draw.between(0, max(0, len(found) - 2))
        for window in found[start : start + draw.between(2, 6)]:
            row = draw.pick(rows)
            norm = norms[row.norm] if isinstance(row, ex.OutcomeRows) else None
            if isinstance(row, ex.EventRows):
                for _ in range(draw.between(1, 2)):
                    self.add(row.event, self.instant(window.start, window.end, 0.2))
            elif norm is not None and any(isinstance(way, OnEvent) for way in norm.opening):
                self.lifecycle(norm, (window.start, window.end - draw.between(0, 1)))
            elif norm is not None and norm.form == "prohibition":
                self.add(norm.acts[0].event, self.instant(window.start, window.end, 0.2))

    def lifecycle(self, norm: Norm, within: tuple[int, int] | None = None) -> None:
        """A case opened, held up, performed about when it is due, and perhaps opened again."""
        draw = self.draw
        way = draw.pick([way for way in norm.opening if isinstance(way, OnEvent)])
        late = self.final if draw.chance(0.2) else self.end
        low, high = self.begin - draw.pick([0] * 9 + [DAY_TICKS]), late + draw.pick([0] * 9 + [3 * DAY_TICKS])
        start = self.instant(*(within or (low, high)))
        opened = self.add(way.selector.event, start)
        fields = opened.fields
        guess = self.deadline(norm, norm.due, start, fields, ()) or start + 3 * DAY_TICKS
        holds: list[tuple[int, int]] = []
        for name in dict.fromkeys((*norm.clock.stops_during, *norm.suspended_during, *norm.excused_during)):
            if draw.chance(0.55):
                held = self.hold(self.states[name], start, guess, fields)
                if held is not None and name not in norm.excused_during:
                    holds.append(held)
        done = self.perform(norm, start, fields, sets.normal(holds))
        if draw.chance(0.2):
            when = (
                done if done is not None and draw.chance(0.4) else self.instant(start, (done or guess) + 2 * DAY_TICKS)
            )
            again = self.add(way.selector.event, when, fields)
            if draw.chance(0.7):
                self.perform(norm, when, again.fields, ())
        if norm.waivers and draw.chance(0.4):
            when = draw.pick([guess, done or guess, start, guess + DAY_TICKS])
            self.add(draw.pick(norm.waivers).selector.event, self.near(when), fields)

    def hold(self, state: State, start: int, due: int, fields: dict[str, object]) -> tuple[int, int] | None:
        """A state that begins and ends about when an instance opens, or falls due."""
        draw = self.draw
        where = draw.weighted({"before": 1.5, "open": 2, "inside": 4, "due": 2, "around": 1.5})
        match where:
            case "before":
                begin = start - draw.pick([1, HOUR, DAY_TICKS])
            case "open":
                begin = self.near(start)
            case "inside":
                begin = self.instant(start, due, 0.2)
            case "due":
                begin = self.near(due)
            case _:
                begin = due - draw.pick([1, HOUR, DAY_TICKS])
        how = draw.weighted({"some": 4, "none": 1, "due": 2, "tick": 0.7, "open": 0.7, "never": 0.7})
        end = {
            "some": begin + draw.pick([HOUR, 4 * HOUR, DAY_TICKS, 3 * DAY_TICKS]),
            "none": begin,
            "due": due,
            "tick": begin + 1,
            "open": start,
            "never": begin + FAR,
        }[how]
        end = max(begin, end)
        if state.intervals:
            self.add(draw.pick(state.intervals).event, begin, fields, end - begin)
        elif state.starts:
            self.add(draw.pick(state.starts).event, begin, fields)
            if how != "never" and state.ends:
                self.add(draw.pick(state.ends).event, end, fields)
        return (begin, end) if begin < end else None

    def perform(
        self, norm: Norm, start: int, fields: dict[str, object], holds: sets.TimeSet, window: Window | None = None
    ) -> int | None:
        """Acts that perform an instance opened then, or fail to; the last of their instants."""
        draw = self.draw
        if not norm.acts:
            return None
        due = self.deadline(norm, norm.due, start, fields, holds, window)
        how = draw.weighted(
            {"inside": 7, "edge": 9.5, "late": 2.5, "at once": 0.8, "cure": 2.5 if norm.cure else 0, "never": 1.5}
        )
        if how == "never":
            return None
        limit = due if due is not None else start + 5 * DAY_TICKS
        match how:
            case "inside":
                when = self.instant(start, max(start, limit), 0.15)
            case "edge":
                when = self.near(limit)
            case "late":
                when = self.instant(limit, limit + draw.pick([HOUR, DAY_TICKS, 10 * DAY_TICKS]))
            case "cure":
                cured = self.deadline(
                    norm, norm.cure, max(limit - (limit == self.zone.start_of(self.zone.day(limit))), start), fields, ()
                )
                when = (
                    self.near(cured)
                    if cured is not None and draw.chance(0.6)
                    else self.instant(limit, cured or limit + DAY_TICKS)
                )
            case _:
                when = self.near(start)
        selectors = norm.acts if norm.needs == "all" and draw.chance(0.85) else [draw.pick(norm.acts)]
        for i, selector in enumerate(selectors):
            at = when if i == len(selectors) - 1 or draw.chance(0.3) else self.instant(min(start, when), when, 0.1)
            self.add(selector.event, at, fields)
        if (norm.needs == "last" and draw.chance(0.7)) or draw.chance(0.06):
            for _ in range(draw.between(1, 2)):
                self.add(draw.pick(norm.acts).event, self.instant(start, max(start, limit) + 3 * DAY_TICKS), fields)
        return when

    def toggle(self, state: State) -> None:
        """A state that begins, and perhaps ends."""
        draw = self.draw
        like = draw.pick(self.events).fields if self.events and draw.chance(0.6) else {}
        begin = self.instant(self.begin - 4 * DAY_TICKS, self.final)
        if state.intervals:
            event = self.add(draw.pick(state.intervals).event, begin, like)
            if draw.chance(0.35) and event.ends is not None:
                start = draw.pick([event.ends, event.ends + 1, begin, self.instant(begin, max(begin, event.ends))])
                self.add(draw.pick(state.intervals).event, start, event.fields)
            return
        if not state.starts:
            return
        first = self.add(draw.pick(state.starts).event, begin, like)
        if state.ends and draw.chance(0.85):
            self.add(draw.pick(state.ends).event, self.instant(begin, begin + 8 * DAY_TICKS), first.fields)


def shared(events: Iterable[Event]) -> int:
    """How many events act at an instant at which another one does."""
    instants = [e.acts for e in events]
    return sum(instants.count(t) > 1 for t in instants)
