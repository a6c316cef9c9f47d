"""A notice that is deemed given only after its own time is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import days_of
from bpodsl.lint.histories import grounds, opened
from bpodsl.lint.told import told
from bpodsl.lint.witness import Followed
from bpodsl.terms import Norm
from bpodsl.text import Problem, Severity, Trace
from bpodsl.values import DAY_TICKS


@frozen
class NoticeTooSlow(Problem):
    """A right must be exercised within fewer days than its notice takes to count as given.

    A notice in that form comes too late even if it is sent on the day of the ground.

    Not so:

        notice leave_notice from northwind
          method  one of letter, email
          sent    day
          deemed given
            | method is letter | 5 days after sent |
            | otherwise        | when sent         |
        termination leave
          by northwind on failing
          exercised by leave_notice
          exercised within 3 days after the ground

    But so:

        notice leave_notice from northwind
          method  one of letter, email
          sent    day
          deemed given
            | method is letter | 5 days after sent |
            | otherwise        | when sent         |
        termination leave
          by northwind on failing
          exercised by leave_notice
          exercised within 30 days after the ground

    Next: lengthen the time of exercise, or say that notice in that form has no effect.
    """

    code: ClassVar[str] = "BPO444"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    notice: str
    form: str
    takes: int
    time: int
    events: Trace | None = None

    def message(self) -> str:
        form = f" ({self.form})" if self.form else ""
        days = "day" if self.time == 1 else "days"
        return (
            f"`{self.name}` must be exercised within {self.time} {days}, but `{self.notice}`{form} counts as given "
            f"only after {self.takes}: it always comes too late."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "exercised within"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Lengthen the time of exercise."


def find(facts: Facts) -> Iterator[Problem]:
    """Each form of notice of each right that has a time in days."""
    for norm in facts.contract.norms:
        time = _time(norm)
        if norm.form != "right" or time is None:
            continue
        for act in norm.acts:
            for row in facts.events[act.event].deemed:
                if row.effective and row.plus_days > time:
                    form = "" if row.where is None else told(row.where)
                    yield NoticeTooSlow(norm.clause.span, norm.name, act.event, form, row.plus_days, time)


def show(facts: Facts, problem: NoticeTooSlow) -> Trace | None:
    """The ground, and the notice in that form on the same day: the right lapses all the same."""
    norm = facts.norms[problem.name]
    kind = facts.events[problem.notice]
    act = next(act for act in norm.acts if act.event == problem.notice)
    row = next(row for row in kind.deemed if row.effective and row.plus_days == problem.takes)
    model = facts.model("BPO444", facts.asked(act), Asked(row.where, facts.row((problem.notice,))))
    if model is None:
        return None

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        own = {entry.kind: entry.at for entry in entries if entry.clause == norm.name}
        if "RightOpened" not in own or "Lapsed" not in own or "Exercised" in own:
            return None
        return own["Lapsed"], f"`{norm.name}` has lapsed without being exercised."

    for story in grounds(facts, norm):
        at = opened(story, norm)
        if at is not None:
            story.now = max(story.now, at)
            story.report(problem.notice, model)
            found = story.trace(goal, story.now + (problem.takes + 10) * DAY_TICKS)
            if found is not None:
                return found
    return None


def _time(norm: Norm) -> int | None:
    """The most days for the exercise, counted from the opening, in civil days; None where it is counted otherwise."""
    due = norm.due
    if due is None or due.back or due.anchor != "opening" or due.roll is not None or norm.suspended_during:
        return None
    return days_of(due.length, least=False)

