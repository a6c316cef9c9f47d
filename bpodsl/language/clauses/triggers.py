"""Triggers: when something holds, happens or lasts, often enough, something follows."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.cases import event_row, has, kind_of, openers
from bpodsl.language.checks import holds
from bpodsl.language.clauses import windows
from bpodsl.language.clauses.agreement import selector
from bpodsl.language.clauses.consequences import effect
from bpodsl.language.clauses.heads import cause_fields, right_keys, shared, state_keys, trigger_keys
from bpodsl.language.clauses.obligations import effective, may_be
from bpodsl.language.clauses.periods import listed_days
from bpodsl.language.clauses.windows import CELLS
from bpodsl.language.context import Context, below, mentions
from bpodsl.language.figures_at import whole
from bpodsl.language.literals import one
from bpodsl.language.names import EVENTS, FIGURES, QUESTIONS, RIGHTS, listed, nearest
from bpodsl.language.problems import (
    CannotHappen,
    NoEffect,
    NotSayable,
    OutOfRange,
    ResetUnstated,
    RunUnstated,
    SaidTwice,
    UnknownField,
    UnlikeLengths,
)
from bpodsl.language.scopes import FigureHead, NormHead, Row, Scope, same_cells, told_grid
from bpodsl.lean import evolve
from bpodsl.terms import (
    Clause,
    Effect,
    Expression,
    Figure,
    Length,
    Occasion,
    OnAny,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnSettled,
    Recurrence,
    Rule,
    Selector,
)
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import LENGTH, NUMBER, YES_NO
from bpodsl.text import Span
from bpodsl.values import MINUTE, Grid

WhenLine = ast.WhenLine | ast.WhenEventLine | ast.WhenLastsLine | ast.WhenFiresLine | ast.WhileLine

_ONCE: dict[type[ast.Line], str] = {
    ast.ResetsLine: "whether it resets",
    ast.OnlyBeginsLine: "when it fires",
    ast.NotMeasuredLine: "what a window that is not measured does",
    ast.PathLine: "by what it counts",
    ast.OncePerLine: "how often each is counted",
}


def lower_trigger(ctx: Context, node: ast.Trigger) -> None:
    """A rule: on which occasions, under what condition, how often, and what then."""
    name, clause = node.name.text, ctx.clause_of(node, "trigger")
    whens = [line for line in node.lines if isinstance(line, WhenLine)]
    for line in whens[1:]:
        ctx.report(SaidTwice(line.span, "when it fires", whens[0].span))
    _said_once(ctx, node)
    if not whens:
        ctx.demand(clause.span, f"`{name}` does not say when it fires.", "Add `when …`.")
        return
    found = occasion(ctx, node, whens[0], clause)
    if found is None:
        # Its consequences are checked all the same.
        found = OnHappens(Selector("")), None, Scope("a consequence", name, Row("this", {}))
        _then(ctx, node, found[2], clause)
        return
    on, when, scope = found
    scope = _with_counted(ctx, node, scope)
    recurrence = _recurrence(ctx, node, whens[0], on)
    by = _told_by(ctx, node, scope, recurrence)
    if recurrence is not None:
        recurrence, by = evolve(recurrence, by=by), ()
    recurrence = _once_per(ctx, node, scope, recurrence)
    then = _then(ctx, node, scope, clause)
    ctx.rules[name] = Rule(name, clause, on, when, recurrence, then, by=by)


def _said_once(ctx: Context, node: ast.Trigger) -> None:
    seen: dict[type[ast.Line], ast.Line] = {}
    for line in node.lines:
        what = _ONCE.get(type(line))
        if what is not None and type(line) in seen:
            ctx.report(SaidTwice(line.span, what, seen[type(line)].span))
        seen.setdefault(type(line), line)


def _then(ctx: Context, node: ast.Trigger, scope: Scope, clause: Clause) -> tuple[Effect, ...]:
    lines = (line for line in node.lines if isinstance(line, ast.ThenLine))
    effects = (effect(ctx, line.consequence, scope, clause) for line in lines)
    return tuple(each for each in effects if each is not None)


Found = tuple[Occasion, Expression | None, Scope]


def occasion(
    ctx: Context, node: ast.Trigger | ast.Right | ast.Termination, line: WhenLine, clause: Clause
) -> Found | None:
    """What it is evaluated on, its condition, and the scope of both."""
    name = node.name.text
    match line:
        case ast.WhenEventLine(selector=ast.Selector(event=figure, where=where)) if ctx.names.get(figure.text, FIGURES):
            return _settled(ctx, figure, where, clause)
        case ast.WhenEventLine():
            return _event(ctx, line.selector, name)
        case ast.WhenLastsLine():
            return _lasting(ctx, line, name)
        case ast.WhenFiresLine():
            return _fires(ctx, line, name)
        case ast.WhenLine(condition=ast.Stands(left=ast.Name() as left)) if ctx.names.get(left.text, RIGHTS):
            assert isinstance(line.condition, ast.Stands)
            return _right(ctx, line.condition, left, line.where, name)
        case ast.WhenLine(condition=ast.Name() as event) if ctx.names.get(event.text, EVENTS) is not None:
            return _event(ctx, ast.Selector(event.span, event), name)
        case ast.WhenLine(condition=ast.Stands(left=ast.Name() as left)) if (
            ctx.names.get(left.text, ("obligation",)) is not None
            or (left.text in ctx.norm_heads and ctx.names.get(left.text, QUESTIONS) is not None)
        ):
            assert isinstance(line.condition, ast.Stands)
            return _outcome(ctx, line.condition, left, line.where, name)
        case ast.WhenLine(condition=ast.AnyStands() as several) if any(
            ctx.names.get(name.text, ("obligation",)) for name in several.names
        ):
            return _outcomes(ctx, several, line.where, name)
        case ast.WhenLine(condition=ast.AnyStands() as several, recurrence=ast.TimesInAny() | ast.TimesInEach()):
            return _each_settled(ctx, several, line.where, clause)
        case _:
            return _settled(ctx, line.condition, line.where, clause)


def _event(ctx: Context, node: ast.Selector, name: str) -> Found | None:
    found = selector(ctx, node, name)
    if found is None:
        return None
    return OnHappens(found), None, Scope("a consequence of one event", name, event_row(ctx, found.event))


def _fires(ctx: Context, line: ast.WhenFiresLine, name: str) -> Found | None:
    """Each time another trigger fires."""
    found = ctx.find(line.trigger, "trigger")
    if found is None or not isinstance(found.node, ast.Trigger):
        return None
    fields = cause_fields(ctx, found.name)
    row = Row(f"a firing of `{found.name}`", fields, keys=tuple(trigger_keys(ctx, found.node)),
              events=openers(ctx, found.name))
    return OnFired(found.name), None, Scope("a consequence of another trigger", name, row)


_OF_RIGHTS = {"opened": "opened", "exercised": "fulfilled", "lapsed": "missed"}


def _right(
    ctx: Context, condition: ast.Stands, left: ast.Name, where: ast.Expression | None, name: str
) -> Found | None:
    """Each time a right opens, is exercised or lapses."""
    found = ctx.names.get(left.text, RIGHTS)
    assert found is not None and isinstance(found.node, ast.Right | ast.Termination)
    outcome = _OF_RIGHTS.get(condition.how)
    if outcome is None:
        what = f"A {found.thing} is never {condition.how}."
        ctx.report(CannotHappen(condition.span, what, "Write `is opened`, `is exercised` or `is lapsed`."))
        return None
    keys = right_keys(ctx, found.node)
    row = Row(f"`{left.text}`", keys, outcome=True, keys=tuple(keys))
    scope = Scope("a consequence of a right", name, row)
    when = None if where is None else holds(ctx, where, scope)
    return OnOutcome(left.text, outcome), when, scope


def _lasting(ctx: Context, line: ast.WhenLastsLine, name: str) -> Found | None:
    state = ctx.find(line.state, "state")
    length = literals.length(ctx, line.length)
    if state is None or length is None:
        return None
    if line.op not in ("at least", "more than"):
        what = "How short a state was is known only when it has ended."
        advice = f"Let an amount count them: `count of {line.state.text} where reading {line.op} …`."
        ctx.report(NotSayable(line.span, what, advice))
        return None
    row = Row(f"an interval of `{line.state.text}`", state_keys(ctx, line.state.text), reading=LENGTH,
              events=openers(ctx, line.state.text))
    scope = Scope("a consequence of one interval", name, evolve(row, keys=tuple(row.fields)))
    when = None if line.where is None else holds(ctx, line.where, scope)
    again = None if line.again is None else _again(ctx, line.again, length)
    most = None
    if line.again is not None and line.again.most is not None:
        most = whole(ctx, line.again.most, "times in all", 2)
    return OnLasting(line.state.text, length, line.op, again, most), when, scope


def _again(ctx: Context, node: ast.AgainEvery, length: Length) -> Length | None:
    """`and again every 12 hours`: counted on in the unit of the first time, so that the times add up."""
    again = literals.length(ctx, node.length)
    if again is None:
        return None
    if (again.unit, again.calendar) != (length.unit, length.calendar):
        first, then = (f"{'Open' if each.unit == 'open' else each.unit.capitalize()} time" if each.by_clock
                       else each.unit.capitalize() for each in (length, again))
        ctx.report(UnlikeLengths(node.length.span, then, first.lower(), "Write both in one unit."))
        return None
    if again.by_clock and again.amount < MINUTE:
        what = "What comes again does so after a minute at the soonest, since a state may last for years."
        ctx.report(OutOfRange(node.length.span, what, "Write `1 minute` or longer."))
        return None
    return again


def _outcome(
    ctx: Context, condition: ast.Stands, left: ast.Name, where: ast.Expression | None, name: str
) -> Found | None:
    head = ctx.norm(left)
    if head is None:
        return None
    outcome = condition.how
    if outcome not in ("opened", "fulfilled", "missed", "excused", "late", "cured", "breached", "waived"):
        what = f"An obligation does not become {outcome} at any instant."
        ctx.report(CannotHappen(condition.span, what, "Write `is missed`, or ask for a measure of it."))
        return None
    if not may_be(ctx, condition, head, outcome):
        return None
    scope = Scope("a consequence of one outcome", name, evolve(head.row, became=(outcome,), outstanding=head.owes))
    when = None if where is None else holds(ctx, where, scope)
    return OnOutcome(head.name, effective(head, outcome)), when, scope


def _outcomes(ctx: Context, several: ast.AnyStands, where: ast.Expression | None, name: str) -> Found | None:
    """Outcomes of several duties, counted together."""
    found: list[OnOutcome] = []
    heads: list[NormHead] = []
    for each in several.names:
        if ctx.names.get(each.text, FIGURES) is not None:
            what = "Duties and figures are not counted together."
            ctx.report(NotSayable(each.span, what, f"Let a measure count the misses: `count of DUTY {several.how}`."))
            return None
        one = _outcome(ctx, ast.Stands(several.span, each, several.how), each, None, name)
        if one is None:
            return None
        assert isinstance(one[0], OnOutcome)
        if one[0] in found:
            ctx.report(SaidTwice(each.span, f"`{each.text}`"))
            continue
        found.append(one[0])
        heads.append(ctx.norm_heads[each.text])
    readings = {head.reading for head in heads}
    reading = readings.pop() if len(readings) == 1 else None
    row = Row(
        "an outcome of any of them", shared(head.fields for head in heads), reading, outcome=True,
        keys=tuple(key for key in heads[0].by if all(key in head.by for head in heads)),
        became=(several.how,), events=openers(ctx, name),
    )  # fmt: skip
    scope = Scope("a consequence of one outcome", name, row)
    when = None if where is None else holds(ctx, where, scope)
    return OnAny(tuple(found)), when, scope


def _each_settled(
    ctx: Context, several: ast.AnyStands, where: ast.Expression | None, clause: Clause
) -> Found | None:
    """Figures of which each counts by itself: a hidden one says how many are so in a window."""
    made = _settled(ctx, several, where, clause)
    if made is None or not all(name.text in ctx.figure_heads for name in several.names):
        return made
    scope = made[2]
    assert scope.grid is not None
    one, none = ex.Literal(1, NUMBER), ex.Literal(0, NUMBER)
    value: Expression = none
    for name in dict.fromkeys(each.text for each in several.names):
        stands = ctx.typed(ast.Stands(several.span, ast.Name(several.span, name), several.how), scope)
        value = ex.Arithmetic("+", value, ex.If(stands.expression, one, none))
    first = max((ctx.figure_heads[each.text] for each in several.names), key=lambda head: len(head.keys))
    hidden = f"{clause.name}.condition"
    own = evolve(clause, name=hidden, title=f"{clause.shown}: how many")
    ctx.figures[hidden] = Figure(hidden, own, "condition", NUMBER, first.grid, value, first.groups)
    some = ex.Compare(">", ex.FigureAt(hidden, ex.Same()), none)
    if where is not None:
        some_where = holds(ctx, where, scope)
        return OnSettled(hidden), ex.AllOf((some, some_where)), scope
    return OnSettled(hidden), some, scope


def _settled(
    ctx: Context, condition: ast.Expression, where: ast.Expression | None, clause: Clause
) -> Found | None:
    """A condition on figures of one window: on the one figure, or on a hidden one that reads them all.

    `where` says of which groups; it is one condition with the other.
    """
    heads = _heads(ctx, condition)
    if heads is None:
        return None
    first = max(heads, key=lambda head: len(head.keys))
    for other in heads:
        if not same_cells(other.grid, first.grid):
            what = f"`{first.name}` has a value {told_grid(first.grid)}, `{other.name}` {told_grid(other.grid)}."
            ctx.report(NotSayable(condition.span, what, "Let a trigger ask for figures with the same windows."))
            return None
    scope = Scope(f"`{clause.name}`", clause.name, None, first.grid, first.keys)
    when = holds(ctx, condition, scope)
    if where is not None:
        when = ex.AllOf((when, holds(ctx, where, scope)))
    if len({head.name for head in heads}) == 1 and not _over_groups(condition):
        return OnSettled(first.name), when, scope
    hidden = f"{clause.name}.condition"
    own = evolve(clause, name=hidden, title=f"{clause.shown}: condition")
    ctx.figures[hidden] = Figure(hidden, own, "condition", YES_NO, first.grid, when, first.groups)
    return OnSettled(hidden), ex.FigureAt(hidden, ex.Same()), scope


def _heads(ctx: Context, condition: ast.Expression) -> list[FigureHead] | None:
    """The figures that a condition asks for; None if there is none that could be asked (reported)."""
    names = {name.text: name for name in mentions(condition)}
    heads = [ctx.figure_heads[name] for name in names if name in ctx.figure_heads]
    # Of a figure whose groups are looked at together the window alone is meant.
    together = set(_over_groups(condition))
    heads = [evolve(head, groups=(), keys={}) if head.name in together else head for head in heads]
    if heads:
        return heads
    unknown = [name for name in names.values() if ctx.names.table.get(name.text) is None]
    if any(name.text in ctx.broken for name in names.values()):
        return None
    if any(ctx.names.get(name, FIGURES) is not None for name in names):
        return None  # A figure whose windows make no sense: that is reported with it.
    if unknown:
        for name in unknown:
            ctx.find(name, *FIGURES, wanted="measure, event or obligation")
    else:
        for each in names.values():
            ctx.names.used.add(each.text)
        what = "A trigger asks for a figure, an event, an outcome or how long a state lasts."
        advice = "Write, for example, `when p1_on_time is missed`, or `when EVENT where …`."
        ctx.report(NotSayable(condition.span, what, advice))
    return None


def _over_groups(condition: ast.Expression) -> list[str]:
    """The figures whose groups a condition looks at together."""
    return [part.figure.text for part in below(condition) if isinstance(part, ast.GroupRows)]


# ---------------------------------------------------------------------------------------- how often
def _with_counted(ctx: Context, node: ast.Trigger, scope: Scope) -> Scope:
    """What is counted has the fields of its case by which it is counted."""
    line = next((each for each in node.lines if isinstance(each, ast.PathLine)), None)
    row = scope.row
    if line is None or row is None:
        return scope
    fields = {key.text: kind_of(ctx, row, key) for key in line.fields if has(ctx, row, key)}
    return evolve(scope, row=evolve(row, fields={**row.fields, **fields}))


def _told_by(ctx: Context, node: ast.Trigger, scope: Scope, found: Recurrence | None) -> tuple[str, ...]:
    """What happens may be told apart by some fields, and counted for each value of these."""
    line = next((each for each in node.lines if isinstance(each, ast.PathLine)), None)
    if line is None:
        return ()
    if scope.row is None or (found is not None and found.span is None and found.within is None):
        why = "only what happens is counted by a field, or told apart; a figure has a window for each of its groups"
        ctx.report(NoEffect(line.span, "by", why, "Delete the line."))
        return ()
    known = tuple(scope.row.fields)
    told = f"What `{node.name.text}` {'waits for' if found is None else 'counts'}"
    for key in line.fields:
        if key.text not in known:
            ctx.report(UnknownField(key.span, key.text, told, known, nearest(key.text, known)))
    return tuple(dict.fromkeys(key.text for key in line.fields if key.text in known))


def _once_per(ctx: Context, node: ast.Trigger, scope: Scope, found: Recurrence | None) -> Recurrence | None:
    """Of each duty, or of the event, perhaps only the first in each month counts."""
    line = next((each for each in node.lines if isinstance(each, ast.OncePerLine)), None)
    if line is None:
        return found
    if found is None or scope.row is None or (found.span is None and found.within is None):
        why = "what settles counts once for each window, and what is not counted cannot count once"
        ctx.report(NoEffect(line.span, "each counted once", why, "Write `3 times in any …` of duties."))
        return found
    return evolve(found, once=line.unit)


def _recurrence(ctx: Context, node: ast.Trigger, line: WhenLine, on: Occasion) -> Recurrence | None:
    """How often the condition must hold; what agreements differ in is demanded."""
    lines = {type(each): each for each in node.lines if isinstance(each, ast.ResetsLine | ast.OnlyBeginsLine)}
    resets, begins = lines.get(ast.ResetsLine), lines.get(ast.OnlyBeginsLine)
    unmeasured = next((each for each in node.lines if isinstance(each, ast.NotMeasuredLine)), None)
    found: Recurrence | None
    match line:
        case ast.WhileLine():
            found = _windows(ctx, line.count, line.among, line.unit, on, "each")
            span = line.span
        case ast.WhenFiresLine(recurrence=None):
            return _once(ctx, begins, resets, unmeasured, on)
        case ast.WhenFiresLine(recurrence=ast.TimesInAny() as often):
            found, span = _times(ctx, often, on, False), often.span
        case ast.WhenFiresLine(recurrence=ast.TimesInEach() as often):
            found, span = _in_each(ctx, often, on, False), often.span
        case ast.WhenFiresLine(recurrence=ast.InAnyOf() | ast.Consecutive() as often):
            found, span = _windows(ctx, often.count, None, often.unit, on, "counting"), often.span
        case ast.WhenLine(recurrence=ast.InAnyOf() as often) | ast.WhenEventLine(recurrence=ast.InAnyOf() as often):
            found = _windows(ctx, often.count, often.among, often.unit, on, "counting")
            span = often.span
        case ast.WhenLine(recurrence=ast.Consecutive() as often) | ast.WhenEventLine(
            recurrence=ast.Consecutive() as often
        ):
            found = _windows(ctx, often.count, None, often.unit, on, "counting")
            span = often.span
            if unmeasured is None and not ctx.damaged:
                ctx.report(RunUnstated(span, node.name.text))
        case ast.WhenLine(recurrence=ast.TimesInAny() as often) | ast.WhenEventLine(
            recurrence=ast.TimesInAny() as often
        ):
            found = _times(ctx, often, on, isinstance(line, ast.WhenLine) and isinstance(line.condition, ast.AnyStands))
            span = often.span
        case ast.WhenLine(recurrence=ast.TimesInEach() as often) | ast.WhenEventLine(
            recurrence=ast.TimesInEach() as often
        ):
            several = isinstance(line, ast.WhenLine) and isinstance(line.condition, ast.AnyStands)
            found, span = _in_each(ctx, often, on, several), often.span
        case _:
            return _once(ctx, begins, resets, unmeasured, on)
    if found is None:
        return None
    if resets is None and not ctx.damaged:
        ctx.report(ResetUnstated(span, node.name.text))
    if unmeasured is not None:
        if found.m is not None and unmeasured.how != "is skipped":
            why = "only windows in a row are a run; among others one that is not measured keeps its place"
            ctx.report(NoEffect(unmeasured.span, "not measured", why))
        elif not isinstance(on, OnSettled):
            ctx.report(NoEffect(unmeasured.span, "not measured", "what happens is counted, not windows"))
        elif found.within is not None:
            why = "only windows in a row are a run; elsewhere one that is not measured does not count"
            ctx.report(NoEffect(unmeasured.span, "not measured", why))
        found = evolve(found, unmeasured="skipped" if unmeasured.how == "is skipped" else "breaks")
    if begins is not None:
        if not isinstance(on, OnSettled):
            ctx.report(NoEffect(begins.span, "only when it begins to hold", "what happens is counted, not windows"))
        found = evolve(found, fires="becoming")
    return evolve(found, resets=isinstance(resets, ast.ResetsLine) and resets.how == "resets")


def _once(
    ctx: Context, begins: ast.Line | None, resets: ast.Line | None, unmeasured: ast.Line | None, on: Occasion
) -> Recurrence | None:
    for line, what in ((resets, "resets"), (unmeasured, "not measured")):
        if line is not None:
            ctx.report(NoEffect(line.span, what, "this trigger does not count"))
    if begins is None:
        return None
    if not isinstance(on, OnSettled):
        ctx.report(NoEffect(begins.span, "only when it begins to hold", "it fires each time that this happens"))
        return None
    return Recurrence(1, 1, fires="becoming")


def _windows(
    ctx: Context, count: ast.Number, among: ast.Number | None, unit: str, on: Occasion, fires: str
) -> Recurrence | None:
    if not isinstance(on, OnSettled):
        what = "An event or outcome is not counted in windows."
        ctx.report(NotSayable(count.span, what, "Write `3 times in any 30 days`."))
        return None
    n = whole(ctx, count, "windows", 1, 10_000)
    m = None if among is None else whole(ctx, among, "windows", 1, 10_000)
    if n is None or (among is not None and m is None):
        return None
    if m is not None and among is not None and n > m:
        ctx.report(CannotHappen(count.span, f"{n} of {m} can never hold.", "Write the smaller number first."))
        return None
    _same_unit(ctx, unit, on.figure, count.span)
    return Recurrence(n, m, fires=fires)


def _same_unit(ctx: Context, unit: str, figure: str, span: Span) -> None:
    """Whether the unit in which windows are counted is that of the figure."""
    made = ctx.figures.get(figure)
    grid = made.grid if made is not None else None
    head = ctx.figure_heads.get(figure)
    if grid is None and head is not None:
        grid = head.grid
    if grid is None or one(unit) == "window":
        return
    if grid.unit == "listed" and one(unit) == "period":
        return
    if CELLS.get(one(unit)) != (grid.unit, grid.n) or grid.later:
        advice = "Count its windows: write `windows` instead."
        ctx.report(UnlikeLengths(span, f"`{figure}` has a value {told_grid(grid)}; that", f"a count of {unit}", advice))


def _times(ctx: Context, often: ast.TimesInAny, on: Occasion, several: bool) -> Recurrence | None:
    n = whole(ctx, often.count, "times", 1, 1_000_000)
    length = literals.length(ctx, often.length)
    if isinstance(on, OnSettled) and several:
        return None if n is None or length is None else _in_windows(ctx, often, on, n, length)
    if isinstance(on, OnSettled):
        what = "A condition on windows is counted in windows, not in time."
        advice = "Write `in 3 of any 6 months`, or `3 times in any contract year`."
        ctx.report(NotSayable(often.span, what, advice))
        return None
    if n is None or length is None:
        return None
    if length.calendar is not None:
        what = f"What happens is counted within days or hours, not within {listed([length.unit])} of a calendar."
        ctx.report(NotSayable(often.length.span, what, "Write `3 times in any 30 days`."))
        return None
    return Recurrence(n, span=length)


def _in_each(ctx: Context, often: ast.TimesInEach, on: Occasion, several: bool) -> Recurrence | None:
    """So many times in one window of the calendar, or one contract year: of windows those that end in it."""
    n = whole(ctx, often.count, "times", 1, 1_000_000)
    unit = often.window.removeprefix("calendar ")
    grid = windows.each(ctx, ast.Each(often.span, None, unit, often.periods))
    if n is None or grid is None:
        return None
    if isinstance(on, OnSettled):
        head = ctx.figure_heads.get(on.figure)
        made = ctx.figures.get(on.figure)
        own = head.grid if head is not None else None if made is None else made.grid
        # Of several figures each may count in one window, and once it can be in any.
        if own is not None and n > 1 and not several and _longer(own, grid):
            told = often.span.text.partition(" in ")[2].strip()
            what = f"`{on.figure}` has a value {told_grid(own)}; so often cannot be in {told}."
            ctx.report(CannotHappen(often.span, what, "Count in a longer time: `2 times in any contract year`."))
            return None
        return Recurrence(n, within=grid, weight=ex.FigureAt(on.figure, ex.Same()) if several else None)
    return Recurrence(n, within=grid)


def _longer(one: Grid, other: Grid) -> bool:
    """Whether of the windows of one no two end in one of the other."""
    if one.unit == "term":
        return True
    if other.unit == "listed":
        return one == other
    days = {"day": 1, "week": 7, "month": 30}
    own = min(listed_days(one)) if one.unit == "listed" else days[one.unit] * one.n
    return own >= days[other.unit] * other.n if other.unit in days else False


def _in_windows(
    ctx: Context, often: ast.TimesInAny, on: OnSettled, n: int, length: Length
) -> Recurrence | None:
    """So many times in the windows of some figures that a length of time has; each may count in each window."""
    figure = ctx.figures.get(on.figure)
    if figure is None:
        return None
    unit, cells = CELLS.get(one(length.unit), ("", 1))
    grid = figure.grid
    if (unit, grid.span) != (grid.unit, 1) or (length.amount * cells) % grid.n or grid.later:
        what = f"These have a value {told_grid(grid)}; that time is no number of their windows."
        ctx.report(NotSayable(often.length.span, what, "Write, for example, `3 times in any 6 months`."))
        return None
    return Recurrence(n, length.amount * cells // grid.n, weight=ex.FigureAt(on.figure, ex.Same()))
