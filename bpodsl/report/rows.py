"""Explanations of many alike: windows of one figure in rows, and what was restated by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from bpodsl.record import Entry, Event, Ledger, Posted
from bpodsl.report.show import Show
from bpodsl.report.words import Words
from bpodsl.terms import Accrue, Contract, walk
from bpodsl.terms import expressions as ex

_ADD_UP = ("money", "number", "length")
_RUNS = 12


def alike(entries: Iterable[Entry], many: int) -> list[list[Entry]]:
    """Those that are settled windows of one figure and group, where there are at least so many of it; in order."""
    found: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        if entry.kind == "Settled":
            found.setdefault((entry.clause, entry.key), []).append(entry)
    return [sorted(each, key=lambda e: (e.at, e.period)) for each in found.values() if len(each) >= many]


def past_windows(contract: Contract, ledger: Ledger, accrued: Entry) -> Iterator[list[Entry]]:
    """The windows of figures that a sum rests on which followed from an outcome, in order; none that came to nought."""
    effects = [effect for norm in contract.norms for _, effect in norm.consequences]
    effects += [effect for rule in contract.rules for effect in rule.then]
    amounts = [e.amount for e in effects if isinstance(e, Accrue) and e.line == accrued.clause]
    for rows in dict.fromkeys(part for part in walk(tuple(amounts)) if isinstance(part, ex.PastRows)):
        have = dict(accrued.key)
        settled = [
            e for e in ledger.outcome
            if e.kind == "Settled" and e.clause == rows.figure and e.at <= accrued.at
            and all(have.get(name, text) == text for name, text in e.key)
        ]  # fmt: skip
        last = sorted({(e.at, e.period) for e in settled})[-rows.n :]
        found = [e for e in settled if (e.at, e.period) in last and e.number("value") not in (0, None)]
        if found:
            yield found


def in_rows(series: Sequence[Entry], show: Show, words: Words) -> Iterator[str]:
    """One paragraph for windows of a figure: what they come to, and a row for each run of equal values."""
    first, last = series[0], series[-1]
    group = " ".join(text for _, text in first.key)
    head = " ".join(part for part in (words.clause(first.clause), group) if part)
    values = [each.number("value") for each in series]
    base = next((n.base for n in first.numbers if n.name == "value"), "")
    total = ""
    if base in _ADD_UP and all(isinstance(v, int | Fraction) and not isinstance(v, bool) for v in values):
        whole = sum((Fraction(v) for v in values), Fraction(0))  # type: ignore[arg-type]
        total = f", together {show.figure(first.clause, whole)}"
    yield f"{head}: {len(series)} windows, {first.period} to {last.period}{total}"
    runs = [(value, list(run)) for value, run in groupby(series, key=lambda each: each.number("value"))]
    for value, run in runs[:_RUNS]:
        when = run[0].period if len(run) == 1 else f"{run[0].period} to {run[-1].period}"
        each = "" if len(run) == 1 else f", each of {len(run)}"
        yield f"  {when}{each}: {show.figure(first.clause, value)}"
    if len(runs) > _RUNS:
        yield f"  … and {len(runs) - _RUNS} more rows (`--full` shows all)"


def restated(
    history: Sequence[Posted], events: Iterable[Event], words: Words, told: Callable[[str], str]
) -> Iterator[str]:  # fmt: skip
    """Each restatement: when it became known, what was learnt then, what was said before and what is said instead."""
    late = sorted((e for e in events if e.rev or e.retracts or e.acts < e.known), key=lambda e: e.order)
    stood: dict[str, Posted] = {}
    for known, group in groupby(history, key=lambda each: each.known):
        posted = list(group)
        if any(each.act for each in posted):
            yield f"known {words.show.instant(known)}"
            yield from (f"  learnt: {told(event.ref)}" for event in late if event.known == known)
            new = {each.entry.name: each for each in posted if each.act not in ("Reversed", "Withdrawn")}
            # What is restated first, in the order in which it was taken back; what is new with it after that.
            for name in dict.fromkeys((*(each.entry.name for each in posted if each.act), *new)):
                old = stood.get(name)
                if old is not None:
                    yield f"  was: {words.entry(old.entry)}"
                yield f"  is:  {words.entry(new[name].entry)}" if name in new else "  is:  no longer so"
        for each in posted:
            if each.act in ("Reversed", "Withdrawn"):
                stood.pop(each.entry.name, None)
            else:
                stood[each.entry.name] = each
