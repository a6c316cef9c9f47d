"""A condition that leaves nothing out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds.shares import conjuncts
from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.never_holds import Row, conditions
from bpodsl.lint.told import told
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity


@frozen
class AlwaysHolds(Problem):
    """A condition, or one of the parts that `and` joins, holds whatever is reported: it leaves nothing out.

    Mostly `or` stands where `and` was meant (`priority is not P1 or priority is not P2` is so of every priority), or a
    number is mistyped. A list of all the words of a field is taken to be meant, and so is a question that the language
    demands. Of a field that may be left out, the condition asks no more than whether it is given.

    Not so:

        amount low_tickets
          each month
          count of ticket_opened where priority is not P1 or priority is not P2

    But so:

        amount low_tickets
          each month
          count of ticket_opened where priority is not P1 and priority is not P2

    Next: write `and` for `or`, correct the number, or delete the condition.
    """

    code: ClassVar[str] = "BPO447"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    condition: str
    given: tuple[str, ...] = ()
    several: bool = False

    def message(self) -> str:
        if not self.given:
            return f"In `{self.name}`, “{self.condition}” always holds: it leaves nothing out."
        given = " and ".join(f"`{name}`" for name in self.given)
        are = "is" if len(self.given) == 1 else "are"
        return f"In `{self.name}`, “{self.condition}” holds wherever {given} {are} given: it leaves out nothing else."

    def hint(self) -> str | None:
        if self.several:
            return "Should `or` be `and`? Else delete the condition."
        return "Correct the value, or delete the condition."

    def part(self) -> tuple[str, ...]:
        return self.name, "condition", self.condition


def find(facts: Facts) -> Iterator[Problem]:
    """Each condition of rows and windows, and each part of it that another part joins by `and`."""
    seen: set[tuple[str, str]] = set()
    ladders = {level: ladder.clause for ladder in facts.contract.ladders for level in ladder.levels}
    for clause, condition, row in conditions(facts):
        if row.figures:
            continue
        clause = ladders.get(clause.name, clause)
        for part in conjuncts(condition):
            if (clause.name, told(part)) not in seen and _is_written(part) and _always(facts, part, row):
                seen.add((clause.name, told(part)))
                several = isinstance(part, ex.AnyOf)
                yield AlwaysHolds(clause.span, clause.name, told(part), _optional(facts, part, row), several)


def _always(facts: Facts, part: object, row: Row) -> bool:
    """Whether it is certain that it is not otherwise wherever it can be told."""
    opposite = ex.Not(part)  # type: ignore[arg-type]
    return facts.impossible("BPO447", Asked(opposite, row.fields))


def _is_written(part: object) -> bool:
    """Whether an author can have meant it to leave something out: it is no list of words, no question for how a
    measure stands (of which the target is at fault), and nothing that a change or a term brings with it."""
    asked = list(walk(part))
    if any(isinstance(each, ex.Signed | ex.Moment | ex.WindowDay | ex.RowStanding) for each in asked):
        return False
    compared = [each for each in asked if isinstance(each, ex.Compare)]
    listed = {each.left for each in compared if each.op == "=" and isinstance(each.right, ex.Literal)}
    words = isinstance(part, ex.AnyOf) and len(listed) == 1 and all(each.op == "=" for each in compared)
    return bool(compared) and not words


def _optional(facts: Facts, part: object, row: Row) -> tuple[str, ...]:
    """The fields in a condition that may be left out."""
    kinds = [facts.events[row.event]] if row.event in facts.events else list(facts.events.values())
    names = dict.fromkeys(each.name for each in walk(part) if isinstance(each, ex.FieldOf))
    fields = {name: [kind.field(name) for kind in kinds] for name in names}
    return tuple(name for name, those in fields.items() if any(each is not None and each.optional for each in those))
