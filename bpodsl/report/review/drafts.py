"""Drafts of what may be sent now: credit notes, notices of default, of termination, on renewal, claims and disputes.

Each is filled from the record. What only its sender knows is left open in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from bpodsl.record import Event, Ledger
from bpodsl.record.rulings import end_of
from bpodsl.record.shapes import Ground
from bpodsl.record.verdicts import Verdict
from bpodsl.report.conditions import holds_of
from bpodsl.report.review.desk import Desk, cited
from bpodsl.report.review.model import Dated, Draft, Right, Sum, Waterfall
from bpodsl.report.review.notices import method_of, method_of_others
from bpodsl.terms import Norm, Question, Terminate

_LEFT_OPEN = "[to be filled in]"


def drafts_of(
    desk: Desk, verdicts: Sequence[Verdict], sums: Sequence[Sum], waterfalls: Sequence[Waterfall],
    rights: Sequence[Right], ahead: Sequence[Dated], later: Ledger | None,
) -> tuple[Draft, ...]:  # fmt: skip
    """Credit notes first, then what must be done soonest. Names of parties in `sums` and `waterfalls` are in full."""
    found = [*_credit_notes(desk, sums), *_defaults(desk, verdicts, later), *_rights(desk, rights, ahead)]
    return (*found, *_renewals(desk, ahead), *_claims(desk), *_disputes(desk, sums, waterfalls))


def _party(desk: Desk, names: Sequence[str]) -> str:
    return " and ".join(desk.words.party(name) for name in names)


# ------------------------------------------------------------------ credit notes and disputes
def _credit_notes(desk: Desk, sums: Sequence[Sum]) -> Iterator[Draft]:
    pairs: dict[tuple[str, str, str], list[Sum]] = {}
    for each in sums:
        if each.kind == "credit" and (each.owed.exact or each.cut.exact):
            pairs.setdefault((each.payer, each.payee, each.owed.currency), []).append(each)
    for (payer, payee, currency), mine in sorted(pairs.items()):
        facts = []
        for each in mine:
            of = " ".join(filter(None, (each.clause.shown, each.period and f"in {each.period}", each.which)))
            cut = f", of {each.wanted.shown}, {each.cut.shown} being cut by caps" if each.cut.exact else ""
            facts.append(f"{of}: {each.owed.shown}{cut}")
        total = desk.money(sum((each.owed.exact or 0) for each in mine), currency)
        yield Draft(
            "credit_note", f"Credit note for {desk.span.label}", payer, payee,
            tuple(dict.fromkeys(each.clause for each in mine)),
            (f"We credit you {total.shown} under the {desk.contract.clause.shown} for {desk.span.label}.",),
            tuple(facts), (f"Total credited: {total.shown}", f"Credit note number: {_LEFT_OPEN}"), (), "",
        )  # fmt: skip


def _disputes(desk: Desk, sums: Sequence[Sum], waterfalls: Sequence[Waterfall]) -> Iterator[Draft]:
    """For whoever is to pay, and does not agree with a sum."""
    for each in waterfalls:
        charges = [
            s for s in sums if s.payer == each.payer and s.payee == each.payee and s.owed.currency == each.currency
        ]
        if charges:
            yield Draft(
                "dispute", f"Notice of dispute, {desk.span.label}", each.payer, each.payee,
                tuple(dict.fromkeys(s.clause for s in charges)),
                (f"We dispute the sums marked below, of those charged under the {desk.contract.clause.shown} for "
                 f"{desk.span.label}, for the reasons given. All other sums are not disputed.",),
                tuple(
                    f"{' '.join(filter(None, (s.clause.shown, s.period and f'in {s.period}', s.which)))}: "
                    f"{s.owed.shown}. Disputed: {_LEFT_OPEN}. Because: {_LEFT_OPEN}" for s in charges
                ), (f"Sum that we hold to be payable: {_LEFT_OPEN}, instead of {each.payable.shown}",), (),
                method_of_others(desk, [p.name for p in desk.contract.parties if (p.title or p.name) == each.payer]),
            )  # fmt: skip


# ------------------------------------------------------------------ defaults
def _defaults(desk: Desk, verdicts: Sequence[Verdict], later: Ledger | None) -> Iterator[Draft]:
    """One for each duty that was missed in the days told of, or is missed and not done yet."""
    norms = {norm.name: norm for norm in desk.contract.norms}
    cure = {} if later is None else {
        (e.clause, e.instance): e.number("due") for e in later.outcome if e.kind == "Breached"
    }  # fmt: skip
    by_norm: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        missed = next((e for e in verdict.entries if e.kind == "Missed"), None)
        if missed is None or verdict.status != "missed" or verdict.waived or verdict.norm not in norms:
            continue
        open_still = verdict.performed is None and norms[verdict.norm].form == "obligation"
        if norms[verdict.norm].form in ("obligation", "prohibition") and norms[verdict.norm].answers is None and (
            open_still or desk.told(desk.day(missed))
        ):  # fmt: skip
            by_norm.setdefault(verdict.norm, []).append(verdict)
    for name, mine in by_norm.items():
        norm = norms[name]
        if not norm.counterparty or name in {question.name for question in desk.contract.questions}:
            continue
        until = desk.ledger.until
        dates = []
        facts = []
        for verdict in mine:
            which = desk.group(verdict.key) or verdict.instance
            done = "not performed" if verdict.performed is None else f"performed {desk.show.instant(verdict.performed)}"
            done = "cured " + desk.show.instant(verdict.performed) if verdict.cured and verdict.performed else done
            facts.append(f"{which}: due {desk.show.when(verdict.due)}, {done}")
            last = cure.get((name, verdict.instance))
            if isinstance(last, int | date) and not isinstance(last, bool) and verdict.performed is None:
                when = last if isinstance(last, date) else desk.show.zone.day(last)
                over = "was" if when < desk.show.zone.day(until) else "is"
                dates.append(f"{which}: the last day to cure {over} {desk.show.when(last)}")
        must = "must be" if dates else "should have been"
        yield Draft(
            "default", f"Notice of default: {norm.clause.shown}", _party(desk, norm.counterparty),
            _party(desk, norm.bearer), (desk.cited(name),),
            (f"Under the {desk.contract.clause.shown} the duty “{norm.clause.shown}” was missed as set out below; it "
             f"{must} performed. We reserve all rights.",),
            tuple(facts), (), tuple(dates) or (_no_cure(norm),), method_of_others(desk, norm.counterparty),
        )  # fmt: skip


def _no_cure(norm: Norm) -> str:
    """Why no day is named by which a miss may be cured."""
    if norm.cure is None:
        return "the clause sets no time to cure"
    return "nothing of it is left to cure"


# ------------------------------------------------------------------ rights and renewal
def _rights(desk: Desk, rights: Sequence[Right], ahead: Sequence[Dated]) -> Iterator[Draft]:
    safe = {(d.what, d.which): d.safe for d in ahead if d.kind == "right" and d.safe is not None}
    norms = {norm.name: norm for norm in desk.contract.norms}
    details = {detail.name: detail for detail in desk.details.values()}
    for right in rights:
        if right.status != "open":
            continue
        norm = norms[right.clause.name]
        ends = any(isinstance(effect, Terminate) for _, effect in norm.consequences)
        name, title = ("termination", "Notice of termination") if ends else ("exercise", "Notice of exercise")
        lines = details[right.detail].lines if right.detail in details else ()
        # What opened it, two steps down; the rest is in the report.
        near = [line.strip() for line in lines if len(line) - len(line.lstrip()) <= _STEPS]
        facts = [_AT.sub(r"\1: ", line) for line in near]
        last = f"the last day to give it is {right.until}" if right.last_day is not None else ""
        by = safe.get((right.clause.shown, right.which))
        last += f"; it is safe to send it by {by.isoformat()}" if by is not None else ""
        yield Draft(
            name, f"{title}: {right.clause.title}", right.holders, _party(desk, norm.counterparty), (right.clause,),
            (f"We exercise our right under {right.clause.shown} of the {desk.contract.clause.shown}"
             + (f" ({right.which})." if right.which else "."),),
            tuple(facts), (), (last,) if last else (), _method(desk, norm),
        )  # fmt: skip


_STEPS = 4
_AT: Final = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9:.]+)?)  ")


def _renewals(desk: Desk, ahead: Sequence[Dated]) -> Iterator[Draft]:
    kinds = {kind.name.replace("_", " "): kind for kind in desk.contract.events}
    for each in ahead:
        if each.kind != "notice":
            continue
        safe = f"; it is safe to send it by {each.safe.isoformat()}" if each.safe else ""
        about, _, more = each.note.removeprefix("last day for a notice ").partition("; ")
        yield Draft(
            "renewal", "Notice on renewal", each.who, _others(desk, each.who), (desk.cited(desk.contract.name),),
            (f"We give notice {about}, under {each.what}.",), (f"what the notice is about: {about}",), (),
            tuple(filter(None, (f"the last day to give it is {each.by.isoformat()}{safe}", more))),
            method_of(desk, [kinds[each.which]]),
        )  # fmt: skip


def _others(desk: Desk, sender: str) -> str:
    """To whom a notice of `sender` (in full) goes; left open where it may be either's."""
    both = [p.title or p.name for p in desk.contract.parties if p.role in ("client", "provider")]
    rest = [each for each in both if each != sender]
    return rest[0] if sender in both and len(rest) == 1 else f"{_LEFT_OPEN}: the other party"


