"""How instances of a norm open: anew, renewed, taken up again, or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import Questions, evaluator, holds
from bpodsl.engine.instances import NO_FACTS, Instance
from bpodsl.engine.intervals import Interval
from bpodsl.engine.ordered import Ordered
from bpodsl.engine.scopes import Evaluator, Scope, Value
from bpodsl.engine.takebacks import Remake
from bpodsl.engine.versions import Terms
from bpodsl.record import BEGIN, OPEN, TERM_END, Number, texts
from bpodsl.record.many import many
from bpodsl.record.sides import roles
from bpodsl.terms import Norm, NotMeasured, OnEvent
from bpodsl.values import Window

if TYPE_CHECKING:
    from bpodsl.engine.norms import NormMachine

Key = tuple[tuple[str, Any], ...]
DIFFERENCE = "difference"
WORDS = {"right": "RightOpened", "level": "Escalated"}


@many(eq=False)
class Ground:
    """Why an instance opens. `noted`: what a note about it is called."""

    base: str
    noted: str
    key: Mapping[str, Any]
    fields: Mapping[str, Any]
    declared: tuple[str, ...]
    events: tuple[str, ...]
    entries: tuple[str, ...]
    opener: str
    imposed: bool = False
    window: Window | None = None
    scope: Callable[[], Scope] | None = None
    act: Act | None = None
    about: Window | None = None
    held: str = ""


class Openings:
    """The openings of one norm."""

    def __init__(self, norm: NormMachine) -> None:
        self.norm = norm
        term = norm.term
        world = norm.world
        self.kind = WORDS.get(term.form, "Opened")
        self.unique = term.unique
        self.latest: dict[Key, Instance] = {}
        # The live instances by key; the levels of a ladder share them.
        self.holders: dict[Key, Instance] = world.ladders.setdefault(term.ladder, {}) if term.ladder else {}
        self._used: dict[str, int] = {}
        self._declared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._resolved: dict[Instance, None] = {}
        self._selectors: dict[str, list[Evaluator | None]] = {}
        self._total: Evaluator | None = None
        self._asked: dict[str, list[Questions]] = {}
        for way in term.opening:
            if isinstance(way, OnEvent):
                found = holds(way.selector.where, world.no_rows)
                self._selectors.setdefault(way.selector.event, []).append(found)
                asked = Questions((way.selector.where,), world.no_rows)
                if asked.any:
                    self._asked.setdefault(way.selector.event, []).append(asked)

    # ------------------------------------------------------------------ ways
    def by_event(self, act: Act, place: int) -> None:
        """OPEN: an event."""
        if not act.selected(self._selectors):
            names = [name for asked in self._asked.get(act.event.kind, ()) for name in asked.open(act.scope())]
            if names:
                words = ", ".join(dict.fromkeys(names))
                self.norm.world.emit(
                    "Provisional", self.norm.name, OPEN, self.norm.opening_level, act.ref, words=words
                )  # fmt: skip
        else:
            self._open(
                Ground(
                    act.instance, act.ref, act.key(self.norm.by), act.fields, act.declared, (act.ref,), (), act.ref,
                    scope=act.scope, act=act,
                ), OPEN,
            )  # fmt: skip

    def by_window(self, window: Window | None, place: int) -> None:
        """BEGIN: a window, or (None) the term."""
        base, of = "term" if window is None else window.label, self.norm.term.members
        if of is None:
            self._open(Ground(base, base, {}, {}, (), (), (), "", window=window), BEGIN)
            return
        for value in sorted(of.values, key=lambda value: Ordered(f"{base}/{value}")):
            name, key = f"{base}/{value}", {of.name: value}
            self._open(Ground(name, name, key, key, (of.name,), (), (), "", window=window), BEGIN)

    def imposed(self, cause: Cause, place: int) -> None:
        """At the place of its cause."""
        if not self.norm.world.term.lives(self.norm.term):
            return
        key: dict[str, Any] = {}
        for name in self.norm.by:
            value = cause.values.get(name)
            if value is None:
                value = cause.fields.get(name)
            if value is not None:
                key[name] = value
        fields = {**cause.fields, **cause.values}
        declared = tuple(dict.fromkeys((*cause.declared, *cause.values)))
        ground = Ground(
            cause.base, cause.base, key, fields, declared, (), (cause.entry,), cause.opener, True, scope=cause.scope,
            about=cause.about,
        )  # fmt: skip
        self._open(ground, place)

    def by_state(self, interval: Interval, place: int) -> None:
        """OPEN or later: an interval of a state, as it begins."""
        world = self.norm.world
        if world.term.lives(self.norm.term):
            key = {name: value for name in self.norm.by if (value := interval.fields.get(name)) is not None}
            scope = Scope(world, (world.now, place), interval.fields, interval.declared, world.now)
            ground = Ground(
                interval.name, interval.name, key, interval.fields, interval.declared, (), (interval.opened,), "",
                held=interval.name, scope=lambda: scope,
            )  # fmt: skip
            self._open(ground, place)

    # ------------------------------------------------------------------ what happens
    def _open(self, ground: Ground, place: int) -> None:
        if self.norm.is_over:
            if ground.events or ground.entries:
                self._note(ground, place, "after the end")
            return
        key = tuple(ground.key.items())
        laid = self._laid(ground)
        fields = {**ground.fields, **laid} if laid else ground.fields
        terms = self.norm.choose(fields, ground.declared, place, ground.act)
        if terms is None:
            return
        if self.unique:
            holder = self.holders.get(key)
            if holder is not None:
                if self.norm.term.form == "right":
                    self._renew(holder, ground, place)
                else:
                    self._note(ground, place, "already open")
                return
            old = self.latest.get(key)
            reopening = self.norm.term.reopening
            if old is not None and reopening not in ("", "new cycle"):
                if reopening != "ignore" and (old.resolved is not None or old.decided == "fulfilled"):
                    old.openers = (ground.opener, *old.openers)
                    old.grounds = (*old.grounds, *(ground.entries or ("",)))
                    self._take_up(old, reopening, place)
                    if self.norm.term.reopens_anew:
                        self.norm.regrading.reopened(old, ground.fields, ground.events, ground.entries, place)
                else:
                    self._note(ground, place, "closed")
                return
        self._create(ground, key, place, terms, laid)

    def _laid(self, ground: Ground) -> Mapping[str, Any]:
        """What has been said anew of what a level of an escalation follows from."""
        if self.norm.term.form != "level" or ground.scope is None:
            return NO_FACTS
        of = ground.scope().instance
        return NO_FACTS if of is None else of.laid

    def _create(self, ground: Ground, key: Key, place: int, terms: Terms, laid: Mapping[str, Any]) -> None:
        norm, world = self.norm, self.norm.world
        name = self._fresh(ground.base)
        instance = Instance(norm, name, ground.key, texts(key), (world.now, place))
        instance.fields, instance.declared = ground.fields, ground.declared
        instance.openers, instance.window = (ground.opener,), ground.window
        instance.about = ground.window or ground.about
        instance.held = ground.held
        if norm.term.answers is not None:
            world.asked.add((norm.name, str(name)))
        instance.grounds = ground.entries or ("",)
        if norm.waivers is not None:
            norm.waivers.all.append(instance)
        instance.terms, instance.laid = terms, laid
        if ground.scope is not None and norm.works:
            instance.parent = ground.scope().instance
        instance.facts = norm.facts(terms, ground.fields, ground.declared, place, ground.act, instance.parent)
        instance.opened_name = f"{norm.name}/{self.kind}/{name}"
        self.ground(instance, ground, instance.opened_name, place)
        self.sources(instance)
        self.hold(instance)
        self.latest[key] = instance
        if norm.term.form != "prohibition" and (instance.terms.term.due is not None or instance.stops):
            norm.watch(instance)
        deadline = instance.deadline = instance.terms.deadlines.of(instance, world.now)
        later: tuple[tuple[int, int | Fraction], ...] = ()
        if norm.term.adds_up is not None:
            if self._total is None:
                self._total = evaluator(norm.term.adds_up.total, norm.source_of_total())
            instance.total, later = self._parted(instance, ground)
            if not isinstance(instance.total, NotMeasured):
                instance.owe(instance.total)
        if norm.standing:
            norm.every.append(instance)
            world.outcomes.opened(instance)
        words = ""
        if self.kind == "Escalated":
            words = roles(world.program.contract, instance.terms.term, world.day_of((world.now, place)))
        self._entry(self.kind, name, instance, ground, place, words)
        world.rows.opened(instance, place)
        norm.outcomes.follow(instance, "opened", instance.opened_name, place, ground.opener)
        norm.outcomes.arm(instance, deadline, place)
        if self._total is not None and not isinstance(instance.total, NotMeasured) and instance.total <= 0:
            norm.outcomes.perform(instance, None, (), place, ground.opener)
        if later:
            self._differ(instance, later, place)

    def _parted(self, instance: Instance, ground: Ground) -> tuple[Value, tuple[tuple[int, int | Fraction], ...]]:
        """What is owed from the first, and what came to be owed besides."""
        world = self.norm.world
        assert self._total is not None
        total = self._total(world.empty_scope() if ground.scope is None else ground.scope())
        if isinstance(total, NotMeasured):
            return total, ()
        return world.parted(instance.opened_name, total)

    def _differ(self, of: Instance, later: tuple[tuple[int, int | Fraction], ...], place: int) -> None:
        """What came to be owed besides opens when that was first known."""
        norm, world = self.norm, self.norm.world
        due = of.deadline or of.deadline_at_decision
        days = None
        if due is not None:
            last = due.shown if isinstance(due.shown, date) else world.zone.day(due.shown)
            days = (last - of.day).days
        term = of.terms.term.of_difference(days)
        for n, amount in later:
            name = f"{of.name}+{n}"
            known = max(world.first_known(f"{norm.name}/Opened/{name}"), world.now)
            there = BEGIN if known > world.now else max(BEGIN, place)
            what = of, term, name, amount
            world.push_at(known, there, self.norm.opening_level, norm.name, name, self._difference, what)

    def _difference(self, what: tuple[Instance, Norm, str, int | Fraction], place: int) -> None:
        """A difference is a debt of its own, due from when it was known."""
        of, term, name, amount = what
        norm, world = self.norm, self.norm.world
        instance = Instance(norm, Ordered(name), of.key, of.text, (world.now, place))
        instance.fields, instance.declared, instance.about = of.fields, of.declared, of.about
        instance.facts, instance.told, instance.parent, instance.differs = of.facts, of.told, of.parent, of
        instance.grounds = (of.opened_name,)
        if norm.waivers is not None:
            norm.waivers.all.append(instance)
        instance.terms = Terms(world, term, norm.term)
        instance.opened_name = f"{norm.name}/Opened/{name}"
        instance.ground, instance.since = (world.now, place), world.now
        instance.terms.deadlines.start(instance, world.now)
        before = place <= TERM_END or world.now in world.over
        instance.day = world.zone.day(world.now - 1 if before else world.now)
        self.sources(instance)
        norm.live.add(instance)
        if term.due is not None or instance.stops:
            norm.watch(instance)
        deadline = instance.deadline = instance.terms.deadlines.of(instance, world.now)
        instance.total = amount
        instance.owe(amount)
        if norm.standing:
            norm.every.append(instance)
            world.outcomes.opened(instance)
        ground = Ground(name, name, of.key, of.fields, of.declared, (), (of.opened_name,), "", about=of.about)
        self._entry(self.kind, instance.name, instance, ground, place, DIFFERENCE)
        world.rows.opened(instance, place)
        norm.outcomes.follow(instance, "opened", instance.opened_name, place, "")
        norm.outcomes.arm(instance, deadline, place)

    def _renew(self, instance: Instance, ground: Ground, place: int) -> None:
        norm, world = self.norm, self.norm.world
        name = self._fresh(ground.base)
        # An event of a day may act once more at the end of it: never on what it opened.
        instance.openers = (ground.opener, *instance.openers)
        instance.grounds = (*instance.grounds, *(ground.entries or ("",)))
        instance.renewed_name = f"{norm.name}/Renewed/{name}"
        self.ground(instance, ground, instance.renewed_name, place)
        # Its time runs anew from there, whatever it was counted from.
        instance.start = instance.counted = instance.since
        instance.restarted = True
        instance.gaps = []
        deadline = instance.deadline = instance.terms.deadlines.of(instance, world.now)
        self._entry("Renewed", name, instance, ground, place)
        norm.outcomes.arm(instance, deadline, place)

    def _take_up(self, old: Instance, reopening: str, place: int) -> None:
        """A fulfilled instance is open again: its performance is as if it had not been."""
        world = self.norm.world
        if old.resolved is None:
            world.takeback.reopen(old, reopening, place)
            return
        # The performance was known to be taken back, and held back already.
        superseded = (self.norm.name, str(old.name), old.superseded)
        if world.superseded[superseded] != world.now:
            raise Remake(f"an instance of {self.norm.name} taken up at another instant", superseded, world.now)
        since, old.resolved = old.resolved, None
        self._resolved.pop(old, None)
        self.again(old, reopening, since, place)

    def again(self, instance: Instance, reopening: str, since: int, place: int) -> None:
        """Live again: the clock goes on from `since`, or starts anew."""
        world = self.norm.world
        if instance.decided and self.norm.outcomes.lapses:
            return
        instance.live = True
        instance.lived_pos = (world.now, place)
        self.hold(instance)
        self.norm.watch(instance)
        if reopening == "continue":
            instance.gaps = [*instance.gaps, (since, world.now)]
        else:
            self.restart(instance, world.now)
        self.norm.outcomes.schedule(instance, place)

    def resolve(self, instance: Instance, ref: str, until: int) -> None:
        """Performed, but that is taken back at `until`: closed for acts, its deadline alone goes on."""
        self.norm.close(instance)
        self.norm.watch(instance)
        self._resolved[instance] = None
        instance.resolved, instance.superseded = self.norm.world.now, ref
        if self.norm.term.reopening == "restart":
            self.restart(instance, until)

    def restart(self, instance: Instance, at: int) -> None:
        """Its clock starts anew."""
        instance.start = instance.counted = instance.since = at
        instance.restarted = True
        instance.gaps = []
        instance.day = self.norm.world.zone.day(at)

    def resolved(self) -> list[Instance]:
        """Those that wait to be taken up again."""
        return sorted(self._resolved)

    # ------------------------------------------------------------------ parts
    def hold(self, instance: Instance) -> None:
        """It is live, and the one of its key."""
        self.norm.live.add(instance)
        if self.unique:
            self.holders[tuple(instance.key.items())] = instance

    def release(self, instance: Instance) -> None:
        """It is live no more."""
        key = tuple(instance.key.items())
        if self.unique and self.holders.get(key) is instance:
            del self.holders[key]

    def ground(self, instance: Instance, ground: Ground, entry: str, place: int) -> None:
        """From when it counts: for one imposed, not before its ground was known."""
        world = self.norm.world
        now = world.now
        since = max(world.first_known(entry), now) if ground.imposed else now
        instance.ground, instance.since = (now, place), since
        instance.terms.deadlines.start(instance, since)
        if ground.window is not None:
            instance.day = ground.window.first
        else:
            before = ground.imposed and (place <= 2 if since <= now else since in world.over)
            instance.day = world.zone.day(since - 1 if before else since)

    def sources(self, instance: Instance) -> None:
        """The intervals that matter to it."""
        terms, states = instance.terms, self.norm.world.states
        term = terms.term
        found = terms.sources.get(instance.declared)
        if found is None:
            declared = tuple(dict.fromkeys((*term.by, *instance.declared)))
            found = terms.sources[instance.declared] = (
                [states.shared(s, declared) for s in terms.stops],
                [states.shared(s, declared) for s in term.suspended_during],
                [states.shared(s, declared) for s in term.excused_during],
            )
        # Under other terms it may have stood still for others, or for none.
        instance.stops, instance.suspends, instance.excuses = (), (), ()
        if found[0]:
            instance.stops = [(view, self._values(instance, view.fields)) for view in found[0]]
            instance.suspends = [(view, self._values(instance, view.fields)) for view in found[1]]
        if found[2]:
            instance.excuses = [(view, self._values(instance, view.fields)) for view in found[2]]

    def _values(self, instance: Instance, names: tuple[str, ...]) -> tuple[Any, ...]:
        by, key, fields = self.norm.by, instance.key, instance.fields
        return tuple(key.get(name) if name in by else fields.get(name) for name in names)

    def fresh(self, base: str) -> Ordered:
        """A name for an instance that nothing opens."""
        return self._fresh(base)

    def _fresh(self, base: str) -> Ordered:
        count = self._used[base] = self._used.get(base, 0) + 1
        if count == 1:
            return base if isinstance(base, Ordered) else Ordered(base)
        name = f"{base}~{count}"
        self._used[name] = self._used.get(name, 0) + 1
        return Ordered(name)

    def _entry(
        self, kind: str, name: str, instance: Instance, ground: Ground, place: int, words: str = ""
    ) -> None:
        due = instance.deadline
        numbers: tuple[Number, ...] = () if due is None else (Number("due", due.base, due.shown),)
        adds_up = self.norm.term.adds_up
        if adds_up is not None:
            numbers = (*numbers, Number("total", adds_up.kind.base, instance.total))
        version = instance.terms.term.version
        if version and kind == self.kind:
            numbers = (*numbers, Number("version", "text", version))
        numbers += self.norm.outcomes.sides(instance, (self.norm.world.now, place))
        self.norm.world.emit(
            kind, self.norm.name, place, self.norm.opening_level, name, key=instance.text,
            event_causes=ground.events, entry_causes=ground.entries, numbers=numbers, words=words,
        )  # fmt: skip

    def _note(self, ground: Ground, place: int, words: str) -> None:
        self.norm.world.note(
            self.norm.name, place, self.norm.opening_level, ground.noted, words, texts(ground.key.items()),
            ground.events, ground.entries,
        )  # fmt: skip
