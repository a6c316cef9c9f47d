"""Norms: how their instances open, are met, decided and closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.aggregates import RowSource, Source
from bpodsl.engine.causes import Cause
from bpodsl.engine.expressions import evaluator, holds
from bpodsl.engine.instances import NO_FACTS, Instance, Live, Pairs
from bpodsl.engine.openings import Openings
from bpodsl.engine.outcomes import Outcomes
from bpodsl.engine.regrading import Regrading
from bpodsl.engine.scopes import Evaluator, Scope, Value
from bpodsl.engine.settling import row_source
from bpodsl.engine.versions import Terms
from bpodsl.engine.waivers import Waivers
from bpodsl.record import OPEN, PERFORM, REST, TERM_END, texts
from bpodsl.terms import Norm, NotMeasured, OnState
from bpodsl.terms import expressions as ex
from bpodsl.values import Period

if TYPE_CHECKING:
    from bpodsl.engine.world import World

OVER = "after the end"
REFUSED = "refused on what was known when it was given"
Matched = tuple[Act, tuple[int, ...]]


class NormMachine:
    """One norm: its instances, and what acts do to them."""

    def __init__(self, world: World, term: Norm, opening_level: int, level: int) -> None:
        self.world = world
        self.term = term
        self.name = term.name
        self.by = term.by
        self.opening_level = opening_level
        self.level = level
        self.live = Live()
        self.own = Terms(world, term, term)
        self._variants = [
            (evaluator(each.when, world.no_rows), None if each.terms is None else Terms(world, each.terms, term))
            for each in term.variants
        ]
        self.works = any(terms is not None and terms.facts for terms in (self.own, *(t for _, t in self._variants)))
        self._acts_differ = any(terms is not None and terms.acts is not None for _, terms in self._variants)
        # Whether figures ask how its instances stand at the end of a window; then all of them are kept.
        self.standing = term.name in world.program.standing
        self.every: list[Instance] = []
        self.outcomes = Outcomes(self)
        self.openings = Openings(self)
        self.waivers = Waivers(self) if term.waivers else None
        self.regrading = Regrading(self)
        self.last = term.needs == "last"
        self._ends_with = None
        if term.ends_with and not term.survives:
            self._ends_with = world.states.machines[term.ends_with]
            self._ends_with.ending.append(self)
        for way in term.opening:
            if isinstance(way, OnState):
                world.states.machines[way.state].opening.append(self)
        self._part = None if term.adds_up is None else evaluator(term.adds_up.value, world.no_rows)
        # The keys that acts declare, by what they declare.
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._acts: dict[str, list[tuple[int, Evaluator | None]]] = {}
        for index, selector in enumerate(term.acts):
            self._acts.setdefault(selector.event, []).append((index, holds(selector.where, world.no_rows)))

    # ------------------------------------------------------------------ acts
    def perform(self, act: Act, place: int) -> None:
        """PERFORM: an act meets what was open before this place; if nothing was, it is offered again at REST."""
        matched = self._matched(act)
        if not matched:
            return
        here = (self.world.now, PERFORM)
        # What a waiver by the same event has led to may stand already.
        met = self._own(
            act, [i for i in self._candidates(act, matched) if i.lived_pos < here and act.ref not in i.openers]
        )
        if met:
            self._meet(met, act, matched, place)
        else:
            self.world.push(REST, self.level, self.name, act.instance, act.order, self.rest, (act, matched))

    def rest(self, waiting: Matched, place: int) -> None:
        """REST: an act that met nothing meets what this instant opened, but not what it opened itself."""
        act, matched = waiting
        here = (self.world.now, PERFORM)
        found = [i for i in self._candidates(act, matched) if act.ref not in i.openers]
        again = self.world.now != act.event.acts
        met = self._own(act, [i for i in found if again or i.lived_pos >= here])
        if met:
            self._meet(met, act, matched, place)
        elif not self.world.later(act, REST, self.level, self.name, self.rest, waiting):
            self.nothing(act, REST, f"not for {act.event.reporter} to do" if found else "nothing open")

    def state_over(self, what: tuple[str, str], place: int) -> None:
        """The end of an interval performs what it opened; `what`: the entry of the end, and the interval."""
        ended, held = what
        for instance in sorted((i for i in self.live.all if i.held == held), key=lambda i: (i.opened_pos, i.name)):
            self.outcomes.perform(instance, None, (), place, ended=(ended,))

    def _own(self, act: Act, found: list[Instance]) -> list[Instance]:
        """Those that an act meets; of a right, and of what is personal, those that are its reporter's."""
        if self.term.personal or self.term.form == "right":
            found = [i for i in found if act.of(i.terms.term.bearer, i)]
        return self._chosen(found)

    def exercise(self, act: Act, place: int) -> None:
        """OPEN: an act of a right."""
        self.exercise_as((act, self._matched(act)), place)

    def exercise_as(self, waiting: Matched, place: int) -> None:
        """OPEN: an act of a right, of which it is known in which form it is."""
        act, matched = waiting
        why, entries, met = self._objection(act, matched)
        if why == "not open" and self.world.later(act, OPEN, self.level, self.name, self.exercise_as, waiting):
            return
        if not why and self.world.refused(self.name, act.ref):
            self.nothing(act, OPEN, REFUSED)
        elif not why and self.term.lasting:
            self.outcomes.at_once(met[0], act, place)
        elif not why:
            self._meet(met, act, matched, place)
            self._stand(act, [i.text for i in met], "not open", place)
        elif not self._stand(act, [], why, place) and (matched or why != "not open"):
            self.nothing(act, OPEN, why, entries)

    def _objection(self, act: Act, matched: tuple[int, ...]) -> tuple[str, tuple[str, ...], list[Instance]]:
        """Why an exercise is none ("" if it is one), the entries that bar it, and the instances that it meets."""
        named = tuple(index for index, _ in self._acts.get(act.event.kind, ()))
        if not any(act.ref not in i.openers for i in self._candidates(act, named)):
            return "not open", (), []
        fitting = [i for i in self._candidates(act, matched) if act.ref not in i.openers]
        if not matched or not fitting:
            return "not as the right asks", (), []
        met = self._own(act, fitting)
        if not met:
            return f"not for {act.event.reporter} to do", (), []
        bars = self._bars(act)
        entries = tuple(dict.fromkeys(name for names in bars.values() for name in names))
        return f"barred while {', '.join(bars)}" if bars else "", entries, met

    def _stand(self, act: Act, done: list[Pairs], why: str, place: int) -> bool:
        """Whether exercises stand that were posted before, though what is known now makes no exercise of them."""
        if not self.term.stands:
            return False
        stand = [(base, key) for base, key in self.world.exercised(self.name, act.ref) if key not in done]
        for base, key in stand:
            self.outcomes.stands(act, base, key, why, place)
        return bool(stand)

    def lapse(self, cause: Cause, place: int) -> None:
        """What is open of it closes, for the keys that the cause has; nothing where the norm has ended."""
        if not self.world.term.lives(self.term):
            return
        have = {**cause.fields, **cause.values}
        names = tuple(name for name in self.by if name in cause.values or name in cause.declared)
        found = self.live.agreeing(names, tuple(have.get(name) for name in names))
        for instance in sorted(found, key=lambda i: (i.opened_pos, i.name)):
            if not instance.decided and (not cause.opener or cause.opener not in instance.openers):
                self.outcomes.close(instance, cause.entry, cause.opener, place)

    def _bars(self, act: Act) -> dict[str, dict[str, None]]:
        """The states that bar its exercise now, with the entries that began them."""
        bars: dict[str, dict[str, None]] = {}
        for state in self.term.barred_during:
            view = self.world.states.shared(state, act.declared)
            values = act.values(view.fields)
            if view.holds_now(values):
                bars[state] = dict.fromkeys(i.opened for i in view.lists[values] if i.end is None)
        return bars

    @property
    def is_over(self) -> bool:
        """Whether the state has begun with which it ends."""
        return self._ends_with is not None and self._ends_with.begun

    def over(self, state: str, place: int) -> None:
        """The state has begun with which it ends: the name of that entry."""
        for instance in (*sorted(self.live.all), *self.openings.resolved()):
            self.ended(instance, place, state)

    def waive(self, act: Act, place: int) -> None:
        """DETERMINE: an event that may waive instances."""
        assert self.waivers is not None
        self.waivers.waive(act, place)

    def prohibit(self, act: Act, place: int) -> None:
        """OPEN: an act of a prohibition is a miss."""
        matched = self._matched(act)
        if not matched:
            return
        if self.is_over:
            self.nothing(act, OPEN, OVER)
        else:
            self.outcomes.prohibited(act, matched, place)

    def _matched(self, act: Act) -> tuple[int, ...]:
        found = self._acts.get(act.event.kind, ())
        return tuple([i for i, where in found if where is None or where(act.scope()) is True])

    def _candidates(self, act: Act, matched: tuple[int, ...]) -> list[Instance]:
        found = self._agreeing(act)
        return [i for i in found if i.terms.takes(matched)] if self._acts_differ else found

    def _agreeing(self, act: Act) -> list[Instance]:
        if not self.live.all:
            return []
        matching = self.term.matching
        if matching == "all":
            return list(self.live.all)
        if matching == "period":
            period = act.fields.get(self.term.period_field)
            label = period.label if isinstance(period, Period) else str(period)
            found = [i for i in self.live.all if i.about is not None and i.about.label == label]
            return [i for i in found if all(i.key.get(n) == act.fields.get(n) for n in self.by if n in act.declared)]
        names = self._shared.get(act.declared)
        if names is None:
            names = self._shared[act.declared] = tuple([name for name in self.by if name in act.declared])
        return self.live.agreeing(names, act.values(names))

    def _chosen(self, found: list[Instance]) -> list[Instance]:
        if len(found) > 1:
            found.sort(key=lambda i: (i.opened_pos, i.name))
            if self.term.matching == "oldest" and self._part is None:
                return found[:1]
        return found

    def _meet(self, met: list[Instance], act: Act, matched: tuple[int, ...], place: int) -> None:
        if self._part is not None:
            self._count(met, act, self._part(act.scope()), place)
            return
        for instance in met:
            if self.term.needs == "all":
                # Which act met a selector first stands.
                instance.met = {**dict.fromkeys(matched, act.ref), **instance.met}
                own = instance.terms.acts
                done = sorted((n, ref) for n, ref in instance.met.items() if own is None or n in own)
                if len(done) < len(instance.terms.term.acts):
                    continue
                refs = tuple(dict.fromkeys(ref for _, ref in done))
            else:
                refs = (act.ref,)
            self.outcomes.perform(instance, act, refs, place)

    def _over(self, what: tuple[Act, Value, tuple[str, ...]], place: int) -> None:
        """Of an act that norms share, what none of them has taken."""
        act, amount, joined = what
        if amount > act.taken[joined]:
            self.nothing(act, place, "more than is owed")

    def _count(self, met: list[Instance], act: Act, amount: Value, place: int) -> None:
        """An act that pays a part: with "oldest" what one instance leaves over goes to the next."""
        if isinstance(amount, NotMeasured):
            return
        joined = self.world.program.sharing.get(self.name, ())
        taken = act.taken.get(joined, 0) if joined else 0
        if taken != 0 and (amount - taken) * amount <= 0:
            return
        # With "oldest", or what is shared, what one leaves over goes to the next; else to the differences of its debt
        # only.
        over: dict[Instance | None, Value] = {}
        for instance in met:
            family = None if self.term.matching == "oldest" or joined else instance.differs or instance
            left = over.get(family, amount - taken)
            if family not in over or left != 0:
                over[family] = self.outcomes.count(instance, act, left, place)
        if joined:
            act.taken[joined] = amount - over[None]
            if self.name not in self.world.program.followed:
                # Others may take of it yet, that open in this instant.
                self.world.push(
                    max(place, REST), self.level, self.name, act.instance, act.order, self._over, (act, amount, joined)
                )
            return
        if any(left != 0 for left in over.values()):
            self.nothing(act, place, "more than is owed")

    def source_of_total(self) -> Source:
        """Where aggregates in the total find their rows: in the windows of the figure whose settling imposes it."""
        world = self.world
        found = world.program.imposing.get(self.name)
        if found is None:
            return world.no_rows
        grid, by = found

        def rows(of: ex.Rows) -> RowSource:
            return row_source(world, of, grid, by)

        return rows

    def nothing(self, act: Act, place: int, words: str, entries: tuple[str, ...] = ()) -> None:
        """An act that means nothing is noted."""
        key = act.key(tuple(name for name in self.by if name in act.declared))
        self.world.note(self.name, place, self.level, act.ref, words, texts(key.items()), (act.ref,), entries)

    def choose(
        self, fields: Mapping[str, Any], declared: tuple[str, ...], place: int, act: Act | None = None
    ) -> Terms | None:
        """The terms of an instance that opens now, by the event `act` if one opens it; None where none does."""
        if not self._variants:
            return self.own
        scope = self._at_opening(fields, declared, place, act)
        return next((terms for when, terms in self._variants if when(scope) is True), self.own)

    def facts(
        self, terms: Terms, fields: Mapping[str, Any], declared: tuple[str, ...], place: int, act: Act | None = None,
        parent: Instance | None = None,
    ) -> Mapping[str, Any]:
        """What the terms of an instance that opens now have worked out; what is not measured is left out."""
        if not terms.facts:
            return NO_FACTS
        scope = self._at_opening(fields, declared, place, act)
        scope.parent = parent
        found = [(name, value(scope)) for name, value in terms.facts]
        return {name: value for name, value in found if not isinstance(value, NotMeasured)}

    def _at_opening(
        self, fields: Mapping[str, Any], declared: tuple[str, ...], place: int, act: Act | None
    ) -> Scope:
        world = self.world
        scope = Scope(world, (world.now, place), fields, declared, world.now)
        scope.early, scope.act = place <= TERM_END, act
        return scope

    def amend(self, change: str, place: int) -> None:
        """A change has taken effect, and running clocks move to its terms; `change` is its entry."""
        if not self._variants:
            return
        for instance in sorted([*self.live.all, *self.openings.resolved()]):
            fields = {**instance.fields, **instance.laid} if instance.laid else instance.fields
            terms = self.choose(fields, instance.declared, place)
            undecided = not instance.decided and instance.passed_pos is None
            if terms is None or instance.differs is not None or terms is instance.terms or not undecided:
                continue
            self.unwatch(instance)
            instance.terms = terms
            instance.facts = self.facts(terms, fields, instance.declared, place, None, instance.parent)
            self.openings.sources(instance)
            self.watch(instance)
            if instance.restarted:
                instance.start = instance.counted = instance.since
            else:
                terms.deadlines.start(instance, instance.since)
            self.outcomes.schedule(instance, place)
            # More than one change may move it.
            name = self.world.fresh_instance("Amended", self.name, str(instance.name), "", instance.text)
            self.world.emit(
                "Amended", self.name, place, self.level, name, key=instance.text,
                entry_causes=(change, *instance.openings), numbers=instance.shown,
            )  # fmt: skip

    # ------------------------------------------------------------------ live instances
    def watch(self, instance: Instance) -> None:
        """Let the states that stop or suspend an instance tell it."""
        for view, values in instance.stops:
            view.watchers.setdefault(values, {})[instance] = None

    def unwatch(self, instance: Instance) -> None:
        """The opposite of `watch`."""
        for view, values in instance.stops:
            found = view.watchers.get(values)
            if found is not None:
                found.pop(instance, None)
                if not found:
                    del view.watchers[values]

    def close(self, instance: Instance) -> None:
        """An instance that lives no more."""
        if instance.live:
            instance.live = False
            self.live.remove(instance)
            self.openings.release(instance)
            if instance.curing == "cure":
                self.world.rows.cure_over(instance, self.world.place)
        instance.version += 1
        self.unwatch(instance)

    def state_changed(self, instance: Instance, place: int) -> None:
        """A state that stops or suspends an instance began or ended."""
        self.outcomes.schedule(instance, place)

    def schedule(self, instance: Instance, place: int) -> None:
        """Reckon its deadline anew."""
        self.outcomes.schedule(instance, place)

    def ended(self, instance: Instance, place: int, state: str = "") -> None:
        """The agreement has ended, and the norm does not survive it; or the state has begun with which it ends.

        A debt that was missed before goes on, and with it what is conditional on it.
        """
        if instance.is_owed or (not instance.live and instance.resolved is None):
            return
        world = self.world
        self.close(instance)
        instance.resolved = None
        instance.gone = world.now
        if not instance.decided:
            first = instance.settled_pos() is None
            instance.ended_pos = (world.now, place)
            if first:
                world.rows.settled(instance, place)
        world.emit(
            "Ended", self.name, place, self.level, instance.name, key=instance.text,
            entry_causes=(*instance.openings, state) if state else instance.openings,
        )  # fmt: skip

    def end_all(self, place: int) -> None:
        """Ended for every live instance."""
        for instance in sorted(self.live.all):
            self.world.push(place, self.level, self.name, instance.name, (), self.ended, instance)
        for instance in self.openings.resolved():
            self.world.push(place, self.level, self.name, instance.name, (), self.ended, instance)

    def cause(self, instance: Instance, entry: str, opener: str) -> Cause:
        """An outcome of an instance, as its effects see it."""
        world, fields, declared = self.world, instance.fields, instance.declared
        if self.term.form == "right" and instance.decided == "fulfilled":
            fields = {**fields, **instance.acted}
            declared = tuple(dict.fromkeys((*declared, *instance.acting)))
        return Cause(
            self.name, self.level, entry, instance.name, "", instance.text, instance.key, fields,
            declared, opener, lambda: world.outcome_scope(instance, fields, declared), instance.acted, instance.about,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<norm {self.name}: {len(self.live.all)} live>"


def key_of(instance: Instance) -> tuple[tuple[str, Any], ...]:
    """What two openings of the same key share."""
    return tuple(instance.key.items())
