"""Periods that are written out: accounting calendars, settlement periods published as a table."""

from __future__ import annotations

import re
from typing import Final

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.problems import NotSayable, OutOfRange, SaidTwice
from bpodsl.terms.kinds import Kind
from bpodsl.values import Grid, add_days

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]*")


def lower_periods(ctx: Context, node: ast.Periods) -> None:
    """The grid of the periods; it makes no term of its own. What makes no sense is reported, and set right somehow, so
    that nobody who asks for them has another problem."""
    name = node.name.text
    if not node.lines:
        ctx.demand(ctx.clause_of(node, "periods").span, f"`{name}` has no rows.", "Add a row for each period.")
        return
    labels: dict[str, ast.PeriodRow] = {}
    for row, earlier in zip(node.lines, (None, *node.lines), strict=False):
        _sound(ctx, row, earlier)
        label = named(row.label)
        if label in labels:
            ctx.report(SaidTwice(row.label.span, f"the period `{label}`", labels[label].label.span))
        labels.setdefault(label, row)
    days = sorted({row.first.value for row in labels.values()})
    edges = (*days, max(add_days(node.lines[-1].last.value, 1), add_days(days[-1], 1)))
    ctx.periods[name] = Grid("listed", 1, days[0], times=len(days), edges=edges, labels=tuple(labels)[: len(days)])


def named(label: ast.Name | ast.Text) -> str:
    """What a period is called."""
    return label.text if isinstance(label, ast.Name) else label.value


def _sound(ctx: Context, row: ast.PeriodRow, earlier: ast.PeriodRow | None) -> None:
    """Whether a period may be called so, and lies behind the one before it."""
    if not _NAME.fullmatch(named(row.label)):
        what = "The name of a period is made of letters, digits, blanks, points and hyphens."
        ctx.report(NotSayable(row.label.span, what, "Call it, for example, `P01` or `\"2026-01\"`."))
    if ctx.day(row.first) is None or ctx.day(row.last) is None:
        return
    if row.last.value < row.first.value:
        ctx.report(OutOfRange(row.span, "This period ends before it begins."))
    elif earlier is not None and add_days(earlier.last.value, 1) != row.first.value:
        wanted = add_days(earlier.last.value, 1)
        what = f"`{named(earlier.label)}` ends on {earlier.last.value}, so this one begins on {wanted}."
        ctx.report(OutOfRange(row.first.span, what, "Write them in order, each from the day after the one before."))


def of_periods(ctx: Context, node: ast.Each) -> Grid | None:
    """`each period of fiscal`, `each 3 periods of fiscal`: so many of them together are one window."""
    assert isinstance(node.anchor, ast.Name)
    if ctx.find(node.anchor, "periods") is None:
        return None
    listed = ctx.periods.get(node.anchor.text)
    if node.count is None or listed is None:
        return listed
    count = whole(ctx, node.count, "periods", 1, len(listed.labels))
    if count is None:
        return None
    if len(listed.labels) % count:
        what = f"`{node.anchor.text}` has {len(listed.labels)} periods, which cannot be taken {count} at a time."
        ctx.report(OutOfRange(node.count.span, what, "Take a number of them that leaves none over."))
        return None
    labels = listed.labels
    called = labels if count == 1 else tuple(
        f"{labels[n]}..{labels[n + count - 1]}" for n in range(0, len(labels), count)
    )  # fmt: skip
    return Grid("listed", 1, listed.anchor, times=len(called), edges=listed.edges[::count], labels=called)


def period_kind(ctx: Context, node: ast.PeriodOf) -> Kind | None:
    """The kind of a field that names one of some periods; None if there are none of that name (reported)."""
    if ctx.find(node.periods, "periods") is None:
        return None
    listed = ctx.periods.get(node.periods.text)
    return None if listed is None else kind_of(node.periods.text, listed)


def kind_of(name: str, listed: Grid) -> Kind:
    """The kind of a period of these: its detail says which there are, and from when to when."""
    rows = zip(listed.labels, listed.edges, listed.edges[1:], strict=False)
    return Kind("period", (f"period of {name}", *(f"{first}/{after}/{label}" for label, first, after in rows)))


def listed_days(grid: Grid) -> list[int]:
    """How many days each of the periods has."""
    return [(after - first).days for first, after in zip(grid.edges, grid.edges[1:], strict=False)]
