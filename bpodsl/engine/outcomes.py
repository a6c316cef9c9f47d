"""How instances of a norm are decided: performed, missed, excused, late, cured, breached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.engine import clocks
from bpodsl.engine.acts import Act
from bpodsl.engine.answers import answer
from bpodsl.engine.dues import Deadline
from bpodsl.engine.instances import Instance, Pairs, Waiting
from bpodsl.engine.ordered import Ordered
from bpodsl.engine.scopes import Position, Value
from bpodsl.record import EARLY, LATE, OPEN, PERFORM, Number, texts
from bpodsl.record.sides import sides
from bpodsl.terms import NotMeasured
from bpodsl.values import exact

if TYPE_CHECKING:
    from bpodsl.engine.norms import NormMachine
    from bpodsl.engine.rules import OccurrenceRule

PERFORMED = {"right": "Exercised", "level": "Closed"}


class Outcomes:
    """The decisions of one norm."""

    def __init__(self, norm: NormMachine) -> None:
        self.norm = norm
        term = norm.term
        self.performed = PERFORMED.get(term.form, "Fulfilled")
        self.lapses = term.form in PERFORMED
        self.measured = term.unperformed != "not measured"
        self.rules: dict[str, list[OccurrenceRule]] = {}
        self.followed = {outcome for outcome, _ in term.consequences}

    # ------------------------------------------------------------------ deadlines
    def schedule(self, instance: Instance, place: int) -> None:
        """Reckon the deadline (or that of the cure) anew."""
        world = self.norm.world
        if instance.decided or instance.ended_pos is not None:
            if instance.curing == "cure":
                self._arm_cure(instance, place)
            return
        self.arm(instance, instance.terms.deadlines.of(instance, world.now), place)

    def arm(self, instance: Instance, deadline: Deadline | None, place: int) -> None:
        """Let it fall due, now at the earliest."""
        world = self.norm.world
        instance.version += 1
        if instance.passed_pos is not None:
            return
        instance.deadline = deadline
        if deadline is None:
            return
        at, there = instance.terms.deadlines.position(instance, deadline)
        if (at, there) < (world.now, place):
            at, there = world.now, max(LATE, place)
        waiting = Waiting(instance, instance.version)
        world.push_at(at, there, self.norm.level, self.norm.name, instance.name, self.fall_due, waiting)

    def fall_due(self, waiting: Waiting, place: int) -> None:
        """The deadline, unless it has moved or does not matter any more."""
        instance = waiting.instance
        if waiting.over or instance.decided or instance.ended_pos is not None:
            return
        if instance.passed_pos is not None:
            return
        self.due(instance, (self.norm.world.now, place), self._excused_now(instance), place)

    def due(self, instance: Instance, at: Position, excuses: list[str], place: int) -> None:
        """Undecided at its deadline. `at` is where that was; it may lie back."""
        world = self.norm.world
        if not self.measured:
            instance.passed_pos = at
            instance.deadline_at_decision = instance.deadline
            world.rows.settled(instance, place)
            return
        status, kind = ("excused", "Excused") if excuses else ("missed", "Lapsed" if self.lapses else "Missed")
        name = f"{self.norm.name}/{kind}/{instance.name}"
        self._decide(instance, status, at, name, early=at[1] == EARLY)
        assert instance.deadline is not None
        instance.decided_reading = instance.terms.deadlines.reading(instance, instance.deadline.at)
        causes = excuses if excuses else self._stopped(instance, at)
        unmet = self.norm.term.unmet(instance.terms.term, instance.met) if status == "missed" else ""
        self._entry(kind, instance, at, (), (*instance.openings, *causes), (
            self._due(instance), *(self._parts(instance) if status == "missed" else ())
        ), unmet)
        if kind == "Lapsed":
            self.norm.close(instance)
        if status == "missed":
            answer(instance, None)
        world.rows.decided(instance, place)
        if kind == "Missed" and instance.terms.cures:
            instance.curing = "cure"
            self._arm_cure(instance, place)
        self.follow(instance, status, name, place, "")

    def excuse(self, instance: Instance, act: Act, place: int) -> None:
        """An event gives up what is owed before it is missed: it is excused, and done with."""
        world = self.norm.world
        at = (world.now, place)
        name = f"{self.norm.name}/Excused/{instance.name}"
        self._decide(instance, "excused", at, name)
        instance.decided_reading = instance.terms.deadlines.reading(instance, world.now)
        instance.gone = world.now
        self._entry("Excused", instance, at, (act.ref,), instance.openings, (self._due(instance),), "waived")
        self.norm.close(instance)
        world.rows.decided(instance, place)
        self.follow(instance, "excused", name, place, act.ref)
        self.follow(instance, "waived", name, place, act.ref)

    def close(self, instance: Instance, cause: str, opener: str, place: int) -> None:
        """A right is closed before its time; `cause` is the entry that it follows from."""
        world, kind = self.norm.world, "Lapsed" if self.lapses else "Missed"
        at = (world.now, place)
        name = f"{self.norm.name}/{kind}/{instance.name}"
        self._decide(instance, "missed", at, name, early=place == EARLY)
        instance.decided_reading = instance.terms.deadlines.reading(instance, world.now)
        self._entry(kind, instance, at, (), (*instance.openings, cause), (self._due(instance),))
        self.norm.close(instance)
        answer(instance, None)
        world.rows.decided(instance, place)
        self.follow(instance, "missed", name, place, opener)

    def _arm_cure(self, instance: Instance, place: int) -> None:
        world = self.norm.world
        instance.version += 1
        assert instance.decided_pos is not None
        at, miss_place = instance.decided_pos
        since = world.first_known(instance.decided_name, at)
        deadline = instance.terms.deadlines.of_cure(
            instance, max(since, at), miss_place <= 2 if since <= at else since in world.over, world.now
        )
        instance.cure_due = deadline
        if deadline is None:
            return
        where = (deadline.at, EARLY if deadline.early else LATE)
        if where < (world.now, place) or deadline.at <= at:
            where = (world.now, max(LATE, place))
        world.push_at(
            *where, self.norm.level, self.norm.name, instance.name, self.breach, (instance, instance.version)
        )

    def breach(self, waiting: tuple[Instance, int], place: int) -> None:
        """The time for a cure is over."""
        instance, version = waiting
        if instance.version != version or instance.curing != "cure":
            return
        due, instance.cure_due = instance.cure_due, None
        instance.curing = "breached"
        self.norm.world.rows.cure_over(instance, place)
        if instance.waived_pos is not None:
            return
        world = self.norm.world
        assert due is not None
        instance.breached_pos = world.now, place
        name = self._entry(
            "Breached", instance, (world.now, place), (), (instance.decided_name,),
            (Number("due", due.base, due.shown),),
        )  # fmt: skip
        self.follow(instance, "breached", name, place, "")

    # ------------------------------------------------------------------ performances
    def count(self, instance: Instance, act: Act, amount: Value, place: int) -> Value:
        """An act counts towards the total of an instance, which is performed once that is reached; what is over."""
        adds_up, now = self.norm.term.adds_up, self.norm.world.now
        assert adds_up is not None
        owed = instance.outstanding(now + 1)
        taken = amount if isinstance(owed, NotMeasured) else min(amount, owed)
        instance.parts = (*instance.parts, (now, taken, act.ref))
        left = instance.outstanding(now + 1)
        if left == 0:
            self.perform(instance, act, tuple(dict.fromkeys(ref for _, _, ref in instance.parts)), place)
        else:
            base, world = adds_up.kind.base, self.norm.world
            numbers = Number("amount", base, exact(taken)), Number("outstanding", base, left)
            name = world.fresh_instance("Counted", self.norm.name, str(instance.name), "", instance.text)
            world.emit(
                "Counted", self.norm.name, place, self.norm.level, name, key=instance.text, event_causes=(act.ref,),
                entry_causes=instance.openings, numbers=(*numbers, *self.sides(instance, (world.now, place))),
            )  # fmt: skip
        return amount - taken

    def _parts(self, instance: Instance) -> tuple[Number, ...]:
        """What has been paid of what, of an instance performed in parts."""
        adds_up = self.norm.term.adds_up
        if adds_up is None:
            return ()
        paid = exact(sum(amount for _, amount, _ in instance.parts))
        return Number("paid", adds_up.kind.base, paid), Number("total", adds_up.kind.base, instance.total)

    def perform(
        self, instance: Instance, act: Act | None, refs: tuple[str, ...], place: int, opener: str = "",
        ended: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """An act (the last of `refs`) performs an instance; no act, if nothing was owed as `opener` led to it, or if a
        state has `ended` that opened it."""
        norm, world = self.norm, self.norm.world
        if act is None:
            if instance.decided:
                self._late(instance, None, refs, place, ended)
            else:
                self._in_time(instance, None, refs, place, opener, ended)
            return
        if norm.last:
            if world.taken_back((norm.name, instance.name, act.ref)) is not None:
                return
            if instance.performed_pos is not None:
                world.takeback.replace(instance, place)
        elif (at := world.taken_back((norm.name, instance.name, act.ref))) is not None and self._fulfils(instance):
            instance.met = {}
            norm.openings.resolve(instance, act.ref, at)
            self.schedule(instance, place)
            return
        if instance.decided:
            self._late(instance, act, refs, place)
        else:
            instance.acted, instance.acting = act.fields, act.declared
            self._in_time(instance, act, refs, place, act.ref)

    def _fulfils(self, instance: Instance, reading: int | None = None) -> bool:
        """Whether a performance now is in time."""
        if instance.decided or instance.passed_pos is not None:
            return False
        return not instance.terms.deadlines.exceeded(instance, self.norm.world.now, reading)

    def _in_time(
        self, instance: Instance, act: Act | None, refs: tuple[str, ...], place: int, opener: str,
        ended: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        norm, world = self.norm, self.norm.world
        here = (world.now, place)
        reading = instance.terms.deadlines.reading(instance, world.now)
        late = not self._fulfils(instance, reading)
        status, kind = ("missed", "Missed") if late else ("fulfilled", self.performed)
        name = f"{norm.name}/{kind}/{instance.name}"
        self._decide(instance, status, here, name)
        instance.performed_pos, instance.performed_name = here, name
        instance.performed_reading = instance.decided_reading = reading
        instance.performer = "" if act is None else act.ref
        stopped = self._stopped(instance, here)
        read = Number("reading", "length", reading)
        numbers = (self._due(instance), read) if late else (read, self._due(instance))
        numbers = (*numbers, *self._parts(instance))
        self._entry(kind, instance, here, refs, (*instance.openings, *stopped, *ended), numbers)
        self._after_performance(instance)
        answer(instance, None if late else act)
        world.rows.decided(instance, place)
        world.rows.performed(instance)
        self.follow(instance, status, name, place, opener)

    def _late(
        self, instance: Instance, act: Act | None, refs: tuple[str, ...], place: int, ended: tuple[str, ...] = ()
    ) -> None:
        world = self.norm.world
        here = (world.now, place)
        cured = instance.curing == "cure" and instance.decided == "missed"
        kind = "Cured" if cured else "Late"
        reading = instance.terms.deadlines.reading(instance, world.now)
        ref = "" if act is None else act.ref
        instance.performed_pos, instance.performer = here, ref
        instance.performed_reading = reading
        instance.cured_pos = here if cured else None
        if cured:
            instance.curing, instance.cure_due = "cured", None
        name = instance.performed_name = self._entry(
            kind, instance, here, refs, (instance.decided_name, *ended),
            (Number("reading", "length", reading), *self._parts(instance)),
        )
        self._after_performance(instance)
        if self.norm.term.answers is not None and self.norm.term.answers.missed is None:
            answer(instance, act)
        world.rows.performed(instance)
        world.rows.cure_over(instance, place)
        self.follow(instance, kind.lower(), name, place, ref)

    def _after_performance(self, instance: Instance) -> None:
        if self.norm.last:
            instance.version += 1
        else:
            self.norm.close(instance)

    def at_once(self, standing: Instance, act: Act, place: int) -> None:
        """An exercise of a right that lasts: an instance of its own."""
        norm, world = self.norm, self.norm.world
        here = (world.now, OPEN)
        instance = Instance(norm, Ordered(act.ref), standing.key, standing.text, here)
        instance.fields, instance.declared = act.fields, act.declared
        instance.terms, instance.openers = standing.terms, (act.ref,)
        norm.openings.sources(instance)
        name = f"{norm.name}/Exercised/{instance.name}"
        instance.opened_name = name
        self._decide(instance, "fulfilled", here, name)
        instance.deadline_at_decision = Deadline(world.now, False, world.now)
        instance.performed_pos, instance.performed_name = here, name
        instance.performer, instance.acted, instance.acting = act.ref, act.fields, act.declared
        instance.live = False
        self._entry("Exercised", instance, here, (act.ref,), standing.openings, ())
        world.outcomes.opened(instance)
        world.rows.opened(instance, OPEN)
        world.rows.decided(instance, OPEN)
        world.rows.performed(instance)
        self.follow(instance, "fulfilled", name, place, act.ref)

    def prohibited(self, act: Act, matched: tuple[int, ...], place: int) -> None:
        """An act of a prohibition: an instance, missed at once."""
        norm, world = self.norm, self.norm.world
        here = (world.now, OPEN)
        terms = norm.choose(act.fields, act.declared, OPEN, act)
        if terms is None or not terms.takes(matched):
            return
        key = act.key(act.plan.keys)
        instance = Instance(norm, Ordered(act.ref), key, texts(key.items()), here)
        instance.fields, instance.declared = act.fields, act.declared
        instance.terms = terms
        instance.openers = (act.ref,)
        if norm.waivers is not None:
            norm.waivers.all.append(instance)
        norm.openings.sources(instance)
        excuses = self._excused_now(instance) + [
            i.opened for view, values in instance.suspends if view.holds_now(values)
            for i in view.within(values, world.now, world.now + 1)
        ]  # fmt: skip
        status, kind = ("excused", "Excused") if excuses else ("missed", "Missed")
        name = f"{norm.name}/{kind}/{instance.name}"
        instance.opened_name = name
        self._decide(instance, status, here, name)
        instance.deadline_at_decision = Deadline(world.now, False, world.now)
        instance.performed_pos, instance.performed_name = here, name
        instance.live = False
        self._entry(kind, instance, here, (act.ref,), tuple(excuses), ())
        world.outcomes.opened(instance)
        world.rows.opened(instance, OPEN)
        world.rows.decided(instance, OPEN)
        world.rows.performed(instance)
        self.follow(instance, status, name, place, act.ref)

    def stands(self, act: Act, base: str, shown: Pairs, why: str, place: int) -> None:
        """An exercise stands that was posted before, though what is known now makes none of it."""
        norm, world = self.norm, self.norm.world
        here, own = (world.now, place), dict(shown) | act.key(norm.by)
        key = {name: own[name] for name in norm.by if name in own}
        instance = Instance(norm, norm.openings.fresh(base), key, shown, here)
        instance.fields, instance.declared = key, norm.by
        instance.terms = norm.choose(key, norm.by, place) or norm.own
        instance.openers, instance.performer = (act.ref,), act.ref
        instance.acted, instance.acting = act.fields, act.declared
        norm.openings.sources(instance)
        name = f"{norm.name}/{self.performed}/{instance.name}"
        instance.opened_name = name
        self._decide(instance, "fulfilled", here, name)
        instance.performed_pos, instance.performed_name = here, name
        instance.live = False
        self._entry(self.performed, instance, here, (act.ref,), (), (), "stands")
        world.emit(
            "BasisWithdrawn", norm.name, place, norm.level, instance.name, key=shown, event_causes=(act.ref,),
            entry_causes=(name,), words=why,
        )  # fmt: skip
        if norm.term.answers is not None:
            world.asked.add((norm.name, str(instance.name)))
        answer(instance, act)
        if norm.standing:
            norm.every.append(instance)
        world.outcomes.opened(instance)
        world.rows.opened(instance, place)
        world.rows.decided(instance, place)
        world.rows.performed(instance)
        self.follow(instance, "fulfilled", name, place, act.ref)

    # ------------------------------------------------------------------ parts
    def follow(self, instance: Instance, outcome: str, entry: str, place: int, opener: str) -> None:
        """What follows from an outcome."""
        effects = instance.terms.after.get(outcome)
        if effects:
            self.norm.world.effects.apply(effects, self.norm.cause(instance, entry, opener), place)
        for rule in self.rules.get(outcome, ()):
            rule.queue(self.norm.cause(instance, entry, opener), place)

    def matters(self, outcome: str) -> bool:
        """Whether anything follows from an outcome."""
        return outcome in self.followed or bool(self.rules.get(outcome))

    def _decide(self, instance: Instance, status: str, at: Position, name: str, early: bool = False) -> None:
        instance.decided, instance.decided_pos, instance.decided_name = status, at, name
        instance.decided_early = early
        if instance.passed_pos is None:
            instance.deadline_at_decision = instance.deadline

    def _excused_now(self, instance: Instance) -> list[str]:
        if not instance.excuses or not clocks.stands(instance.excuses):
            return []
        found: list[str] = []
        for view, values in instance.excuses:
            if view.holds_now(values):
                found.extend(i.opened for i in view.lists[values] if i.end is None)
        return found

    def _stopped(self, instance: Instance, at: Position) -> list[str]:
        """The states that stopped or suspended it up to a decision."""
        if not instance.stops:
            return []
        instant, place = at
        if instant == instance.start and place < PERFORM:
            # Nothing of this instant has happened yet: what ends in it goes on.
            return [i.opened for i in clocks.intervals(instance.stops, instant - 1, instant)]
        return [i.opened for i in clocks.intervals(instance.stops, instance.start, instant)]

    def _due(self, instance: Instance) -> Number | None:
        due = instance.deadline_at_decision
        return None if due is None else Number("due", due.base, due.shown)

    def _entry(
        self, kind: str, instance: Instance, at: Position, events: tuple[str, ...], entries: tuple[str, ...],
        numbers: tuple[Number | None, ...], words: str = "",
    ) -> str:  # fmt: skip
        shown = (*(n for n in numbers if n is not None), *self.sides(instance, at))
        return self.norm.world.emit(
            kind, self.norm.name, at[1], self.norm.level, instance.name, key=instance.text, event_causes=events,
            entry_causes=entries, numbers=shown, words=words, at=at[0],
        )  # fmt: skip

    def sides(self, instance: Instance, at: Position) -> tuple[Number, ...]:
        """Its parties there, where assignments concern them."""
        world = self.norm.world
        if not world.program.contract.assignments:
            return ()
        return sides(
            world.program.contract, instance.terms.term, world.day_of(instance.opened_pos), world.day_of(at)
        )
