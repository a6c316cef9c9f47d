"""Rights and terminations: what a party may do on a ground."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.clauses import windows
from bpodsl.language.clauses.agreement import selectors
from bpodsl.language.clauses.consequences import effect, ended_state
from bpodsl.language.clauses.endings import notice_of
from bpodsl.language.clauses.heads import cause_fields, exercise_fields, exercises, right_keys, shared
from bpodsl.language.clauses.made import relieving
from bpodsl.language.clauses.obligations import effective, may_be, survives
from bpodsl.language.clauses.triggers import occasion
from bpodsl.language.clauses.worked import DATED, Opened
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.names import FIGURES
from bpodsl.language.problems import NoCommonKey, NoEffect, NotSayable, SaidTwice
from bpodsl.language.scopes import NormHead, Row, Scope
from bpodsl.lean import evolve
from bpodsl.terms import (
    Begin,
    Clause,
    Clock,
    Due,
    Effect,
    Impose,
    Kind,
    Lapse,
    Length,
    Members,
    Norm,
    Once,
    OnOutcome,
    OnPeriod,
    Opening,
    Rule,
    Terminate,
    WhenImposed,
)

FALLS: Final = "falls with its ground"
USE: Final = "no."
"""The key of the times of a right that may be exercised more than once: no name of a field."""

_OFTEN: Final = 366


# ---------------------------------------------------------------------------------------- rights
def lower_right(ctx: Context, node: ast.Right) -> None:
    """What a party may do on a ground."""
    line = next((each for each in node.lines if isinstance(each, ast.MayLine)), None)
    clause = ctx.clause_of(node, "right")
    for each in node.lines:
        if isinstance(each, ast.NoticeLine | ast.NotBeforeLine | ast.SurvivorsLine | ast.EndsServicesLine):
            why = "only a termination ends the agreement, or a service"
            advice = "Write `termination` instead of `right`."
            ctx.report(NoEffect(each.span, each.span.text.split()[0], why, advice))
    if line is None:
        ctx.demand(clause.span, f"`{clause.name}` does not say who may do what.", "Add `PARTY may EVENT on TRIGGER`.")
        return
    _right(ctx, node, clause, line.holder, line.grounds, line.acts, ())


def lower_termination(ctx: Context, node: ast.Termination) -> None:
    """How a party may end the agreement."""
    line = next((each for each in node.lines if isinstance(each, ast.HolderLine)), None)
    clause = ctx.clause_of(node, "termination")
    if line is None:
        ctx.demand(clause.span, f"`{clause.name}` does not say who may end it.", "Add `by PARTY on TRIGGER`.")
        return
    if not any(isinstance(each, ast.ExercisedByLine) for each in node.lines):
        what = f"`{clause.name}` does not say which notice ends the agreement."
        ctx.demand(clause.span, what, "Add `exercised by NOTICE`.")
    notice = notice_of(ctx, node, clause)
    of_services = any(isinstance(each, ast.EndsServicesLine) for each in node.lines)
    for each in node.lines:
        if isinstance(each, ast.SurvivorsLine):
            for survivor in each.survivors:
                if ctx.find(survivor.obligation, "obligation", *FIGURES) is not None:
                    survives(ctx, survivor.obligation, survivor.length, "" if of_services else clause.name)
    services = [name for each in node.lines if isinstance(each, ast.EndsServicesLine) for name in each.services]
    effects: tuple[Effect, ...] = (Terminate(*notice),)
    ctx.ends_early = ctx.ends_early or not services
    if services:
        found = (ctx.service(name) for name in services)
        names = [name for name in dict.fromkeys(found) if name]
        effects = tuple(Begin(ended_state(ctx, name), *notice) for name in names)
    _right(ctx, node, clause, line.holder, line.grounds, (), effects)


def _right(
    ctx: Context, node: ast.Right | ast.Termination, clause: Clause, holder: ast.Parties,
    grounds: tuple[ast.Ground, ...] | ast.AtWill, acts: tuple[ast.Selector, ...], effects: tuple[Effect, ...],
) -> None:  # fmt: skip
    name, bearer = clause.name, ctx.sides(holder)
    exercises = [each for line in node.lines if isinstance(line, ast.ExercisedByLine) for each in line.selectors]
    within = [line for line in node.lines if isinstance(line, ast.ExercisedWithinLine)]
    for again in within[1:]:
        ctx.report(SaidTwice(again.span, "within which time it is exercised", within[0].span))
    due: Due | None = None
    length: Length | None = None
    if within:
        length = literals.length(ctx, within[0].length)
        due = None if length is None else Due("within", length)
    opened = _opened(ctx, name, grounds)
    if within and within[0].anchor is not None and due is not None and length is not None:
        found = opened.named(ctx, within[0].anchor, ("instant",) if length.by_clock else DATED)
        due = evolve(due, anchor="field", field=found) if found else None
    last_day = _last_day(ctx, node, within, opened)
    opening: Opening
    keys = _keys(ctx, node, grounds)
    often = [line for line in node.lines if isinstance(line, ast.HowOftenLine)]
    uses = None
    if isinstance(grounds, ast.AtWill):
        opening, uses, due = _as_often(ctx, often, name) if often else (Once(), None, None)
        if within:
            why = "this right has no ground from which to count"
            ctx.report(NoEffect(within[0].span, "exercised within", why, "Delete the line, or name a ground."))
            due = None
        if due is not None and last_day is not None:
            what = "What is exercised so often in each window lapses with that window."
            ctx.report(NotSayable(last_day[0].span, what, "Delete the line that names a day."))
    else:
        opening = WhenImposed()
        for ground in grounds:
            _ground(ctx, ground, name)
        if often:
            what = "Each ground opens a right that is exercised once."
            ctx.report(NotSayable(often[0].span, what, "Delete the line; a right `at will` may say how often."))
    if last_day is not None and due is None:
        due = last_day[1]
    barred = [name for line in node.lines if isinstance(line, ast.BarredLine) for name in line.states]
    suspended = [each for line in node.lines if isinstance(line, ast.SuspendedLine) for each in line.states]
    if suspended and not within and not ctx.damaged:
        why = "this right has no time in which it is exercised"
        ctx.report(NoEffect(suspended[0].span, "suspended during", why, "Add `exercised within …`."))
    for number, lapses in enumerate(each for each in node.lines if isinstance(each, ast.LapsesLine)):
        _lapses(ctx, node, lapses, number, clause, tuple(keys))
    for each in exercises:
        if each.event.text in [act.event.text for act in acts]:
            said = each.event.text
            why = f"`{said}` stands after `may` and exercises the right already, whatever is said here"
            advice = f"Say it there once, with its condition: `may {said} where …`; delete this line."
            ctx.report(NoEffect(each.span, "exercised by", why, advice))
    for each in (*acts, *exercises):
        kind = ctx.events.get(each.event.text)
        if keys and kind is not None and not any(kind.field(key) for key in keys):
            advice = "Give the event that key, or delete the `by` line: then there is one right for all."
            ctx.report(NoCommonKey(each.span, kind.name, name, tuple(keys), advice))
    stands = [line for line in node.lines if isinstance(line, ast.StandsLine)]
    ctx.said_once(stands, "whether an exercise stands")
    at_will = isinstance(grounds, ast.AtWill)
    if stands and at_will:
        why = "this right has no ground that could be taken away"
        ctx.report(NoEffect(stands[0].span, stands[0].how, why, "Delete the line."))
    fields = {**exercise_fields(ctx, node), **keys}
    row = Row(f"an exercise of `{name}`", fields, outcome=True, keys=tuple(keys) or _case_keys(ctx, node))
    scope = Scope("a consequence of a right", name, row)
    thens = (line for line in node.lines if isinstance(line, ast.ThenLine))
    made = (effect(ctx, line.consequence, scope, clause) for line in thens)
    follows = (*(each for each in made if each is not None), *effects)
    norm = Norm(
        name, clause,
        form="right",
        modality="may",
        bearer=bearer,
        counterparty=ctx.across(bearer),
        opening=(opening,),
        acts=selectors(ctx, (*acts, *exercises), name),
        by=tuple(keys) if uses is None else (uses.name,),
        matching="key" if uses is None else "oldest",
        members=uses,
        lasting=not often and isinstance(node, ast.Right) and isinstance(grounds, ast.AtWill),
        clock=Clock(None if length is None or not length.by_clock else length.calendar),
        due=due,
        facts=tuple(opened.facts),
        suspended_during=tuple(dict.fromkeys(relieving(ctx, clause, suspended, tuple(keys)))),
        barred_during=named_states(ctx, barred),
        reopening="" if isinstance(opening, Once) else "new cycle",
        after=tuple(("fulfilled", each) for each in follows),
        stands=not at_will and not any(line.how == FALLS for line in stands),
    )  # fmt: skip
    ctx.norms[name] = norm


def _case_keys(ctx: Context, node: ast.Right | ast.Termination) -> tuple[str, ...]:
    """The keys that tell the case of the event by which a right is exercised, if there is one kind of them."""
    events = dict.fromkeys(exercises(node))
    kind = ctx.events.get(next(iter(events), "")) if len(events) == 1 else None
    return () if kind is None else kind.keys


def _opened(ctx: Context, name: str, grounds: tuple[ast.Ground, ...] | ast.AtWill) -> Opened:
    """What opens a right: what its grounds have in common; of one at will nothing."""
    if isinstance(grounds, ast.AtWill):
        return Opened(NormHead(name, None, "may", "once"), Row(f"what opens `{name}`", {}, dated=False))
    fields = shared(cause_fields(ctx, ground.name.text) for ground in grounds)
    return Opened(NormHead(name, None, "may", "imposed", fields), Row(f"a ground of `{name}`", fields))


def _last_day(
    ctx: Context, node: ast.Right | ast.Termination, within: list[ast.ExercisedWithinLine], opened: Opened
) -> tuple[ast.Line, Due] | None:  # fmt: skip
    """The day by which a right is exercised, where one is written out, or worked out as it opens."""
    lines = [line for line in node.lines if isinstance(line, ast.ExercisedDayLine)]
    for again in lines[1:]:
        ctx.report(SaidTwice(again.span, "by which day it is exercised", lines[0].span))
    if not lines:
        return None
    for line in within[:1]:
        ctx.report(SaidTwice(lines[0].span, "until when it is exercised", line.span))
    if not isinstance(lines[0].day, ast.Day):
        found = opened.named(ctx, lines[0].day, DATED)
        return (lines[0], Due("within", None, "field", found)) if found else None
    day = ctx.day(lines[0].day)
    return None if day is None else (lines[0], Due("within", fixed=day))


def _as_often(
    ctx: Context, lines: list[ast.HowOftenLine], name: str
) -> tuple[Opening, Members | None, Due | None]:
    """A right at will that is exercised so often in the term, or in each window of a grid: one for each time."""
    line = lines[0]
    for again in lines[1:]:
        ctx.report(SaidTwice(again.span, f"how often `{name}` is exercised", line.span))
    times = 1 if line.often.times is None else whole(ctx, line.often.times, "exercises", 1, _OFTEN) or 1
    uses = None if times == 1 else Members(USE, tuple(str(n + 1) for n in range(times)))
    grid = None if line.window is None else windows.each(ctx, line.window)
    if grid is None:
        return Once(), uses, None
    return OnPeriod(grid), uses, Due("within", None, "period end")


def _keys(
    ctx: Context, node: ast.Right | ast.Termination, grounds: tuple[ast.Ground, ...] | ast.AtWill
) -> Mapping[str, Kind | None]:
    """The fields by which there is a right for each; every ground must have them."""
    lines = [line for line in node.lines if isinstance(line, ast.PathLine)]
    for again in lines[1:]:
        ctx.report(SaidTwice(again.span, "by what there is a right for each", lines[0].span))
    if not lines:
        return {}
    if isinstance(grounds, ast.AtWill):
        why = "this right has no ground that could have the key"
        ctx.report(NoEffect(lines[0].span, "by", why, "Delete the line, or name a ground."))
        return {}
    keys = right_keys(ctx, node)
    for ground in grounds:
        if ctx.names.table.get(ground.name.text) is None:
            continue
        fields = cause_fields(ctx, ground.name.text, lines[0].fields)
        missing = tuple(key for key in keys if key not in fields)
        if missing and not ctx.damaged:
            advice = "Name a ground that has the key, or delete the `by` line: then there is one right for all."
            ctx.report(NoCommonKey(ground.span, ground.name.text, node.name.text, missing, advice))
    return keys


def _lapses(
    ctx: Context, node: ast.Right | ast.Termination, line: ast.LapsesLine, number: int, clause: Clause,
    keys: tuple[str, ...],
) -> None:  # fmt: skip
    """What closes a right that is open: a trigger, or a rule of its own."""
    name = node.name.text
    if isinstance(line.when, ast.OnTrigger):
        if ctx.find(line.when.trigger, "trigger") is not None:
            names = [ast.Name(line.span, key) for key in keys]
            fields = cause_fields(ctx, line.when.trigger.text, names)
            _shares(ctx, line, line.when.trigger.text, name, keys, fields)
            ctx.grafts.append((line.when.trigger.text, "", Lapse(name)))
        return
    if getattr(line.when, "again", None) is not None:
        ctx.report(NoEffect(line.when.span, "again", "the right lapses the first time", "Delete `and again every …`."))
    if getattr(line.when, "recurrence", None) is not None:
        what = "What must happen more than once to close a right is a trigger of its own."
        ctx.report(NotSayable(line.span, what, "Declare a `trigger`, and write `lapses on TRIGGER`."))
        return
    own = f"{name}.lapses" + (f".{number + 1}" if number else "")
    clause = Clause(own, clause.word, " ".join(line.span.text.split()), clause.reference, "", line.span)
    found = occasion(ctx, node, line.when, clause)
    if found is not None:
        on, when, scope = found
        _shares(ctx, line, "this", name, keys, scope.keys if scope.row is None else scope.row.fields)
        ctx.rules[own] = Rule(own, clause, on, when, None, (Lapse(name),))


def _shares(
    ctx: Context, line: ast.LapsesLine, cause: str, name: str, keys: tuple[str, ...], fields: Mapping[str, Kind | None]
) -> None:
    """Whether it can be told which of the rights by key a cause closes."""
    if keys and not any(key in fields for key in keys):
        advice = "Name what has the key, or delete the `by` line: then there is one right for all."
        ctx.report(NoCommonKey(line.span, cause, name, keys, advice))


def named_states(ctx: Context, names: Iterable[ast.Name]) -> tuple[str, ...]:
    """The states named, each once."""
    return tuple(dict.fromkeys(name.text for name in names if ctx.find(name, "state") is not None))


def _ground(ctx: Context, ground: ast.Ground, name: str) -> None:
    """The clause that is the ground of a right opens it."""
    if ground.outcome is None:
        if ctx.find(ground.name, "trigger") is not None:
            ctx.grafts.append((ground.name.text, "", Impose(name)))
        return
    head = ctx.norm(ground.name)
    if head is not None and may_be(ctx, ground, head, ground.outcome):
        ctx.grafts.append((ground.name.text, effective(head, ground.outcome), Impose(name)))


def _followed(norm: Norm, outcome: str, what: Effect) -> Norm:
    return evolve(norm, after=(*norm.after, (outcome, what)))


def graft(ctx: Context) -> None:
    """Hang on each clause what others said follows from it."""
    for source, outcome, what in ctx.grafts:
        if source in ctx.rules and not outcome:
            rule = ctx.rules[source]
            ctx.rules[source] = evolve(rule, then=(*rule.then, what))
        elif source in ctx.norms and outcome == "opened":
            name = f"{source}.opened"
            rule = ctx.rules.get(name) or Rule(name, ctx.norms[source].clause, OnOutcome(source, "opened"))
            ctx.rules[name] = evolve(rule, then=(*rule.then, what))
        elif source in ctx.norms and outcome:
            norm = _followed(ctx.norms[source], outcome, what)
            variants = tuple(
                each if each.terms is None else evolve(each, terms=_followed(each.terms, outcome, what))
                for each in norm.variants
            )
            ctx.norms[source] = evolve(norm, variants=variants)
    for name, survival in ctx.survivors.items():
        if name in ctx.norms:
            ctx.norms[name] = evolve(ctx.norms[name], survives=True, survives_for=survival.length)
    for ended_by, survivors in ctx.survivors_after.items():
        for name, survival in survivors.items():
            if name in ctx.norms:
                # By name, for the order in which clauses stand means nothing.
                found = sorted((*ctx.norms[name].survives_after, (ended_by, survival.length)), key=itemgetter(0))
                ctx.norms[name] = evolve(ctx.norms[name], survives_after=tuple(found))
