"""How a settled figure came about: its parts, the row of its table, how far it is from its target, why it is nought."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bpodsl.record import Entry, Event
from bpodsl.report.conditions import holds_of, written
from bpodsl.report.history import History
from bpodsl.report.tables import told_tables
from bpodsl.terms import Figure, NotMeasured, walk
from bpodsl.terms import expressions as ex

_OF_TABLES = ("rate", "quantity")


def workings(run: History, entry: Entry) -> Iterator[str]:
    """What of a settled window its sentence does not say."""
    figure = run.show.figures.get(entry.clause)
    yield from _carried(run, entry)
    if figure is None:
        return
    shows = {name for name, _ in figure.shows if name.partition(" ")[0] not in _OF_TABLES}
    parts = [f"{n.name} {run.show.number(n)}" for n in entry.numbers if n.name in shows]
    if parts:
        yield "with " + ", ".join(parts)
    yield from told_tables(run, figure, entry)
    yield from _distance(run, figure, entry)
    value = entry.number("value")
    if isinstance(value, NotMeasured) or value == 0:
        yield from _nothing(run, figure, entry)


def _carried(run: History, entry: Entry) -> Iterator[str]:
    """Of a figure that rests on its own window before: what it was, by how much it changed, what it is."""
    causes = [each for name in entry.entry_causes if (each := run.by_name.get(name)) is not None]
    own = (e for e in causes if e.kind == "Settled" and (e.clause, e.key) == (entry.clause, entry.key))
    before = next(own, None)
    if before is None:
        return
    old, new = before.number("value"), entry.number("value")
    if isinstance(old, bool) or not isinstance(old, int | Fraction) or not isinstance(new, int | Fraction):
        return
    told = [run.show.figure(entry.clause, value) for value in (old, abs(new - old), new)]
    yield f"{told[0]} in {before.period} {'less' if new < old else 'and'} {told[1]} makes {told[2]}"


# ------------------------------------------------------------------ how far from the target
def _distance(run: History, figure: Figure, entry: Entry) -> Iterator[str]:
    """How many more on time would have met the target, or how many fewer would still."""
    target, level, value = figure.target, entry.number("target"), entry.number("value")
    if target is None or target.op not in (">=", ">") or target.rounding or figure.kind.base != "share":
        return
    kept, lost = entry.number("fulfilled"), entry.number("missed")
    good, raw = entry.number("counted"), entry.number("of")
    outcomes = isinstance(kept, int | Fraction) and isinstance(lost, int | Fraction)
    if outcomes:
        good, raw = kept, kept + lost  # type: ignore[operator]
    if not all(isinstance(x, int | Fraction) and not isinstance(x, bool) for x in (good, raw, level, value)):
        return
    good, raw, level = Fraction(good), Fraction(raw), Fraction(level)  # type: ignore[arg-type]
    # Where the value is more than this share (misses forgiven, weights, rounding), it says nothing of it.
    if raw == 0 or good / raw != value:
        return
    need = -(-(level * raw).numerator // (level * raw).denominator)
    if target.op == ">" and need == level * raw:
        need += 1
    if need > raw:
        return
    if good < need:
        yield f"{need - good} more of the {raw}{' in time' if outcomes else ''} would have met the target"
        return
    what = "missed" if outcomes else "that did not count"
    if good == need:
        yield f"one more {what} would have missed the target"
    else:
        yield f"{good - need} more {what} would still have met the target"


# ------------------------------------------------------------------ which events counted and which did not
def parted_events(run: History, entry: Entry) -> tuple[list[Event], list[Event]] | None:
    """Of a share of events those that did not count, and those that did; None where that cannot be told."""
    figure = run.show.figures.get(entry.clause)
    shows = dict(figure.shows) if figure is not None else {}
    part, whole = shows.get("counted"), shows.get("of")
    if not isinstance(part, ex.Aggregate) or not isinstance(whole, ex.Aggregate) or part.rows != whole.rows:
        return None
    events = [run.events[ref] for ref in entry.event_causes if ref in run.events]
    found = [(event, holds_of(part.where, event, run.show)) for event in events]
    bad = [event for event, good in found if good is False]
    rest = [event for event, good in found if good]
    # Only if it comes to what the ledger says.
    if len(rest) != entry.number("counted") or len(bad) + len(rest) != entry.number("of"):
        return None
    return bad, rest


def condition_of(run: History, entry: Entry) -> str:
    """What an event had to be to count in a share of events."""
    part = dict(run.show.figures[entry.clause].shows).get("counted")
    return written(part.where, run.show) if isinstance(part, ex.Aggregate) else ""


# ------------------------------------------------------------------ why it is nought
def _nothing(run: History, figure: Figure, entry: Entry) -> Iterator[str]:
    """Of a value that is 0 or not measured: what it counts, where there was none of it."""
    causes = {name.partition("/")[0] for name in entry.entry_causes}
    told = entry.number("fulfilled") is not None
    kept = {run.events[ref].kind for ref in entry.event_causes if ref in run.events}
    for part in dict.fromkeys(each for each in walk(figure.value) if isinstance(each, ex.Aggregate)):
        match part.rows:
            case ex.EventRows(kind, by_period) if kind not in kept:
                yield from _no_events(run, figure, entry, kind, by_period, part)
            case ex.OutcomeRows(norm, statuses) if norm not in causes and len(statuses) == 1 and not told:
                yield f"{run.words.clause(norm)}: none was {statuses[0]} in {entry.period}"


def _no_events(
    run: History, figure: Figure, entry: Entry, kind: str, by_period: str | None, part: ex.Aggregate
) -> Iterator[str]:  # fmt: skip
    window = run.window(figure, entry.period)
    if window is None or by_period is not None:
        return
    key = dict(entry.key)
    inside = [
        event for event in run.reported(kind)
        if window.start <= event.acts < window.end
        and all(name not in event.fields or str(event.fields[name]) == text for name, text in key.items())
    ]  # fmt: skip
    if not inside:
        yield f"no {kind} in {entry.period}"
        return
    said = written(part.where, run.show)
    which = f": {said}" if said else ", since it does not meet the condition of the clause"
    if part.where is not None and all(holds_of(part.where, event, run.show) is False for event in inside):
        yield f"{kind} in {entry.period}: {len(inside)} reported, none of them counts{which}"
