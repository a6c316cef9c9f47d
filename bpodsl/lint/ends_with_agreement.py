"""A duty that follows from the end of the agreement and ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts, days_of
from bpodsl.lint.witness import Story
from bpodsl.terms import Impose, Length, Norm, Once, Terminate
from bpodsl.text import Problem, Related, Severity, Span


@frozen
class EndsWithAgreement(Problem):
    """A duty begins with a termination, but the agreement, and the duty with it, is over before its last day.

    What is still open when the agreement ends is not decided any more, unless it survives. Hand-over, return of data
    and final accounts are meant for the time after the end.

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

    def message(self) -> str:
        return (
            f"`{self.ending}` opens `{self.name}` and ends the agreement before its last day: then it is over, since "
            "it does not survive."
        )

    def hint(self) -> str | None:
        return "Add `survives the end`, or lengthen the notice."

    def related(self) -> tuple[Related, ...]:
        return () if self.place is None else (Related(self.place, "ends the agreement"),)

    def trace(self) -> tuple[str, ...]:
        return self.lines


def find(facts: Facts) -> Iterator[Problem]:
    """Each duty that the exercise of a right opens which also ends the agreement."""
    for right in facts.contract.norms:
        if right.form != "right" or (right.name, "fulfilled") not in facts.outcomes:
            continue
        effects = [effect for outcome, effect in right.consequences if outcome == "fulfilled"]
        ends = [effect for effect in effects if isinstance(effect, Terminate)]
        if not ends or ends[0].to is not None or ends[0].earliest is not None or ends[0].named is not None:
            continue
        for effect in effects:
            norm = facts.norms.get(effect.norm) if isinstance(effect, Impose) else None
            if norm is not None and _too_short(norm, ends[0].notice):
                lines = _story(facts, right, norm)
                if lines is not None:
                    yield EndsWithAgreement(norm.clause.span, norm.name, right.name, right.clause.span, lines)


def _too_short(norm: Norm, notice: Length | None) -> bool:
    """Whether the notice is over before the last day of a duty that does not survive."""
    due = norm.due
    if norm.survives or norm.variants or due is None or due.length is None or due.anchor != "opening" or due.back:
        return False
    if notice is None:
        return True
    most = days_of(notice, least=False)
    least = due.length.amount if due.length.unit == "working days" else days_of(due.length, least=True)
    return most is not None and least is not None and least > most


def _story(facts: Facts, right: Norm, norm: Norm) -> tuple[str, ...] | None:
    """The notice, where the right is open anyway; None where `run` finds the duty decided before the end."""
    if facts.follow is None or not all(isinstance(way, Once) for way in right.opening):
        return ()
    story = Story(facts)
    model = facts.model("BPO424", facts.asked(right.acts[0]))
    if model is None:
        return ()
    story.report(right.acts[0].event, model)
    year = 366 * 24 * 3600 * 10**6
    kinds = {entry.kind for entry in story.followed(story.now + 3 * year) if entry.clause == norm.name}
    return None if {"Missed", "Fulfilled", "Excused"} & kinds else story.lines
