"""A duty that follows from the end of the agreement and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import at_once, days_of
from bpodsl.lint.witness import Story
from bpodsl.terms import Effect, Impose, Length, Norm, OnHappens, Rule, Terminate
from bpodsl.text import Problem, Related, Severity, Span, Trace


@frozen
class EndsWithAgreement(Problem):
    """A duty begins with a termination, but the agreement, and the duty with it, is over before its last day.

    What is still open when the agreement ends is not decided any more, unless it survives. Hand-over, return of data
    and final accounts are meant for the time after the end. The same is so of a duty that falls due on a day after the
    last that the term can have.

    Not so:

        event handed_over from meridian
        termination at_will
          by northwind at will
          exercised by ended
          notice 30 days
          then hand_over applies
        obligation hand_over
          meridian must handed_over when called
          within 60 days

    But so:

        event handed_over from meridian
        termination at_will
          by northwind at will
          exercised by ended
          notice 30 days
          then hand_over applies
        obligation hand_over
          meridian must handed_over when called
          within 60 days
          survives the end

    Next: add `survives the end` (or `survives …` to the termination), or lengthen the notice.
    """

    code: ClassVar[str] = "BPO424"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    ending: str
    place: Span | None = None
    lines: tuple[str, ...] = ()
    day: str = ""
    last: str = ""

    def message(self) -> str:
        if self.day:
            return (
                f"`{self.name}` falls due on {self.day}, and the agreement ends on {self.last}: then it is over, since "
                "it does not survive."
            )
        return (
            f"`{self.ending}` opens `{self.name}` and ends the agreement before its last day: then it is over, since "
            "it does not survive."
        )

    def hint(self) -> str | None:
        other = "name an earlier day" if self.day else "lengthen the notice"
        return f"Add `survives the end`, or {other}."

    def related(self) -> tuple[Related, ...]:
        return () if self.place is None else (Related(self.place, "ends the agreement"),)

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Each duty that the exercise of a right, another outcome or a trigger opens which also ends the agreement."""
    for cause, effects in _causes(facts):
        ends = [effect for effect in effects if isinstance(effect, Terminate)]
        if not ends or not at_once(ends[0]):
            continue
        for effect in effects:
            norm = facts.norms.get(effect.norm) if isinstance(effect, Impose) else None
            if norm is not None and _too_short(norm, ends[0].notice):
                lines = _story(facts, cause, norm)
                if lines is not None:
                    yield EndsWithAgreement(norm.clause.span, norm.name, cause.name, cause.clause.span, lines)
    for norm in facts.contract.norms:
        day = _after_the_end(facts, norm)
        if day is not None:
            yield EndsWithAgreement(norm.clause.span, norm.name, "", day=str(day), last=str(facts.last))


def _after_the_end(facts: Facts, norm: Norm) -> date | None:
    """The day on which a duty falls due, if that is after the end in any case."""
    due = norm.due
    if norm.modality != "must" or norm.survives or norm.survives_after or norm.variants or norm.name not in facts.opens:
        return None
    if due is None or due.fixed is None or due.roll == "preceding" or due.back or facts.last is None:
        return None
    return due.fixed if due.fixed > facts.last else None


def _causes(facts: Facts) -> Iterator[tuple[Norm | Rule, list[Effect]]]:
    """What has effects, and those that come about together."""
    for norm in facts.contract.norms:
        for outcome in dict.fromkeys(outcome for outcome, _ in norm.consequences):
            if (norm.name, outcome) in facts.outcomes:
                yield norm, [effect for own, effect in norm.consequences if own == outcome]
    for rule in facts.contract.rules:
        if rule.name in facts.fires:
            yield rule, list(rule.then)


def _too_short(norm: Norm, notice: Length | None) -> bool:
    """Whether the notice is over before the last day of a duty that does not survive."""
    due = norm.due
    if norm.survives or norm.survives_after or norm.variants:
        return False
    if due is None or due.length is None or due.anchor != "opening" or due.back:
        return False
    if notice is None:
        return True
    most = days_of(notice, least=False)
    least = due.length.amount if due.length.unit == "working days" else days_of(due.length, least=True)
    return most is not None and least is not None and least > most


def _story(facts: Facts, cause: Norm | Rule, norm: Norm) -> tuple[str, ...] | None:
    """The ground of a right and its notice, or the event that fires a trigger; () where it takes more to show it, None
    where `run` finds the duty decided before the end."""
    story = Story(facts)
    selector = None
    if isinstance(cause, Norm):
        if cause.form == "right" and story.open(cause):
            selector = cause.acts[0]
    elif isinstance(cause.on, OnHappens) and cause.recurrence is None and cause.when is None:
        selector = cause.on.selector
    model = None if selector is None else facts.model("BPO424", facts.asked(selector))
    if facts.follow is None or selector is None or model is None:
        return ()
    story.report(selector.event, model)
    year = 366 * 24 * 3600 * 10**6
    kinds = {entry.kind for entry in story.followed(story.now + 3 * year) if entry.clause == norm.name}
    if "Ended" not in kinds:
        return None if {"Missed", "Fulfilled", "Excused"} & kinds else ()
    return story.lines
