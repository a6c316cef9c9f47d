"""The days ahead: what falls due, until when rights can be used, by when notice must be given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bpodsl.record import Ledger
from bpodsl.record.dates import day_after
from bpodsl.record.deemed import given
from bpodsl.record.refusals import Refused
from bpodsl.record.verdicts import Verdict
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Dated, Escalation, Right
from bpodsl.report.review.standing import NO_LIMIT
from bpodsl.terms import EventKind, Norm, OnPeriod, Renewal
from bpodsl.values import TimeError, add_days, show_wall

DAYS: Final = 90
"""How far ahead the calendar looks."""

_BACK: Final = 62
_RANK = {"notice": 0, "right": 1, "renewal": 2, "term": 3, "duty": 4, "escalation": 5}


def ahead_of(
    desk: Desk, verdicts: Sequence[Verdict], rights: Sequence[Right], escalations: Sequence[Escalation],
    later: Ledger | None, horizon: date,
) -> tuple[Dated, ...]:  # fmt: skip
    """What comes about until `horizon`, itself included. `later`: the ledger of the same events through that day, as if
    nothing more were reported; only what time alone brings is taken from it."""
    found = [*_duties(desk, verdicts), *_rights(desk, rights), *_terms(desk)]
    if later is not None:
        found += _coming(desk, later)
    found += [
        Dated(date.fromisoformat(each.until[:10]), each.until[11:], "escalation", each.clause.shown, each.which,
              each.roles, f"level {each.level} of {each.of} ends", detail=each.detail)
        for each in escalations if each.status == "open" and each.until != NO_LIMIT
    ]  # fmt: skip
    known = [each for each in found if each.by <= horizon or (each.safe is not None and each.safe <= horizon)]
    return tuple(sorted(known, key=lambda d: (d.safe or d.by, d.at, _RANK[d.kind], d.what, d.which)))


# ------------------------------------------------------------------ duties
def _duties(desk: Desk, verdicts: Sequence[Verdict]) -> Iterator[Dated]:
    """Those open now, and those missed that are still owed."""
    norms = {norm.name: norm for norm in desk.contract.norms}
    for verdict in verdicts:
        norm = norms[verdict.norm]
        if norm.form != "obligation" or verdict.due is None:
            continue
        owed = verdict.status == "missed" and verdict.performed is None and not verdict.waived and norm.cure is not None
        if verdict.live or (owed and not verdict.breached):
            passed = _split(desk, verdict.due)[0] < desk.show.zone.day(desk.ledger.until)
            note = "this day has passed; its clock stands still, or moves it on" if passed else ""
            note = note if verdict.live else "missed; may still be cured"
            which = desk.group(verdict.key) or verdict.instance
            yield _duty(desk, norm, verdict.due, which, note, desk.detail(verdict.norm, verdict.entries[-1]))


def _coming(desk: Desk, later: Ledger) -> Iterator[Dated]:
    """Duties that a period opens by itself."""
    norms = {n.name: n for n in desk.contract.norms if any(isinstance(way, OnPeriod) for way in n.opening)}
    for entry in later.outcome:
        due = entry.number("due")
        caused = entry.event_causes or entry.entry_causes
        by_time = entry.kind == "Opened" and entry.at >= desk.ledger.until and not caused
        if entry.clause in norms and by_time and isinstance(due, int | date):
            norm = norms[entry.clause]
            if norm.form == "obligation":
                which = desk.group(entry.key) or entry.instance
                yield _duty(desk, norm, due, which, f"opens {desk.show.day(entry.at)}", "")


def _duty(desk: Desk, norm: Norm, due: int | date, which: str, note: str, detail: str) -> Dated:
    by, at = _split(desk, due)
    who = " and ".join(desk.words.party(party) for party in norm.bearer)
    return Dated(by, at, "duty", desk.words.clause(norm.name), which, who, note, detail=detail)


def _split(desk: Desk, due: int | date) -> tuple[date, str]:
    if isinstance(due, date):
        return due, ""
    return desk.show.zone.day(due), show_wall(desk.show.zone.wall_ticks(due))[11:]


# ------------------------------------------------------------------ rights
def _rights(desk: Desk, rights: Sequence[Right]) -> Iterator[Dated]:
    norms = {norm.name: norm for norm in desk.contract.norms}
    kinds = {kind.name: kind for kind in desk.contract.events}
    for right in rights:
        if right.status != "open" or right.last_day is None:
            continue
        acts = [kinds[act.event] for act in norms[right.clause.name].acts if act.event in kinds]
        safe = [_safe(desk, kind, right.last_day) for kind in acts if kind.deemed]
        days = [day for day, _ in safe if day is not None]
        note = "last day to use it" + (safe[0][1] if safe else "")
        earliest = min(days) if days and min(days) != right.last_day else None
        yield Dated(
            right.last_day, right.until[11:], "right", right.clause.shown, right.which, right.holders, note, earliest,
            detail=right.detail,
        )  # fmt: skip


# ------------------------------------------------------------------ the term and its notices
def _terms(desk: Desk) -> Iterator[Dated]:
    """The end of the term that runs, and the last day for a notice that decides whether it goes on."""
    if desk.run.ended is not None or desk.contract.term.last is None:
        return
    outcome = desk.ledger.outcome
    extended = [e for e in outcome if e.kind == "Extended" and e.clause == desk.contract.name]
    last = extended[-1].number("last") if extended else desk.contract.term.last
    if not isinstance(last, date):
        return
    title = desk.contract.clause.shown
    both = " and ".join(desk.words.party(p.name) for p in desk.contract.parties if p.role in ("client", "provider"))
    for entry in outcome:
        ends = entry.number("ends")
        if entry.kind == "Terminated" and isinstance(ends, int | date):
            by, at = _split(desk, ends)
            if by >= desk.show.zone.day(desk.ledger.until):
                clause = desk.words.clause(entry.clause)
                detail = desk.detail(entry.clause, entry)
                yield Dated(by, at, "term", clause, "", both, "termination takes effect", detail=detail)
    renewal = desk.contract.term.renewal_after(len(extended))
    noticed = any(e.kind == "Noticed" and e.number("last") == last for e in outcome)
    goes_on = renewal is not None and noticed == renewal.if_given
    note = "the term is renewed" if goes_on else "the agreement ends"
    yield Dated(last, "", "renewal" if goes_on else "term", title, "", both, f"last day of the term; then {note}",
                certain=renewal is None or noticed)  # fmt: skip
    if renewal is not None and not noticed:
        yield from _notice(desk, renewal, last)


def _notice(desk: Desk, renewal: Renewal, last: date) -> Iterator[Dated]:
    calendars = {each.name: each.calendar for each in desk.contract.calendars}
    latest = last if renewal.notice is None else day_after(last, renewal.notice, calendars, -1)
    if latest is None or latest < desk.show.zone.day(desk.ledger.until):
        return
    kinds = {kind.name: kind for kind in desk.contract.events}
    what = "to renew" if renewal.if_given else "against renewal"
    title = renewal.clause.shown if renewal.clause is not None and renewal.clause.title else desk.contract.clause.shown
    reference = renewal.clause.reference if renewal.clause is not None else ""
    title = f"{title} [{reference}]" if reference else title
    for name in dict.fromkeys(selector.event for selector in renewal.unless):
        kind = kinds.get(name)
        by = [desk.words.party(party) for party in kind.reporters] if kind is not None else []
        safe, how = (None, "") if kind is None or not kind.deemed else _safe(desk, kind, latest)
        yield Dated(
            latest, "", "notice", title, name.replace("_", " "), " or ".join(by) or "either party",
            f"last day for a notice {what} of the term that ends {last.isoformat()}{how}",
            safe if safe != latest else None,
        )  # fmt: skip


def _safe(desk: Desk, kind: EventKind, latest: date) -> tuple[date | None, str]:
    """The last day on which a notice, sent and handed over at the last moment of a day in whatever form has effect,
    still counts as given by `latest`; and a word about that."""
    zone = desk.show.zone
    calendars = {each.name: each.calendar for each in desk.contract.calendars}
    for back in range(_BACK):
        day = add_days(latest, -back)
        at_last = zone.start_of(add_days(day, 1)) - 1
        counts = []
        for fields in _forms(kind, at_last, day):
            try:
                found = given(kind, fields, at_last, None, zone, calendars)
            except (Refused, TimeError):
                continue
            if found.effective:
                counts.append(found.day or zone.day(found.acts))
        if not counts:
            break
        if max(counts) <= latest:
            return day, "; a notice in any form that is sent by then counts in time" if back else ""
    return None, "; see when a notice counts as given"


def _forms(kind: EventKind, at: int, day: date) -> Iterator[dict[str, object]]:
    """A notice of each form that its clause knows, that is sent and received at an instant."""
    named = {row.given for row in kind.deemed if row.given}
    fields: dict[str, object] = {
        each.name: day if each.kind.base == "day" else at for each in kind.fields if each.name in named
    }
    chosen = next((each for each in kind.fields if each.kind.base == "one_of"), None)
    for value in (None,) if chosen is None else chosen.kind.detail:
        yield fields if chosen is None else {**fields, chosen.name: value}
