"""Service levels: what was agreed, what came out, how far that is from the target, and what was counted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from bpodsl.record import Entry
from bpodsl.record.entry import STATUSES
from bpodsl.report.periods import all_windows
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Level, Number, Window
from bpodsl.report.summary import standing
from bpodsl.report.waiting import awaited_by
from bpodsl.terms import Figure
from bpodsl.terms.expressions import Literal
from bpodsl.terms.figures import Target

MOST_WINDOWS: Final = 13
"""How many windows up to the last one told of are shown, so that a month stands beside that of a year before."""

_OPS: Final = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def levels_of(desk: Desk) -> tuple[Level, ...]:
    """Every measure, and every figure with a target, in the order of the agreement."""
    return tuple(level for figure in desk.contract.figures if _shown(figure) for level in _levels(desk, figure))


def _shown(figure: Figure) -> bool:
    return figure.target is not None or figure.purpose == "measure"


def _levels(desk: Desk, figure: Figure) -> Iterator[Level]:
    by_group: dict[tuple[tuple[str, str], ...], list[Window]] = {}
    settled = desk.run.figures_of(figure.name)
    for entry in settled:
        by_group.setdefault(entry.key, []).append(_window(desk, figure, entry))
    waiting = list(_waiting(desk, figure, {entry.period for entry in settled}))
    if waiting:
        for windows in by_group.values() or [by_group.setdefault((), [])]:
            windows += waiting
    for key, windows in sorted(by_group.items()):
        upto = [each for each in sorted(windows, key=lambda w: (w.last, w.first)) if each.first <= desk.span.last]
        last = max((place for place, each in enumerate(upto) if each.told), default=len(upto) - 1)
        shown = upto[max(0, last + 1 - max(MOST_WINDOWS, sum(w.told for w in upto))) : last + 1]
        if shown:
            better = "" if figure.target is None else "more" if figure.target.op[0] == ">" else "less"
            known = [w for w in shown if w.target.exact is not None]
            applied = [w for w in known if w.told] or known[-1:]
            yield Level(
                desk.cited(figure.name), desk.group(key),
                _aim(desk, figure, figure.target, [w.target for w in applied]),
                _aim(desk, figure, figure.minimum, [w.minimum for w in applied]),
                better, figure.kind.base, tuple(shown),
            )  # fmt: skip


def _aim(desk: Desk, figure: Figure, target: Target | None, applied: list[Number]) -> str:
    """The level in words: as written, or, where it is a formula, those that applied."""
    if target is None:
        return ""
    known = list(dict.fromkeys(each.shown for each in applied if each.exact is not None))
    if not known and isinstance(target.level, Literal):
        known = [desk.show.figure(figure.name, target.level.value)]
    return f"{_OPS[target.op]} {', '.join(known) or '…'}"


def _window(desk: Desk, figure: Figure, entry: Entry) -> Window:
    window = desk.run.window(figure, entry.period)
    last = desk.day(entry)
    first = last if window is None else window.first
    value, target = entry.number("value"), entry.number("target")
    told = desk.told(last)
    counts = counted(entry)
    detail = desk.detail(figure.name, entry) if first <= desk.span.last else ""
    return Window(
        entry.period, first, last,
        desk.figure(figure.name, value, detail), standing(entry), desk.figure(figure.name, target, detail),
        desk.figure(figure.name, entry.number("minimum"), detail), _distance(desk, figure, value, target, detail),
        counts, sum(n for _, n in counts) if counts else None, told,
        desk.why_not_measured(figure.name, value),
    )  # fmt: skip


def _distance(desk: Desk, figure: Figure, value: object, target: object, detail: str) -> Number:
    """How far a value is on the good side of its target: both are the ledger's."""
    numbers = [x for x in (value, target) if isinstance(x, int | Fraction) and not isinstance(x, bool)]
    if figure.target is None or len(numbers) < 2:
        return Number("")
    apart = Fraction(numbers[0]) - Fraction(numbers[1])
    good = apart if figure.target.op[0] == ">" else -apart
    shown = desk.show.figure(figure.name, abs(good))
    if figure.kind.base == "share":
        shown = shown.replace(" %", " point" if abs(good) == Fraction(1, 100) else " points")
    side = "on target" if not good else f"{shown} {'better' if good > 0 else 'short'}"
    return Number(side, good, figure.kind.base, desk.figure(figure.name, value).currency, detail)


def counted(entry: Entry) -> tuple[tuple[str, int], ...]:
    """What a value was counted from, in words that add up to all; nothing where the ledger does not tell."""
    outcomes = [(status, entry.number(status)) for status in STATUSES]
    if all(isinstance(n, int) and not isinstance(n, bool) for _, n in outcomes):
        return tuple((status, n) for status, n in outcomes if isinstance(n, int))
    good, raw = entry.number("counted"), entry.number("of")
    if isinstance(good, int) and isinstance(raw, int) and not isinstance(good, bool) and 0 <= good <= raw:
        return ("counted", good), ("did not count", raw - good)
    return ()


def _waiting(desk: Desk, figure: Figure, settled: set[str]) -> Iterator[Window]:
    """The windows told of that are over and have no value: no data is never shown as fine."""
    until = desk.ledger.until
    provisional = {
        entry.period: desk.awaited(entry) for entry in desk.ledger.outcome
        if entry.kind == "Provisional" and entry.clause == figure.name
    }  # fmt: skip
    ended = desk.run.ended
    for window in all_windows(desk.contract, desk.ledger, figure.grid):
        if window.start >= until or window.first > desk.span.last:
            return
        if window.label in settled or not desk.told(window.last):
            continue
        if ended is not None and window.start >= ended:
            return
        if window.end > until:
            why = "its window is not over yet"
        else:
            said = awaited_by(desk.contract, desk.ledger, desk.events, figure.name, window.label)
            lines = [line.strip() for line in said if not line.endswith("waits for:")]
            why = provisional.get(window.label) or "; ".join(lines) or "nothing of it was seen"
        detail = desk.detail_of_lines(figure.name, f"{desk.words.clause(figure.name)} in {window.label}", [why])
        yield Window(
            window.label, window.first, window.last, Number("no value yet", detail=detail), "not settled", Number(""),
            Number(""), Number(""), (), None, True, why,
        )  # fmt: skip
