"""An escalation that comes back to itself, or leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.terms import Begin, Effect, Impose, OnLasting, OnOutcome, outcomes_of
from bpodsl.text import Problem, Severity


@frozen
class LadderEnds(Problem):
    """When the time of the last level is over, nothing follows; or the escalation begins again by itself, for ever.

    A last level with a time hands on to nobody. Where it should stay with the last level until the matter is ended,
    leave out its time; else say what follows.

    Not so:

        escalation path
          level 1  "Manager" of meridian for 2 days
          level 2  "Director" of both for 5 days
          ends with claimed
        trigger weak
          when on_time is missed
          then escalate path

    But so:

        escalation path
          level 1  "Manager" of meridian for 2 days
          level 2  "Director" of both for 5 days
          ends with claimed
          then tell "to mediation"
        trigger weak
          when on_time is missed
          then escalate path

    Next: add `then …`, leave out the time of the last level, or let what it leads to end elsewhere.
    """

    code: ClassVar[str] = "BPO423"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    hops: tuple[str, ...] = ()

    def message(self) -> str:
        if self.hops:
            return f"`{self.name}` begins again by itself and so has no end: {' → '.join(self.hops)}."
        return f"`{self.name}` leads nowhere: when the time of its last level is over, nothing follows."

    def hint(self) -> str | None:
        if self.hops:
            return "Let one of these steps wait for an act."
        return "Add `then …`, or leave out the time of the last level."


def find(facts: Facts) -> Iterator[Problem]:
    """Ladders whose last level runs out without consequence, or with that of the first level."""
    for ladder in facts.contract.ladders:
        levels = [facts.norms[name] for name in ladder.levels]
        if not levels or levels[0].name not in facts.opens:
            continue
        last = levels[-1]
        if last.due is not None and not any(outcome == "missed" for outcome, _ in last.after):
            waited = any(
                OnOutcome(last.name, "missed") in outcomes_of(rule.on)
                for rule in facts.contract.rules
            )
            if not waited:
                yield LadderEnds(ladder.clause.span, ladder.name)
        hops = _way_back(facts, last.name, levels[0].name)
        if hops:
            yield LadderEnds(ladder.clause.span, ladder.name, (*(level.name for level in levels[:-1]), *hops))


def _way_back(facts: Facts, start: str, goal: str) -> tuple[str, ...]:
    """The steps from one norm that runs out to the opening of another, where time alone takes them; () if none do."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    seen = {start}
    while waiting:
        name, path = waiting.pop(0)
        for step, effect in _by_time(facts, name):
            after = ""
            if isinstance(effect, Impose):
                after = effect.norm
            elif isinstance(effect, Begin):
                after = f"state:{effect.state}"
            if after == goal:
                return (*path, *step, goal)
            if after and after not in seen:
                seen.add(after)
                waiting.append((after, (*path, *step, after.removeprefix("state:"))))
    return ()


def _by_time(facts: Facts, name: str) -> Iterator[tuple[tuple[str, ...], Effect]]:
    """What follows when nobody acts: of a norm its miss, of a state its lasting."""
    norm = facts.norms.get(name)
    if norm is not None and norm.due is not None:
        for outcome, effect in norm.after:
            if outcome in ("missed", "breached", "opened"):
                yield (), effect
    for rule in facts.contract.rules:
        on = rule.on
        if rule.when is not None or rule.recurrence is not None:
            continue
        lasts = isinstance(on, OnLasting) and name == f"state:{on.state}"
        ways = [each.outcome for each in outcomes_of(on) if each.norm == name]
        if lasts or any(outcome in ("missed", "breached", "opened") for outcome in ways):
            for effect in rule.then:
                yield (rule.name,), effect
