"""Two duties performed in parts, of which one act pays both in full."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract, Norm, sharing
from bpodsl.text import Problem, Severity


@frozen
class PaidTwice(Problem):
    """The same act counts in full towards two sums.

    An act counts for every duty that it can perform: where two duties `until … adds up to …` name the same act and are
    told apart by the same keys, one payment goes to both, and may pay both debts at once.

    Not so:

        event billed from meridian
          ref     key
          total   money
        event handed_over from meridian
          ref     key
        event paid from northwind
          ref     key
          amount  money
        obligation pay_most
          northwind must paid for each billed
          until amount adds up to 90% of total
          within 30 days
        obligation pay_rest
          northwind must paid for each handed_over
          until amount adds up to 10% of total
          within 30 days

    But so:

        event billed from meridian
          ref     key
          total   money
        event handed_over from meridian
          ref     key
        event paid from northwind
          ref     key
          amount  money
        obligation pay_most
          northwind must paid for each billed
          until amount adds up to 90% of total
          within 30 days
        obligation pay_rest
          northwind must paid for each handed_over
          until amount adds up to 10% of total
          takes what pay_most leaves
          within 30 days

    Next: say which of them takes first: `takes what … leaves`; or let the act say what it is for, with a condition in
    both: `paid where towards is rest`.
    """

    code: ClassVar[str] = "BPO466"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    other: str
    act: str

    def message(self) -> str:
        return f"One `{self.act}` counts in full for `{self.other}` and for `{self.name}`, and may pay both at once."

    def hint(self) -> str | None:
        one = f"Add `takes what {self.other} leaves` to `{self.name}`"
        return f"{one}, or say in both which `{self.act}` is meant (`where`)."


def find(contract: Contract) -> Iterator[Problem]:
    """Each duty with the first other that its acts may pay as well."""
    norms = [norm for norm in contract.norms if norm.adds_up is not None]
    joined = sharing(norms)
    declared = {kind.name: {field.name for field in kind.fields} for kind in contract.events}
    told: set[str] = set()
    for first, second in combinations(norms, 2):
        if second.name in told or second.name in joined.get(first.name, ()):
            continue
        act = next((each for each in _open(first) if each in _open(second)), None)
        if act is None or not set(first.bearer) & set(second.bearer):
            continue
        keys = [{name for name in norm.by if name in declared.get(act, ())} for norm in (first, second)]
        if keys[0] == keys[1]:
            told.add(second.name)
            yield PaidTwice(second.clause.span, second.name, first.name, act)


def _open(norm: Norm) -> list[str]:
    """The acts of which nothing says for which duty they are."""
    return [selector.event for selector in norm.acts if selector.where is None]
