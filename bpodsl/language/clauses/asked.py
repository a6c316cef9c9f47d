"""What a determination is asked about: an event, or what became of a duty."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.clauses.agreement import selector
from bpodsl.language.clauses.heads import duty
from bpodsl.language.context import Context
from bpodsl.language.problems import NoEffect, NotSayable, SaidTwice
from bpodsl.terms import Clause, Impose, Kind, Length, Limit, OnOutcome, Question, Rule, Selector, walk
from bpodsl.terms import expressions as ex

_ALONE = (
    ex.Literal, ex.Unmeasured, ex.FieldOf, ex.InCalendar, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not, ex.If, ex.IfMeasured,
    ex.Arithmetic, ex.Smallest, ex.Largest, ex.Rounded, ex.Rounding, ex.DayOf, ex.CellDay, ex.TimeOfDay, ex.Weekday,
    ex.Between, ex.OpenTime, ex.DayAfter, ex.InstantAfter, ex.Moment, Kind, Length,
)  # fmt: skip


def asked_about(ctx: Context, node: ast.Determination) -> ast.AskedLine | ast.AskedOfLine | None:
    """The line that says what it is asked about; None if there is none (reported)."""
    found = [line for line in node.lines if isinstance(line, ast.AskedLine | ast.AskedOfLine)]
    for line in found[1:]:
        ctx.report(SaidTwice(line.span, "this", found[0].span))
    if not found:
        advice = "Add `for each EVENT`, or `for each missed OBLIGATION`."
        ctx.demand(node.name.span, f"`{node.name.text}` does not say about which event it is asked.", advice)
    return found[0] if found else None


def is_later(ctx: Context, node: ast.Determination | ast.Claim) -> bool:
    """Whether it is asked about a window, claimed of an outcome, or of an outcome that no event opens or that is deemed
    decided: that is answered by norms, since no event tells when the time for an answer begins.
    """
    lines = node.lines
    if any(isinstance(line, ast.AskedWindowLine | ast.ClaimedWindowLine | ast.ClaimedOfLine) for line in lines):
        return True
    of = next((line.opening for line in lines if isinstance(line, ast.AskedOfLine)), None)
    if of is None:
        return False
    if any(isinstance(line, ast.RuledWithinLine) and line.otherwise is not None for line in lines):
        return True
    declared = ctx.names.table.get(of.norm.text)
    line = duty(declared.node) if declared is not None and isinstance(declared.node, ast.Obligation) else None
    return line is not None and not isinstance(line.opening, ast.ForEachEvent)


def opener(ctx: Context, opening: ast.ForEachOutcome, name: str) -> Selector | None:
    """The events that open the duty whose outcomes it is about: its answer is laid down with them."""
    if opening.by:
        why = "what is asked about an outcome goes by the keys of the duty"
        ctx.report(NoEffect(opening.by[0].span, "by", why, "Leave it out."))
    declared = ctx.find(opening.norm, "obligation")
    line = duty(declared.node) if declared is not None and isinstance(declared.node, ast.Obligation) else None
    if line is None:
        return None
    if not is_final(ctx, opening) or not isinstance(line.opening, ast.ForEachEvent):
        return None
    chosen = line.opening.selector
    found = about_events(ctx, ast.Selector(chosen.span, chosen.event, opening.where), name)
    if found is not None and any(isinstance(part, ex.InCalendar | ex.Moment) for part in walk(found.where)):
        what = "Whether this is asked must be told by the fields of the event alone."
        ctx.report(NotSayable(opening.span, what, "Name the day by a field, or put the rest where the answer is used."))
    return found


def is_final(ctx: Context, opening: ast.ForEachOutcome) -> bool:
    """Whether an outcome is one that an instance comes to once (reported if not)."""
    if opening.outcome == "opened":
        what = "That a duty opens is no outcome of it."
        ctx.report(NotSayable(opening.span, what, "Ask about the event: `for each EVENT`."))
        return False
    if opening.outcome in ("late", "breached", "cured", "waived"):
        what = f"Whether a duty becomes {opening.outcome} shows only after it was missed."
        ctx.report(NotSayable(opening.span, what, f"Ask `for each missed {opening.norm.text}`."))
        return False
    return True


def limit_of_outcome(ctx: Context, within: ast.RuledWithinLine) -> Limit | None:
    """The time to decide, from the outcome."""
    if within.field is not None:
        what = "What is asked about an outcome is answered within a time from it."
        ctx.report(NotSayable(within.span, what, "Leave out `after …`."))
        return None
    length = literals.length(ctx, within.length)
    return None if length is None else Limit(length)


def opened_by(ctx: Context, question: Question, opening: ast.ForEachOutcome) -> None:
    """The outcome opens the duty to decide."""
    norm, outcome = opening.norm.text, opening.outcome
    ctx.asked_of[question.name] = norm, outcome
    if question.where is None:
        ctx.grafts.append((norm, outcome, Impose(question.name)))
    else:
        name, clause = f"{question.name}.ground", question.clause
        own = Clause(name, clause.word, f"{clause.shown}: asked", clause.reference, "", opening.span)
        then = (Impose(question.name),)
        ctx.rules[name] = Rule(name, own, OnOutcome(norm, outcome), question.where, None, then)


def about_events(ctx: Context, node: ast.Selector, name: str) -> Selector | None:
    """The events that it is about; whether it is asked must be told by the event alone."""
    found = selector(ctx, node, name)
    if found is not None and node.where is not None and not all(isinstance(p, _ALONE) for p in walk(found.where)):
        what = "Whether this is asked must be told by the event alone."
        ctx.report(NotSayable(node.where.span, what, "Ask for its fields, or put the rest where the answer is used."))
    return found
