"""One sentence for each thing that a contract manager is told: a duty missed or due, an escalation, a right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from bpodsl.record.verdicts import Verdict
from bpodsl.report.show import Show
from bpodsl.report.summary import OpenLevel, OpenRight
from bpodsl.report.words import Words
from bpodsl.terms import Contract


def of_key(key: Iterable[tuple[str, str]]) -> str:
    """` for ticket T1`, or nothing."""
    said = ", ".join(f"{name} {text}" for name, text in key)
    return f" for {said}" if said else ""


@frozen
class Sentences:
    """Says what became of the things of one contract."""

    contract: Contract
    words: Words

    @property
    def show(self) -> Show:
        return self.words.show

    def prohibits(self, norm: str) -> bool:
        """Whether a norm forbids."""
        return any(each.name == norm and each.form == "prohibition" for each in self.contract.norms)

    def missed(self, verdict: Verdict) -> str:
        """Which duty was missed, how, and what came of it."""
        return f"{self._which(verdict)}: {self._miss(verdict)}"

    def due(self, verdict: Verdict) -> str:
        """Which duty is due, and by when."""
        return f"{self._which(verdict)}: by {self.show.when(verdict.due)}"

    def _miss(self, verdict: Verdict) -> str:
        """How it was missed and what came of it; an act against a prohibition breaks it, and cannot be late."""
        if self.prohibits(verdict.norm):
            said = f"broken {self.show.instant(verdict.decided or verdict.opened)}"
        elif verdict.performed is None:
            said = f"due {self.show.when(verdict.due)}, not performed"
        else:
            done = "cured" if verdict.cured else "performed"
            said = f"due {self.show.when(verdict.due)}, {done} {self.show.instant(verdict.performed)}"
        return said + ", breached: not cured in time" * verdict.breached + ", waived" * verdict.waived

    def _which(self, verdict: Verdict) -> str:
        period = self.words.period_of(verdict.norm, verdict.instance, verdict.key)
        keys = ", ".join([*(f"{name} {text}" for name, text in verdict.key), *([period] if period else [])])
        return f"{self.words.apart(verdict.norm)} ({keys or verdict.instance})"

    def escalation(self, level: OpenLevel) -> str:
        """Where an escalation stands."""
        ladder = next((each for each in self.contract.ladders if each.name == level.ladder), None)
        name = f"{ladder.clause.shown} [{ladder.clause.reference}]" if ladder else level.ladder
        since = f"since {self.show.instant(level.since)}{self._until(level.until)}"
        return f"{name}{of_key(level.key)}: level {level.level}, {level.roles}, {since}"

    def right(self, right: OpenRight) -> str:
        """Which right is open, and to whom."""
        holders = " and ".join(self.words.party(holder) for holder in right.holders)
        period = self.words.period_of(right.right, right.instance, right.key)
        which = of_key(right.key) + (f" in {period}" if period else "")
        return f"{self.words.clause(right.right)}{which}: {holders}"

    def open_right(self, right: OpenRight) -> str:
        """The same of one that has a ground: since when, and until when."""
        return (
            f"{self.right(right)}, since {self.show.instant(right.since)}"
            + (f", again on {self.show.instant(right.latest)}" if right.latest != right.since else "")
            + self._until(right.until)
        )

    def _until(self, last: date | int | None) -> str:
        return ", without end" if last is None else f", until {self.show.when(last)}"
