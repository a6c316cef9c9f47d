"""How good the pairs were: counted from what ran, and shown as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from bpodsl.record import SETTLE, Event, Ledger
from bpodsl.terms import Contract, Due, Norm, OnLasting, OnOutcome, OnSettled, Rule, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, Zone, add_days
from tests.campaign.horizon import clock_changes, windows_of

Count = Counter[tuple[str, ...]]

_NODES = {"Settled": "figure", "Accrued": "line", "Fired": "rule"}
_AGREEMENT = ("Extended", "Terminated", "Ended", "Opened")
_OPENINGS = ("Opened", "Escalated", "RightOpened", "Renewed")


def measured(contract: Contract, events: Sequence[Event], until: int, ledger: Ledger) -> Count:
    """What one pair exercised."""
    count: Count = Counter()
    count["pairs",] = 1
    kinds = {p.entry.kind for p in ledger}
    count["pairs with a miss and a fulfilment",] = int({"Missed", "Fulfilled"} <= kinds)
    count["pairs with late knowledge",] = int(any(e.acts < e.known or e.rev for e in events))
    count["events",] = len(events)
    count["entries",] = len(ledger.posted)
    count["zone", contract.zone] = 1
    for posted in ledger:
        count["entry", posted.kind] += 1
    for change in contract.changes:
        count["change", "signed late" if change.signed > change.effective else "signed in time"] += 1
        count["change", "running clocks move" if change.moves else "running clocks keep"] += 1
    _count_nodes(contract, ledger, count)
    _count_formulas(contract, ledger, count)
    _count_norms(contract, ledger, count)
    _count_edges(contract, events, until, ledger, count)
    return count


def _count_nodes(contract: Contract, ledger: Ledger, count: Count) -> None:
    names = {s.name: "state" for s in contract.states} | {n.name: "norm" for n in contract.norms}
    rules = {r.name: r for r in contract.rules}
    for entry in ledger.outcome:
        node = _NODES.get(entry.kind)
        if entry.kind in _AGREEMENT and entry.clause == contract.name:
            node = "agreement"
        elif names.get(entry.clause) == "state" and entry.kind in ("Opened", "Closed"):
            node = "state"
        elif names.get(entry.clause) == "norm" and entry.kind != "Noted":
            node = "opening" if entry.kind in _OPENINGS else "decision"
        if node is not None:
            count["node", node] += 1
        if entry.kind == "Fired":
            count["rule", _told(rules[entry.clause])] += 1
        if entry.kind == "Noted":
            count["noted", "barred" if entry.words.startswith("barred") else entry.words] += 1
        if node == "state" and entry.kind in ("Opened", "Closed") and not entry.event_causes:
            count["state by consequence", entry.kind] += 1


def _told(rule: Rule) -> str:
    match rule.on:
        case OnSettled():
            on = "settled"
        case OnOutcome(_, outcome):
            on = f"norm {outcome}"
        case OnLasting(_, length, edge):
            return f"lasting {edge} {length.unit}"
        case _:
            on = "event"
    again = rule.recurrence
    if again is None:
        return on
    if again.span is not None:
        of = on if on == "event" else "norm"
        return f"{of} n in {again.span.unit}, {again.fires}{', resets' if again.resets else ''}"
    how = f"in a row, {again.unmeasured}" if again.m is None else "of any m"
    return f"{on} n {how}, {again.fires}{', resets' if again.resets else ''}"


def _count_formulas(contract: Contract, ledger: Ledger, count: Count) -> None:
    settled = Counter(e.clause for e in ledger.outcome if e.kind == "Settled")
    for figure in contract.figures:
        times = settled[figure.name]
        if not times:
            continue
        cut = {w.label for w in windows_of(contract, figure.grid) if not w.whole}
        for told in window_kinds(figure.grid):
            count["window", told] += times
        for entry in ledger.outcome:
            if entry.kind == "Settled" and entry.clause == figure.name:
                count["window", "cut by the term"] += entry.period in cut
                standing = entry.number("standing")
                if standing is not None:
                    count["standing", str(standing)] += 1
        for group in figure.by:
            count["group", "seen" if group.members is None else "members"] += times
        for part in walk((figure.value, figure.target, figure.minimum, figure.shows)):
            if isinstance(part, ex.Aggregate):
                count["aggregate", part.op] += times
                if isinstance(part.rows, ex.OutcomeRows):
                    count["counted when", part.rows.counted] += times
            count["expression", type(part).__name__] += times
            if isinstance(part, ex.TrailRows):
                count["stretch", f"{part.reach}, of the {part.of}"] += times
            if isinstance(part, ex.TrailOutcomes):
                count["stretch", f"outcomes {part.reach}, of the {part.of}"] += times
            if isinstance(part, ex.TrailLength):
                count["stretch", f"length {part.reach}, of the {part.of}"] += times
            if isinstance(part, ex.SeriesAt):
                count["look-up", part.find + (", as published" if part.published else "")] += times
    effects = [e for n in contract.norms for _, e in n.after] + [e for r in contract.rules for e in r.then]
    for part in walk(tuple(effects)):
        count["expression", type(part).__name__] += 1
    where = [s.where for n in contract.norms for s in n.acts] + [w for r in contract.rules for w in [r.when]]
    for part in walk(tuple(w for w in where if w is not None)):
        count["expression", type(part).__name__] += 1


def window_kinds(grid: Grid) -> Iterator[str]:
    """What a grid is like: how long its windows are, and each thing that is special about them."""
    yield {("month", 3): "quarter", ("month", 12): "year"}.get((grid.unit, grid.n)) or (
        grid.unit if grid.n == 1 else f"several {grid.unit}s"
    )
    if grid.anchor:
        yield "anchored"
    if grid.begins:
        yield "begins later"
    if grid.span > 1:
        yield "rolling"
    if grid.partial == "exclude":
        yield "whole only"
    if grid.waits:
        yield "from an event"
    if grid.times:
        yield "limited in number"


def _count_norms(contract: Contract, ledger: Ledger, count: Count) -> None:
    norms = {n.name: n for n in contract.norms}
    for entry in ledger.outcome:
        norm = norms.get(entry.clause)
        if norm is None or entry.kind == "Noted":
            continue
        if entry.kind in ("Fulfilled", "Missed", "Excused", "Late", "Cured", "Breached"):
            for feature in _features(norm):
                count["norm", feature] += 1
        if norm.due is not None and entry.kind in ("Fulfilled", "Missed", "Excused", "Lapsed", "Exercised", "Closed"):
            unit, edge = _due(norm.due)
            count["due", unit] += 1
            count["due", f"{edge}, {norm.due.edge}"] += 1
        count["form", f"{norm.form}: {entry.kind}"] += 1


def _due(due: Due) -> tuple[str, str]:
    """How a deadline is counted, and those with which it shares what "less than" means."""
    if due.time is not None:
        return ("closing time" if due.time.time is None else "time of day"), "at a time of day"
    if due.weekday is not None:
        return f"weekday of {due.weekday.of}", "on a date"
    if due.length is not None:
        unit = due.length.unit
        if due.length.by_clock:
            return unit, "by clock"
        return unit + (" before" if due.back else ""), "by open days" if unit == "working days" else "by days"
    if due.fixed or due.day_of_month:
        return ("fixed" if due.fixed else "day of the month"), "on a date"
    return due.anchor, "on a date" if due.anchor == "period end" else "at a field"


def _features(norm: Norm) -> Iterator[str]:
    yield f"needs {norm.needs}"
    if norm.adds_up is not None:
        yield f"in parts, matching {norm.matching}"
    yield f"matching {norm.matching}"
    yield from (f"opening {type(way).__name__}" for way in norm.opening)
    if norm.due is not None:
        yield f"anchor {norm.due.anchor}"
        if norm.due.roll:
            yield f"roll {norm.due.roll}"
    if norm.clock.stops_during:
        yield "clock stops"
    if norm.clock.from_field:
        yield "clock from a field"
    if norm.suspended_during:
        yield "suspended"
    if norm.excused_during:
        yield "excused during"
    if norm.cure:
        yield "cure"
    if norm.reopening:
        yield f"reopening {norm.reopening}"
    if norm.unperformed != "missed":
        yield "unperformed not measured"
    if norm.survives:
        yield "survives" if norm.survives_for is None else "survives for a time"
    if norm.variants:
        yield "variants"
    if norm.ends_with:
        yield "ends with a state"


def _count_edges(contract: Contract, events: Sequence[Event], until: int, ledger: Ledger, count: Count) -> None:
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
        if entry.kind in _OPENINGS:
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


def table(count: Count) -> str:
    """The quality of a campaign."""
    pairs = max(1, count["pairs",])
    drawn = max(1, count["times drawn",])
    rows = [
        ("pairs run", str(count["pairs",])),
        ("drawn but no agreement", f"{count['rejected',]} ({_share(count['rejected',], count['rejected',] + pairs)})"),
        ("pairs with a miss and a fulfilment", _share(count["pairs with a miss and a fulfilment",], pairs)),
        ("pairs with late knowledge", _share(count["pairs with late knowledge",], pairs)),
        ("events a pair", f"{count['events',] / pairs:.1f}"),
        ("entries a pair", f"{count['entries',] / pairs:.1f}"),
        ("times drawn from boundaries", _share(count["boundary times drawn",], drawn)),
    ]
    lines = [f"{name:<44}{value:>12}" for name, value in rows]
    groups = dict.fromkeys(key[0] for key in sorted(count) if len(key) == 2)
    for group in groups:
        lines.append(f"\n{group}")
        found = [(key[1], n) for key, n in sorted(count.items()) if len(key) == 2 and key[0] == group]
        lines += [
            f"  {name:<52}{n:>8}{'   fewer than 100' if n < 100 and group in FLOORS else ''}" for name, n in found
        ]
    return "\n".join(lines)


FLOORS = ("entry", "node", "window", "aggregate", "due", "exact hit")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} %"
