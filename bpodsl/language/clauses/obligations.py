"""Obligations and prohibitions: who must do what, by when, and what follows."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.checks import capital, holds
from bpodsl.language.clauses.agreement import selector, selectors
from bpodsl.language.clauses.consequences import effect
from bpodsl.language.clauses.deadlines import DeadlineRow, Duty, deadline, deadlines_by_row
from bpodsl.language.clauses.delays import delays
from bpodsl.language.clauses.dues import DUE_LINES, Deadline
from bpodsl.language.clauses.events import instants, shared_key
from bpodsl.language.clauses.heads import acts_of, duty
from bpodsl.language.clauses.kept import only_what_is_kept_has, opening_of
from bpodsl.language.clauses.made import relieving
from bpodsl.language.clauses.parts import in_parts
from bpodsl.language.clauses.periods import kind_of
from bpodsl.language.clauses.regrading import reclassified
from bpodsl.language.clauses.waivers import waivers
from bpodsl.language.clauses.windows import CELLS, each
from bpodsl.language.clauses.worked import Opened, opening_row
from bpodsl.language.context import Context, Survival
from bpodsl.language.names import nearest
from bpodsl.language.problems import (
    CannotHappen,
    ClockCannotStop,
    NoCommonKey,
    NoEffect,
    NotSayable,
    SaidTwice,
    UnknownField,
    WrongKind,
)
from bpodsl.language.scopes import NormHead, Scope
from bpodsl.lean import evolve, frozen
from bpodsl.terms import (
    Clause,
    Clock,
    Due,
    Effect,
    EventKind,
    Impose,
    Members,
    Norm,
    Once,
    OnEvent,
    OnOutcome,
    OnPeriod,
    OnSettled,
    Opening,
    Rule,
    Selector,
    State,
    Variant,
    WhenImposed,
)
from bpodsl.values import Grid

_NEW_CYCLE = "an opening for a key whose instance is closed begins a new one"
_OLDEST = "an act performs the oldest instance that is open"
_NO_PERIOD = "this duty does not arise each month or the like, nor for a window of a figure"
_OF_PERIODS = "Without periods, an act is for the instance of its key, or the oldest: `performs the oldest`."

_ONLY_ONCE: dict[type[ast.Line], str] = {
    ast.DutyLine: "who must do what",
    ast.ClockStartsLine: "when its clock starts",
    ast.ReopeningLine: "what happens on reopening",
    ast.CuredLine: "within which time it is cured",
    ast.DifferenceLine: "when a difference is due",
}


@frozen
class Lowering:
    """An obligation while it is lowered."""

    node: ast.Obligation
    line: ast.DutyLine
    head: NormHead
    clause: Clause
    grid: Grid | None
    deadline: Deadline | None
    by_field: tuple[DeadlineRow, ...] = ()

    @property
    def has_deadline(self) -> bool:
        """Whether any of its instances may have one."""
        return any(each is not None for each in (self.deadline, *(row.deadline for row in self.by_field)))


def lower_obligation(ctx: Context, node: ast.Obligation) -> None:
    """A norm, the states in which its clock stands, and what it grafts on the clauses that open it."""
    name, line = node.name.text, duty(node)
    head, clause = ctx.norm_heads[name], ctx.clause_of(node, "obligation")
    if line is None:
        ctx.demand(clause.span, f"`{name}` does not say who must do what.", "Add `PARTY must EVENT for each EVENT`.")
        return
    _said_once(ctx, node)
    when = line.opening.when if isinstance(line.opening, ast.ForEachMember) else line.opening
    grid = each(ctx, when) if isinstance(when, ast.Each) else None
    of = Duty(node, head, grid, clause)
    found = None if line.modality == "must not" else deadline(ctx, of)
    rows = [] if line.modality == "must not" else deadlines_by_row(ctx, of)
    job = Lowering(node, line, head, clause, grid, found, tuple(rows))
    bearer = ctx.sides(line.bearer)
    norm = Norm(
        name, clause,
        form="prohibition" if line.modality == "must not" else "obligation",
        modality=line.modality,
        bearer=bearer,
        counterparty=ctx.across(bearer),
        opening=_opening(ctx, job),
        acts=selectors(ctx, acts_of(line), name),
        by=head.by,
        members=Members(head.by[0], head.members) if head.members else None,
        due=None if found is None else found.due,
    )  # fmt: skip
    for survival in node.lines:
        if isinstance(survival, ast.SurvivesLine):
            survives(ctx, node.name, survival.length)
    norm = evolve(_performance(ctx, job, norm), after=_after(ctx, job))
    norm = evolve(norm, waivers=waivers(ctx, node, norm))
    plain = norm = in_parts(ctx, node, line, head, norm)
    norm = _terms(ctx, job, plain)
    if rows:
        others = [evolve(job, deadline=row.deadline) for row in rows]
        norm = evolve(norm, variants=tuple(
            Variant(row.when, _terms(ctx, other, evolve(plain, due=None if row.deadline is None else row.deadline.due)))
            for row, other in zip(rows, others, strict=True)
        ))  # fmt: skip
    norm = reclassified(ctx, node, head, norm)
    if line.modality == "must not":
        _only_what_a_prohibition_has(ctx, job)
    if isinstance(line.acts, ast.Kept):
        norm = only_what_is_kept_has(ctx, node, line, norm)
    ctx.norms[name] = norm


def _terms(ctx: Context, job: Lowering, norm: Norm) -> Norm:
    """The norm with the clock and the relief that go with its deadline, and what is worked out for them."""
    opened = Opened(job.head, opening_row(ctx, job.node, job.head))
    norm = _relief(ctx, job, _clock(ctx, job, norm, opened))
    return evolve(norm, facts=tuple(dict.fromkeys((*(job.deadline.facts if job.deadline else ()), *opened.facts))))


def _said_once(ctx: Context, node: ast.Obligation) -> None:
    seen: dict[type[ast.Line], ast.Line] = {}
    for line in node.lines:
        what = _ONLY_ONCE.get(type(line))
        if what is not None and type(line) in seen:
            ctx.report(SaidTwice(line.span, what, seen[type(line)].span))
        seen.setdefault(type(line), line)


# ---------------------------------------------------------------------------------------- opening
def _opening(ctx: Context, job: Lowering) -> tuple[Opening, ...]:
    line, name = job.line, job.node.name.text
    if isinstance(line.acts, ast.Kept):
        if line.modality == "must not":
            what = "What must not be so is a state of its own."
            ctx.report(NotSayable(line.acts.span, what, "Declare `state safe is DAYS less STATE`, and keep that."))
            return ()
        return opening_of(ctx, job.node, line.acts, job.clause)
    if line.modality == "must not":
        if line.opening is not None:
            why = "a prohibition holds at all times, it is not opened"
            ctx.report(NoEffect(line.opening.span, _first_words(line.opening), why))
        return ()
    match line.opening:
        case None:
            advice = "Add `for each EVENT`, `each month`, `on TRIGGER`, `once` or `when called`."
            ctx.demand(line.span, f"`{name}` does not say when the duty arises.", advice)
            return ()
        case ast.ForEachEvent(selector=chosen, by=by):
            for key in (each for each in by or () if each.text not in job.head.fields):
                shared_key(ctx, key, [chosen.event.text])
            found = selector(ctx, chosen, name)
            return () if found is None else (OnEvent(found),)
        case ast.ForEachAny(selectors=selectors, by=by):
            for key in by or ():
                shared_key(ctx, key, [each.event.text for each in selectors])
            chosen_ones = [selector(ctx, each, name) for each in selectors]
            return tuple(OnEvent(each) for each in chosen_ones if each is not None)
        case ast.Each():
            return () if job.grid is None else (OnPeriod(job.grid),)
        case ast.OnceOnly() | ast.ForEachMember(when=ast.OnceOnly()):
            return (Once(),)
        case ast.ForEachMember():
            if not job.head.members:
                advice = "Write `for each site of leeds, york`, or name a list."
                ctx.demand(line.opening.span, f"`{name}` does not say for which members the duty arises.", advice)
            return () if job.grid is None else (OnPeriod(job.grid),)
        case ast.ForEachOutcome(outcome=outcome, norm=norm, where=where):
            head = ctx.norm(norm)
            if head is not None and may_be(ctx, line.opening, head, outcome):
                if where is None:
                    ctx.grafts.append((norm.text, effective(head, outcome), Impose(name)))
                else:
                    on_outcome(ctx, job.clause, f"{name}.ground", head, outcome, where, Impose(name))
        case ast.OnTrigger(trigger=trigger):
            if ctx.find(trigger, "trigger") is not None:
                ctx.grafts.append((trigger.text, "", Impose(name)))
        case ast.OnAnyTrigger(triggers=triggers):
            ctx.grafts += [(each.text, "", Impose(name)) for each in triggers if ctx.find(each, "trigger") is not None]
        case ast.WhenCalled():
            pass
    return (WhenImposed(),)


def may_be(ctx: Context, node: ast.Node, head: NormHead, outcome: str) -> bool:
    """Whether an obligation may ever have that outcome; reported if not."""
    if outcome == "cured" and not head.cures:
        advice = f"Add `cured within …` to `{head.name}`."
        ctx.report(CannotHappen(node.span, f"`{head.name}` is never cured: it grants no time for it.", advice))
        return False
    if outcome == "waived" and not head.waives:
        advice = f"Add `waived by EVENT` to `{head.name}`."
        ctx.report(CannotHappen(node.span, f"`{head.name}` is never waived: it does not say by what.", advice))
        return False
    if head.modality == "must not" and outcome in ("fulfilled", "late"):
        ctx.report(CannotHappen(node.span, f"`{head.name}` is a prohibition: it is never {outcome}."))
        return False
    return True


def effective(head: NormHead, outcome: str) -> str:
    """Where no cure is granted, a miss is a breach."""
    return "missed" if outcome == "breached" and not head.cures else outcome


def _first_words(node: ast.Node) -> str:
    return " ".join(node.span.text.split()[:3])


# ---------------------------------------------------------------------------------------- performance
def _performance(ctx: Context, job: Lowering, norm: Norm) -> Norm:
    """Which acts perform which instance, and what an instance without any is."""
    acts, head = job.line.acts, job.head
    needs = {ast.AllActs: "all", ast.LastAct: "last", ast.FirstAct: "first"}.get(type(acts), "any")
    if needs == "all" and len(norm.acts) < 2:
        needs = "any"
    if needs == "all":
        norm = evolve(norm, acts=_named(job, norm.acts))
    matching, period_field = _matching(ctx, job)
    if not matching:
        matching, period_field = _default_matching(ctx, job, norm)
    told_by_key = matching == "key" or (norm.members is not None and matching != "all")
    if told_by_key and norm.by and norm.modality == "must":
        for act in acts_of(job.line):
            kind = ctx.events.get(act.event.text)
            if kind is not None and not any(kind.field(key) for key in norm.by):
                ctx.report(NoCommonKey(act.span, kind.name, norm.name, norm.by))
    never = [line for line in job.node.lines if isinstance(line, ast.NeverPerformedLine)]
    reopening = ""
    stated = next((line for line in job.node.lines if isinstance(line, ast.ReopeningLine)), None)
    if head.opened in ("event", "imposed"):
        reopening = "new cycle" if stated is None else stated.policy
        if stated is None:
            ctx.assume("reopening", _NEW_CYCLE, job.clause)
    elif stated is not None:
        ctx.report(NoEffect(stated.span, "on reopening", "this duty is not opened by events"))
    anew = stated is not None and stated.reclassified is not None
    if stated is not None and anew and reopening not in ("continue", "restart"):
        why = "only what goes on, or starts again, stands under other terms then"
        ctx.report(NoEffect(stated.span, "reclassified", why, "Write `on reopening continue, reclassified`."))
    return evolve(
        norm, needs=needs, matching=matching, period_field=period_field, reopening=reopening, reopens_anew=anew,
        unperformed="not measured" if never else "missed",
    )  # fmt: skip


def _named(job: Lowering, acts: tuple[Selector, ...]) -> tuple[Selector, ...]:
    """The acts that are all needed, each with its words: its event, or all of it where another has that too."""
    written = acts_of(job.line)
    events = [act.event for act in acts]
    if len(written) != len(acts):
        return acts
    words = [
        each.event.text if events.count(each.event.text) == 1 else " ".join(each.span.text.split()) for each in written
    ]
    return tuple(evolve(act, said=said) for act, said in zip(acts, words, strict=True))


def _matching(ctx: Context, job: Lowering) -> tuple[str, str]:
    """How acts find their instance, as stated; "" if nothing is."""
    found: tuple[str, str] = ("", "")
    first: ast.Line | None = None
    for line in job.node.lines:
        if isinstance(line, ast.PerformsLine | ast.PerformsPeriodLine):
            if first is not None:
                ctx.report(SaidTwice(line.span, "which instance an act performs", first.span))
                continue
            first = line
            if isinstance(line, ast.PerformsLine):
                found = ("all" if line.how == "all" else "oldest"), ""
            else:
                found = "period", line.field.text
                _period_field(ctx, job, line)
    return found


def _period_field(ctx: Context, job: Lowering, line: ast.PerformsPeriodLine) -> None:
    if job.head.opened == "imposed":
        ctx.later.append(lambda: _follows_windows(ctx, job, line))
    elif job.head.opened != "period":
        ctx.report(NoEffect(line.span, "performs the period", _NO_PERIOD, _OF_PERIODS))
    for act in acts_of(job.line):
        kind = ctx.events.get(act.event.text)
        if kind is None:
            continue
        found = kind.field(line.field.text)
        if found is None:
            known = tuple(each_field.name for each_field in kind.fields)
            near = nearest(line.field.text, known)
            ctx.report(UnknownField(line.field.span, line.field.text, f"`{kind.name}`", known, near))
        elif found.kind.base not in ("period", "day"):
            ctx.report(WrongKind(line.field.span, str(found.kind), "a month, quarter, year or day"))


def _follows_windows(ctx: Context, job: Lowering, line: ast.PerformsPeriodLine) -> None:
    """What follows from something else has a period where that is a window of a figure."""
    call = Impose(job.node.name.text)
    causes = [rule.on for rule in ctx.rules.values() if call in rule.then]
    outcomes = any(call == effect for norm in ctx.norms.values() for _, effect in norm.after)
    if outcomes or not all(isinstance(cause, OnSettled) for cause in causes):
        ctx.report(NoEffect(line.span, "performs the period", _NO_PERIOD, _OF_PERIODS))


def _default_matching(ctx: Context, job: Lowering, norm: Norm) -> tuple[str, str]:
    """By key; without one, the period that the act names; else the oldest instance, which is noted."""
    opened = job.head.opened
    if (norm.by and norm.members is None) or opened in ("", "once", "state"):
        return "key", ""
    if opened == "period":
        kinds = [ctx.events[act.event] for act in norm.acts if act.event in ctx.events]
        named = {kind.period for kind in kinds if _names_windows(kind, job.grid)}
        if len(named) == 1 and all(_names_windows(kind, job.grid) for kind in kinds):
            return "period", named.pop() or ""
        due = norm.due
        if due is not None and due.length is None and due.months_on == 0 and due.roll is None:
            return "oldest", ""  # It ends with its period: no two are ever open.
    ctx.assume("oldest", _OLDEST, job.clause)
    return "oldest", ""


def _names_windows(kind: EventKind, grid: Grid | None) -> bool:
    """Whether an event counts for a period that is one of the windows of a duty."""
    field = None if kind.period is None else kind.field(kind.period)
    if field is None or grid is None or grid.anchor_from is not None:
        return False
    if grid.unit == "listed":
        return field.kind.detail[1:] == kind_of("", grid).detail[1:]
    if grid.anchor is not None:
        return False
    return CELLS.get(field.kind.detail[0]) == (grid.unit, grid.n)


# ---------------------------------------------------------------------------------------- clock and relief
def _clock(ctx: Context, job: Lowering, norm: Norm, opened: Opened) -> Norm:
    due = norm.due
    calendar = due.length.calendar if due is not None and due.length is not None and due.length.by_clock else None
    start = due.field if due is not None and calendar_runs(due) and due.anchor == "field" else ""
    stops: list[str] = []
    for line in job.node.lines:
        if isinstance(line, ast.ClockStartsLine):
            start = _clock_start(ctx, job, line, start, opened)
        elif isinstance(line, ast.ClockStopsLine):
            stops.append(held(ctx, job.clause, job.head.by, line, len(stops)))
        elif isinstance(line, ast.ClockStopsDuringLine):
            stops.extend(relieving(ctx, job.clause, line.states, tuple(job.head.fields)))
        else:
            continue
        if not isinstance(line, ast.ClockStartsLine) and job.deadline is not None and not job.deadline.by_clock:
            ctx.report(ClockCannotStop(line.span, job.deadline.unit, job.deadline.span))
    return evolve(norm, clock=Clock(calendar, start, tuple(dict.fromkeys(filter(None, stops)))))


def calendar_runs(due: Due) -> bool:
    """Whether a clock measures the deadline."""
    return due.length is not None and due.length.by_clock


def _clock_start(ctx: Context, job: Lowering, line: ast.ClockStartsLine, start: str, opened: Opened) -> str:
    name = opened.named(ctx, line.field, ("instant",))
    if not name:
        return start
    if start and start != name:
        ctx.report(SaidTwice(line.span, "from when it is counted", None if job.deadline is None else job.deadline.span))
    if job.deadline is not None and not job.deadline.by_clock:
        advice = f"Write `within … after {name}`."
        ctx.report(NoEffect(line.span, "clock starts", "the deadline is counted in days, from a day", advice))
    return name


def held(ctx: Context, owner: Clause, keys: tuple[str, ...], line: ast.ClockStopsLine, count: int) -> str:
    """`clock stops from A to B` makes a state of its own, by the keys of the duty or escalation."""
    name = f"{owner.name}.held" + (f".{count + 1}" if count else "")
    starts = selectors(ctx, line.bounds.starts, name)
    ends = selectors(ctx, line.bounds.ends, name)
    instants(ctx, (*line.bounds.starts, *line.bounds.ends), "stop or start a clock")
    by = []
    for key in keys:
        kinds = [ctx.events.get(each_one.event) for each_one in (*starts, *ends)]
        if all(kind is not None and kind.field(key) is not None for kind in kinds):
            by.append(key)
    if keys and not by and starts and ends:
        for act in (*line.bounds.starts, *line.bounds.ends):
            kind = ctx.events.get(act.event.text)
            if kind is not None and not any(kind.field(key) for key in keys):
                advice = "Give the event that key, or declare a `state` and write `clock stops during STATE`."
                ctx.report(NoCommonKey(act.span, kind.name, owner.name, keys, advice))
    clause = Clause(name, owner.word, f"{owner.shown}: held", owner.reference, "", line.span)
    ctx.states[name] = State(name, clause, tuple(by), starts, ends)
    return name


def _relief(ctx: Context, job: Lowering, norm: Norm) -> Norm:
    suspended: list[str] = []
    excused: list[str] = []
    cure: Due | None = None
    for line in job.node.lines:
        match line:
            case ast.SuspendedLine(states=states):
                suspended += relieving(ctx, job.clause, states, tuple(job.head.fields))
                if norm.modality == "must" and job.deadline is not None and job.deadline.dated:
                    what = "This deadline is a date, which a suspension does not move."
                    advice = "Write `excused during`, or count the deadline in days or hours."
                    ctx.report(NotSayable(line.span, what, advice))
            case ast.ExcusedLine(states=states):
                if not isinstance(job.line.acts, ast.Kept):
                    excused += relieving(ctx, job.clause, states, tuple(job.head.fields))
            case ast.CuredLine(length=length):
                found = literals.length(ctx, length)
                cure = None if found is None else Due("within", found)
            case ast.DifferenceLine(length=length):
                found = literals.length(ctx, length)
                norm = evolve(norm, difference=None if found is None else Due("within", found))
                if not any(isinstance(each, ast.InPartsLine) for each in job.node.lines):
                    why = "this duty has no sum that could differ later"
                    ctx.report(NoEffect(line.span, "difference found later", why, "Add `until … adds up to …`."))
            case _:
                pass
    late = delays(ctx, job.node, norm)
    suspended += late
    if late and norm.due is not None and _extends(ctx, job, norm.due):
        norm = evolve(norm, due=evolve(norm.due, moves=True))
    if late and not job.has_deadline and not ctx.damaged:
        line = next(each for each in job.node.lines if isinstance(each, ast.ExtendedLine))
        ctx.report(NoEffect(line.span, "extended by", "this duty has no deadline", "Add `within …`."))
    if cure is not None and not job.has_deadline and norm.modality == "must" and not ctx.damaged:
        what = f"`{norm.name}` has no deadline, so it is never missed and there is nothing to cure."
        ctx.report(CannotHappen(job.clause.span, what, "Add `within …`."))
    if norm.due is None:
        cure = None
    return evolve(
        norm, suspended_during=tuple(dict.fromkeys(suspended)), excused_during=tuple(dict.fromkeys(excused)), cure=cure
    )


def _extends(ctx: Context, job: Lowering, due: Due) -> bool:
    """Whether a delay can move a deadline; an instant named by a field stays."""
    line = next(each for each in job.node.lines if isinstance(each, ast.ExtendedLine))
    kind = job.head.fields.get(due.field)
    bare = due.anchor == "field" and due.length is None and due.time is None
    if bare and kind is not None and kind.base == "instant":
        what = "This deadline is an instant, which no delay moves."
        ctx.report(NotSayable(line.span, what, "Give the event a day, or count the deadline in days or hours."))
        return False
    return True


def survives(ctx: Context, name: ast.Name, node: ast.Length | None, ended_by: str = "") -> None:
    """An obligation goes on after the end, or one that a clause brings about, for a time or without end; all that
    say so of the same end must agree."""
    length = None if node is None else literals.in_days(ctx, node, "survival")
    if length is None and node is not None:
        return
    span = name.span if node is None else node.span
    said = ctx.survivors_after.setdefault(ended_by, {}) if ended_by else ctx.survivors
    known = said.setdefault(name.text, Survival(length, span))
    if known.length != length:
        ctx.report(SaidTwice(span, f"for how long `{name.text}` survives the end", known.span))


# ---------------------------------------------------------------------------------------- what follows
def _after(ctx: Context, job: Lowering) -> tuple[tuple[str, Effect], ...]:
    found: list[tuple[str, Effect]] = []
    head = job.head
    scope = Scope("a consequence of one outcome", job.node.name.text, evolve(head.row, outstanding=head.owes))
    for line in job.node.lines:
        where = None
        if isinstance(line, ast.FailingLine):
            outcome = "breached" if head.cures else "missed"
        elif isinstance(line, ast.WhenOutcomeLine):
            where = line.where
            outcome = effective(head, line.outcome)
            if not may_be(ctx, line, head, outcome):
                continue
        else:
            continue
        what = effect(ctx, line.consequence, scope, job.clause)
        if what is None:
            continue
        if where is not None:
            on_outcome(ctx, job.clause, f"{job.node.name.text}.{outcome}", head, outcome, where, what)
        elif outcome == "opened":
            ctx.grafts.append((job.node.name.text, "opened", what))
        else:
            found.append((outcome, what))
    return tuple(found)


def on_outcome(
    ctx: Context, clause: Clause, name: str, head: NormHead, outcome: str, where: ast.Expression, what: Effect
) -> None:
    """What follows only from some of the outcomes of an obligation: a rule of its own, which names them."""
    row = evolve(head.row, became=(outcome,), outstanding=head.owes)
    when = holds(ctx, where, Scope(f"an outcome of `{head.name}`", clause.name, row))
    base, n = name, 1
    while name in ctx.rules:
        n += 1
        name = f"{base}.{n}"
    title = f"{clause.shown} ({outcome} {head.name} where {' '.join(where.span.text.split())})"
    own = Clause(name, clause.word, title, clause.reference, "", where.span)
    ctx.rules[name] = Rule(name, own, OnOutcome(head.name, effective(head, outcome)), when, None, (what,))


_NOT_OF_A_PROHIBITION = (
    *DUE_LINES, ast.MovedLine, ast.ClockStartsLine, ast.ClockStopsLine,
    ast.ClockStopsDuringLine, ast.PerformsLine, ast.PerformsPeriodLine, ast.NeverPerformedLine, ast.CuredLine,
    ast.ReclassifiedLine, ast.DifferenceLine,
)  # fmt: skip


def _only_what_a_prohibition_has(ctx: Context, job: Lowering) -> None:
    for line in job.node.lines:
        if isinstance(line, _NOT_OF_A_PROHIBITION):
            why = "a prohibition holds at all times, and each of its acts is a miss at once"
            ctx.report(NoEffect(line.span, capital(_first_words(line)), why))
    if isinstance(job.line.acts, ast.AllActs | ast.LastAct | ast.FirstAct) and len(acts_of(job.line)) != 1:
        what = "Each forbidden act is a miss by itself."
        ctx.report(NotSayable(job.line.acts.span, what, "Join the acts with `or`."))
