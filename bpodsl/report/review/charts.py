"""Pictures of the page as SVG: trends and waterfalls. Shapes and words say what colours say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from bpodsl.report.review.model import Bar, Level, Step, Window
from bpodsl.report.review.sheets import MARKS

WIDTH: Final = 340
HEIGHT: Final = 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 14, 14, 20, 24
_BAR: Final = 200
_SPARK: Final = 90


def trend(level: Level) -> str:
    """The windows of a service level as a line, each with a mark: ● met, ▲ missed, ■ below the minimum, ○ no target.

    The target is a dashed line, the minimum a dotted one. All text in it is escaped.
    """
    values = [Fraction(w.value.exact) for w in level.windows if w.value.exact is not None]
    if not values:
        return ""
    lines = [Fraction(n.exact) for w in level.windows for n in (w.target, w.minimum) if n.exact is not None]
    low, high = min(values + lines), max(values + lines)
    if low == high:
        low, high = low - 1, high + 1
    count = max(len(level.windows) - 1, 1)

    def x(place: int) -> Fraction:
        return _LEFT + Fraction(place * (WIDTH - _LEFT - _RIGHT), count)

    def y(value: Fraction) -> Fraction:
        return _TOP + (high - value) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    told = "; ".join(f"{w.period} {w.value.shown} {MARKS[w.standing].partition(' ')[2]}" for w in level.windows)
    parts = [f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escaped(told)}">']
    for which in ("target", "minimum"):
        points = [(place, getattr(w, which).exact) for place, w in enumerate(level.windows)]
        parts += _steps(which, [(place, Fraction(v)) for place, v in points if v is not None], x, y)
    run: list[str] = []
    for place, window in enumerate(level.windows):
        if window.value.exact is None:
            parts += _line(run)
            run = []
            continue
        run.append(f"{_n(x(place))},{_n(y(Fraction(window.value.exact)))}")
    parts += _line(run)
    for place, window in enumerate(level.windows):
        at = HEIGHT - _BOTTOM if window.value.exact is None else y(Fraction(window.value.exact))
        parts.append(_mark(window, x(place), Fraction(at)))
    first, last = level.windows[0], level.windows[-1]
    parts.append(f'<text x="2" y="{HEIGHT - 6}">{escaped(_short(first))}</text>')
    if len(level.windows) > 1:
        parts.append(f'<text x="{WIDTH - 2}" y="{HEIGHT - 6}" text-anchor="end">{escaped(_short(last))}</text>')
    if last.value.exact is not None:
        parts.append(f'<text class="last" x="{WIDTH - 2}" y="12" text-anchor="end">{escaped(last.value.shown)}</text>')
    if last.target.exact is not None:
        parts.append(f'<text x="2" y="12">{escaped(f"target {last.target.shown}")}</text>')
    return "".join([*parts, "</svg>"])


def spark(level: Level) -> str:
    """The results of a service level, as high as a row of a table, the last of them a dot. Words stand beside it."""
    values = [(place, Fraction(w.value.exact)) for place, w in enumerate(level.windows) if w.value.exact is not None]
    if len(values) < 2:
        return ""
    low, high = min(value for _, value in values), max(value for _, value in values)
    count = len(level.windows) - 1
    points = [
        (4 + Fraction(place * (_SPARK - 8), count), 4 + (high - value) / ((high - low) or 1) * 12)
        for place, value in values
    ]
    shown = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="spark" viewBox="0 0 {_SPARK} 20" aria-hidden="true"><polyline points="{shown}"/>'
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.5"/></svg>'
    )


def _short(window: Window) -> str:
    return window.period.rpartition("..")[2]


def _line(points: Sequence[str]) -> list[str]:
    return [f'<polyline points="{" ".join(points)}"/>'] if len(points) > 1 else []


def _steps(
    which: str, points: Sequence[tuple[int, Fraction]], across: Callable[[int], Fraction],
    up: Callable[[Fraction], Fraction],
) -> list[str]:  # fmt: skip
    """A level that may change from window to window."""
    if not points:
        return []
    path = []
    half = (across(1) - across(0)) / 2
    for place, value in points:
        left, right = max(Fraction(0), across(place) - half), min(Fraction(WIDTH), across(place) + half)
        path.append(f"{_n(left)},{_n(up(value))} {_n(right)},{_n(up(value))}")
    return [f'<polyline class="{which}" points="{" ".join(path)}"/>']


def _mark(window: Window, x: Fraction, y: Fraction) -> str:
    title = f"<title>{escaped(f'{window.period}: {window.value.shown}, {MARKS[window.standing]}')}</title>"
    told = " told" if window.told else ""
    match window.standing:
        case "missed":
            points = f"{_n(x)},{_n(y - 5)} {_n(x - 5)},{_n(y + 4)} {_n(x + 5)},{_n(y + 4)}"
            return f'<polygon class="missed{told}" points="{points}">{title}</polygon>'
        case "below minimum":
            return f'<rect class="below{told}" x="{_n(x - 4)}" y="{_n(y - 4)}" width="8" height="8">{title}</rect>'
        case "met":
            return f'<circle class="met{told}" cx="{_n(x)}" cy="{_n(y)}" r="4">{title}</circle>'
        case "not measured" | "not settled":
            return f'<path class="none" d="M{_n(x - 4)} {_n(y)}h8">{title}</path>'
        case _:
            return f'<circle class="plain{told}" cx="{_n(x)}" cy="{_n(y)}" r="3.5">{title}</circle>'


def bars(rows: Sequence[Bar]) -> list[str]:
    """A bar for each step of a waterfall, all to one scale."""
    edges = [Fraction(each) for bar in rows for each in (bar.before, bar.after)]
    low, high = min([Fraction(0), *edges]), max([Fraction(0), *edges])
    span = (high - low) or Fraction(1)
    found = []
    for bar in rows:
        left, right = sorted((Fraction(bar.before), Fraction(bar.after)))
        start, width = (left - low) / span * _BAR, max((right - left) / span * _BAR, Fraction(1))
        nought = _n(-low / span * _BAR)
        found.append(
            f'<svg class="bar" viewBox="0 0 {_BAR} 14" preserveAspectRatio="none" aria-hidden="true">'
            f'<path class="nought" d="M{nought} 0v14"/>'
            f'<rect class="{bar.kind}" x="{_n(min(start, Fraction(_BAR - 1)))}" y="2" width="{_n(width)}" height="10"/>'
            "</svg>"
        )
    return found


def bars_of_steps(steps: Sequence[Step]) -> list[str]:
    """A bar for each step of a sum: as long as what it has come to by then, and what a cap took off; "" for a step that
    only explains."""
    rows: list[Bar | None] = []
    before: Fraction | None = None
    for step in steps:
        after = None if step.after is None else Fraction(step.after)
        if after is None:
            rows.append(None)
            continue
        start = before if step.kind == "cap" and before is not None else Fraction(0)
        rows.append(Bar(step.what, step.kind, step.number, start, after))
        before = after
    drawn = iter(bars([row for row in rows if row is not None]))
    return ["" if row is None else next(drawn) for row in rows]


def _n(value: Fraction) -> str:
    """A coordinate with one decimal."""
    tenths = round(value * 10)
    sign, tenths = ("-", -tenths) if tenths < 0 else ("", tenths)
    return f"{sign}{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{sign}{tenths // 10}"


def escaped(text: str) -> str:
    """A text for markup, between tags or in an attribute."""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, name)
    return text
