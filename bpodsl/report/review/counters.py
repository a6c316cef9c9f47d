"""How near each trigger is that asks for something several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bpodsl.bounds.measuring import window_told
from bpodsl.record import Entry
from bpodsl.record.dates import day_after
from bpodsl.report.asked import Asked
from bpodsl.report.conditions import holds_of
from bpodsl.report.history import stands
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Counter
from bpodsl.report.why_no_trigger import length
from bpodsl.report.why_not import outcomes_in, used_up
from bpodsl.terms import (
    Effect,
    Impose,
    Length,
    OnAny,
    OnFired,
    OnHappens,
    OnOutcome,
    OnSettled,
    Raise,
    Rule,
    Terminate,
    outcomes_of,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.effects import Accrue, Begin
from bpodsl.values import add_days

Group = tuple[tuple[str, str], ...]


def counters_of(desk: Desk) -> Iterator[Counter]:
    """Those of rules that ask for more than one occasion, in the order of the agreement."""
    for rule in desk.contract.rules:
        if rule.recurrence is None or (rule.recurrence.n < 2 and rule.recurrence.weight is None):
            continue
        if isinstance(rule.on, OnSettled):
            yield from _of_windows(desk, rule, rule.on.figure)
        elif isinstance(rule.on, OnHappens | OnOutcome | OnAny | OnFired):
            yield _of_occasions(desk, rule)


# ------------------------------------------------------------------ windows of a figure
def _of_windows(desk: Desk, rule: Rule, figure: str) -> Iterator[Counter]:
    again = rule.recurrence
    assert again is not None
    settled = desk.run.figures_of(figure)
    for key in dict.fromkeys(entry.key for entry in settled) or [()]:
        mine = sorted((e for e in settled if e.key == key), key=lambda e: (desk.day(e), e.at))
        used = used_up(desk.run, rule, desk.ledger.until)
        marks = [(entry, _counts(desk, rule, entry, used)) for entry in mine]
        if again.m and again.unmeasured == "skipped":
            marks = [(entry, how) for entry, how in marks if how != "skipped"]
        last = marks[-again.m :] if again.m else _row(marks, again.unmeasured)
        shown = marks[-(again.m or max(again.n, 3)) :]
        known = again.weight is None and all(isinstance(how, bool) for _, how in last)
        among = f"in any {again.m} windows" if again.m else "windows in a row"
        if again.m:
            first = shown[0][0].period if shown else ""
            among += f"; now {first} to {shown[-1][0].period}" if shown else ""
        what = desk.words.clause(figure)
        windows = tuple((e.period, _mark(desk, figure, e, how, used)) for e, how in shown)
        yield _counter(
            desk, rule, desk.group(key), sum(how is True for _, how in last) if known else None, f"{what}, {among}",
            windows, key,
        )  # fmt: skip


def _counts(desk: Desk, rule: Rule, entry: Entry, used: dict[str, str]) -> bool | str | None:
    """Whether a settled window counts; None where the ledger does not tell; "skipped" of one not measured."""
    if entry.name in used:
        return False
    if rule.when is None:
        return True
    if isinstance(rule.when, ex.Standing) and rule.when.figure == entry.clause and isinstance(rule.when.shift, ex.Same):
        if stands("not measured", entry) and rule.when.how != "not measured":
            return "skipped"
        return stands(rule.when.how, entry)
    holds = desk.run.reckon(rule.when, entry, {})
    return holds if isinstance(holds, bool) else None


def _row(marks: Sequence[tuple[Entry, object]], unmeasured: str) -> list[tuple[Entry, object]]:
    """The windows at the end in which it held without a break."""
    found: list[tuple[Entry, object]] = []
    for entry, how in reversed(marks):
        if how == "skipped" and unmeasured == "skipped":
            continue
        if how is not True and how is not None:
            break
        found.append((entry, how))
    return found


def _mark(desk: Desk, figure: str, entry: Entry, how: object, used: dict[str, str]) -> str:
    said = {True: "counts", False: "does not count", None: "see its calculation", "skipped": "not measured"}[how]  # type: ignore[index]
    said = "used up" if entry.name in used else said
    return f"{desk.show.figure(figure, entry.number('value'))}, {said}"


# ------------------------------------------------------------------ events and outcomes
def _of_occasions(desk: Desk, rule: Rule) -> Counter:
    again = rule.recurrence
    assert again is not None
    found = _occasions(desk, rule)
    among = "in all"
    if again.within is not None:
        among = f"within {window_told(again.within)}"
    elif again.span is not None:
        among = f"in any {length(again.span)}"
    simple = found is not None and not again.by and not again.once and again.within is None
    counted: int | None = None
    windows: list[tuple[str, str]] = []
    if found is not None and simple:
        inside = [each for each in found if again.span is None or _within(desk, each[0], again.span)]
        counted = len(inside)
        windows = [(desk.show.instant(at), told) for at, told in inside[-again.n :]]
    if again.by:
        among += f", for one {' and '.join(again.by)}"
    if again.once:
        among += f", counted once a {again.once}"
    return _counter(desk, rule, "", counted, f"{_what(desk, rule)}, {among}", tuple(windows), ())


def _what(desk: Desk, rule: Rule) -> str:
    if isinstance(rule.on, OnHappens):
        return f"event {rule.on.selector.event.replace('_', ' ')}"
    if isinstance(rule.on, OnFired):
        return f"{desk.words.clause(rule.on.rule)} fires"
    return " or ".join(f"{desk.words.clause(on.norm)} {on.outcome}" for on in outcomes_of(rule.on))


def _occasions(desk: Desk, rule: Rule) -> list[tuple[int, str]] | None:
    """When it came about and what that was; None where the ledger does not tell which count."""
    run = desk.run
    fired = [e for e in run.ledger.outcome if e.kind == "Fired" and e.clause == rule.name]
    used = {name for e in fired for name in (*e.entry_causes, *e.event_causes)}
    used = used if rule.recurrence is not None and rule.recurrence.resets else set()
    if isinstance(rule.on, OnHappens):
        selector = rule.on.selector
        every = [each for each in run.reported(selector.event) if each.effective and each.acts < run.ledger.until]
        both = [(each, holds_of(selector.where, each, run.show), holds_of(rule.when, each, run.show)) for each in every]
        if any(None in (where, when) for _, where, when in both):
            return None
        return [(each.acts, run.told(each)) for each, where, when in both if where and when and each.ref not in used]
    if rule.when is not None:
        return None
    if isinstance(rule.on, OnFired):
        seen = [e for e in run.ledger.outcome if (e.kind, e.clause) == ("Fired", rule.on.rule) and e.name not in used]
        return [(e.at, run.words.entry(e)) for e in sorted(seen, key=lambda e: e.at)]
    found = [e for on in outcomes_of(rule.on) for e in outcomes_in(run, on.norm, on.outcome) if e.name not in used]
    return [(e.at, run.words.entry(e)) for e in sorted(found, key=lambda e: e.at)]


def _within(desk: Desk, at: int, span: Length) -> bool:
    """Whether an instant lies in the time of that length that ends with what is known."""
    until = desk.ledger.until
    if span.unit == "elapsed":
        return at > until - span.amount
    zone = desk.show.zone
    calendars = {each.name: each.calendar for each in desk.contract.calendars}
    before: date | None = day_after(zone.day(max(until - 1, 0)), span, calendars, -1) if span.unit != "open" else None
    return before is not None and zone.day(at) >= add_days(before, 1)


# ------------------------------------------------------------------ both
def _counter(
    desk: Desk, rule: Rule, group: str, counted: int | None, among: str, windows: tuple[tuple[str, str], ...],
    key: Group,
) -> Counter:  # fmt: skip
    again = rule.recurrence
    assert again is not None
    fired = [
        e for e in desk.ledger.outcome if e.kind == "Fired" and e.clause == rule.name and (not key or e.key == key)
    ]
    latest = desk.words.of(fired[-1]) if fired else ""
    if fired:
        detail = desk.detail(rule.name, fired[-1])
    else:
        # Why it has not come about, as it is explained.
        asked = Asked(rule.name, "", tuple(text for _, text in key))
        title = " ".join(filter(None, (desk.words.clause(rule.name), group)))
        detail = desk.detail_of_lines(rule.name, title, desk.explainer.explain(asked))
    return Counter(
        desk.cited(rule.name), group, counted, again.n, among, windows, tuple(_leads(desk, rule)), len(fired), latest,
        detail,
    )  # fmt: skip


def _leads(desk: Desk, rule: Rule) -> Iterator[str]:
    """What follows when it is the case."""
    for effect in rule.then:
        said = _effect(desk, effect)
        if said:
            yield said


def _effect(desk: Desk, effect: Effect) -> str:
    match effect:
        case Impose(norm) | Accrue(norm) | Begin(norm):
            return desk.words.clause(norm)
        case Raise(words):
            return words
        case Terminate():
            return "the agreement ends"
        case _:
            return ""
