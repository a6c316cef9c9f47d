"""The sweep: everything of one outcome, instant after instant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from heapq import heapify, heappop, heappush
from typing import Any

from bpodsl.engine.acts import Act
from bpodsl.engine.aggregates import RowSource
from bpodsl.engine.answers import answers_in
from bpodsl.engine.dues import DayCounter
from bpodsl.engine.effects import Effects
from bpodsl.engine.figure_book import FigureBook
from bpodsl.engine.instances import Instance, Pairs, Waiting
from bpodsl.engine.lines import Claim, LineBook
from bpodsl.engine.made import LongMachine, MadeMachine
from bpodsl.engine.norms import NormMachine
from bpodsl.engine.ordered import NO_NAME, Ordered
from bpodsl.engine.program import KindPlan, Program
from bpodsl.engine.rows import RowBook
from bpodsl.engine.rules import RuleBook
from bpodsl.engine.scopes import Position, Scope
from bpodsl.engine.series import SeriesBook
from bpodsl.engine.states import StateBook, StateMachine
from bpodsl.engine.takebacks import Since, Superseded, Takebacks
from bpodsl.engine.term import TermMachine
from bpodsl.engine.timed import TimedMachine
from bpodsl.engine.trailing import OutcomeBook
from bpodsl.engine.trails import TrailBook
from bpodsl.engine.waivers import Forgiving
from bpodsl.engine.windows import Windows
from bpodsl.record import AMENDMENT, DETERMINE, SETTLE, SETTLE_LATE, TERM_END, Entry, Event, Journal, Number, texts
from bpodsl.record.entry import entry_name
from bpodsl.terms import State
from bpodsl.terms import expressions as ex
from bpodsl.values import Zone, add_days

Handler = Callable[[Any, int], None]


class _NoRows:
    """Rows where there is no window."""

    def rows(self, scope: Scope) -> Iterable[tuple[Any, Scope]]:
        """None."""
        return ()


def _machine(state: State) -> type[StateMachine]:
    if state.made is not None:
        return MadeMachine if state.long is None else LongMachine
    return StateMachine if state.after is None and state.lasts is None else TimedMachine


class World:
    """One outcome in the making.

    `agenda` is a heap of what is to be done: (instant, place, level, clause, instance, order of the event, number,
    handler, what). `entries` are those made or changed since they were last taken, None for those withdrawn.
    `reports`: the events of an outcome made anew; points of series that act by `upto` are there from the start.
    `over`: the instants at which something became known only since a time in days was over.
    `superseded` performances are left out; `careful` undoes nothing in place.
    """

    def __init__(
        self, program: Program, journal: Journal, over: Collection[int], made_for: int, superseded: Since,
        careful: bool, reports: Collection[Event] = (), upto: int = -1,
        unfounded: Collection[tuple[Superseded, int]] = (),
    ) -> None:  # fmt: skip
        contract = program.contract
        self.program = program
        self.superseded = superseded
        self.unfounded = unfounded
        # What of that was asked for, whether it is there or not, where moments are kept.
        self.sought: set[Superseded] | None = None
        # What norms have answered, and the instances of norms that may.
        self.answers = answers_in(self)
        self.asked: set[tuple[str, str]] = set()
        self.careful = careful
        self.made_for = made_for
        self.over = over
        self._first_known = journal.first_known
        self.exercised, self.refused, self.parted = journal.exercised, journal.refused, journal.parted
        late = {event.id for event in reports if event.kind == AMENDMENT}
        # The changes that had been signed, as far as is known.
        self.signed = late | {c.name for c in contract.changes if c.signed <= c.effective}
        self.zone = Zone.load(contract.zone)
        self.calendars = {c.name: c.calendar for c in contract.calendars}
        self.days = DayCounter(self.zone, self.calendars)
        self.now = -1
        self.place = 0
        self.acts: list[Act] = []
        self.agenda: list[tuple[Any, ...]] = []
        self._count = 0
        self.entries: dict[str, Entry | None] = {}
        self._names: set[str] = set()
        self._log: list[str] = []
        self.ladders: dict[str, dict[tuple[tuple[str, Any], ...], Instance]] = {}
        last = contract.term.last
        self.windows = Windows(self.zone, contract.term.effective, None if last is None else add_days(last, 1), False)
        self.rows = RowBook(self, program.stores)
        self.states = StateBook()
        # What is made of others comes after them.
        ordered = sorted((program.levels[f"state:{state.name}"], n) for n, state in enumerate(contract.states))
        for level, n in ordered:
            state = contract.states[n]
            machine = _machine(state)
            self.states.machines[state.name] = machine(self, state, level)
        self.forgiving = Forgiving(self)
        self.norms: dict[str, NormMachine] = {}
        for norm in contract.norms:
            self.norms[norm.name] = NormMachine(
                self, norm, program.levels[f"opening:{norm.name}"], program.levels[f"decision:{norm.name}"]
            )
        self.series = SeriesBook(self, reports, upto)
        self.trails = TrailBook(self, program.trails, program.cases, program.ahead, upto)
        self.outcomes = OutcomeBook(program.outcomes)
        self.lines = LineBook(self)
        self.figures = FigureBook(self, program)
        self.figures.make()
        self.lines.make(contract.lines, contract.accounts, program.levels)
        self.rules = RuleBook(self)
        self.effects = Effects(self)
        self.takeback = Takebacks(self)
        self.term = TermMachine(self)
        self.windows.renewable = self.term.renewable
        self._steps = self._handlers()
        self.term.start(contract.norms, [f.grid for f in contract.figures])
        for event in reports:
            plan = program.kinds.get(event.kind)
            if program.ahead and plan is not None and plan.trails and event.effective and event.acts <= upto:
                self.trails.enter(Act(self, event, plan), self.windows.begin <= event.acts)
            if plan is not None and plan.rows and event.effective and self.windows.begin <= event.acts <= upto:
                self.rows.report(Act(self, event, plan))

    def _handlers(self) -> Mapping[str, tuple[list[Any], list[Any], list[Any]]]:
        """For each kind, its steps before, in and after the term, each with its handler."""

        def bound(plan: KindPlan) -> tuple[list[Any], list[Any], list[Any]]:
            before, during, after = (
                [(s.place, s.level, s.name, self._handler(s.does, s.name)) for s in steps]
                for steps in (plan.before, plan.during, plan.after)
            )
            return before, during, after

        return {name: bound(plan) for name, plan in self.program.kinds.items()}

    def _handler(self, does: str, name: str) -> Handler:
        match does:
            case "end":
                return self.states.machines[name].end_opened_before
            case "start":
                return self.states.machines[name].start
            case "interval":
                return self.states.machines[name].interval
            case "open":
                return self.norms[name].openings.by_event
            case "perform":
                return self.norms[name].perform
            case "exercise":
                return self.norms[name].exercise
            case "regrade":
                return self.norms[name].regrading.happens
            case "waive":
                return self.norms[name].waive
            case "prohibit":
                return self.norms[name].prohibit
            case "happens":
                return self.rules.events[name].happens
            case "notice":
                return self.term.notice
        raise AssertionError(does)

    # ------------------------------------------------------------------ the agenda
    def push(
        self, place: int, level: int, clause: str, instance: str, order: tuple[Any, ...], handler: Handler, what: Any
    ) -> None:
        """Something to be done in this instant."""
        self._count += 1
        name = instance if isinstance(instance, Ordered) else Ordered(instance) if instance else NO_NAME
        heappush(self.agenda, (self.now, place, level, clause, name, order, self._count, handler, what))

    def push_at(
        self, at: int, place: int, level: int, clause: str, instance: str, handler: Handler, what: Any
    ) -> None:
        """Something to be done in this instant or a later one."""
        self._count += 1
        name = instance if isinstance(instance, Ordered) else Ordered(instance) if instance else NO_NAME
        heappush(self.agenda, (at, place, level, clause, name, (), self._count, handler, what))

    def later(self, act: Act, place: int, level: int, clause: str, handler: Handler, what: Any) -> bool:
        """Offer an event that has only a day, and found nothing, once more at the end of that day; whether it has."""
        day = act.event.day
        last = None if day is None else self.zone.start_of(add_days(day, 1)) - 1
        if last is None or last == self.now:
            return False
        self.push_at(last, place, level, clause, act.instance, handler, what)
        return True

    def taken_back(self, found: Superseded) -> int | None:
        """When a performance is taken back; None if it is not known to be."""
        if self.sought is not None:
            self.sought.add(found)
        return self.superseded.get(found)

    def go_on(self, made_for: int, superseded: Since, unfounded: Collection[tuple[Superseded, int]]) -> None:
        """From this moment on, with something else found to be taken back."""
        self.made_for, self.superseded, self.unfounded = made_for, superseded, unfounded
        self.answers = answers_in(self)
        waits = [machine for machine in self.states.machines.values() if isinstance(machine, LongMachine)]
        if waits:
            holds = [machine.hold for machine in waits]
            self.agenda = [item for item in self.agenda if item[7] not in holds]
            heapify(self.agenda)
            for machine in waits:
                machine.expect()

    def next_instant(self) -> int | None:
        """The first instant with something to do. Nobody misses an instant of deadlines that are over, unless windows
        are looked at again in each."""
        agenda = self.agenda
        while agenda and type(agenda[0][8]) is Waiting and agenda[0][8].over and not self.figures.restless:
            heappop(agenda)
        return agenda[0][0] if agenda else None

    def open_places(self, now: int) -> None:
        """Places 0 to 2 of an instant."""
        self.now = now
        self.acts = []
        self.figures.look_again(SETTLE)
        agenda = self.agenda
        while agenda and agenda[0][0] == now and agenda[0][1] <= TERM_END:
            item = heappop(agenda)
            self.place = item[1]
            item[7](item[8], item[1])

    def other_places(self, now: int, events: list[Event]) -> None:
        """The other places of an instant, with the events that act in it."""
        self.now = now
        self.term.mark(now)
        self.figures.look_again(SETTLE_LATE)
        steps = self._event_steps(events) if events else []
        agenda = self.agenda
        index, total = 0, len(steps)
        while True:
            ready = agenda and agenda[0][0] == now
            if index < total:
                step = steps[index]
                if not ready or (step[0], step[1], step[2], step[4]) <= (
                    agenda[0][1], agenda[0][2], agenda[0][3], agenda[0][4],
                ):  # fmt: skip
                    index += 1
                    self.place = step[0]
                    step[3](step[5], step[0])
                    continue
            elif not ready:
                return
            item = heappop(agenda)
            self.place = item[1]
            item[7](item[8], item[1])

    def _event_steps(self, events: list[Event]) -> list[Any]:
        """What the events of an instant do, in order."""
        steps: list[Any] = []
        acts = self.acts = []
        for event in events:
            plan = self.program.kinds.get(event.kind)
            if plan is None:
                continue
            act = Act(self, event, plan)
            if event.late_for[0]:
                self._comes_late(act)
                continue
            if not event.effective:
                if plan.noted_before:
                    self._left_out(act, "no effect")
                continue
            acts.append(act)
            if plan.feeds:
                self.series.comes(event)
            if plan.trails:
                self.trails.comes(act, self.term.begun)
            before, during, after = self._steps[event.kind]
            if plan.rows and self.term.begun:
                self.rows.event_row(act, self.term.in_force)
            if self.term.in_force:
                found = during
            elif self.term.ended is None:
                found = before
                if plan.noted_before:
                    self._left_out(act, "before the start")
            else:
                found = self._after_the_end(plan, after)
                counts = any(act.began(name, self.term.ended) for name in plan.periods)
                noted = (plan.noted_counted if counts else plan.noted_after) or self._gone(act)
                if noted or len(found) < len(after):
                    self._left_out(act, "after the end")
            steps += [(place, level, name, handler, act.instance, act) for place, level, name, handler in found]
        if len(acts) > 1:
            steps.sort(key=lambda s: (s[0], s[1], s[2], s[5].order))
        return steps

    def _gone(self, act: Act) -> bool:
        """After the end: whether a figure would have counted an event that survived it and does so no longer."""
        for name, period in act.plan.surviving:
            over = self.windows.over[name]
            if act.event.acts >= over and not (period is not None and act.began(period, over)):
                return True
        return False

    def _after_the_end(self, plan: KindPlan, steps: list[Any]) -> list[Any]:
        """Of the steps of an event those that are taken after the end: of states, norms that survive, and debts."""
        found: list[Any] = []
        for bound, step in zip(steps, plan.after, strict=True):
            norm = self.norms.get(step.name)
            if norm is None or self.term.lives(norm.term) or (step.meets and norm.live.all):
                found.append(bound)
        return found

    def matters_from(self, event: Event) -> int:
        """The first instant that an event may change: its own, or the start of a period that it reports on later."""
        plan = self.program.kinds.get(event.kind)
        if plan is not None and plan.feeds:
            # What a series says of a day, it says from the beginning.
            return -1
        return event.acts if plan is None else self.rows.matters_from(Act(self, event, plan))

    def _comes_late(self, act: Act) -> None:
        """A claim or answer that comes too late has no effect; the question has the note."""
        name, why = act.event.late_for
        keys = next(each.keys for each in self.program.contract.questions if each.name == name)
        self.note(name, DETERMINE, self.program.level, act.ref, why, texts(act.key(keys).items()), (act.ref,))

    def _left_out(self, act: Act, words: str) -> None:
        self.note(self.program.contract.name, DETERMINE, self.program.level, act.ref, words, (), (act.ref,))

    # ------------------------------------------------------------------ entries
    def emit(
        self,
        kind: str,
        clause: str,
        place: int,
        level: int,
        instance: str = "",
        period: str = "",
        key: Pairs = (),
        event_causes: tuple[str, ...] = (),
        entry_causes: tuple[str, ...] = (),
        numbers: tuple[Number, ...] = (),
        words: str = "",
        at: int | None = None,
    ) -> str:
        """Make an entry; its name."""
        if len(entry_causes) > 1:
            entry_causes = tuple(dict.fromkeys(entry_causes))
        entry = Entry(
            kind, clause, self.now if at is None else at, place, level, str(instance), period, key, event_causes,
            entry_causes, numbers, words,
        )  # fmt: skip
        name = entry.name
        self.entries[name] = entry
        self._log.append(name)
        return name

    def post(self, entry: Entry) -> None:
        """An entry, new or in place of one of the same name."""
        name = entry.name
        self.entries[name] = entry
        self._log.append(name)

    def note(
        self, clause: str, place: int, level: int, instance: str, words: str, key: Pairs,
        events: tuple[str, ...], entries: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """A note; a second one of the same name is left out."""
        name = f"{clause}/Noted/{instance}"
        if name not in self._names:
            self._names.add(name)
            self.emit("Noted", clause, place, level, instance, "", key, events, entries, (), words)

    def withdraw(self, name: str) -> None:
        """An entry that is no more, if it was."""
        self.entries[name] = None

    def forget(self, name: str) -> None:
        """An entry that is no more, and whose name may come again."""
        self.withdraw(name)
        self._names.discard(name)

    def take(self) -> dict[str, Entry | None]:
        """What was made or changed since the last time."""
        made, self.entries = self.entries, {}
        self._log.clear()
        return made

    def fresh_instance(self, kind: str, clause: str, instance: str, period: str, key: Pairs) -> str:
        """The instance, with `~2`, `~3` … if an entry of that name stands already."""
        count, found = 1, instance
        while True:
            name = entry_name(kind, clause, found, period, key)
            if name not in self._names:
                self._names.add(name)
                return found
            count += 1
            found = f"{instance}~{count}"

    def fresh(self, kind: str, clause: str, claim: Claim) -> str:
        """As `fresh_instance`, for a claim; the name of its entry."""
        claim.instance = self.fresh_instance(kind, clause, claim.instance, claim.period, claim.key)
        return entry_name(kind, clause, claim.instance, claim.period, claim.key)

    def outcome(self) -> dict[str, Entry]:
        """What was made since the last time, and stands."""
        return {name: entry for name, entry in self.entries.items() if entry is not None}

    def posted_count(self) -> int:
        """A mark for `posted_since`."""
        return len(self._log)

    def posted_since(self, mark: int) -> list[str]:
        """The names of the entries made since a mark of this instant."""
        return self._log[mark:]

    # ------------------------------------------------------------------ asked by the machines
    def first_known(self, name: str, at: int | None = None) -> int:
        """The instant from which an entry was or will be known."""
        known = self._first_known(name)
        return max(self.now, self.made_for) if known is None else known

    def no_rows(self, rows: ex.Rows) -> RowSource:
        """Aggregates make no sense outside windows."""
        return _NoRows()

    def empty_scope(self) -> Scope:
        """Where there is neither a row nor a window."""
        return Scope(self, (self.now, self.place))

    def day_of(self, at: Position) -> date:
        """The day of what happens there; of what lies before the events of a midnight, the day that is over."""
        return self.zone.day(at[0] - 1 if at[1] <= TERM_END else at[0])

    def outcome_scope(self, instance: Instance, fields: Mapping[str, Any], declared: tuple[str, ...]) -> Scope:
        """An outcome of an instance as a row with these fields, now."""
        seen = (self.now, self.place)
        scope = Scope(self, seen, fields, declared, self.now, instance.reading(seen))
        if instance.norm.term.adds_up is not None:
            scope.outstanding = instance.outstanding(self.now + 1)
        return scope.of_instance(instance, self.place <= TERM_END, self.place)
