"""What one pair hit exactly, and what its events said of one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bpodsl.record import SETTLE, Event, Ledger
from bpodsl.record.relating import relate
from bpodsl.terms import (
    Contract,
    NotMeasured,
    Question,
)
from bpodsl.values import Zone, add_days
from tests.campaign.horizon import clock_changes, windows_of

Count = Counter[tuple[str, ...]]
OPENINGS = ("Opened", "Escalated", "RightOpened", "Renewed")


def count_speaking(contract: Contract, events: Sequence[Event], until: int, count: Count) -> None:
    """Events that speak of others, and what came of the questions asked of events."""
    _count_lent(contract, events, until, count)
    how = {k.name: k.relates.how for k in contract.events if k.relates is not None}
    if not how and not contract.questions:
        return
    door = relate(contract, events, until)
    for event in door.events:
        count["related", how.get(event.kind, "")] += event.kind in how
        count["question", f"too late: {event.late_for[1].split(' by ')[0]}"] += bool(event.late_for[0])
        for question in contract.questions:
            if event.kind == question.event and not event.retracts:
                count["question", _answered(question, event)] += 1
    count["related", "waiting"] += len(door.waiting)
    count["related", "withdrawn"] += len(door.withdrawn)
    count["related", "versions of one event"] += sum(e.rev > 0 and bool(e.related) for e in door.events)
    late = {event.identity for event in door.events if event.late_for[0]}
    count["question", "too late, then in time"] += sum(e.identity in late and e.effective for e in door.events)
    for _, refused in door.refused:
        count["question", f"set aside: {dict(refused.values).get('why', 'makes no sense')}"] += 1
    del count["related", ""], count["question", "too late: "]


def _count_lent(contract: Contract, events: Sequence[Event], until: int, count: Count) -> None:
    """Events with fields of their case."""
    by_kind: dict[str, list[str]] = {}
    for lending in contract.lendings:
        by_kind.setdefault(lending.to, []).append(lending.name)
    versions: dict[tuple[str, str], set[object]] = {}
    for event in relate(contract, events, until).events if by_kind else ():
        for name in by_kind.get(event.kind, ()):
            count["lent field", "given"] += name in event.fields
            count["lent field", "none before"] += name not in event.fields
            versions.setdefault((event.ref.split("@")[0], name), set()).add(event.fields.get(name))
    count["lent field", "changes when more is known"] += sum(len(found) > 1 for found in versions.values())
    for figure in contract.figures:
        names = {group.name for group in figure.by} & {each.name for each in contract.lendings}
        count["lent field", "figure by it"] += len(names)


def _answered(question: Question, event: Event) -> str:
    of = "claim" if question.claimed else "determination"
    answer = event.fields.get(question.name)
    if answer is None:
        return f"{of}: open"
    if isinstance(answer, NotMeasured):
        return f"{of}: does not arise"
    if answer in ("claimed", "lapsed"):
        return f"{of}: {answer}"
    return f"{of}: {'answered' if event.related else 'deemed'}"


def count_edges(contract: Contract, events: Sequence[Event], until: int, ledger: Ledger, count: Count) -> None:
    zone = Zone.load(contract.zone)
    latest: dict[tuple[str, str], Event] = {}
    for event in events:
        held = latest.get((event.source, event.id))
        if held is None or held.rev < event.rev:
            latest[event.source, event.id] = event
    sound = [e for e in latest.values() if not e.retracts]
    acts = Counter(e.acts for e in sound)
    acts.update(e.ends for e in sound if e.ends is not None)
    settled = {e.at for e in ledger.outcome if e.kind == "Settled"}
    ends = {e.at for e in ledger.outcome if e.kind == "Settled" and e.place == SETTLE}
    misses = {e.at for e in ledger.outcome if e.kind == "Missed" and not e.event_causes}
    term = {e.at for e in ledger.outcome if e.clause == contract.name and e.kind in ("Extended", "Ended")}
    begin = zone.start_of(contract.term.effective)
    exact = "exact hit"
    count[exact, "several events at one instant"] += sum(1 for n in acts.values() if n > 1)
    count[exact, "event at a window's end"] += sum(acts[t] for t in ends)
    count[exact, "event a tick before a window's end"] += sum(acts[t - 1] for t in ends)
    count[exact, "event at a miss"] += sum(acts[t] for t in misses)
    count[exact, "miss at a window's end"] += len(misses & ends)
    count[exact, "event at the beginning"] += acts[begin]
    count[exact, "event at an end of the term"] += sum(acts[t] for t in term)
    changes = clock_changes(zone)
    count[exact, "event at a clock change"] += sum(acts[t] for t in changes)
    count[exact, "event on 29 February"] += sum(
        n for t, n in acts.items() if (zone.day(t).month, zone.day(t).day) == (2, 29)
    )
    count[exact, "event at the first instant of a month"] += sum(
        n for t, n in acts.items() if zone.day(t).day == 1 and zone.start_of(zone.day(t)) == t
    )
    for each in contract.calendars:
        for instant, number in acts.items():
            before, after = each.calendar.is_open(instant - 1), each.calendar.is_open(instant)
            count[exact, "event at an opening of a calendar"] += number * (after and not before)
            count[exact, "event at a closing of a calendar"] += number * (before and not after)
    count[exact, "learnt at a settlement"] += sum(1 for e in events if e.acts < e.known and e.known in settled)
    count[exact, "corrected at a settlement"] += sum(1 for e in events if e.rev and e.known in settled)
    states = {s.name for s in contract.states}
    turns = Counter(e.at for e in ledger.outcome if e.clause in states and e.kind in ("Opened", "Closed"))
    count[exact, "state turns at a miss"] += sum(turns[t] for t in misses)
    count[exact, "until at a window's end"] += until in {
        w.end for f in contract.figures for w in windows_of(contract, f.grid)
    }
    count[exact, "until at an event"] += until in acts
    count[exact, "until a tick after an event"] += until - 1 in acts
    _count_performances(ledger, zone, count)


def _count_performances(ledger: Ledger, zone: Zone, count: Count) -> None:
    dues: dict[tuple[str, str], object] = {}
    opened: dict[tuple[str, str], int] = {}
    exact = "exact hit"
    for entry in ledger.outcome:
        place = entry.clause, entry.instance
        if entry.kind in OPENINGS:
            opened[place] = entry.at
        due = entry.number("due")
        if entry.kind in ("Missed", "Lapsed", "Excused"):
            dues[place] = due
            if opened.get(place) == entry.at and not entry.event_causes:
                count[exact, "due at the opening or before"] += 1
        if entry.kind in ("Fulfilled", "Exercised", "Closed") and due is not None:
            if isinstance(due, date):
                count[exact, "performed on the last tick of the due day"] += (
                    entry.at == zone.start_of(add_days(due, 1)) - 1
                )
            else:
                count[exact, "performed at the due instant"] += entry.at == due
                count[exact, "performed a tick before the due instant"] += entry.at == due - 1
        if entry.kind in ("Late", "Cured"):
            due = dues.get(place)
            if isinstance(due, date):
                count[exact, "performed at the instant after the due day"] += entry.at == zone.start_of(
                    add_days(due, 1)
                )
            elif isinstance(due, int):
                count[exact, "performed late at the due instant"] += entry.at == due
                count[exact, "performed a tick after the due instant"] += entry.at == due + 1
        if entry.kind == "Capped":
            count[exact, "cap exhausted"] += entry.number("posted") == 0
