"""A right that nobody can exercise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.terms import Begin, Norm, OnHappens, OnOutcome, OnSettled, Rule, State, WhenImposed
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class NobodyExercises(Problem):
    """A right or termination opens, but the one who has it can never exercise it.

    Only the other side may report the notice by which it is exercised; or the right is barred as soon as it opens, by
    a state that nothing ends; or what opens it also lets it lapse, at the same instant.

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

    def message(self) -> str:
        return f"Nobody can exercise `{self.name}`: {self.why}."

    def hint(self) -> str | None:
        return "Let its holder give the notice, or let what bars it end."


def find(facts: Facts) -> Iterator[Problem]:
    """Rights that open."""
    for norm in facts.contract.norms:
        if norm.form == "right" and norm.name in facts.opens:
            why = _by_others(facts, norm) or _barred(facts, norm) or _closed(facts, norm)
            if why is not None:
                yield NobodyExercises(norm.clause.span, norm.name, why)


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
