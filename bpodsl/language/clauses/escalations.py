"""Escalations: paths of roles, each with its time."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.clauses.agreement import selectors
from bpodsl.language.clauses.by_field import cases
from bpodsl.language.clauses.consequences import effect
from bpodsl.language.clauses.heads import cause_fields, causes_of, ladder_keys, shared
from bpodsl.language.clauses.made import relieving
from bpodsl.language.clauses.obligations import held
from bpodsl.language.clauses.regrading import reclassified
from bpodsl.language.context import Context
from bpodsl.language.names import nearest
from bpodsl.language.problems import ClockCannotStop, NoCommonKey, OutOfRange, UnknownField
from bpodsl.language.scopes import NormHead, Row, Scope
from bpodsl.lean import evolve
from bpodsl.terms import Clause, Clock, Due, Effect, Impose, Kind, Ladder, Length, Norm, Selector, Variant, WhenImposed
from bpodsl.terms import expressions as ex

_Level = ast.LevelLine | ast.LevelByLine


def lower_escalation(ctx: Context, node: ast.Escalation) -> None:
    """One norm for each level, each imposed when the one before was not ended in time."""
    name, clause = node.name.text, ctx.clause_of(node, "escalation")
    levels = [line for line in node.lines if isinstance(line, _Level)]
    ends = [each for line in node.lines if isinstance(line, ast.EndsWithLine) for each in line.selectors]
    if not levels:
        ctx.demand(clause.span, f"`{name}` has no levels.", 'Add `level 1 "Service manager" of PARTY for 2 days`.')
        return
    if not ends:
        ctx.demand(clause.span, f"`{name}` does not say what ends it.", "Add `ends with EVENT`.")
    keys = ladder_keys(ctx, node)
    acts = selectors(ctx, tuple(ends), name)
    by = tuple(keys)
    for each in ends:
        kind = ctx.events.get(each.event.text)
        if by and kind is not None and not any(kind.field(key) for key in by):
            advice = "Give the event that key, or delete the `by` line: then there is one path for all."
            ctx.report(NoCommonKey(each.span, kind.name, name, by, advice))
    scope = Scope("a consequence of an escalation", name, Row(f"a path of `{name}`", keys))
    thens = [line for line in node.lines if isinstance(line, ast.ThenLine)]
    last = tuple(x for x in (effect(ctx, line.consequence, scope, clause) for line in thens) if x is not None)
    made = []
    for place, line in enumerate(levels):
        if line.number.value != place + 1:
            advice = f"Write `level {place + 1}`."
            ctx.report(OutOfRange(line.number.span, "Levels are numbered from 1, one after the other.", advice))
        follows = (Impose(f"{name}.{place + 2}"),) if place + 1 < len(levels) else last
        made.append(_level(ctx, node, line, place + 1, clause, follows, by, acts))
    for norm in _clocked(ctx, node, clause, made, by):
        ctx.norms[norm.name] = norm
    ctx.ladders[name] = Ladder(name, clause, tuple(norm.name for norm in made))


def _clocked(
    ctx: Context, node: ast.Escalation, clause: Clause, levels: list[Norm], by: tuple[str, ...]
) -> list[Norm]:
    """The levels, with what stops or suspends their times, and what gives them other ones."""
    fields = _fields(ctx, node)
    stops: list[str] = []
    suspended: list[str] = []
    dues = [each.due for one in levels for each in one.versions if each.due is not None]
    by_clock = all(due.length is None or due.length.by_clock for due in dues)
    for line in node.lines:
        match line:
            case ast.ClockStopsLine():
                stops.append(held(ctx, clause, by, line, len(stops)))
            case ast.ClockStopsDuringLine(states=states):
                stops += relieving(ctx, clause, states, tuple(fields))
            case ast.SuspendedLine(states=states):
                suspended += relieving(ctx, clause, states, tuple(fields))
        if isinstance(line, ast.ClockStopsLine | ast.ClockStopsDuringLine) and not by_clock:
            ctx.report(ClockCannotStop(line.span, "days"))
    found = [_relieved(each, tuple(dict.fromkeys(stops)), tuple(dict.fromkeys(suspended))) for each in levels]
    head = NormHead(node.name.text, node.span, "must", "imposed", fields, by)
    # What is said of all its levels is looked at once: at one whose time differs, if there is one.
    like = next((each for each in found if each.variants), found[0])
    ways = reclassified(ctx, node, head, evolve(like, name=node.name.text)).regraded
    return [evolve(each, regraded=ways) for each in found]


def _relieved(norm: Norm, stops: tuple[str, ...], suspended: tuple[str, ...]) -> Norm:
    """A level whose time stands, and what falls due of it waits, during these states."""
    variants = tuple(
        Variant(each.when, None if each.terms is None else _relieved(each.terms, stops, suspended))
        for each in norm.variants
    )
    clock = evolve(norm.clock, stops_during=stops)
    return evolve(norm, clock=clock, suspended_during=suspended, variants=variants)


def _fields(ctx: Context, node: ast.Escalation) -> dict[str, Kind | None]:
    """The fields that all that leads to an escalation has."""
    causes = [dict(cause_fields(ctx, cause)) for cause in causes_of(ctx, node.name.text)]
    return {**shared(causes), **ladder_keys(ctx, node)}


def _level(
    ctx: Context, node: ast.Escalation, line: _Level, number: int, clause: Clause,
    follows: tuple[Effect, ...], by: tuple[str, ...], acts: tuple[Selector, ...],
) -> Norm:  # fmt: skip
    name = f"{node.name.text}.{number}"
    roles = tuple((role.title.value, party) for role in line.roles for party in ctx.sides(role.parties))
    parties = tuple(dict.fromkeys(party for _, party in roles))
    length = None
    if isinstance(line, ast.LevelLine):
        length = None if line.length is None else literals.length(ctx, line.length)
        if line.length is None and follows:
            what = f"Level {number} of `{node.name.text}` has no time limit, so what comes after it never does."
            ctx.demand(line.span, what, "Add `for 2 working days of CALENDAR`.")
    reference = line.reference.text if line.reference is not None else clause.reference
    norm = Norm(
        name, Clause(name, "escalation", f"{clause.shown}, level {number}", reference, "", line.span),
        form="level",
        modality="must",
        bearer=parties,
        counterparty=ctx.across(parties),
        opening=(WhenImposed(),),
        acts=acts,
        by=by,
        reopening="new cycle",
        after=tuple(("missed", each) for each in follows),
        roles=roles,
        ladder=node.name.text,
        level=number,
    )  # fmt: skip
    return _timed(norm, length) if isinstance(line, ast.LevelLine) else _by_field(ctx, node, line, norm)


def _timed(norm: Norm, length: Length | None) -> Norm:
    """A level with its time."""
    calendar = length.calendar if length is not None and length.by_clock else None
    return evolve(norm, clock=Clock(calendar), due=None if length is None else Due("within", length))


def _by_field(ctx: Context, node: ast.Escalation, line: ast.LevelByLine, norm: Norm) -> Norm:
    """A level whose time differs with a field of what led to it."""
    kind, optional = _field(ctx, node, line.field)
    found = cases(ctx, line.field, kind, [(row, row.case) for row in line.rows], optional=optional)
    if found is None:
        return norm
    variants = []
    for values, row in found.rows:
        parts = tuple(ex.Compare("=", ex.FieldOf(line.field.text), value) for value in values)
        when = parts[0] if len(parts) == 1 else ex.AnyOf(parts)
        variants.append(Variant(when, _timed(norm, _length(ctx, row))))
    own = None if found.otherwise is None else _length(ctx, found.otherwise)
    return evolve(_timed(norm, own), variants=tuple(variants))


def _length(ctx: Context, row: ast.Node) -> Length | None:
    assert isinstance(row, ast.LevelTime)
    return None if isinstance(row.length, ast.NoLimit) else literals.length(ctx, row.length)


def _field(ctx: Context, node: ast.Escalation, field: ast.Name) -> tuple[Kind | None, bool]:
    """The kind of a field of what leads to an escalation, and whether something that leads to it may lack it."""
    causes = [cause_fields(ctx, cause, [field]) for cause in causes_of(ctx, node.name.text)]
    have = [fields[field.text] for fields in causes if field.text in fields]
    if causes and not have and not ctx.damaged:
        known = tuple(dict.fromkeys(name for fields in causes for name in fields))
        owner = f"What leads to `{node.name.text}`"
        ctx.report(UnknownField(field.span, field.text, owner, known, nearest(field.text, known)))
    optional = len(have) < len(causes) or any(
        each is None or each.optional for each in (kind.field(field.text) for kind in ctx.events.values()) if each
    )
    return (have[0] if have else None), optional
