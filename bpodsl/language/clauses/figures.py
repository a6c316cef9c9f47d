"""Measures and amounts: one value for each window and group, its target, and when it settles."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.language import ast, literals
from bpodsl.language.checks import holds, needed
from bpodsl.language.clauses.tables import by_levels, by_table
from bpodsl.language.clauses.targets import TargetLine, levels_of, target
from bpodsl.language.clauses.windows import day_from, note_partial, prorated, starts
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import UNKNOWN, Typed, plain, settled, told
from bpodsl.language.problems import NoEffect, NotSayable, SaidTwice, WrongKind
from bpodsl.language.rows import Adjusted, Counted, counted, times
from bpodsl.language.scopes import FigureHead, Scope, told_grid
from bpodsl.language.tabled import sure_of, tables_in
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Clause, Expression, Figure, Kind, Length, Rounding, looked_up, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE, YES_NO
from bpodsl.text import Span
from bpodsl.values import Grid

_STEPS: dict[type[ast.Node], Kind] = {ast.Percent: SHARE, ast.Number: NUMBER}
_KINDS = ("number", "share", "money", "length", "day", "instant", "time", "yes_no")

_ONCE: dict[type[ast.Node], str] = {
    ast.WindowLine: "for which windows it has a value",
    ast.ValueLine: "what its value is",
    ast.TargetLine: "what its target is",
    ast.TargetByLine: "what its target is",
    ast.MinimumLine: "what its minimum is",
    ast.MinimumByLine: "what its minimum is",
    ast.FewerLine: "what is too few",
    ast.CountsAsLine: "what counts as what",
    ast.LeftOutLine: "which windows are left out",
    ast.ExcludingLine: "what is left out",
    ast.AllowanceLine: "how many misses are forgiven",
    ast.RoundedLine: "how it is rounded",
    ast.PartialLine: "how partial windows count",
    ast.StartsLine: "from when it is measured",
    ast.SettlesLine: "when it settles",
    ast.LatestLine: "when it settles at the latest",
    ast.PaysLine: "who pays what",
    ast.PaysTableLine: "who pays what",
    ast.PaysLevelsLine: "who pays what",
    ast.LevelsLine: "what its value is",
    ast.BandsLine: "what its value is",
    ast.InterpolatedLine: "that one interpolates",
}


def said_once(ctx: Context, lines: Iterable[ast.Node]) -> None:
    """Report lines that say again what an earlier line said."""
    seen: dict[str, ast.Node] = {}
    for line in lines:
        what = _ONCE.get(type(line))
        if isinstance(line, ast.CountsAsLine) and line.outcome == "missed":
            what = "which misses count as excused"
        if what is not None and what in seen:
            ctx.report(SaidTwice(line.span, what, seen[what].span))
        elif what is not None:
            seen[what] = line


def lower_measure(ctx: Context, node: ast.Measure) -> None:
    """A figure that may have a target and a minimum."""
    _lower(ctx, node, "measure")


def lower_amount(ctx: Context, node: ast.Amount) -> None:
    """A figure without a target."""
    for line in node.lines:
        if isinstance(line, TargetLine):
            ctx.report(NoEffect(line.span, "a target", "an amount has none", "Write `measure` instead of `amount`."))
    _lower(ctx, node, "amount")


def _lower(ctx: Context, node: ast.Measure | ast.Amount, word: str) -> None:
    said_once(ctx, node.lines)
    head = ctx.figure_heads.get(node.name.text)
    if head is not None:
        clause = ctx.clause_of(node, word)
        ctx.figures[head.name] = figure(ctx, node, head, clause, told_default=True)


def lower_derived(
    ctx: Context, base: str, grid: Grid, name: str, version: ast.Measure | ast.Amount | None = None
) -> None:
    """`NAME of the year`: the same clause (or a version of it) over another window."""
    declared, head = ctx.names.table[base], ctx.figure_heads[base]
    if not isinstance(declared.node, ast.Measure | ast.Amount):
        return
    node = ctx.current = version or declared.node
    head = evolve(head, grid=grid, name=name)
    clause = ctx.clause_of(declared.node, declared.thing, name, f"{ctx.clause_of(declared.node, '').shown}, "
                           f"{told_grid(grid)}")  # fmt: skip
    ctx.figure_heads[name] = head
    ctx.figures[name] = figure(ctx, node, head, clause, told_default=False)


@frozen
class Lines:
    """The lines of a figure by what they say; of several that say the same the first."""

    value: ast.ValueLine | ast.LevelsLine | ast.BandsLine | None = None
    target: TargetLine | None = None
    minimum: TargetLine | None = None
    fewer: ast.FewerLine | None = None
    cured: ast.CountsAsLine | None = None
    relieved: ast.CountsAsLine | None = None
    left_out: ast.LeftOutLine | None = None
    excluding: ast.ExcludingLine | None = None
    allowance: ast.AllowanceLine | None = None
    rounded: ast.RoundedLine | None = None
    partial: ast.PartialLine | None = None
    starts: ast.StartsLine | None = None
    settles: ast.SettlesLine | None = None
    latest: ast.LatestLine | None = None


_SLOTS: dict[type[ast.Node], str] = {
    ast.ValueLine: "value", ast.LevelsLine: "value", ast.BandsLine: "value",
    ast.TargetLine: "target", ast.TargetByLine: "target",
    ast.MinimumLine: "minimum", ast.MinimumByLine: "minimum", ast.FewerLine: "fewer",
    ast.CountsAsLine: "cured", ast.LeftOutLine: "left_out", ast.ExcludingLine: "excluding",
    ast.AllowanceLine: "allowance",
    ast.RoundedLine: "rounded", ast.PartialLine: "partial", ast.StartsLine: "starts", ast.SettlesLine: "settles",
    ast.LatestLine: "latest",
}  # fmt: skip


def sorted_lines(lines: Iterable[ast.Node]) -> Lines:
    """The lines by what they say."""
    found: dict[str, ast.Node] = {}
    for line in lines:
        slot = _SLOTS.get(type(line))
        if isinstance(line, ast.CountsAsLine) and line.outcome == "missed":
            slot = "relieved"
        if slot is not None:
            found.setdefault(slot, line)
    return Lines(**found)  # type: ignore[arg-type]


def beside(ctx: Context, value: Expression) -> tuple[tuple[str, Expression], ...]:
    """What is recorded beside a value: its look-ups in series, each under the words that say so, and of its tables."""
    series = tuple((ctx.lookups[each], each) for each in dict.fromkeys(looked_up(value)) if each in ctx.lookups)
    sure = sure_of(value) if ctx.ranked else ()
    groups = (each for part in sure if isinstance(part, ex.Aggregate) for each in ctx.ranked.get(part, ()))
    return (*series, *groups, *tables_in(value))


def seen_nowhere(ctx: Context, head: FigureHead, value: Expression) -> None:
    """Groups that are not listed must be seen in the window: a length of time shows none, nor what lies beyond it."""
    if any(g.members is None for g in head.groups):
        if any(_shows(part) or part == UNKNOWN.expression for part in walk(value)):
            return
        what = f"`{head.name}` has a value for each group of which something happens in the window: it is seen nowhere."
        advice = "List the groups (`for each … of …`), or let the windows be longer (`over 12 months, each …`)."
        if any(isinstance(part, ex.StateTimes) for part in walk(value)):
            fields = " and ".join(f"`for each {g.name} of …`" for g in head.groups if g.members is None)
            advice = f"List the groups ({fields}): the time that a state holds shows none."
        ctx.report(NotSayable(head.span, what, advice))


def _shows(part: object) -> bool:
    """Whether the groups of a part are seen in the window."""
    if isinstance(part, ex.FigureAt | ex.Standing):
        return isinstance(part.shift, ex.Same)
    return isinstance(part, ex.EventRows | ex.OutcomeRows | ex.StandingRows | ex.StateRows | ex.FigureRows | ex.Posted)


def scope_of(head: FigureHead) -> Scope:
    """Where the formulas of a figure stand."""
    return Scope(f"`{head.name}`", head.name, None, head.grid, head.keys, head.counted)


def figure(
    ctx: Context, node: ast.Measure | ast.Amount, head: FigureHead, clause: Clause, told_default: bool
) -> Figure:
    """The figure of a measure or amount; where it makes no sense, one that is never measured (reported)."""
    lines, scope = sorted_lines(node.lines), scope_of(head)
    if lines.value is None:
        advice = "Add a line with a formula, such as `count of …` or `share of … fulfilled`."
        ctx.demand(clause.span, f"`{head.name}` does not say what its value is.", advice)
        ctx.kinds[head.name] = None
        return Figure(head.name, clause, clause.word, NUMBER, head.grid, ex.Unmeasured("not understood"), head.groups)
    if isinstance(lines.value, ast.LevelsLine):
        _adjusted(ctx, lines, scope)
        found = Counted(by_levels(ctx, lines.value, node.lines, scope))
    elif isinstance(lines.value, ast.BandsLine):
        no_interpolation(ctx, node.lines)
        _adjusted(ctx, lines, scope)
        value, priced = by_table(ctx, lines.value, scope)
        found = Counted(Typed(value, priced, lines.value.span))
    else:
        no_interpolation(ctx, node.lines)
        found = counted(ctx, lines.value.value, scope, _adjusted(ctx, lines, scope))
    found = evolve(found, typed=_settle_kind(ctx, found.typed, lines, scope))
    kind = found.typed.kind
    if kind is not None and kind.base not in _KINDS:
        wanted = "a number, share, sum of money, length, day, time or yes/no"
        ctx.report(WrongKind(lines.value.span, told(kind), wanted))
        kind = None
    ctx.kinds.setdefault(head.name, kind)
    made = ctx.fixed.get(head.name) or lines.value.span
    if found.typed.ratio:
        ctx.ratios.add(head.name)
    seen_nowhere(ctx, head, found.typed.expression)
    value = _enough(ctx, lines, found, scope)
    grid, value = partial(ctx, lines.partial, head.grid, value, kind, clause if told_default else None)
    value = left_out(ctx, lines.left_out, value, scope)
    return with_lines(
        ctx,
        Figure(
            head.name, clause, clause.word, plain(kind or NUMBER), grid, value, head.groups,
            rounding=None if lines.rounded is None else literals.rounding(ctx, lines.rounded.rounding, kind),
            target=target(ctx, lines.target, scope, kind, head.groups, made),
            minimum=target(ctx, lines.minimum, scope, kind, head.groups, made),
            shows=(*found.shows, *beside(ctx, found.typed.expression)),
        ),
        lines,
    )  # fmt: skip


def _adjusted(ctx: Context, lines: Lines, scope: Scope) -> Adjusted:
    """What the lines of a figure do to its value line, if it is one that they can change."""
    assert lines.value is not None
    value = None if isinstance(lines.value, ast.LevelsLine | ast.BandsLine) else lines.value.value
    cured = allowance = excluding = None
    if lines.cured is not None:
        if not isinstance(value, ast.ShareOfOutcomes | ast.ShareOfAny):
            why = "only a `share of OBLIGATION fulfilled` can count what was cured"
            ctx.report(NoEffect(lines.cured.span, "counts … as …", why))
        elif (lines.cured.outcome, lines.cured.status) != ("cured", "fulfilled") or lines.cured.where is not None:
            why = "only the cured may count as fulfilled"
            ctx.report(NoEffect(lines.cured.span, "counts … as …", why, "Write `counts cured as fulfilled`."))
        else:
            names = (value.norm,) if isinstance(value, ast.ShareOfOutcomes) else value.norms
            heads = [head for name in names if (head := ctx.norm_heads.get(name.text)) is not None]
            if heads and not any(head.cures for head in heads):
                why = f"`{heads[0].name}` is never cured: it grants no time for it"
                ctx.report(NoEffect(lines.cured.span, "counts cured", why))
            else:
                cured = True
    relieved = None if lines.relieved is None else _relieved(ctx, lines.relieved, value)
    if lines.allowance is not None:
        rows = value.rows if isinstance(value, ast.CountOf) else None
        share = isinstance(value, ast.ShareOfOutcomes | ast.ShareOfAny)
        if not share and not isinstance(rows, ast.OutcomeRows):
            why = "only misses can be forgiven, and this is no share or count of outcomes"
            ctx.report(NoEffect(lines.allowance.span, "allowance", why))
        else:
            allowance = needed(ctx, lines.allowance.misses, scope, NUMBER)
    if lines.excluding is not None:
        if isinstance(value, ast.Availability | ast.LengthOf):
            excluding = times(ctx, lines.excluding.times)
        else:
            why = "only an availability or a length of time has time to leave out"
            ctx.report(NoEffect(lines.excluding.span, "excluding", why, "Leave rows out with `where not during …`."))
    return Adjusted(bool(cured), allowance, excluding, relieved)


def _relieved(ctx: Context, line: ast.CountsAsLine, value: ast.Expression | None) -> ast.Expression | None:
    """Which misses count as excused."""
    advice = "Write `counts missed as excused where …`."
    if not isinstance(value, ast.ShareOfOutcomes) or value.stretch is not None or value.same is not None:
        why = "only a `share of OBLIGATION fulfilled` of the window can count some misses as excused"
        ctx.report(NoEffect(line.span, "counts missed as …", why))
    elif line.status != "excused":
        ctx.report(NoEffect(line.span, "counts … as …", "the missed may count as excused only", advice))
    elif line.where is None:
        ctx.report(NoEffect(line.span, "counts … as …", "then nothing would be missed", advice))
    else:
        return line.where
    return None


def _settle_kind(ctx: Context, typed: Typed, lines: Lines, scope: Scope) -> Typed:
    """A ratio is a share if its target, minimum or rounding is one; else it stays either."""
    levels = [ctx.typed(level, scope) for line in (lines.target, lines.minimum) for level in levels_of(line)]
    beside = [(level.kind, level.span) for level in levels if not level.ratio]
    if lines.rounded is not None:
        step = lines.rounded.rounding.step
        beside.append((_STEPS.get(type(step)), step.span))
    if not typed.ratio:
        return _one_kind(ctx, typed, lines, scope, beside)
    if not levels and lines.rounded is None:
        return typed
    kind = SHARE if any(each == SHARE for each, _ in beside) else NUMBER
    at = next((span for each, span in beside if each == kind), None)
    if at is not None:
        ctx.fixed[scope.asker] = at
    return settled(typed, kind)


def _one_kind(
    ctx: Context, typed: Typed, lines: Lines, scope: Scope, beside: Iterable[tuple[Kind | None, Span | None]]
) -> Typed:
    """Where a ratio was made a number within the formula and a percentage stands beside it (or the other way), the
    place that did so is reported: the kind is then not known."""
    if typed.fixed is None or typed.kind not in (NUMBER, SHARE) or lines.value is None:
        return typed
    ctx.fixed[scope.asker] = typed.fixed
    other = SHARE if typed.kind == NUMBER else NUMBER
    at, value = next((span for kind, span in beside if kind == other), None), lines.value.span
    if at is None or typed.fixed.source is not value.source or not value.start <= typed.fixed.start < value.end:
        return typed
    advice = "A ratio is a percentage beside percentages and a number beside numbers: let all beside it be of one kind."
    ctx.report(WrongKind(typed.fixed, told(typed.kind), told(other), advice, at, f"for this is {told(other)}"))
    return evolve(typed, kind=None)


def no_interpolation(ctx: Context, lines: Iterable[ast.Node]) -> None:
    """Report `interpolated` where there are no rows between which there is something."""
    for line in lines:
        if isinstance(line, ast.InterpolatedLine):
            why = "only the rows of a credit for a measure, and those `by levels of …`, have something between them"
            ctx.report(NoEffect(line.span, "interpolated", why))


def _samples(ctx: Context, line: ast.FewerLine, found: Counted, scope: Scope) -> Expression | None:
    """How many there are of what a value rests on: the rows that are named, else those of the value itself."""
    if line.rows is not None:
        return ctx.typed(ast.CountOf(line.rows.span, line.rows), scope).expression
    value = found.typed.expression
    if found.samples is not None or not isinstance(value, ex.Arithmetic) or value.op != "/":
        return found.samples
    # Of a quotient the divisor is what there may be too little of.
    below = value.right
    return evolve(below, op="count", value=None, weight=None, q=None) if isinstance(below, ex.Aggregate) else None


def _enough(ctx: Context, lines: Lines, found: Counted, scope: Scope) -> Expression:
    """`fewer than n: not measured`, `fewer than n ROWS: not measured`"""
    value = found.typed.expression
    if lines.fewer is None or value is UNKNOWN.expression:
        return value
    samples = _samples(ctx, lines.fewer, found, scope)
    if samples is None:
        what = f"Of what there may be too few is not clear: `{scope.asker}` is reckoned by a formula."
        ctx.demand(lines.fewer.span, what, "Name it: `fewer than 20 EVENT: not measured`.")
        return value
    n = whole(ctx, lines.fewer.count, "samples", 1, 10**9)
    if n is None:
        return value
    few = ex.Compare("<", samples, ex.Literal(n, NUMBER))
    return ex.If(few, ex.Unmeasured(f"fewer than {n}"), value)


def partial(
    ctx: Context, line: ast.PartialLine | None, grid: Grid, value: Expression, kind: Kind | None, clause: Clause | None
) -> tuple[Grid, Expression]:
    """How windows that the term cuts count; where it is not stated, the default is noted for the clause."""
    if clause is not None:
        note_partial(ctx, grid, clause, line is not None, value)
        short = grid.anchor_from is not None or (grid.anchor is not None and grid.anchor.day > 28)
        if grid.unit == "month" and short:
            ctx.assume("clamp", "a month too short for the day counted has its last day instead", clause)
    if line is None or line.how == "inside":
        return grid, value
    if line.how == "excluded":
        return evolve(grid, partial="exclude"), value
    if kind is not None and kind.base not in ("number", "money", "length"):
        why = f"{told(kind)} does not grow with the days of the window"
        ctx.report(NoEffect(line.span, "prorated", why, "Write `partial windows inside` or `excluded`."))
        return grid, value
    return grid, prorated(value)


def left_out(ctx: Context, line: ast.LeftOutLine | None, value: Expression, scope: Scope) -> Expression:
    """The value, not measured in the windows that are left out; where it cannot be told none is."""
    if line is None:
        return value
    out = ex.IfMeasured(holds(ctx, line.where, scope), ex.Literal(False, YES_NO))
    return ex.If(out, ex.Unmeasured("left out"), value)


def with_lines(ctx: Context, made: Figure, lines: Lines) -> Figure:
    """The figure with the lines that say when it starts and when it settles."""
    day = None if lines.starts is None else lines.starts.day
    first = starts(ctx, day) if isinstance(day, ast.Day) else None
    told = None
    if isinstance(day, ast.WithEvent):
        told = day_from(ctx, day.event)
    elif isinstance(day, ast.AfterEvent):
        told = day_from(ctx, day.event, day.length)
    after = _after_the_end(ctx, None if lines.settles is None else lines.settles.length)
    latest = _after_the_end(ctx, None if lines.latest is None else lines.latest.length)
    grid = evolve(made.grid, begins=first, begins_from=told)
    return evolve(made, grid=grid, settle_after=after, settle_latest=latest)


def _after_the_end(ctx: Context, node: ast.Length | None) -> Length | None:
    return None if node is None else literals.length(ctx, node)


def rounding_line(ctx: Context, line: ast.RoundedLine | None, kind: Kind | None) -> Rounding | None:
    """How a sum is rounded, if its clause says so."""
    return None if line is None else literals.rounding(ctx, line.rounding, kind)
