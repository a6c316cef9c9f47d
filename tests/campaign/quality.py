"""How good the pairs were: counted from what ran, and shown as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bpodsl.record import SETTLE_LATE, Event, Ledger
from bpodsl.terms import (
    Contract,
    Due,
    Norm,
    OnAny,
    OnFired,
    OnLasting,
    OnOutcome,
    OnSettled,
    Rule,
    WhenImposed,
    waits_by_branch,
    walk,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid
from tests.campaign.afterwards import count_afterwards
from tests.campaign.compare import related
from tests.campaign.hits import OPENINGS, Count, count_edges, count_speaking
from tests.campaign.horizon import windows_of
from tests.campaign.turns import count_turns

_NODES = {"Settled": "figure", "Accrued": "line", "Fired": "rule"}
_AGREEMENT = ("Extended", "Noticed", "Terminated", "Ended", "Opened")
_PARTIES = ("bearer", "counterparty", "payer", "payee")


def measured(contract: Contract, events: Sequence[Event], until: int, ledger: Ledger) -> Count:
    """What one pair exercised."""
    count: Count = Counter()
    count["pairs",] = 1
    kinds = {p.entry.kind for p in ledger}
    count["pairs with a miss and a fulfilment",] = int({"Missed", "Fulfilled"} <= kinds)
    count["pairs with late knowledge",] = int(any(e.acts < e.known or e.rev for e in events))
    count_speaking(contract, events, until, count)
    events = related(contract, events, until)
    count["events",] = len(events)
    count["entries",] = len(ledger.posted)
    count["zone", contract.zone] = 1
    for posted in ledger:
        count["entry", posted.kind] += 1
    for change in contract.changes:
        count["change", "signed late" if change.signed > change.effective else "signed in time"] += 1
        count["change", "running clocks move" if change.moves else "running clocks keep"] += 1
    for each in contract.assignments:
        count["assignment", "of what is open, too" if each.novates else "of what arises later"] += 1
        count["assignment", "by an event" if each.event else "on a day"] += 1
    if contract.assignments:
        parties = [e.number("to") for e in ledger.outcome if e.kind == "Amended" and e.number("to") is not None]
        named = [n.text for e in ledger.outcome for n in e.numbers if n.name in _PARTIES]
        count["assignment", "has taken effect"] += len(parties)
        count["assignment", "an entry names the new party"] += sum(name in parties for name in named)
    count_afterwards(contract, ledger, count)
    _count_nodes(contract, ledger, count)
    _count_formulas(contract, ledger, count)
    _count_norms(contract, ledger, count)
    count_edges(contract, events, until, ledger, count)
    count_turns(contract, events, ledger, count)
    return count


def _count_nodes(contract: Contract, ledger: Ledger, count: Count) -> None:
    names = {s.name: "state" for s in contract.states} | {n.name: "norm" for n in contract.norms}
    rules = {r.name: r for r in contract.rules}
    made = {s.name: "so long" if s.long else "of others" for s in contract.states if s.made is not None}
    sides = {line.name: line.payer for line in contract.lines if line.sides}
    limits = [a for a in contract.accounts if any(isinstance(part, ex.OfSum) for part in walk(a.limit))]
    before, capped = {line for a in limits for line in a.lines}, {a.name for a in limits}
    asking = {
        term.name: part.of for term in (*contract.figures, *contract.rules) for part in walk(term)
        if isinstance(part, ex.Answered)
    }  # fmt: skip
    for entry in ledger.outcome:
        node = _NODES.get(entry.kind)
        if entry.kind in _AGREEMENT and entry.clause == contract.name:
            node = "agreement"
        elif names.get(entry.clause) == "state" and entry.kind in ("Opened", "Closed"):
            node = "state"
            if entry.clause in made:
                count["made state", f"{made[entry.clause]}: {entry.kind}"] += 1
        elif names.get(entry.clause) == "norm" and entry.kind != "Noted":
            node = "opening" if entry.kind in OPENINGS else "decision"
        if node is not None:
            count["node", node] += 1
        if entry.kind == "Accrued" and entry.period and sides.get(entry.clause):
            count["sides", "of a line that changes them"] += 1
            count["sides", "changed"] += entry.number("payer") != sides[entry.clause]
        if entry.kind == "Accrued" and entry.clause in before:
            how = "of a window" if entry.period else "as it follows"
            count["limit", f"by what came before the sum: {how}"] += 1
        if entry.kind == "Capped" and entry.clause in capped:
            count["limit", "by what came before the sum: cut"] += 1
        if entry.kind == "Fired" and any(rules[entry.clause].only):
            count["rule", "with conditions on what follows"] += 1
        if entry.kind == "Fired" and rules[entry.clause].by:
            count["rule", "with a key of its firings"] += bool(entry.key)
        if entry.kind == "Fired":
            count["rule", _told(rules[entry.clause])] += 1
        if entry.kind == "Terminated" and entry.number("notice") is not None:
            count["right", "notice put off"] += 1
        if entry.kind == "Exercised":
            norm = next(each for each in contract.norms if each.name == entry.clause)
            often = "at will" if norm.lasting else "so often" if norm.members is not None else "once for a ground"
            count["right", "exercise stands" if entry.words else f"exercised, {often}"] += 1
            told = any(part == ex.FieldOf("price") for _, effect in norm.after for part in walk(effect))
            count["right", "exercised, what follows reads a field of the act"] += told
        if entry.kind == "Amended" and entry.event_causes:
            count["rule", "a duty reclassified"] += 1
        if entry.kind == "Lapsed":
            by_cause = any("/Fired/" in name or "/Waived/" in name for name in entry.entry_causes)
            count["right", "lapsed before its time" if by_cause else "lapsed"] += 1
        if entry.kind == "Waived" or (entry.kind == "Excused" and entry.words):
            count["waiver", " ".join((entry.kind, entry.words)).strip()] += 1
        if entry.kind in ("Settled", "Fired", "Provisional") and entry.clause in asking:
            count["asks for an answer of a norm", f"{asking[entry.clause]}: {entry.kind}"] += 1
        if entry.kind == "Noted":
            alike = ("barred", "not for", "was to be")
            count["noted", next((word for word in alike if entry.words.startswith(word)), entry.words)] += 1
        if node == "state" and entry.kind in ("Opened", "Closed") and not entry.event_causes:
            count["state by consequence", entry.kind] += 1


def _told(rule: Rule) -> str:
    match rule.on:
        case OnSettled():
            on = "settled"
        case OnOutcome(_, outcome):
            on = f"norm {outcome}"
        case OnAny():
            on = "any of several outcomes"
        case OnFired():
            on = "another rule fired"
        case OnLasting(_, length, edge, again):
            return f"lasting {edge} {length.unit}{'' if again is None else ', and again'}"
        case _:
            on = "event"
    again = rule.recurrence
    if again is None:
        return on
    if again.within is not None:
        of = on if on in ("event", "settled", "another rule fired") else "norm"
        return f"{of} n within a window, {again.fires}{', resets' if again.resets else ''}"
    if again.span is not None:
        of = on if on in ("event", "another rule fired") else "norm"
        by = (", by key" if again.by else "") + (f", once a {again.once}" if again.once else "")
        return f"{of} n in {again.span.unit}, {again.fires}{', resets' if again.resets else ''}{by}"
    if again.weight is not None:
        on = "weighed, " + on
    among = "of any m" if again.unmeasured == "breaks" else "of any m, skipped"
    how = f"in a row, {again.unmeasured}" if again.m is None else among
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
        if any(isinstance(part, ex.SeriesAt) for part in walk((figure.value, figure.target, figure.minimum))):
            late = (e.clause == figure.name and e.kind == "Settled" and e.place == SETTLE_LATE for e in ledger.outcome)
            count["look-up", "figure settled late"] += sum(late)
        if waits_by_branch((figure.value, figure.awaits), figure.shows):
            count["waiting", "by branch"] += times
        if any(isinstance(part, ex.OutcomeRows) and not part.waits for part in walk(figure.value)):
            count["waiting", "not for what is undecided"] += times
        for part in walk((figure.value, figure.target, figure.minimum, figure.shows, figure.awaits)):
            if isinstance(part, ex.Aggregate):
                count["aggregate", part.op] += times
                if isinstance(part.rows, ex.OutcomeRows):
                    count["counted when", part.rows.counted] += times
            own = isinstance(part, ex.WindowDay) and part.own
            whole = isinstance(part, ex.WindowDay) and part.whole
            named = "WindowDay of its own" if own else "WindowDay uncut" if whole else type(part).__name__
            count["expression", named] += times
            if isinstance(part, ex.TrailRows):
                ends = ", since an event" if part.since else "" if part.before is None else ", before a day of it"
                count["stretch", f"{part.reach}, of the {part.of}{ends}"] += times
            if isinstance(part, ex.TrailOutcomes):
                ends = "" if part.before is None else ", before a day of it"
                count["stretch", f"outcomes {part.reach}, of the {part.of}{ends}"] += times
            if isinstance(part, ex.TrailIntervals):
                long = "" if part.least is None else ", long enough"
                count["stretch", f"intervals {part.reach}, of the {part.of}{long}"] += times
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
    if grid.later:
        yield "changed in place"


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
            count["due", "as a field says"] += bool(norm.due.count) and not norm.facts
            count["due", "worked out at the opening"] += bool(norm.facts)
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
        if norm.adds_up.after:
            yield "in parts, of what another leaves"
        if WhenImposed() in norm.opening and not isinstance(norm.adds_up.total, ex.Literal):
            yield "in parts, total of a window"
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
    if norm.due is not None and norm.due.moves and norm.suspended_during:
        yield "date that moves"
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
    if norm.survives_after:
        yield "survives some ends otherwise"
    if norm.variants:
        yield "variants"
    if any(each.acts != norm.acts for each in norm.versions):
        yield "variants of its acts"
    if norm.ends_with:
        yield "ends with a state"
    yield from (f"reclassified, {way.clock}" for way in norm.regraded)
    if norm.answers is not None:
        yield "answers" if norm.answers.missed is None else "answers, deemed by silence"
    if norm.members is not None:
        yield f"for each member, matching {norm.matching}"


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
