"""Duties: how many were opened and what became of them; which were missed; what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpodsl.record.entry import STATUSES
from bpodsl.record.verdicts import Verdict
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Missed, Question, Tally
from bpodsl.report.sentences import Sentences
from bpodsl.report.summary import Summary

_FORMS = ("obligation", "prohibition")


def tallies_of(desk: Desk, verdicts: Sequence[Verdict]) -> Iterator[Tally]:
    """Of each duty those opened in the days told of. Every one opened has exactly one status."""
    zone = desk.show.zone
    for norm in desk.contract.norms:
        if norm.form not in _FORMS:
            continue
        mine = [v for v in verdicts if v.norm == norm.name and desk.told(zone.day(v.opened))]
        if mine:
            title = f"{desk.words.clause(norm.name)}: each of {len(mine)}"
            yield Tally(
                desk.cited(norm.name), len(mine),
                tuple((status, sum(v.status == status for v in mine)) for status in STATUSES),
                sum(v.status == "missed" and v.performed is not None and not v.cured for v in mine)
                if norm.form == "obligation" else 0,
                sum(v.cured for v in mine), sum(v.breached for v in mine), sum(v.waived for v in mine),
                desk.detail_of_lines(norm.name, title, _each(desk, mine)),
            )  # fmt: skip


def _each(desk: Desk, mine: Sequence[Verdict]) -> Iterator[str]:
    """Every one of them by what became of it, what went wrong first, with its events."""
    for status in (*(each for each in STATUSES if each != "fulfilled"), "fulfilled"):
        found = [v for v in mine if v.status == status]
        if found:
            yield f"{len(found)} {status}"
        for verdict in found:
            last = max(verdict.entries, key=lambda e: (e.at, e.place))
            yield f"  {desk.show.instant(last.at)}  {desk.words.entry(last)}"
            causes = dict.fromkeys(ref for entry in verdict.entries for ref in entry.event_causes)
            yield from (f"    {desk.run.of(ref)}" for ref in causes)


def missed_of(desk: Desk, verdicts: Sequence[Verdict]) -> Iterator[Missed]:
    """The misses of the days told of, in their order; those of an instant in the order of the agreement."""
    forms = {norm.name: norm.form for norm in desk.contract.norms}
    say = Sentences(desk.contract, desk.words)
    found = []
    for verdict in verdicts:
        entry = next((e for e in verdict.entries if e.kind == "Missed"), None)
        if forms[verdict.norm] in _FORMS and verdict.status == "missed" and entry is not None:
            found.append((entry, verdict))
    for entry, verdict in sorted(found, key=lambda each: each[0].at):
        day = desk.day(entry)
        if desk.told(day):
            _, _, told = say.missed(verdict).rpartition("): ")
            yield Missed(
                desk.cited(verdict.norm), desk.group(verdict.key) or verdict.instance, desk.show.when(verdict.due),
                day.isoformat(), told, desk.detail(verdict.norm, entry),
            )  # fmt: skip


def questions_of(desk: Desk, summary: Summary, verdicts: Sequence[Verdict]) -> Iterator[Question]:
    """What waits for a decision: windows that are provisional, and questions put to somebody that are open."""
    for entry in summary.provisional:
        yield Question(
            desk.cited(entry.clause), desk.words.of(entry), desk.awaited(entry), desk.detail(entry.clause, entry)
        )
    # The duty to answer a question bears its name.
    answering = {norm.name for norm in desk.contract.norms if norm.answers is not None}
    answering |= {question.name for question in desk.contract.questions}
    for verdict in verdicts:
        if verdict.live and verdict.norm in answering:
            by = f", by {desk.show.when(verdict.due)}" if verdict.due is not None else ", without a time limit"
            yield Question(
                desk.cited(verdict.norm), desk.group(verdict.key) or verdict.instance, f"open{by}",
                desk.detail(verdict.norm, verdict.entries[-1]),
            )  # fmt: skip
