"""Histories in which nearly everything happens where something turns: of a small agreement, and of any that has been
evaluated once, by what its ledger says."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event, Ledger
from bpodsl.terms import Contract, Length, OnEvent, Terminate, walk
from bpodsl.values import DAY_TICKS, HOUR, add_days
from bpodsl.values.instants import LAST
from tests.campaign.cases import Case
from tests.campaign.draw import Draw
from tests.campaign.histories import History, Player
from tests.campaign.horizon import forward_by, windows_of
from tests.campaign.small_parts import ACTS, OPENS
from tests.campaign.stage import Stage

MOST = 45
"""How many events a history has, at the most about."""
_TURNS = {"ticket_held": "ticket_resumed", "outage_started": "outage_ended"}


def history(draw: Draw, made: Contract) -> History:
    """What happens under a small agreement."""
    return Crowded(draw, made).play()


class Crowded(Player):
    """Plays in each window, echoes what happened after the lengths of the agreement, and turns states then."""

    def play(self) -> History:
        draw = self.draw
        self.late = draw.chance(0.3)
        self._fill()
        if not self.events:
            self._opened(self.instant(self.begin, self.end))
        for _ in range(draw.between(0, 8)):
            self._echo()
        for _ in range(draw.between(0, 4)):
            self._turn()
        for question in self.contract.questions:
            for _ in range(draw.between(0, 4)):
                self.rule_on(question)
        if draw.chance(0.6):
            self.add("bell", self.turning() if draw.chance(0.7) else self.instant(self.begin, self.end))
        if self.late:
            self.learn_late()
        else:
            self.forward(draw.pick([0.06, 0.3]))
        draw.random.shuffle(self.events)
        return History(tuple(self.events), self.until(), self.late)

    def _fill(self) -> None:
        """None, one, two or three events in each of the first windows of a grid, at its edges or within."""
        draw = self.draw
        grids = [figure.grid for figure in self.contract.figures] or [None]
        grid = draw.pick(grids)
        found = [] if grid is None else windows_of(self.contract, grid)
        if not found:
            for _ in range(draw.between(3, 10)):
                self._opened(self.instant(self.begin, self.end))
        first = draw.between(0, max(0, len(found) - 6)) if draw.chance(0.4) else 0
        often = draw.pick([{0: 3, 1: 3, 2: 1}, {0: 1, 1: 3, 2: 2, 3: 1}, {0: 1, 3: 1, 5: 1}])
        for window in found[first:]:
            if len(self.events) > MOST:
                break
            for _ in range(draw.weighted(often)):
                where = draw.weighted({"inside": 6, "end": 1.5, "last": 1, "start": 1})
                self._opened({
                    "inside": self.instant(window.start, window.end - 1, 0.1), "end": window.end,
                    "last": window.end - 1, "start": window.start,
                }[where])  # fmt: skip

    def _opened(self, when: int) -> None:
        """A ticket, with a life of its own."""
        draw = self.draw
        word = OPENS if draw.chance(0.85) else draw.pick(ACTS)
        fields = self.add(word, when).fields
        norms = [n for n in self.contract.norms if any(isinstance(way, OnEvent) for way in n.opening)]
        if not norms or word != OPENS or draw.chance(0.2):
            return
        norm = draw.pick(norms)
        due = self.deadline(norm, norm.due, when, fields, ()) or when + DAY_TICKS
        if draw.chance(0.35):
            self._held("ticket_held", when, due, fields)
        if draw.chance(0.75):
            self.perform(norm, when, fields, ())

    def _held(self, word: str, low: int, high: int, fields: dict[str, object]) -> None:
        """A state that begins and ends where something else turns, or between."""
        draw = self.draw
        edges = [low, high, self.turning()]
        begin = draw.pick(edges) if draw.chance(0.5) else self.instant(low, high, 0.1)
        self.add(word, begin, fields)
        end = draw.pick([edge for edge in (*edges, begin + HOUR, begin + DAY_TICKS) if edge >= begin])
        if draw.chance(0.9):
            self.add(_TURNS[word], end, fields)

    def turning(self) -> int:
        """An instant at which something is known to turn: an event, or an edge of the agreement."""
        draw = self.draw
        if self.events and draw.chance(0.6):
            return self.echoed(draw.pick(self.events).acts) if draw.chance(0.5) else draw.pick(self.events).acts
        return draw.pick(draw.pick(self.pool))

    def echoed(self, instant: int) -> int:
        """So much later as some length of the agreement says."""
        draw = self.draw
        parts = (self.contract.norms, self.contract.rules, self.contract.figures)
        lengths = [part for part in walk(parts) if isinstance(part, Length)]
        return after(self, instant, draw.pick(lengths)) if lengths else instant + DAY_TICKS

    def _echo(self) -> None:
        """An event again, exactly so much later, or a tick from it."""
        draw = self.draw
        like = draw.pick(self.events)
        draw.times += 1
        draw.boundary_times += 1
        when = self.echoed(like.acts) + draw.weighted({0: 5, -1: 1, 1: 1})
        self.add(like.kind, when, like.fields if draw.chance(0.6) else None)

    def _turn(self) -> None:
        """A state that turns at an event, or so long after it."""
        draw = self.draw
        word = draw.pick(list(_TURNS))
        like = draw.pick(self.events)
        self._held(word, like.acts, self.echoed(like.acts), like.fields)


def after(stage: Stage, instant: int, length: Length) -> int:
    """The first instant after so much time."""
    calendar = stage.calendars[length.calendar] if length.calendar else None
    if length.by_clock:
        if calendar is None:
            return instant + length.amount
        return calendar.first_reach(instant, length.amount) or instant + length.amount
    day = stage.zone.day(instant)
    if length.unit == "working days":
        found = calendar.add_open_days(day, length.amount) if calendar is not None else None
        day = found or add_days(day, length.amount)
    else:
        unit, amount = ("months", 12 * length.amount) if length.unit == "years" else (length.unit, length.amount)
        day = forward_by(day, unit, amount)
    return stage.zone.start_of(add_days(day, 1))


# ------------------------------------------------------------------------------------ by a ledger
def again(draw: Draw, case: Case, ledger: Ledger) -> Case:
    """The same agreement, with events moved to where, by the ledger of what happened first, something turns.

    What nobody can guess from the agreement alone (when a pause lets a deadline fall, when a rule fires) is there to be
    met exactly: by events, by what becomes known, by corrections of corrections, and by the instant that is asked for.
    """
    return _Again(draw, case, ledger).made()


class _Again(Stage):
    def __init__(self, draw: Draw, case: Case, ledger: Ledger) -> None:
        super().__init__(draw, case.contract)
        self.case = case
        self.turns = sorted(_turns(ledger)) or [self.begin]
        self.events = list(case.events)
        self.used = {(event.source, event.id) for event in case.events}

    def made(self) -> Case:
        draw = self.draw
        once = [n for n, e in enumerate(self.events) if self._single(e)]
        for number in draw.some(once, 1, max(2, len(once) // 3)):
            self.events[number] = self._moved(self.events[number])
        for event in draw.some([self.events[n] for n in once], 0, 4):
            moved = self._moved(event)
            if moved is not event:
                source, name = self.identity()
                self.events.append(evolve(moved, source=source, id=name))
        if draw.chance(0.4):
            for event in draw.some([self.events[n] for n in once], 1, 2):
                self._corrected(event)
        if draw.chance(0.3):
            self._ended()
        until = draw.pick(self.turns) + draw.weighted({0: 3, 1: 2, -1: 1}) if draw.chance(0.15) else self.case.until
        draw.random.shuffle(self.events)
        return Case(self.contract, tuple(self.events), max(self.begin, until))

    def _single(self, event: Event) -> bool:
        kind = self.kinds[event.kind]
        plain = not (kind.happens or kind.from_field or kind.relates) and not event.rev
        return plain and sum((e.source, e.id) == (event.source, event.id) for e in self.events) == 1

    def _near(self, instant: int) -> int:
        """A turn: any, or one of the nearest."""
        draw = self.draw
        draw.times += 1
        draw.boundary_times += 1
        close = sorted(self.turns, key=lambda turn: abs(turn - instant))[:8]
        return draw.pick(close if draw.chance(0.75) else self.turns) + draw.weighted({0: 6, -1: 1, 1: 1})

    def _moved(self, event: Event) -> Event:
        acts = self._near(event.acts)
        if not -DAY_TICKS < acts < LAST - DAY_TICKS or event.time != event.acts:
            return event
        known = acts if event.known == event.acts else max(event.known, acts)
        day = None
        if event.day is not None and acts == self.zone.start_of(self.zone.day(acts)):
            day = self.zone.day(acts)
        return evolve(event, time=acts, acts=acts, known=known, day=day)

    def _ended(self) -> None:
        """The agreement is ended by an act as something turns, and nothing happens after it."""
        draw = self.draw
        ends = [norm for norm in self.contract.norms if any(isinstance(effect, Terminate) for _, effect in norm.after)]
        words = [act.event for norm in ends for act in norm.acts if norm.form == "right"]
        turns = [turn for turn in self.turns if turn > self.begin]
        if not words or not turns:
            return
        end = draw.pick(turns)
        if draw.chance(0.8):
            self.events = [event for event in self.events if max(event.acts, event.known) < end]
        self.add(draw.pick(words), end)

    def _corrected(self, event: Event) -> None:
        """Taken back, told again and taken back again, or with other fields: each as something turns."""
        draw, known = self.draw, max(event.known, event.acts)
        kind = self.kinds[event.kind]
        for rev in range(1, draw.between(1, 3) + 1):
            later = [turn for turn in self.turns if turn >= known]
            known = draw.pick(later[:12]) if later else known + draw.pick([1, HOUR, DAY_TICKS])
            fields = dict(event.fields)
            if draw.chance(0.5):
                for field in kind.fields:
                    if field.name in fields and not field.key and not field.ruled and draw.chance(0.5):
                        fields[field.name] = self.value(kind, field.name, event.acts)
            period = fields.get(kind.period) if kind.period else event.period
            retracts = draw.chance(0.4)
            self.events.append(evolve(
                event, rev=rev, known=known, retracts=retracts, fields=fields, period=period,  # type: ignore[arg-type]
            ))  # fmt: skip


def _turns(ledger: Ledger) -> set[int]:
    """The instants of its entries, and those that they name."""
    found = {entry.at for entry in ledger.outcome} | {posted.known for posted in ledger}
    for entry in ledger.outcome:
        for number in entry.numbers:
            if number.base == "instant" and isinstance(number.value, int):
                found.add(number.value)
    return {turn for turn in found if 0 < turn < LAST}
