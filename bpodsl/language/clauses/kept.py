"""Duties at all times: what a party must keep so, during which times, and for whom."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.clauses.made import implied, keys_of, made_of, told_apart
from bpodsl.language.clauses.windows import groups
from bpodsl.language.context import Context
from bpodsl.language.problems import NoEffect
from bpodsl.language.rows import key_kind
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Clause, Due, Kind, Length, Norm, OnState, Opening
from bpodsl.terms import expressions as ex

NO_GRACE = Due("within", Length(0, "elapsed"))
"""It is missed at the instant from which it is not kept."""

_OF_ACTS = (
    ast.PerformsLine, ast.PerformsPeriodLine, ast.NeverPerformedLine, ast.ReopeningLine, ast.InPartsLine,
    ast.TakesLine, ast.ClockStartsLine, ast.ReclassifiedLine,
)  # fmt: skip


@frozen
class Told:
    """What tells the instances of such a duty apart."""

    fields: dict[str, Kind | None]
    by: tuple[str, ...]
    members: tuple[str, ...] = ()


def told(ctx: Context, kept: ast.Kept) -> Told:
    """The keys of the duty: those stated, a member of a list, or those of its states."""
    if kept.members is not None:
        line = ast.WindowLine(kept.span, ast.OverTheTerm(kept.span), kept.members, None)
        with ctx.unreported():
            found, kinds = groups(ctx, line, kept)
        return Told(kinds, tuple(kinds), tuple(value for group in found for value in group.members or ()))
    names: tuple[str, ...] = tuple(each.text for each in kept.by or ())
    if kept.by is None:
        with ctx.unreported():
            parts = [None if node is None else made_of(ctx, node) for node in (kept.during, kept.times)]
        names = tuple(dict.fromkeys(key for part in parts if part is not None for key in keys_of(ctx, part)))
    return Told({name: key_kind(ctx, name, list(ctx.events)) for name in names}, names)


def opening_of(ctx: Context, node: ast.Obligation, kept: ast.Kept, clause: Clause) -> tuple[Opening, ...]:
    """The state that nothing of the kind is: it opens an instance, and its end performs that."""
    made = made_of(ctx, kept.times)
    during = ex.WindowTimes() if kept.during is None else made_of(ctx, kept.during)
    if kept.members is not None:
        groups(ctx, ast.WindowLine(kept.span, ast.OverTheTerm(kept.span), kept.members, None), kept)
    if made is None or during is None:
        return ()
    out: list[ex.Times] = [made]
    for line in node.lines:
        if isinstance(line, ast.ExcusedLine):
            excusing = [made_of(ctx, each) for each in line.states]
            out += [each for each in excusing if each is not None]
    head = told(ctx, kept)
    broken = ex.LessTimes(during, out[0] if len(out) == 1 else ex.UnionTimes(tuple(out)))
    if not head.members and not told_apart(ctx, kept, broken, head.by):
        return ()
    return (OnState(implied(ctx, clause, "broken", kept, broken, head.by, head.members)),)


def only_what_is_kept_has(ctx: Context, node: ast.Obligation, line: ast.DutyLine, norm: Norm) -> Norm:
    """The norm, missed at once if it grants no time; lines that speak of acts have no effect on it."""
    why = "no act performs this duty: it is kept, or it is not"
    for each in node.lines:
        if isinstance(each, _OF_ACTS):
            ctx.report(NoEffect(each.span, " ".join(each.span.text.split()[:3]), why))
    if line.opening is not None:
        ctx.report(NoEffect(line.opening.span, " ".join(line.opening.span.text.split()[:3]), why))
    return evolve(norm, excused_during=(), due=NO_GRACE if norm.due is None else norm.due)
