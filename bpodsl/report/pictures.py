"""Pictures of timelines as SVG. Shapes and words say what colours say; places are parts of the width, so that a picture
fits whatever it stands in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from bpodsl.report.review.charts import escaped
from bpodsl.report.show import Show
from bpodsl.report.timelines import Mark, Timeline
from bpodsl.values import DAY_TICKS, add_days

HEIGHT: Final = 58
_TOP, _TRACK, _BASE = 14, 16, 54
_MOST_DAYS: Final = 70
_MIDDLE: Final = _TOP + _TRACK // 2
SIGNS: Final = {
    "opened": ("●", '<circle r="4.5"/>'),
    "due": ("◆", '<path d="M0 -12V12"/><path class="head" d="M0 -13l5 5-5 5-5-5Z"/>'),
    "performed": ("✓", '<circle r="7.5"/><path class="in" d="M-3.6 .4l2.6 2.7 4.6-5.4"/>'),
    "late": ("✓", '<rect x="-7" y="-7" width="14" height="14"/><path class="in" d="M-3.6 .4l2.6 2.7 4.6-5.4"/>'),
    "missed": ("✗", '<path d="M0 -9L9 7H-9Z"/><path class="in" d="M-2.6 -1.4l5.2 5.4M2.6 -1.4l-5.2 5.4"/>'),
    "breached": ("■", '<rect x="-6" y="-6" width="12" height="12"/>'),
    "excused": ("○", '<circle r="6"/>'),
    "renewed": ("↻", '<circle r="4.5"/>'),
    "ended": ("|", '<path d="M0 -10V10"/>'),
}  # fmt: skip
"""The sign of each mark: in a list, and drawn around 0, 0."""

LEGEND: Final = (
    ("hours", "the hours of its calendar"), ("ran", "its clock runs"), ("pause", "its clock stands"),
    ("relief", "a time that excuses a miss"),
)  # fmt: skip
MARKS: Final = (
    ("opened", "opened"), ("due", "due"), ("performed", "performed in time"), ("late", "performed late"),
    ("missed", "missed"), ("breached", "breached"), ("excused", "excused or waived"),
)  # fmt: skip


def timeline(shown: Timeline, show: Show) -> str:
    """One instance, as wide as its place. The words in it are escaped."""
    told = "; ".join(f"{mark.when} {mark.kind}" for mark in in_order(shown))
    label = escaped(f"{shown.clause} {shown.which}: {shown.says}. {told}")
    return "".join([
        f'<svg class="life" width="100%" height="{HEIGHT}" role="img" aria-label="{label}">',
        *_body(shown, show),
        "</svg>",
    ])  # fmt: skip


def in_order(shown: Timeline) -> list[Mark]:
    """The marks as they come."""
    return sorted(shown.marks, key=lambda mark: mark.at)


def sample(kind: str) -> str:
    """A sample of a stretch or a mark, for a legend."""
    if kind in SIGNS:
        return (
            f'<svg class="life sample" width="24" height="28" aria-hidden="true"><svg x="12" y="14" overflow="visible">'
            f'<g class="{kind}">{SIGNS[kind][1]}</g></svg></svg>'
        )
    return (
        '<svg class="life sample" width="30" height="28" aria-hidden="true">'
        f'<rect class="{kind}" x="1" y="8" width="28" height="12"/></svg>'
    )


def _body(shown: Timeline, show: Show) -> Iterator[str]:
    # A little room on both sides, so that no mark is cut.
    length = max(shown.end - shown.start, 1)
    first, whole = shown.start - length * 3 // 100, length * 106 // 100

    def x(at: int) -> str:
        return _percent(at - first, whole)

    yield f'<line class="base" x1="{x(shown.start)}" x2="{x(shown.end)}" y1="{_MIDDLE}" y2="{_MIDDLE}"/>'
    for piece in shown.pieces:
        place = f'x="{x(piece.start)}" width="{_percent(piece.end - piece.start, whole)}"'
        inset = 0 if piece.kind in ("hours", "relief") else 4
        box = f'y="{_TOP + inset}" height="{_TRACK - 2 * inset}"'
        says = _says(show, piece.start, piece.end, piece.says or piece.kind)
        yield f'<rect class="{piece.kind}" {place} {box}><title>{escaped(says)}</title></rect>'
    yield from _days(shown, show, x)
    for mark in in_order(shown):
        says = escaped(mark.says if mark.kind == "due" else f"{mark.when} {mark.says}")
        yield (
            f'<svg x="{x(mark.at)}" y="{_MIDDLE}" overflow="visible"><g class="{mark.kind}"><title>{says}</title>'
            f"{SIGNS[mark.kind][1]}</g></svg>"
        )


def _says(show: Show, start: int, end: int, what: str) -> str:
    named = {"hours": "open", "ran": "the clock runs", "pause": "the clock stands"}.get(what, what)
    return f"{show.instant(start)} to {show.instant(end)}: {named}"


def _days(shown: Timeline, show: Show, x: Callable[[int], str]) -> Iterator[str]:
    """The ends of the axis in words, and where days (of long spans: months) begin."""
    days = [show.zone.start_of(day) for day in _steps(shown, show)]
    below = f'y1="{_TOP + _TRACK}" y2="{_TOP + _TRACK + 5}"'
    yield from (f'<line class="day" x1="{x(at)}" x2="{x(at)}" {below}/>' for at in days)
    start, end = show.instant(shown.start), show.instant(shown.end)
    yield f'<text x="3%" y="{_BASE}">{escaped(start)}</text>'
    yield f'<text x="97%" y="{_BASE}" text-anchor="end">{escaped(end)}</text>'


def _steps(shown: Timeline, show: Show) -> list[date]:
    first, last = show.zone.day(shown.start), show.zone.day(shown.end)
    if shown.end - shown.start <= _MOST_DAYS * DAY_TICKS:
        return [add_days(first, n) for n in range(1, (last - first).days + 1)]
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months][:: max(1, len(months) // _MOST_DAYS)]


def _percent(part: int, whole: int) -> str:
    """A part of the width with three decimals, in whole numbers, so that every machine writes the same."""
    thousandths = (part * 200_000 + whole) // (2 * whole)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}%"
