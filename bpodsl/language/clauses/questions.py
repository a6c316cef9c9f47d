"""Determinations and claims about an outcome, or about a window of a figure, whose answers norms give.

A claim is a right that the outcome (or the window, as it settles) opens; the answer to it is a duty that the claim
opens, and so is a determination. What they come to is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.language import ast, literals
from bpodsl.language.clauses.asked import is_final, is_later
from bpodsl.language.clauses.events import value_of
from bpodsl.language.clauses.obligations import may_be, on_outcome
from bpodsl.language.clauses.rulings import CLAIMED, answer, kind_of, only, word_of
from bpodsl.language.clauses.windows import CELLS
from bpodsl.language.context import Asked, Context
from bpodsl.language.expressions import asked_where
from bpodsl.language.literals import one
from bpodsl.language.names import EVENTS
from bpodsl.language.problems import NoCommonKey, NotSayable, OtherWindow
from bpodsl.language.scopes import NormHead, told_grid
from bpodsl.lean import evolve, frozen
from bpodsl.terms import (
    Answer,
    Answering,
    Clause,
    Clock,
    Due,
    Effect,
    Impose,
    Kind,
    Norm,
    OnSettled,
    Rule,
    Selector,
    WhenImposed,
)
from bpodsl.terms.kinds import LENGTH

_PERIODS = ("day", "month", "quarter", "year")
Opening = ast.ForEachOutcome | ast.ForEachWindow


@frozen
class _About:
    """What a question is about: how acts tell which instance they mean, and what its norms see of it.

    `period`: the unit of the period that an act must name ("": none); `windowed`: it is a window of a figure.
    """

    opening: Opening
    by: tuple[str, ...]
    fields: dict[str, Kind | None]
    period: str = ""
    windowed: bool = False


def take_questions(ctx: Context, clauses: Iterable[ast.Clause]) -> None:
    """The determinations and claims that norms answer, once windows and duties are known."""
    for node in clauses:
        if isinstance(node, ast.Claim) and is_later(ctx, node):
            ctx.current = node
            _claim(ctx, node)
        elif isinstance(node, ast.Determination) and is_later(ctx, node):
            ctx.current = node
            _determination(ctx, node)
    ctx.current = None


def _claim(ctx: Context, node: ast.Claim) -> None:
    name, clause = node.name.text, ctx.clause_of(node, "claim")
    found = [line for line in node.lines if isinstance(line, ast.ClaimedOfLine | ast.ClaimedWindowLine)]
    within = only(ctx, node, ast.RuledWithinLine, "within which time it is claimed", "Add `within 10 days`.")
    answered, later = only(ctx, node, ast.AnsweredLine, "", ""), only(ctx, node, ast.AnsweredWithinLine, "", "")
    line = found[0]
    about = _about(ctx, node.name, line.opening)
    if ctx.find(line.event, *EVENTS, wanted="event") is None or about is None:
        return
    due, reported = None, ""
    if isinstance(within, ast.RuledWithinLine):
        due, reported = _due(ctx, within.length, within.field, about), _reported(ctx, within.field)
        if within.otherwise is not None:
            what = "What is not claimed in time has lapsed; what follows without an answer is another line."
            ctx.report(NotSayable(within.span, what, "Write `answered within …, else deemed accepted`."))
    answers: tuple[Answer, ...] = ()
    if isinstance(answered, ast.AnsweredLine):
        made = (answer(ctx, each, CLAIMED, 0) for each in answered.rulings)
        answers = tuple(each for each in made if each is not None)
    limit, otherwise = None, None
    if isinstance(later, ast.AnsweredWithinLine):
        if not answers:
            example = "Add `answered by PARTY with EVENT as accepted`."
            ctx.demand(later.span, f"`{name}` does not say who answers.", example)
        limit = _due(ctx, later.length, None, about)
        otherwise = None if later.otherwise is None else word_of(ctx, later.otherwise)
    own = f"{name}.claim" if answers else name
    title = Clause(own, "claim", f"{clause.shown}: the claim", clause.reference, "", line.span) if answers else clause
    says = () if answers else (Answer(line.event.text, "claimed"),)
    claims = _norm(ctx, own, title, "right", ctx.sides(line.parties), (line.event.text,), about, due)
    after: tuple[tuple[str, Effect], ...] = (("fulfilled", Impose(name)),) if answers else ()
    ctx.norms[own] = _answering(claims, Answering(name, says, "lapsed"), after)
    norms: tuple[str, ...] = (own,)
    if isinstance(answered, ast.AnsweredLine) and answers:
        acts = tuple(dict.fromkeys(each.event for each in answers))
        duty = _norm(ctx, name, clause, "obligation", ctx.sides(answered.parties), acts, about, limit)
        ctx.norms[name] = _answering(duty, Answering(name, answers, otherwise))
        norms = (own, name)
    _ask(ctx, node, clause, about, _after_report(ctx, clause, about, reported, norms), CLAIMED)


def _determination(ctx: Context, node: ast.Determination) -> None:
    name, clause = node.name.text, ctx.clause_of(node, "determination")
    found = [line for line in node.lines if isinstance(line, ast.AskedOfLine | ast.AskedWindowLine)]
    example = 'Add `decided by "Board" of both with EVENT, answer FIELD`.'
    decided = only(ctx, node, ast.DecidedLine, "who decides it", example)
    within = only(ctx, node, ast.RuledWithinLine, "", "")
    for line in node.lines:
        if isinstance(line, ast.OverruledLine):
            what = "What is decided about a window, or deemed decided about an outcome, is not overruled."
            ctx.report(NotSayable(line.span, what, "Let the answer be corrected by its `rev`."))
    about = _about(ctx, node.name, found[0].opening)
    if about is None or not isinstance(decided, ast.DecidedLine):
        return
    kind = kind_of(ctx, decided.rulings)
    if kind is None:
        return
    if kind.base not in ("yes_no", "one_of"):
        what = "What is decided about a window, or deemed decided about an outcome, is yes or no, or one of some words."
        ctx.report(NotSayable(decided.span, what, "Give the event a field `yes/no` or `one of …`."))
        return
    made = (answer(ctx, each, kind, 0) for each in decided.rulings)
    answers = tuple(each for each in made if each is not None)
    due, otherwise, reported = None, None, ""
    if isinstance(within, ast.RuledWithinLine):
        due, reported = _due(ctx, within.length, within.field, about), _reported(ctx, within.field)
        otherwise = None if within.otherwise is None else value_of(ctx, within.otherwise, kind, name)
    roles = tuple((role.title.value, party) for role in decided.roles for party in ctx.sides(role.parties))
    bearer = tuple(dict.fromkeys(party for _, party in roles))
    acts = tuple(dict.fromkeys(each.event for each in answers))
    duty = _norm(ctx, name, clause, "obligation", bearer, acts, about, due, roles)
    ctx.norms[name] = _answering(duty, Answering(name, answers, otherwise))
    _ask(ctx, node, clause, about, _after_report(ctx, clause, about, reported, (name,)), kind)


# ---------------------------------------------------------------------------------------- parts
def _about(ctx: Context, name: ast.Name, opening: Opening) -> _About | None:
    """The outcomes or windows that it is about; None if they make no sense (reported)."""
    if isinstance(opening, ast.ForEachWindow):
        head = ctx.figure(opening.figure)
        if head is None:
            return None
        unit = one(opening.unit)
        if (head.grid.unit, head.grid.n, head.grid.span) != (*CELLS[unit], 1):
            advice = f"Write `for {told_grid(head.grid)} of {head.name}`."
            ctx.report(OtherWindow(opening.span, head.name, told_grid(head.grid), f"each {unit}", advice, head.span))
            return None
        if unit not in _PERIODS or head.grid.anchor is not None or head.grid.anchor_from is not None:
            what = "Only a day, month, quarter or year of the calendar can be named by an event."
            ctx.report(NotSayable(opening.span, what, "Ask about a figure of such windows."))
            return None
        return _About(opening, tuple(head.keys), dict(head.keys), unit, True)
    head_ = ctx.norm(opening.norm)
    if head_ is None or not is_final(ctx, opening) or not may_be(ctx, opening, head_, opening.outcome):
        return None
    period = ""
    if head_.opened == "period":
        declared = ctx.names.table[opening.norm.text].node
        line = next((each for each in getattr(declared, "lines", ()) if isinstance(each, ast.DutyLine)), None)
        each = None if line is None else line.opening
        each = each.when if isinstance(each, ast.ForEachMember) else each
        plain = isinstance(each, ast.Each) and each.count is None and each.anchor is None
        period = one(each.unit) if isinstance(each, ast.Each) and plain else "window"
        if period not in _PERIODS:
            what = "Only a day, month, quarter or year of the calendar can be named by an event."
            ctx.report(NotSayable(opening.span, what, "Ask about a duty that arises so, or for each event."))
            return None
    keys = {key: head_.fields.get(key) for key in head_.by}
    return _About(opening, head_.by, {**head_.fields, **keys}, period)


def _due(ctx: Context, node: ast.Length, after: ast.Name | ast.AfterEnd | None, about: _About) -> Due | None:
    """The time to claim or answer: from when the outcome, result or report is there, or from the end of the window."""
    length = literals.length(ctx, node)
    if isinstance(after, ast.AfterEnd) and not about.period:
        ctx.report(NotSayable(after.span, "An outcome of this duty is of no period.", "Leave out `after the end …`."))
    elif length is not None:
        return Due("within", length, "period end" if isinstance(after, ast.AfterEnd) else "opening")
    return None


def _reported(ctx: Context, after: ast.Name | ast.AfterEnd | None) -> str:
    """The event from which a time runs, "" if it runs from no event."""
    if not isinstance(after, ast.Name) or ctx.find(after, *EVENTS, wanted="event") is None:
        return ""
    return after.text


def _after_report(
    ctx: Context, clause: Clause, about: _About, event: str, norms: tuple[str, ...]
) -> tuple[str, ...]:
    """The norms, after one that waits for the report from which the time runs."""
    if not event or event not in ctx.events:
        return norms
    own = f"{clause.name}.report"
    title = Clause(own, clause.word, f"{clause.shown}: the report", clause.reference, "", clause.span)
    reporters = ctx.events[event].reporters or tuple(ctx.parties)
    made = _norm(ctx, own, title, "obligation", reporters, (event,), about, None, of_all=about.windowed)
    ctx.norms[own] = _answering(made, Answering(clause.name), (("fulfilled", Impose(norms[0])),))
    return own, *norms


def _norm(
    ctx: Context, name: str, clause: Clause, form: str, bearer: tuple[str, ...], acts: tuple[str, ...], about: _About,
    due: Due | None, roles: tuple[tuple[str, str], ...] = (), of_all: bool = False,
) -> Norm:  # fmt: skip
    """A right to claim, or a duty to answer; or (`of_all`) to report on a window, of one group or of all at once."""
    by = about.by if of_all else _shared(ctx, clause, acts, about)
    field = _period_field(ctx, clause, acts, about)
    length = None if due is None else due.length
    calendar = length.calendar if length is not None and length.by_clock else None
    fields = {key: about.fields.get(key) for key in (*about.fields, *by)}
    ctx.norm_heads[name] = NormHead(name, clause.span, "must", "imposed", fields, by, LENGTH)
    return Norm(
        name, clause, form, "may" if form == "right" else "must", bearer, ctx.across(bearer), (WhenImposed(),),
        tuple(Selector(act) for act in acts), by, "period" if field else "key", field, clock=Clock(calendar), due=due,
        roles=roles, survives=True, reopening="new cycle", personal=True,
    )  # fmt: skip


def _answering(norm: Norm, answers: Answering, after: tuple[tuple[str, Effect], ...] = ()) -> Norm:
    """The norm as one that answers."""
    return evolve(norm, answers=answers, after=after)


def _shared(ctx: Context, clause: Clause, acts: tuple[str, ...], about: _About) -> tuple[str, ...]:
    """The keys by which an act tells which outcome or group it means."""
    shared = about.by
    for act in acts:
        kind = ctx.events.get(act)
        if kind is None:
            continue
        have = {each.name: each.kind for each in kind.fields}
        keys = tuple(key for key in shared if have.get(key) == about.fields.get(key))
        if (about.by and not keys) or (about.windowed and keys != shared):
            ctx.report(NoCommonKey(clause.span, act, clause.name, about.by))
            return about.by
        shared = keys
    return shared


def _period_field(ctx: Context, clause: Clause, acts: tuple[str, ...], about: _About) -> str:
    """The field by which an act tells which window it means; all acts of one clause call it alike."""
    if not about.period:
        return ""
    kind = Kind("day") if about.period == "day" else Kind("period", (about.period,))
    found: dict[str, str] = {}
    for act in acts:
        event = ctx.events.get(act)
        if event is None:
            continue
        names = [each.name for each in event.fields if each.kind == kind and each.reported]
        name = event.period if event.period in names else names[0] if len(names) == 1 else ""
        if not name:
            what = f"`{act}` does not say which {about.period} it is about."
            if names:
                what = f"`{act}` names more than one {about.period}."
            advice = f"Add `counts for {names[0]}`." if names else f"Give it a field `{about.period} {about.period}`."
            ctx.report(NotSayable(clause.span, what, advice))
            return ""
        found.setdefault(name, act)
    if len(found) > 1:
        (one_name, first), (other, second), *_ = found.items()
        what = f"`{first}` calls the {about.period} `{one_name}`, `{second}` calls it `{other}`."
        ctx.report(NotSayable(clause.span, what, "Give the field one name in all of these events."))
    return next(iter(found), "")


def _ask(
    ctx: Context, node: ast.Determination | ast.Claim, clause: Clause, about: _About, norms: tuple[str, ...], kind: Kind
) -> None:
    """Open the first of its norms, and let others ask for the answer."""
    name, opening = node.name.text, about.opening
    own = Clause(f"{name}.asked", clause.word, f"{clause.shown}: asked", clause.reference, "", opening.span)
    if isinstance(opening, ast.ForEachOutcome):
        ctx.asked[name] = Asked(name, kind, norms)
        ctx.asked_of[name] = opening.norm.text, opening.outcome
        if opening.where is None:
            ctx.grafts.append((opening.norm.text, opening.outcome, Impose(norms[0])))
        else:
            head = ctx.norm_heads[opening.norm.text]
            on_outcome(ctx, clause, own.name, head, opening.outcome, opening.where, Impose(norms[0]))
        return
    asked = ctx.asked[name] = Asked(name, kind, norms, opening.figure.text, about.by, opening.where)

    def rule() -> None:
        when = asked_where(ctx, asked)
        ctx.rules[own.name] = Rule(own.name, own, OnSettled(asked.figure), when, None, (Impose(norms[0]),))

    ctx.turnings.append(rule)
