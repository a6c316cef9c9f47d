"""Escalations, the register of rights, and how near triggers are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bpodsl.record import Entry
from bpodsl.record.verdicts import Verdict
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Escalation, Right
from bpodsl.report.summary import Summary
from bpodsl.report.words import ended_by

NO_LIMIT: Final = "without a time limit"


def escalations_of(desk: Desk, verdicts: Sequence[Verdict]) -> Iterator[Escalation]:
    """Those under way, and the levels that began or ended in the days told of; what is open comes first."""
    norms = {norm.name: norm for norm in desk.contract.norms if norm.form == "level"}
    of = {ladder.name: len(ladder.levels) for ladder in desk.contract.ladders}
    ladders = {ladder.name: ladder for ladder in desk.contract.ladders}
    found = []
    for verdict in verdicts:
        if verdict.norm not in norms:
            continue
        norm, opened = norms[verdict.norm], verdict.entries[0]
        days = [desk.show.zone.day(at) for at in (verdict.opened, verdict.decided) if at is not None]
        if not verdict.live and not any(desk.told(day) for day in days):
            continue
        status = "open" if verdict.live else _level_over(desk, verdict)
        ladder = ladders.get(norm.ladder)
        found.append((not verdict.live, verdict.opened, Escalation(
            desk.cited(norm.ladder if ladder is not None else norm.name), desk.group(verdict.key) or verdict.instance,
            norm.level, of.get(norm.ladder, norm.level), opened.words, desk.show.instant(verdict.opened),
            NO_LIMIT if verdict.due is None else desk.show.when(verdict.due), status, desk.detail(verdict.norm, opened),
        )))  # fmt: skip
    yield from (each for *_, each in sorted(found, key=lambda f: f[:2]))


def _level_over(desk: Desk, verdict: Verdict) -> str:
    """How a level ended: its time was over, what it waited for was done, or it ended with the agreement."""
    at = "" if verdict.decided is None else f" {desk.show.instant(verdict.decided)}"
    how = {"fulfilled": "closed", "missed": "passed on", "not measurable": "ended with the agreement"}
    return how.get(verdict.status, verdict.status) + at


def rights_of(desk: Desk, summary: Summary, verdicts: Sequence[Verdict]) -> Iterator[Right]:
    """Every right that ever opened, open ones first; then what became of the others, the latest first."""
    norms = {norm.name: norm for norm in desk.contract.norms if norm.form == "right"}
    holders = {(r.right, r.key, r.since): r for r in summary.rights}
    found: list[tuple[int, int, Right]] = []
    for verdict in verdicts:
        if verdict.norm not in norms:
            continue
        opened = holders.get((verdict.norm, verdict.key, verdict.opened))
        names = opened.holders if opened is not None else norms[verdict.norm].bearer
        by = " and ".join(desk.words.party(name) for name in names)
        status, rank = _status(verdict, at_will=opened is not None and not opened.grounds)
        closing = next((e for e in reversed(verdict.entries) if e.kind in _CLOSING), None)
        closed = desk.show.instant(verdict.decided) if verdict.decided is not None else ""
        due = verdict.due
        last = due if isinstance(due, date) else None if due is None else desk.show.zone.day(due)
        found.append((rank, -max(e.at for e in verdict.entries), Right(
            desk.cited(verdict.norm), desk.group(verdict.key) or _named(verdict), by, status,
            desk.show.instant(verdict.opened), "without end" if due is None else desk.show.when(due), last, closed,
            _why(desk, verdict, closing), desk.detail(verdict.norm, *((closing,) if closing else verdict.entries[-1:])),
        )))  # fmt: skip
    yield from (each for *_, each in sorted(found, key=lambda f: f[:2]))


_CLOSING = ("Exercised", "Lapsed", "Ended")


def _named(verdict: Verdict) -> str:
    """A right that a window opened is known by it; an event's own number says nothing to a reader."""
    return "" if "/" in verdict.instance or verdict.instance == "term" else verdict.instance


def _status(verdict: Verdict, at_will: bool) -> tuple[str, int]:
    if verdict.live:
        return ("at will", 1) if at_will else ("open", 0)
    return {"fulfilled": ("exercised", 2), "missed": ("lapsed", 3)}.get(verdict.status, ("ended", 4))


def _why(desk: Desk, verdict: Verdict, closing: Entry | None) -> str:
    """What opened it, or why it is over."""
    if closing is not None and closing.kind == "Lapsed":
        by = ended_by(closing)
        return f"closed by {desk.words.clause(by)}" if by else "its time was over"
    if closing is not None:
        return desk.words.told(closing)
    grounds = [name.partition("/")[0] for entry in verdict.entries for name in entry.entry_causes]
    grounds = [name for name in dict.fromkeys(grounds) if name != verdict.norm]
    return f"ground: {', '.join(desk.words.clause(name) for name in grounds)}" if grounds else ""