def _method(desk: Desk, norm: Norm) -> str:
    kinds = {kind.name: kind for kind in desk.contract.events}
    return method_of(desk, [kinds[act.event] for act in norm.acts if act.event in kinds])


# ------------------------------------------------------------------ claims
def _claims(desk: Desk) -> Iterator[Draft]:
    """What may still be claimed: events about which a claim is open and was not made."""
    ground = Ground.of(desk.contract)
    latest: dict[str, Event] = {}
    for event in desk.events:
        latest[event.identity] = event
    for question in desk.contract.questions:
        made = {_keys(question, event) for event in latest.values() if event.kind == question.claimed}
        for event in latest.values() if question.claimed else ():
            asked = event.kind == question.event and holds_of(question.where, event, desk.show) is True
            if not asked or event.retracts or event.fields.get(question.name) is not None:
                continue
            end = None if question.claim_limit is None else end_of(question.claim_limit, event, event.known, ground)
            if _keys(question, event) in made or (end is not None and end.instant <= desk.ledger.until):
                continue
            last = (
                ""
                if end is None
                else desk.show.instant(end.instant)
                if end.included
                else desk.show.day(end.instant - 1)
            )
            claimants = question.claimants or tuple(p.name for p in desk.contract.parties if p.role == "provider")
            others = [
                p.name for p in desk.contract.parties if p.name not in claimants and p.role in ("client", "provider")
            ]
            clause = cited(question.clause, question.name)
            yield Draft(
                "claim", f"Claim: {clause.title}", _party(desk, claimants), _party(desk, others), (clause,),
                (f"We claim under {clause.shown} of the {desk.contract.clause.shown}.",), (desk.run.told(event),), (),
                (f"the last day to claim is {last}",) if last else (), method_of(desk, [
                    kind for kind in desk.contract.events if kind.name == question.claimed]),
            )  # fmt: skip


def _keys(question: Question, event: Event) -> tuple[object, ...]:
    return tuple(event.fields.get(key) for key in question.keys)
