"""What may be asked about, and what is meant by the names given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from bpodsl.record import Entry
from bpodsl.report.periods import of_period
from bpodsl.terms import Clause, Contract, OnSettled


@frozen
class Asked:
    """What is asked about: a clause, perhaps a window (`period`) and key values in text."""

    clause: str
    period: str = ""
    key: tuple[str, ...] = ()

    def fits(self, entry: Entry, names: Iterable[str]) -> bool:
        """Whether an entry of one of `names` is asked about."""
        # An instance of a duty of each period bears the period's name.
        if entry.clause not in names or (self.period and not of_period(entry, self.period)):
            return False
        have = {text for _, text in entry.key} | {entry.instance, entry.instance.rpartition("/")[2]}
        return all(text in have for text in self.key)


def names(contract: Contract) -> dict[str, Clause]:
    """Everything that an author named, by name, in order; not what clauses are lowered to besides."""
    return {name: clause for name, clause in every(contract) if "." not in name}


def every(contract: Contract) -> Iterator[tuple[str, Clause]]:
    """The same with all parts."""
    yield contract.name, contract.clause
    tables = (
        contract.services, contract.states, contract.norms, contract.ladders, contract.figures, contract.lines,
        contract.accounts, contract.rules, contract.changes, contract.assignments, contract.events, contract.questions,
        contract.series, contract.calendars,
    )  # fmt: skip
    for terms in tables:
        yield from ((term.name, term.clause) for term in terms)
    yield from ((each.clause.name, each.clause) for each in contract.stated)


def group_asked(contract: Contract, outcome: Iterable[Entry], clause: str, key: tuple[str, ...]) -> str:
    """Of a clause with values by group: a sentence that says which there are, if none is of that name; else ""."""
    named = next((x.figure for x in contract.lines if x.name == clause), None) or clause
    for rule in contract.rules:
        if rule.name == clause and isinstance(rule.on, OnSettled):
            named = rule.on.figure
    figure = next((f for f in contract.figures if f.name == named), None)
    if figure is None or not key:
        return ""
    if not figure.by:
        return f"`{clause}` has one value for each window, none for cases or groups. Ask without --for, or with --in."
    listed = [word for group in figure.by for word in group.members or ()]
    seen = [text for e in outcome if e.clause == named and e.kind == "Settled" for _, text in e.key]
    groups = list(dict.fromkeys((*listed, *seen)))
    for text in key:
        if text not in groups:
            by = " and ".join(group.name for group in figure.by)
            there = f"There are {', '.join(groups)}." if groups else "None has a value so far."
            return f"`{clause}` is by {by}, and `{text}` is none. {there}"
    return ""
