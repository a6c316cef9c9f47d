"""What is told of a party (what it must, may and owes) and of a field of events (where it is given and asked for)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bpodsl.report.history import History, in_short
from bpodsl.terms import Contract, EventField, Norm, Party, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import in_words

_MOST = 12
_KINDS = {
    "number": "a number", "share": "a percentage", "length": "a length of time", "instant": "an instant",
    "day": "a day", "yes_no": "yes or no", "text": "text",
}  # fmt: skip
_MODALITIES = (("must", "must"), ("must not", "must not"), ("may", "may"))


def of_party(run: History, party: Party) -> Iterator[str]:
    """Who it is, what it must, must not and may do, and what it owes and is owed."""
    role = "a further party" if party.role == "other" else f"the {party.role}"
    yield f"{party.title or party.name}: {role}"
    for modality, said in _MODALITIES:
        norms = [n for n in run.contract.norms if n.modality == modality and party.name in n.bearer and _own(n)]
        if norms:
            yield f"  {said}:"
            yield from in_short((f"    {run.words.clause(n.name)}" for n in norms), _MOST, run.full, "clauses")
    yield from _sums(run, party.name, "payer", "payee", "owes")
    yield from _sums(run, party.name, "payee", "payer", "is owed by")


def _own(norm: Norm) -> bool:
    """Whether it is a clause of its own: levels belong to their escalation."""
    return norm.form != "level" and "." not in norm.name


def _sums(run: History, party: str, side: str, other: str, said: str) -> Iterator[str]:
    """What has been posted so far, by the other party, currency and clause."""
    found: dict[tuple[str, str], dict[str, Fraction]] = {}
    for entry in run.ledger.outcome:
        amount = entry.number("amount")
        if entry.kind == "Accrued" and entry.number(side) == party and isinstance(amount, int | Fraction):
            key = str(entry.number(other)), str(entry.number("currency") or run.contract.currency)
            clauses = found.setdefault(key, {})
            clauses[entry.clause] = clauses.get(entry.clause, Fraction(0)) + amount
    for (whom, currency), clauses in sorted(found.items()):
        total = run.show.money(sum(clauses.values(), Fraction(0)), currency)
        yield f"  {said} {run.words.party(whom)} {total} so far:"
        lines = (f"    {run.words.clause(name)}: {run.show.money(sum_, currency)}" for name, sum_ in clauses.items())
        yield from in_short(lines, _MOST, run.full, "clauses")


def has_field(contract: Contract, name: str) -> bool:
    """Whether any event has such a field: `priority`, or that of one kind, `ticket_opened.priority`."""
    return any(True for _ in _fields(contract, name))


def _fields(contract: Contract, name: str) -> Iterator[tuple[str, EventField]]:
    kind, _, field = name.rpartition(".")
    for each in contract.events:
        found = each.field(field)
        if found is not None and kind in ("", each.name):
            yield each.name, found


def of_field(run: History, name: str) -> Iterator[str]:
    """The events that give a field, what it may be, and the clauses that ask for it."""
    own = name.rpartition(".")[2]
    yield f"{own}: a field of events"
    for kind, field in _fields(run.contract, name):
        yield f"  of {kind}: {_told(run, field)}"
    tables = (run.contract.norms, run.contract.figures, run.contract.rules, run.contract.accounts, run.contract.states)
    asking = [
        run.words.clause(term.name) for terms in tables for term in terms if "." not in term.name and _asks(term, own)
    ]
    if asking:
        yield "  asked for by:"
        yield from in_short((f"    {each}" for each in dict.fromkeys(asking)), _MOST, run.full, "clauses")
    else:
        yield "  asked for by no clause"


def _asks(term: object, name: str) -> bool:
    by = getattr(term, "by", ())
    if any(name == getattr(each, "name", each) for each in by):
        return True
    named = ex.FieldOf | ex.CaseField | ex.Ruled | ex.GroupKey
    return any(isinstance(part, named) and part.name == name for part in walk(term))


def _told(run: History, field: EventField) -> str:
    kind = field.kind
    said = _KINDS.get(kind.base, kind.base)
    if kind.base == "one_of":
        said = f"one of {', '.join(str(each) for each in kind.detail)}"
    elif kind.base == "money":
        said = f"a sum in {kind.detail[0]}" if kind.detail else "a sum of money"
    elif kind.base == "period":
        said = f"a {kind.detail[0]}" if kind.detail else "a period"
    if field.key:
        said += ", tells the case"
    if field.worked is not None:
        how = in_words(field.worked, run.show.value, lambda _: "")
        return said + (f", worked out: {how}" if how else ", worked out from its other fields")
    if field.ruled:
        return said + ", the answer to a question"
    if field.default is not None:
        return said + f", {run.show.value(field.default, kind)} where it is left out"
    return said + (", may be left out" if field.optional else "")
