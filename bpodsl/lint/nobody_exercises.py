"""A right that nobody can exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.witness import Story
from bpodsl.terms import Begin, Norm, OnHappens, OnOutcome, OnSettled, Rule, Selector, State, WhenImposed
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class NobodyExercises(Problem):
    """A right or termination opens, but the one who has it can never exercise it.

    Only the other side may report the notice by which it is exercised; or the right is barred as soon as it opens, by
    a state that nothing ends; or the notice itself begins the state that bars it; or what opens it also lets it lapse,
    at the same instant; or its last day lies before the agreement begins.

    Not so:

        event audit_called from meridian
        right audit
          northwind may audit_called on failing
          exercised within 30 days after the ground

    But so:

        event audit_called from northwind
        right audit
          northwind may audit_called on failing
          exercised within 30 days after the ground

    Next: let the holder of the right give the notice, or let the state that bars it end.
    """

    code: ClassVar[str] = "BPO425"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    why: str
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        return f"Nobody can exercise `{self.name}`: {self.why}."

    def hint(self) -> str | None:
        return "Let its holder give the notice, or let what bars it end."

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Rights that open."""
    for norm in facts.contract.norms:
        if norm.form == "right" and norm.name in facts.opens:
            why = _by_others(facts, norm) or _barred(facts, norm) or _over(facts, norm) or _closed(facts, norm)
            if why is not None:
                yield NobodyExercises(norm.clause.span, norm.name, why)
                continue
            for shown in (_bars_itself(facts, norm), _lapses_at_once(facts, norm)):
                if shown is not None:
                    yield NobodyExercises(norm.clause.span, norm.name, *shown)


def _by_others(facts: Facts, norm: Norm) -> str | None:
    """Whether only others may report all its acts. Who takes a party's place may report for it."""
    holders = {*norm.bearer, *(each.new for each in facts.contract.assignments if each.old in norm.bearer)}
    for act in norm.acts:
        reporters = facts.events[act.event].reporters
        if not reporters or holders & set(reporters):
            return None
    names = " and ".join(f"`{name}`" for name in dict.fromkeys(act.event for act in norm.acts))
    who = " and ".join(dict.fromkeys(name for act in norm.acts for name in facts.events[act.event].reporters))
    has = " and ".join(norm.bearer)
    return f"{has} has it, but only {who} may report {names}" if norm.acts else None


def _barred(facts: Facts, norm: Norm) -> str | None:
    """A state that bars it, that nothing ends, and that begins whenever the right opens."""
    for name in norm.barred_during:
        state = facts.states.get(name)
        if state is None or name in facts.ends or state.by:
            continue
        openers, imposing = facts.imposing.get(norm.name, ([], []))
        begun = [_begins_with(facts, state, rule.name, rule.on) for rule in openers]
        begun += [
            any(
                isinstance(effect, Begin) and effect.state == name and outcome == own and each.name == of
                for each in facts.contract.norms for outcome, effect in each.consequences
            )
            for of, own in imposing
        ]  # fmt: skip
        if begun and all(begun):
            return f"its ground begins `{name}`, which bars it, and nothing ends `{name}`"
    return None


def _closed(facts: Facts, norm: Norm) -> str | None:
    """Whether each ground, a settled window, also lets it lapse: that is done at once, after it has opened."""
    openers, others = facts.imposing.get(norm.name, ([], []))
    grounds = [rule for rule in openers if rule.name in facts.fires]
    lapses = [rule for rule in facts.lapsing.get(norm.name, ()) if rule.recurrence is None]
    if others or not grounds or not all(isinstance(way, WhenImposed) for way in norm.opening):
        return None
    if all(any(_with(facts, ground, lapse) for lapse in lapses) for ground in grounds):
        return f"`{grounds[0].name}`, which opens it, lets it lapse at the same instant"
    return None


def _over(facts: Facts, norm: Norm) -> str | None:
    """A last day before the agreement begins."""
    days = [None if version.due is None else version.due.fixed for version in norm.versions]
    last = max((day for day in days if day is not None), default=None)
    if last is None or None in days or last >= facts.contract.term.effective:
        return None
    return f"its last day is {last}, and the agreement begins on {facts.contract.term.effective}"


def _bars_itself(facts: Facts, norm: Norm) -> tuple[str, tuple[str, ...]] | None:
    """A state that bars it, which each notice begins, and the events that show it."""
    for name in norm.barred_during:
        state = facts.states.get(name)
        if state is None or not norm.acts or facts.follow is None:
            continue
        # Keys might be told apart, and conditions: only what begins it without either is certain.
        plain = {each.event for each in state.starts if each.where is None}
        if state.by or not all(act.event in plain for act in norm.acts):
            continue
        shown = [_refused(facts, norm, act) for act in norm.acts if facts.selects(act)]
        if shown and all(shown):
            acts = " or ".join(f"`{event}`" for event in dict.fromkeys(act.event for act in norm.acts))
            return f"{acts} itself begins `{name}`, which bars it", shown[0] or ()
    return None


def _refused(facts: Facts, norm: Norm, act: Selector) -> tuple[str, ...] | None:
    """The events up to a notice that `run` finds barred."""
    story, model = Story(facts), facts.model("BPO425", facts.asked(act))
    if model is None or not story.open(norm):
        return None
    story.report(act.event, model)
    kinds = {entry.kind for entry in story.followed() if entry.clause == norm.name}
    return story.lines if "RightOpened" in kinds and "Exercised" not in kinds else None


def _lapses_at_once(facts: Facts, norm: Norm) -> tuple[str, tuple[str, ...]] | None:
    """Whether each ground, an event or outcome, also lets it lapse, and the events that show it."""
    openers, others = facts.imposing.get(norm.name, ([], []))
    grounds = [rule for rule in openers if rule.name in facts.fires]
    lapses = facts.lapsing.get(norm.name, ())
    if others or not grounds or facts.follow is None or not all(isinstance(way, WhenImposed) for way in norm.opening):
        return None
    for ground in grounds:
        same = [each for each in lapses if each.on == ground.on and each.recurrence in (None, ground.recurrence)]
        if not any(each.name == ground.name or each.when in (None, ground.when) for each in same):
            return None
    story = Story(facts)
    if not story.open(norm):
        return None
    entries = [entry for entry in story.followed() if entry.clause == norm.name]
    opened = {entry.at for entry in entries if entry.kind == "RightOpened"}
    lapsed = {entry.at for entry in entries if entry.kind == "Lapsed"}
    if not opened or opened != lapsed:
        return None
    return f"`{grounds[0].name}`, which opens it, lets it lapse at the same instant", story.lines


def _with(facts: Facts, ground: Rule, lapse: Rule) -> bool:
    """Whether a rule on a figure always fires with another on the same."""
    if not isinstance(ground.on, OnSettled) or lapse.on != ground.on:
        return False
    if lapse.name == ground.name or lapse.when is None:
        return True
    fields = facts.of_figure(facts.figures[ground.on.figure])
    if ground.when is None:
        return False
    return facts.impossible("BPO425", Asked(ground.when, fields), Asked(ex.Not(lapse.when), fields))


def _begins_with(facts: Facts, state: State, name: str, on: object) -> bool:
    """Whether a rule begins the state as it fires."""
    rule = facts.rules[name]
    if any(isinstance(effect, Begin) and effect.state == state.name for effect in rule.then):
        return True
    match on:
        case OnHappens(selector):
            return any(each.event == selector.event and each.where in (None, selector.where) for each in state.starts)
        case OnOutcome() | OnSettled():
            return False
    return False
