"""One sentence for one entry, in the words of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from attrs import field, frozen

from bpodsl.record import NOT_POSTED, WITHDRAWN, Entry, Posted
from bpodsl.report.show import Show
from bpodsl.terms import Clause, Contract, Norm, NotMeasured, OnEvent
from bpodsl.terms.kinds import LENGTH as _LENGTH

_PERIOD = re.compile(r"[0-9]{4}[-0-9QW.]*")
"""The label of a window."""

PLAIN = {
    "Fulfilled": "fulfilled in time",
    "Late": "performed late",
    "Cured": "cured",
    "Exercised": "the right was exercised",
    "Lapsed": "lapsed",
    "Ended": "ended with the agreement",
    "Extended": "the agreement goes on",
    "Terminated": "termination takes effect",
}


NOTED = {
    "before the start": "it came before the agreement began",
    "after the end": "it came after the end",
    "no effect": "a notice in this form has none",
    "not open": "the right was not open",
    "nothing open": "nothing was open that it could concern",
    "already open": "one is open already",
    "closed": "it is closed",
    "too late": "the notice came too late",
    "nothing to waive": "there was nothing to waive",
    "more than is owed": "it is more than is owed",
}


def noted(words: str) -> str:
    """What a note says, in words."""
    return words if words.startswith(NOT_POSTED) else f"no effect: {NOTED.get(words, words)}"


def clauses(contract: Contract) -> dict[str, Clause]:
    """Every clause by the name that entries use."""
    found = {contract.name: contract.clause} | {asked.name: asked.clause for asked in contract.questions}
    for terms in (contract.states, contract.norms, contract.figures, contract.lines, contract.accounts, contract.rules):
        found |= {term.name: term.clause for term in terms}
    found |= {change.name: change.clause for change in contract.changes}
    found |= {ladder.name: ladder.clause for ladder in contract.ladders}
    return found | {each.name: each.clause for each in contract.assignments}


def ended_by(entry: Entry) -> str:
    """The clause that closed a right before its time, or "" if it lapsed by time."""
    return next((c for c, _, rest in _others(entry) if not rest.startswith("Opened/")), "")


def _others(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """The causes of an entry that other clauses made, each parted behind the name of its clause."""
    parted = (name.partition("/") for name in entry.entry_causes)
    return (each for each in parted if each[0] != entry.clause)


@frozen
class Words:
    """Writes entries as sentences."""

    show: Show
    _clauses: dict[str, Clause] = field(init=False)
    _norms: dict[str, Norm] = field(init=False)
    _alike: dict[str, str] = field(init=False)
    _said_of: dict[str, str] = field(factory=dict, init=False)

    @_clauses.default
    def _find_clauses(self) -> dict[str, Clause]:
        return clauses(self.show.contract)

    @_alike.default
    def _find_alike(self) -> dict[str, str]:
        found: dict[str, str] = {}
        contract = self.show.contract
        for terms in (contract.norms, contract.figures, contract.lines):
            named: dict[str, list[str]] = {}
            for each in terms:
                named.setdefault(self._clause(each.name), []).append(each.name)
            for names in named.values():
                # What a duty has paid is called by the name of the duty, unless it has several sums paid.
                short = [name.partition(".")[0] for name in names]
                told = short if len(set(short)) == len(names) else names
                found |= dict(zip(names, told, strict=True)) if len(names) > 1 else {}
        return found

    @_norms.default
    def _find_norms(self) -> dict[str, Norm]:
        return {n.name: n for n in self.show.contract.norms}

    def clause(self, name: str) -> str:
        """Title and reference: `Restore P1 service [Sch C 2.1]`."""
        found = self._said_of.get(name)
        if found is None:
            found = self._said_of[name] = self._clause(name)
        return found

    def _clause(self, name: str) -> str:
        clause = self._clauses.get(name)
        if clause is None:
            return name
        shown = clause.shown
        norm = self._norms.get(name)
        if norm is not None and norm.ladder:
            shown = f"{self._ladder_title(norm.ladder)}, level {norm.level}"
        return f"{shown} [{clause.reference}]" if clause.reference else shown

    def apart(self, name: str) -> str:
        """The same, and the name where other duties, measures or lines of money are called the same."""
        return f"{self.clause(name)} `{self._alike[name]}`" if name in self._alike else self.clause(name)

    def windowed(self, name: str) -> bool:
        """Whether the instances of a norm are those of windows: of each period, or of what settled."""
        norm = self._norms.get(name)
        return norm is not None and bool(norm.opening) and not any(isinstance(way, OnEvent) for way in norm.opening)

    def period_of(self, name: str, instance: str, key: Sequence[tuple[str, str]]) -> str:
        """The window of an instance that is one of several of it, by their keys; else ""."""
        period, _, rest = instance.partition("/")
        own = bool(key) and _PERIOD.fullmatch(period) is not None and rest == "/".join(text for _, text in key)
        return period if own and self.windowed(name) else ""

    def clause_of(self, name: str) -> Clause | None:
        """The clause that entries of this name come from."""
        return self._clauses.get(name)

    def _ladder_title(self, name: str) -> str:
        return next((x.clause.shown for x in self.show.contract.ladders if x.name == name), name)

    def of(self, entry: Entry) -> str:
        """Which one: its keys, its window, or nothing."""
        keys = ", ".join([f"{name} {text}" if name else text for name, text in entry.key])
        period = entry.period or self.period_of(entry.clause, entry.instance, entry.key)
        if not keys and not entry.period and "/" not in entry.instance and entry.instance != "term":
            # A duty of each period is known by its period.
            keys = entry.instance
        if keys and period:
            return f"for {keys} in {period}"
        return f"for {keys}" if keys else f"in {entry.period}" if entry.period else ""

    def posted(self, posted: Posted) -> str:
        """The sentence of a posting."""
        said = self.entry(posted.entry)
        match posted.act:
            case "Withdrawn":
                return f"withdrawn: {said}"
            case "Reversed":
                return f"reversed: {said}"
            case "Restated":
                return f"restated: {said}"
            case "Reissued":
                return f"reissued: {said}"
            case _:
                return said

    def entry(self, entry: Entry) -> str:
        """The sentence of an entry."""
        which = self.of(entry)
        clause = self.clause(entry.clause)
        head = f"{clause} {which}" if clause and which else clause or which
        bearer = entry.number("bearer")
        by = "" if bearer is None else f", by {' and '.join(map(self.party, str(bearer).split(', ')))}"
        return f"{head}: {self._said(entry)}{by}"

    def told(self, entry: Entry) -> str:
        """What an entry says to people, without its clause."""
        return self._said(entry)

    def _deemed(self, entry: Entry) -> str:
        """What it means that nobody answered a question in time."""
        norm = next((n for n in self.show.contract.norms if n.name == entry.clause), None)
        if norm is None or norm.answers is None or norm.answers.missed is None:
            return ""
        value = norm.answers.missed
        return f"; deemed {('no', 'yes')[value] if isinstance(value, bool) else value}"

    def _said(self, entry: Entry) -> str:
        number = entry.number
        match entry.kind:
            case "Opened":
                if entry.clause == self.show.contract.name:
                    return "the agreement begins"
                return f"opened{self._due(entry)}"
            case "RightOpened":
                return f"the right opens{self._due(entry, 'open until')}"
            case "Renewed":
                return f"the right has a new ground{self._due(entry, 'open until')}"
            case "Escalated":
                return f"escalated to {entry.words or 'this level'}{self._due(entry, 'until')}"
            case "Closed":
                length = number("length")
                return f"closed after {self.show.value(length, _LENGTH)}" if length is not None else "closed"
            case "Counted":
                return f"{self._part(entry, 'amount')} counted, {self._part(entry, 'outstanding')} outstanding"
            case "Fulfilled" | "Late" | "Cured":
                # What a clock read says nothing where the limit is counted in days.
                reading = None if isinstance(number("due"), date) or self.in_days(entry.clause) else number("reading")
                after = f", after {self.show.value(reading, _LENGTH)}" if reading is not None else ""
                return PLAIN[entry.kind] + after + self._due(entry)
            case "Missed":
                paid = number("paid")
                short = "" if paid is None else f", {self._part(entry, 'paid')} of {self._part(entry, 'total')}"
                lacks = f", without {entry.words}" if entry.words else ""
                return f"missed{self._due(entry)}{short}{lacks}{self._deemed(entry)}"
            case "Exercised" if entry.words:
                return "the right was exercised; what is known now would not allow it, and the exercise stands"
            case "BasisWithdrawn":
                why = NOTED.get(entry.words, entry.words)
                return f"by what is known now it was none ({why}); what followed stands, and people decide"
            case "Lapsed" if ended_by(entry):
                return f"lapsed before its time: {self.clause(ended_by(entry))}"
            case "Excused":
                return f"{entry.words or 'excused'}{self._due(entry)}"
            case "Waived":
                return f"the miss was waived{', as if it had been met' if entry.words else ''}"
            case "Breached":
                return f"breached: not cured{self._due(entry, 'by')}"
            case "Settled":
                return self._settled(entry)
            case "Accrued":
                return self._accrued(entry)
            case "Capped":
                return (
                    f"the cap of {self._money(entry, 'limit')} leaves {self._money(entry, 'posted')} "
                    f"of {self._money(entry, 'wanted')} ({self._money(entry, 'used')} used before)"
                )
            case "Fired":
                count = number("count")
                return "is the case" + (f" ({count} counted)" if count is not None else "")
            case "Raised":
                return entry.words
            case "Provisional":
                return f"waits for a decision: {entry.words}"
            case "Noted" if entry.words == WITHDRAWN:
                return entry.words
            case "Noted":
                return noted(entry.words)
            case "Amended":
                if entry.instance:
                    return f"goes on under {number('version') or 'the new terms'}{self._due(entry)}"
                if number("to") is not None:
                    old, new = self.party(str(number("from"))), self.party(str(number("to")))
                    return f"{new} takes the place of {old} from {number('effective')} on"
                return f"takes effect on {number('effective')}, signed {number('signed')}"
            case "Noticed" if entry.clause != self.show.contract.name:
                begins = number("begins")
                if not isinstance(begins, int | date):
                    return "notice was given; nothing says when it is over"
                return f"notice was given; begins {'' if isinstance(begins, int) else 'with '}{self.show.when(begins)}"
            case "Noticed":
                if any(renewal.if_given for renewal in self.show.contract.term.renewals):
                    return f"notice on renewal, given in time for the term that ends with {number('last')}"
                return f"notice against renewal, given in time: the agreement ends with {number('last')}"
            case "Extended":
                return f"{PLAIN['Extended']} until {number('last')}"
            case "Terminated":
                given = number("notice")
                put_off = f", the notice ending {given}" if given is not None and given != number("ends") else ""
                return f"{PLAIN['Terminated']} on {self._ends(entry)}{put_off}" + (
                    f": {entry.words}" if entry.words else ""
                )
            case "Ended" if (cause := next((clause for clause, *_ in _others(entry)), "")):
                return f"ended: {self.clause(cause)}"
            case kind:
                return PLAIN.get(kind, kind.lower())

    def norm(self, name: str) -> Norm | None:
        """The norm of that name, or None."""
        return self._norms.get(name)

    def in_days(self, name: str) -> bool:
        """Whether the deadline of a norm is counted in days."""
        due = self._norms[name].due if name in self._norms else None
        return due is not None and (due.length is None or not due.length.by_clock)

    def _ends(self, entry: Entry) -> str:
        ends = entry.number("ends")
        return self.show.instant(ends) if isinstance(ends, int) else str(ends)

    def _due(self, entry: Entry, word: str = "due") -> str:
        due = entry.number("due")
        return f", {word} {self.show.when(due)}" if isinstance(due, int | date) else ""

    def _money(self, entry: Entry, name: str) -> str:
        value = entry.number(name)
        return self.show.money(value) if isinstance(value, int | Fraction) else str(value)

    def _part(self, entry: Entry, name: str) -> str:
        """A number of a duty performed in parts."""
        found = next((n for n in entry.numbers if n.name == name), None)
        return "nothing" if found is None else self.show.number(found)

    def _settled(self, entry: Entry) -> str:
        value = entry.number("value")
        said = self.show.figure(entry.clause, value)
        if isinstance(value, NotMeasured):
            said += f": {self.show.unmeasured(entry.clause, value)}"
        standing = entry.number("standing")
        target = entry.number("target")
        if standing in ("met", "missed") and target is not None:
            said += f", target {self.show.figure(entry.clause, target)} {standing}"
        if entry.number("below minimum") is True:
            said += f", below the minimum of {self.show.figure(entry.clause, entry.number('minimum'))}"
        return said

    def _accrued(self, entry: Entry) -> str:
        amount, payer, payee = entry.number("amount"), entry.number("payer"), entry.number("payee")
        currency = str(entry.number("currency") or "")
        said = self.show.money(amount, currency) if isinstance(amount, int | Fraction) else str(amount)
        return f"{self.party(str(payer))} owes {self.party(str(payee))} {said}"

    def party(self, name: str) -> str:
        """A party by its full name."""
        return next((p.title or p.name for p in self.show.contract.parties if p.name == name), name)


