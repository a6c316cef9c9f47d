"""Determinations and claims: facts about an event that are decided, claimed or accepted later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.clauses.asked import about_events, asked_about, is_later, limit_of_outcome, opened_by, opener
from bpodsl.language.clauses.events import value_of, words_of
from bpodsl.language.context import Context
from bpodsl.language.kinds import told
from bpodsl.language.names import EVENTS, listed, nearest
from bpodsl.language.problems import (
    CannotHappen,
    DuplicateName,
    NoCommonKey,
    NotSayable,
    SaidTwice,
    UnknownField,
    UnknownWord,
    WrongKind,
)
from bpodsl.language.scopes import NormHead
from bpodsl.lean import evolve
from bpodsl.terms import (
    Answer,
    Due,
    EventField,
    Kind,
    Limit,
    Norm,
    OnEvent,
    Question,
    Selector,
    WhenImposed,
)
from bpodsl.terms.kinds import LENGTH, YES_NO, one_of

CLAIMED: Final = one_of("claimed", "accepted", "rejected", "lapsed")
_ANSWERS: Final = ("accepted", "rejected")


def lower_determination(ctx: Context, node: ast.Determination) -> None:
    """A question about an event that a named role decides, and the duty of that role to decide it."""
    if is_later(ctx, node):
        return
    name = node.name.text
    asked = asked_about(ctx, node)
    example = 'Add `decided by "Board" of both with EVENT, answer FIELD`.'
    decided = only(ctx, node, ast.DecidedLine, "who decides it", example)
    overruled = only(ctx, node, ast.OverruledLine, "", "")
    within = only(ctx, node, ast.RuledWithinLine, "", "")
    if asked is None or not isinstance(decided, ast.DecidedLine):
        return
    outcome = asked.opening if isinstance(asked, ast.AskedOfLine) else None
    if isinstance(asked, ast.AskedLine):
        about = about_events(ctx, asked.selector, name)
    else:
        about = opener(ctx, asked.opening, name)
    lines: list[ast.DecidedLine | ast.OverruledLine] = [decided]
    if isinstance(overruled, ast.OverruledLine):
        lines.append(overruled)
    kind = kind_of(ctx, [each for line in lines for each in line.rulings])
    if about is None or kind is None:
        return
    answers = [
        evolve(found, by=_asked_of(ctx, found.event, [p for role in line.roles for p in ctx.sides(role.parties)]))
        for rank, line in enumerate(lines) for each in line.rulings
        if (found := answer(ctx, each, kind, rank)) is not None
    ]  # fmt: skip
    keys = _keys(ctx, node, about.event, [answer.event for answer in answers])
    limit, otherwise, duty_limit = None, None, None
    if isinstance(within, ast.RuledWithinLine) and outcome is not None:
        duty_limit = limit_of_outcome(ctx, within)
    elif isinstance(within, ast.RuledWithinLine):
        limit = duty_limit = _limit(ctx, within.length, within.field, about.event)
        otherwise = None if within.otherwise is None else value_of(ctx, within.otherwise, kind, name)
    roles = tuple((role.title.value, party) for role in decided.roles for party in ctx.sides(role.parties))
    clause = ctx.clause_of(node, "determination")
    question = Question(name, clause, about.event, about.where, keys, tuple(answers), "", None, limit, otherwise)
    _add(ctx, node.name, question, kind)
    acts = [answer.event for answer in answers if answer.rank == 0]
    bearer = tuple(dict.fromkeys(party for _, party in roles))
    _duty(ctx, question, about, acts, bearer, duty_limit, roles, imposed=outcome is not None)
    if outcome is not None:
        opened_by(ctx, question, outcome)


def lower_claim(ctx: Context, node: ast.Claim) -> None:
    """What a party may claim of an event within a time, and the other may accept or reject."""
    if is_later(ctx, node):
        return
    name = node.name.text
    claimed = only(ctx, node, ast.ClaimedLine, "who may claim what", "Add `PARTY may EVENT for each EVENT`.")
    within = only(ctx, node, ast.RuledWithinLine, "", "")
    answered = only(ctx, node, ast.AnsweredLine, "", "")
    later = only(ctx, node, ast.AnsweredWithinLine, "", "")
    if not isinstance(claimed, ast.ClaimedLine) or ctx.find(claimed.event, *EVENTS, wanted="event") is None:
        return
    about = about_events(ctx, claimed.selector, name)
    if about is None:
        return
    claim_limit, limit, otherwise = None, None, None
    if isinstance(within, ast.RuledWithinLine):
        claim_limit = _limit(ctx, within.length, within.field, about.event)
        if within.otherwise is not None:
            what = "What is not claimed in time has lapsed; what follows without an answer is another line."
            ctx.report(NotSayable(within.span, what, "Write `answered within …, else deemed accepted`."))
    answers: list[Answer] = []
    if isinstance(answered, ast.AnsweredLine):
        found = (answer(ctx, each, CLAIMED, 0) for each in answered.rulings)
        by = ctx.sides(answered.parties)
        answers = [evolve(each, by=_asked_of(ctx, each.event, by)) for each in found if each is not None]
    if isinstance(later, ast.AnsweredWithinLine):
        if not answers:
            example = "Add `answered by PARTY with EVENT as accepted`."
            ctx.demand(later.span, f"`{name}` does not say who answers.", example)
        limit = _limit(ctx, later.length, None, claimed.event.text)
        otherwise = None if later.otherwise is None else word_of(ctx, later.otherwise)
    keys = _keys(ctx, node, about.event, [claimed.event.text, *(answer.event for answer in answers)])
    clause = ctx.clause_of(node, "claim")
    question = Question(
        name, clause, about.event, about.where, keys, tuple(answers), claimed.event.text, claim_limit, limit, otherwise,
        _asked_of(ctx, claimed.event.text, ctx.sides(claimed.parties)),
    )  # fmt: skip
    _add(ctx, node.name, question, CLAIMED)
    if isinstance(answered, ast.AnsweredLine) and answers:
        bearer = ctx.sides(answered.parties)
        on = Selector(claimed.event.text)
        _duty(ctx, question, on, [answer.event for answer in answers], bearer, limit, ())


# ---------------------------------------------------------------------------------------- parts
def _asked_of(ctx: Context, event: str, parties: Iterable[str]) -> tuple[str, ...]:
    """Those who may claim or answer by an event that others report too; none where only others report it for them."""
    kind = ctx.events.get(event)
    reporters = () if kind is None else kind.reporters
    found = tuple(dict.fromkeys(parties))
    return () if reporters and not set(reporters) & set(found) else found


def only(
    ctx: Context, node: ast.Determination | ast.Claim, sort: type[ast.Line], lacks: str, advice: str
) -> ast.Line | None:
    found = [line for line in node.lines if isinstance(line, sort)]
    for line in found[1:]:
        ctx.report(SaidTwice(line.span, "this", found[0].span))
    if not found and lacks:
        ctx.demand(node.name.span, f"`{node.name.text}` does not say {lacks}.", advice)
    return found[0] if found else None


def kind_of(ctx: Context, rulings: Iterable[ast.RuledIn | ast.RuledAs]) -> Kind | None:
    """The kind of the answers: that of the field, or yes/no, or one of the words given."""
    words: list[str] = []
    for each in rulings:
        if isinstance(each, ast.RuledIn):
            field = _field(ctx, each.event, each.field)
            return None if field is None else field.kind
        words.append(words_of(each.value))
    if set(words) <= {"yes", "no"}:
        return YES_NO
    return one_of(*dict.fromkeys(words))


def answer(ctx: Context, node: ast.RuledIn | ast.RuledAs, kind: Kind, rank: int) -> Answer | None:
    if ctx.find(node.event, *EVENTS, wanted="event") is None:
        return None
    name = node.event.text
    if isinstance(node, ast.RuledAs):
        value = word_of(ctx, node.value) if kind == CLAIMED else value_of(ctx, node.value, kind, name)
        return None if value is None else Answer(name, value, rank=rank)
    field = _field(ctx, node.event, node.field)
    if field is None:
        return None
    if kind == CLAIMED:
        if field.kind != YES_NO:
            ctx.report(WrongKind(node.field.span, told(field.kind), "yes or no: whether it is accepted"))
        return Answer(name, None, field.name, ((True, "accepted"), (False, "rejected")), rank)
    if field.kind != kind:
        ctx.report(WrongKind(node.field.span, told(field.kind), told(kind)))
    return Answer(name, None, field.name, (), rank)


def word_of(ctx: Context, node: ast.Node) -> str | None:
    """`accepted` or `rejected`."""
    word = words_of(node)
    if word in _ANSWERS:
        return word
    ctx.report(UnknownWord(node.span, word, "the answer to a claim", _ANSWERS, nearest(word, _ANSWERS)))
    return None


def _field(ctx: Context, event: ast.Name, name: ast.Name) -> EventField | None:
    if ctx.find(event, *EVENTS, wanted="event") is None or event.text not in ctx.events:
        return None
    kind = ctx.events[event.text]
    found = kind.field(name.text)
    if found is None:
        known = tuple(each.name for each in kind.fields)
        ctx.report(UnknownField(name.span, name.text, f"`{kind.name}`", known, nearest(name.text, known)))
    return found


def _limit(ctx: Context, node: ast.Length, field: ast.Name | ast.AfterEnd | None, event: str) -> Limit | None:
    if isinstance(field, ast.AfterEnd):
        what = "What is asked about an event is of no month."
        ctx.report(NotSayable(field.span, what, "Write `within … after FIELD`, a field of the event."))
        return None
    length = literals.length(ctx, node)
    if length is None:
        return None
    if field is None:
        return Limit(length)
    found = _field(ctx, ast.Name(field.span, event), field)
    if found is None:
        return None
    bases = ("instant",) if length.by_clock else ("instant", "day", "period")
    if found.kind.base not in bases:
        ctx.report(WrongKind(field.span, told(found.kind), listed([told(Kind(base)) for base in bases], "or")))
        return None
    return Limit(length, field.text)


def _keys(ctx: Context, node: ast.Determination | ast.Claim, event: str, others: list[str]) -> tuple[str, ...]:
    """The keys of the event that all the others have too: they tell which event is meant."""
    kind = ctx.events.get(event)
    keys = () if kind is None else kind.keys
    for other in dict.fromkeys(others):
        found = ctx.events.get(other)
        if found is None or kind is None:
            continue
        shared = tuple(key for key in keys if _kind(found.field(key)) == _kind(kind.field(key)))
        if not shared:
            ctx.report(NoCommonKey(node.name.span, other, node.name.text, kind.keys))
            return ()
        keys = shared
    return keys


def _kind(field: EventField | None) -> Kind | None:
    return None if field is None else field.kind


def _add(ctx: Context, name: ast.Name, question: Question, kind: Kind) -> None:
    """The question, and the field of the event that its answer becomes."""
    for event in ctx.events.values():
        if event.field(name.text) is not None:
            span = event.clause.span
            if span is not None:
                ctx.report(DuplicateName(name.span, name.text, question.clause.word, span, f"field of `{event.name}`"))
            return
    about = ctx.events.get(question.event)
    if about is None:
        return
    field = EventField(name.text, kind, optional=True, ruled=True)
    written = [each for each in about.fields if not each.ruled]
    ruled = sorted([*(each for each in about.fields if each.ruled), field], key=lambda each: each.name)
    ctx.events[about.name] = evolve(about, fields=(*written, *ruled))
    ctx.questions[name.text] = question
    if any(answer.event == question.event for answer in question.answers) or question.claimed == question.event:
        ctx.report(CannotHappen(name.span, f"`{question.event}` would answer the question about itself."))


def _duty(
    ctx: Context, question: Question, on: Selector, acts: list[str], bearer: tuple[str, ...], limit: Limit | None,
    roles: tuple[tuple[str, str], ...], imposed: bool = False,
) -> None:  # fmt: skip
    """The duty to answer: it shows which questions are open, for whom, and who was late."""
    due = None
    if limit is not None:
        due = Due("within", limit.length, "field" if limit.field else "opening", limit.field)
    kind = ctx.events.get(on.event)
    fields = {} if kind is None else {each.name: each.kind for each in kind.fields}
    ctx.norm_heads[question.name] = NormHead(
        question.name, question.clause.span, "must", "imposed" if imposed else "event", fields, question.keys, LENGTH
    )
    ctx.norms[question.name] = Norm(
        question.name, question.clause, "obligation", "must", bearer, ctx.across(bearer),
        (WhenImposed() if imposed else OnEvent(on),),
        tuple(Selector(act) for act in dict.fromkeys(acts)), by=question.keys, due=due, roles=roles, survives=True,
        reopening="new cycle", personal=True,
    )  # fmt: skip
