"""Which box each term is drawn in, and what the box says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import define, evolve, field, frozen

from bpodsl.graph.draw import words
from bpodsl.graph.draw.looks import LOOKS
from bpodsl.graph.draw.view import Box
from bpodsl.terms import (
    Account,
    Clause,
    Contract,
    EventKind,
    Figure,
    Ladder,
    Line,
    Norm,
    OnPeriod,
    Raise,
    Rule,
    State,
    Survival,
    Terminate,
    reads,
)

AGREEMENT = "agreement"
Drawn = EventKind | State | Ladder | Norm | Figure | Line | Account | Rule


@define
class _Sheet:
    """What one clause was lowered to."""

    clause: Clause
    terms: list[Drawn] = field(factory=list)


@frozen
class Places:
    """Where each term is drawn: the box of its clause. An event has a box of its own, a level that of its ladder."""

    contract: Contract
    sheets: Mapping[str, _Sheet]
    homes: Mapping[str, str]

    def event(self, name: str) -> str:
        return f"event:{name}"

    def norm(self, name: str) -> str:
        return self.homes.get(f"norm:{name}", "")

    def home(self, node: str) -> str:
        """The box of an evaluation node (or of `account:NAME`), "" if it has none."""
        kind, _, name = node.partition(":")
        if kind in (AGREEMENT, "event"):
            return node
        return self.homes.get(f"norm:{name}" if kind in ("opening", "decision") else node, "")

    def kind(self, box: str) -> str:
        """The kind a box is drawn as, "" if there is no such box."""
        if box == AGREEMENT:
            return "end"
        sheet = self.sheets.get(box)
        return _kind(sheet.clause, sheet.terms) if sheet else ""


def places(contract: Contract) -> Places:
    """Sort the terms of a contract into boxes."""
    ladders = {ladder.name: _key(contract, ladder.clause) for ladder in contract.ladders}
    sheets: dict[str, _Sheet] = {}
    homes: dict[str, str] = {}
    for node, term in _drawn(contract):
        box = node if isinstance(term, EventKind) else _key(contract, term.clause)
        if isinstance(term, State) and term.clause.word != "state":
            box = box.partition(".")[0]
        if isinstance(term, Norm) and term.ladder in ladders:
            box = ladders[term.ladder]
        homes[node] = box
        if box != AGREEMENT:
            sheets.setdefault(box, _Sheet(term.clause)).terms.append(term)
    return Places(contract, sheets, homes)


def boxes(drawn: Places) -> tuple[Box, ...]:
    """All boxes, in order of kind, then of the agreement."""
    order = list(LOOKS)
    found = [_box(drawn.contract, name, sheet) for name, sheet in drawn.sheets.items()]
    return (*sorted(found, key=lambda box: order.index(box.kind)), _end(drawn.contract))


def _drawn(contract: Contract) -> Iterator[tuple[str, Drawn]]:
    for event in contract.events:
        yield f"event:{event.name}", event
    for ladder in contract.ladders:
        yield f"ladder:{ladder.name}", ladder
    for norm in contract.norms:
        yield f"norm:{norm.name}", norm
    for figure in contract.figures:
        yield f"figure:{figure.name}", figure
    for line in contract.lines:
        yield f"line:{line.name}", line
    for account in contract.accounts:
        yield f"account:{account.name}", account
    for rule in contract.rules:
        yield f"rule:{rule.name}", rule
    for state in contract.states:
        yield f"state:{state.name}", state


def _key(contract: Contract, clause: Clause) -> str:
    return AGREEMENT if clause == contract.clause else f"{clause.word}:{clause.name}"


def _kind(clause: Clause, terms: list[Drawn]) -> str:
    """The kind of the weightiest term: a ladder, a norm, a sum, a cap, a trigger, a state, an event."""
    if any(isinstance(term, Ladder) for term in terms):
        return "escalation"
    if norms := [term for term in terms if isinstance(term, Norm)]:
        return _norm_kind(clause, norms)
    if figures := [term for term in terms if isinstance(term, Figure)]:
        purposes = [figure.purpose for figure in figures]
        return next((purpose for purpose in purposes if purpose in LOOKS), "amount")
    first = terms[0]
    match first:
        case Line():
            return clause.word if clause.word in ("charge", "credit") else "payment"
        case Account():
            return "cap"
        case Rule():
            return "trigger"
        case State():
            return "state"
        case _:
            return "notice" if clause.word == "notice" else "event"


def _norm_kind(clause: Clause, norms: list[Norm]) -> str:
    main = next((norm for norm in norms if norm.name == clause.name), norms[0])
    if main.form == "level":
        return "escalation"
    if main.form == "right":
        ends = any(isinstance(effect, Terminate) for _, effect in main.consequences)
        return "termination" if ends or clause.word == "termination" else "right"
    return "prohibition" if main.modality == "must not" else "obligation"


def _box(contract: Contract, name: str, sheet: _Sheet) -> Box:
    clause, kind = sheet.clause, _kind(sheet.clause, sheet.terms)
    parties: list[str] = []
    details: list[str] = []
    for term in sorted(sheet.terms, key=lambda term: getattr(term, "name", "") != clause.name):
        parties += _parties(term)
        details += _details(contract, term) if kind == "state" or not isinstance(term, State) else ()
    title, first = clause.shown, sheet.terms[0]
    if isinstance(first, EventKind) and not (clause.title and clause.name == first.name):
        title = words.plain(first.name)
    title = title[:1].upper() + title[1:]
    shown = tuple(dict.fromkeys(detail for detail in details if detail))
    service = next((each.clause.shown for each in contract.services if clause.name in each.parts), "")
    return Box(
        name, kind, title, clause.reference, tuple(dict.fromkeys(parties)), shown, _tip(kind, title, clause), service
    )  # fmt: skip


def _tip(kind: str, title: str, clause: Clause) -> str:
    head = f"{LOOKS[kind].word}: {title}" + (f" [{clause.reference}]" if clause.reference else "")
    return f"{head}\n{clause.prose}" if clause.prose else head


def _parties(term: Drawn) -> Iterable[str]:
    match term:
        case EventKind(reporters=reporters):
            return reporters
        case Norm(form="level"):
            return ()
        case Norm(bearer=bearer):
            return bearer
        case Line(payer=payer):
            return (payer,)
        case _:
            return ()


def _details(contract: Contract, term: Drawn) -> Iterator[str]:
    match term:
        case State(by=by):
            yield f"by {', '.join(words.plain(name) for name in by)}" if by else ""
            yield "" if term.after is None else f"only {words.so_long(term.after)} after what begins it"
            yield "" if term.lasts is None else f"for {words.so_long(term.lasts)}" + (
                ", prolonged by each" if term.prolonged else ""
            )
        case Ladder(levels=levels):
            norms = {norm.name: norm for norm in contract.norms}
            for number, name in enumerate(levels, 1):
                if name in norms:
                    yield f"{number}. {_level(norms[name])}"
        case Norm(form="level"):
            yield from (f"then: {effect.words}" for _, effect in term.consequences if isinstance(effect, Raise))
        case Norm():
            yield from _of_norm(contract, term)
        case Figure():
            yield words.grid(term.grid)
            if any(source == f"figure:{term.name}" for source, kind in reads(term.value) if kind == "delay"):
                yield "goes on from its earlier windows"
            yield f"target {words.target(term.target)}" if term.target and words.target(term.target) else ""
            yield f"minimum {words.target(term.minimum)}" if term.minimum and words.target(term.minimum) else ""
            yield from () if term.survival is None else _survives(term.survival)
        case Line(payer=payer, payee=payee):
            yield f"{words.plain(payer)} pays {words.plain(payee)}"
        case Account():
            limit = words.literal(term.limit)
            yield f"{limit} {words.grid(term.grid)}".strip()
        case Rule(recurrence=recurrence, then=then):
            yield words.recurrence(recurrence) if recurrence is not None else ""
            yield from (f"tells: {effect.words}" for effect in then if isinstance(effect, Raise))
        case _:
            return


def _of_norm(contract: Contract, norm: Norm) -> Iterator[str]:
    yield from (words.grid(way.grid) for way in norm.opening if isinstance(way, OnPeriod))
    if norm.members is not None:
        yield f"for each {norm.members.name} of {len(norm.members.values)}"
    versions = [(words.case(v.when), v.terms) for v in norm.variants if v.terms is not None]
    for case, terms in (*versions, ("others" if versions else "", norm)):
        if terms.due is not None:
            due = words.due(terms.due)
            due = f"{case}: {due}" if case and due else due
            yield f"exercised {due}" if norm.form == "right" else due
        if terms.cure is not None:
            yield f"cure {words.due(terms.cure)}"
    for outcome, effect in norm.consequences:
        if isinstance(effect, Terminate) and effect.notice is not None:
            named = "" if effect.named is None else f", or until {effect.named}"
            yield f"notice {words.length(effect.notice)}{named}"
        if isinstance(effect, Raise):
            yield f"{'exercised' if norm.form == 'right' and outcome == 'fulfilled' else outcome}: {effect.words}"
    yield from _survives(Survival(norm.survives, norm.survives_for, norm.survives_after))


def _survives(survival: Survival) -> Iterator[str]:
    if survival.of_all:
        yield "survives the end" + (f" for {words.length(survival.length)}" if survival.length else "")
    for name, time in survival.after:
        yield f"survives {words.plain(name)}" + (f" for {words.length(time)}" if time else "")


def _level(norm: Norm) -> str:
    roles = ", ".join(f"{role} ({words.plain(party)})" for role, party in norm.roles) or norm.clause.shown
    if norm.due is None or norm.due.length is None:
        return roles
    return f"{roles}, {words.length(evolve(norm.due.length, calendar=None))}"


def _end(contract: Contract) -> Box:
    term = contract.term
    details = [f"from {term.effective.isoformat()}"]
    details.append(f"to {term.last.isoformat()}" if term.last else "without a last day")
    for renewal in term.renewals:
        details.append(f"renews for {words.length(renewal.length)}")
    clause = contract.clause
    return Box(
        AGREEMENT, "end", "The agreement ends", clause.reference, (), tuple(details),
        _tip("end", clause.shown, clause),
    )  # fmt: skip
