"""Runs an agreement over files, as the command line does, and gives what the tests ask about."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from attrs import frozen

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.report.show import Show
from bpodsl.store import Intaken, read_events
from bpodsl.terms import Contract
from bpodsl.values import parse_instant, show_decimal


@frozen
class Run:
    contract: Contract
    taken: Intaken
    events: tuple[Event, ...]
    until: int
    ledger: Ledger

    @property
    def show(self) -> Show:
        return Show(self.contract)

    def settled(self, figure: str, **group: str) -> dict[str, Entry]:
        """The settled entries of a figure, by window."""
        return {
            e.period: e for e in self.ledger.outcome
            if e.kind == "Settled" and e.clause == figure and all(dict(e.key).get(k) == v for k, v in group.items())
        }  # fmt: skip

    def value(self, figure: str, period: str, **group: str):
        return self.settled(figure, **group)[period].number("value")

    def posted(self, line: str, period: str = "") -> Fraction:
        """The sum posted on a line, in one window or in all."""
        return sum(
            (Fraction(e.number("amount")) for e in self.ledger.outcome
             if e.kind == "Accrued" and e.clause == line and period in ("", e.period)), Fraction(0),
        )  # fmt: skip

    def verdicts(self, norm: str) -> list[Verdict]:
        return [v for v in judge(self.contract, self.ledger.outcome) if v.norm == norm]

    def fired(self, rule: str) -> list[Entry]:
        return [e for e in self.ledger.outcome if e.kind == "Fired" and e.clause == rule]


def run(
    agreement: Path, *events: Path, until: str | None = None, as_known_at: str | None = None, world: str = ""
) -> Run:
    understood = understand(agreement)
    assert understood.contract is not None, understood.problems
    assert not understood.problems, [p.message() for p in understood.problems]
    contract = understood.contract
    show = Show(contract)
    limit = parse_instant(until, show.zone).instant if until else None
    taken = read_events(contract, events, limit)
    chosen, end = list(dict(taken.worlds)[world]), taken.until
    if as_known_at is not None:
        known = parse_instant(as_known_at, show.zone).instant
        chosen, end = [e for e in chosen if e.known <= known], known + 1
    return Run(contract, taken, tuple(chosen), end, evaluate(contract, chosen, end))


def fixed(value, places: int) -> str:
    return show_decimal(value, places)
