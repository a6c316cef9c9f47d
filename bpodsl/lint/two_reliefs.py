"""Two kinds of relief for one state, of which the first takes all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts, versions
from bpodsl.text import Problem, Related, Severity, Span


@frozen
class TwoReliefs(Problem):
    """A duty is both suspended (or its clock stopped) and excused during one state.

    While a duty is suspended nothing falls due, so that there is nothing to excuse: whether a late act is in time or
    excused was to be decided by one of the two.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          suspended during outage
          excused during outage

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          suspended during outage

    Next: keep the one that is meant.
    """

    code: ClassVar[str] = "BPO435"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    other: Span | None = None

    def message(self) -> str:
        return f"During `{self.state}`, `{self.name}` is both suspended and excused; it falls due only after that."

    def part(self) -> tuple[str, ...]:
        return self.name, "excused"

    def other_part(self) -> tuple[str, ...]:
        return "during", self.state

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "suspended here"),)

    def hint(self) -> str | None:
        return "Keep `suspended during` (or `clock stops`), or `excused during`."


def find(facts: Facts) -> Iterator[Problem]:
    """Duties; of a prohibition both are the same."""
    seen: set[tuple[str, str]] = set()
    for norm in versions(facts.contract.norms):
        if norm.modality == "must not" or norm.due is None:
            continue
        for state in norm.excused_during:
            if state in (*norm.suspended_during, *norm.clock.stops_during) and (norm.name, state) not in seen:
                seen.add((norm.name, state))
                yield TwoReliefs(norm.clause.span, norm.name, state)
