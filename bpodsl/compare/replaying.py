"""Two ledgers of one history: which sums, levels, duties and rights differ under the other agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from bpodsl.record import EARLY, SETTLE, Entry, Ledger
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.report.summary import standing
from bpodsl.terms import Contract
from bpodsl.values import Zone

Key = tuple[tuple[str, str], ...]
Amount = int | Fraction


@frozen
class SumChange:
    """What a line comes to in a period, in both: `old` and `new` in `currency`, from payer to payee.

    `period` is the label of the window, or the month of what follows from an event.
    """

    line: str
    payer: str
    payee: str
    currency: str
    period: str
    old: Amount
    new: Amount

    @property
    def difference(self) -> Amount:
        """How much more it is in the new one."""
        return self.new - self.old


@frozen
class Total:
    """All sums between two parties in one currency: what the first owes the second on balance, in both."""

    payer: str
    payee: str
    currency: str
    old: Amount
    new: Amount


@frozen
class LevelChange:
    """A window of a service level that came to something else, or stands otherwise. A side is None if it has none.

    `old` and `new`: the value and how it stands to the target ("" without one).
    """

    figure: str
    group: Key
    period: str
    old: tuple[object, str] | None
    new: tuple[object, str] | None


@frozen
class DutyChange:
    """An instance of a duty that came out otherwise: its status and deadline on both sides, None if it is not there."""

    norm: str
    key: Key
    instance: str
    old: tuple[str, int | date | None] | None
    new: tuple[str, int | date | None] | None


@frozen
class HappenedIn:
    """Something that came about in one of them only: a right that opened, a trigger, a level of an escalation.

    `what`: "right", "trigger", "escalation" or "end"; `new`: whether in the new one; `at`: when.
    """

    what: str
    clause: str
    key: Key
    at: int
    new: bool


@frozen
class Replayed:
    """What differs between two ledgers of the same events. `until` is exclusive."""

    until: int
    sums: tuple[SumChange, ...]
    totals: tuple[Total, ...]
    levels: tuple[LevelChange, ...]
    duties: tuple[DutyChange, ...]
    happened: tuple[HappenedIn, ...]

    @property
    def same(self) -> bool:
        """Whether everything came out the same."""
        return not (self.sums or self.levels or self.duties or self.happened)


def replayed(old: Contract, was: Ledger, new: Contract, now: Ledger, names: Mapping[str, str]) -> Replayed:
    """Compare the ledgers of two contracts. `names`: the new name of each clause and party that bears another one."""
    def name(text: str) -> str:
        root, dot, rest = text.partition(".")
        return f"{names.get(root, root)}{dot}{rest}"

    def unchanged(text: str) -> str:
        return text

    sums = _sums(old, was, name), _sums(new, now, unchanged)
    return Replayed(
        until=now.until,
        sums=tuple(_sum_changes(new, *sums)),
        totals=tuple(_totals(new, *sums)),
        levels=tuple(_level_changes(new, _levels(old, was, name), _levels(new, now, unchanged))),
        duties=tuple(_duty_changes(new, _duties(old, was, name), _duties(new, now, unchanged))),
        happened=tuple(_happened(_events(old, was, name), _events(new, now, unchanged))),
    )


# ------------------------------------------------------------------------------------ money
_Sums = dict[tuple[str, str, str, str, str], Amount]


def _sums(contract: Contract, ledger: Ledger, name: Callable[[str], str]) -> _Sums:
    zone = Zone.load(contract.zone)
    found: _Sums = {}
    for entry in ledger.outcome:
        amount = entry.number("amount")
        if entry.kind == "Accrued" and isinstance(amount, int | Fraction):
            sides = (name(str(entry.number("payer"))), name(str(entry.number("payee"))), str(entry.number("currency")))
            key = (name(entry.clause), *sides, entry.period or _month(entry, zone))
            found[key] = found.get(key, 0) + amount
    return found


def _month(entry: Entry, zone: Zone) -> str:
    """The month of what has no window. What lies before the events of a midnight belongs to the day that is over."""
    at = entry.at - 1 if entry.place in (EARLY, SETTLE) else entry.at
    return zone.day(at).isoformat()[:7]


def _sum_changes(contract: Contract, old: _Sums, new: _Sums) -> Iterator[SumChange]:
    order = {line.name: n for n, line in enumerate(contract.lines)}
    keys = sorted({*old, *new}, key=lambda key: (order.get(key[0], len(order)), key))
    for key in keys:
        before, after = old.get(key, 0), new.get(key, 0)
        if before != after:
            yield SumChange(*key, before, after)


def _totals(contract: Contract, old: _Sums, new: _Sums) -> Iterator[Total]:
    """The balance of each two parties; the client, who mostly pays, first."""
    order = {p.name: (("client", "provider", "other").index(p.role), n) for n, p in enumerate(contract.parties)}
    found: dict[tuple[str, str, str], list[Amount]] = {}
    for side, sums in enumerate((old, new)):
        for (_, payer, payee, currency, _), amount in sums.items():
            forth = order.get(payer, (3, 0)) <= order.get(payee, (3, 0))
            pair = (payer, payee, currency) if forth else (payee, payer, currency)
            found.setdefault(pair, [0, 0])[side] += amount if forth else -amount
    for (payer, payee, currency), (before, after) in sorted(found.items()):
        yield Total(payer, payee, currency, before, after)


# ------------------------------------------------------------------------------------ levels and duties
_Levels = dict[tuple[str, Key, str], tuple[object, str]]


def _levels(contract: Contract, ledger: Ledger, name: Callable[[str], str]) -> _Levels:
    shown = {f.name for f in contract.figures if f.target or f.purpose == "measure"}
    return {
        (name(e.clause), e.key, e.period): (e.number("value"), standing(e))
        for e in ledger.outcome if e.kind == "Settled" and e.clause in shown
    }  # fmt: skip


def _level_changes(contract: Contract, old: _Levels, new: _Levels) -> Iterator[LevelChange]:
    order = {figure.name: n for n, figure in enumerate(contract.figures)}
    for key in sorted({*old, *new}, key=lambda key: (order.get(key[0], len(order)), key)):
        if old.get(key) != new.get(key):
            yield LevelChange(*key, old.get(key), new.get(key))


_Duties = dict[tuple[str, str], tuple[Verdict, str]]


def _duties(contract: Contract, ledger: Ledger, name: Callable[[str], str]) -> _Duties:
    forms = {n.name: n.form for n in contract.norms}
    return {
        (name(v.norm), "/".join(map(name, v.instance.split("/")))): (v, _status(v))
        for v in judge(contract, ledger.outcome) if forms[v.norm] in ("obligation", "prohibition")
    }  # fmt: skip


def _status(verdict: Verdict) -> str:
    """How an instance came out, and what came after a miss."""
    if verdict.status != "missed":
        return verdict.status
    later = "cured" if verdict.cured else "late" if verdict.performed is not None else ""
    told = ("missed", later, "breached" if verdict.breached else "", "waived" if verdict.waived else "")
    return ", ".join(each for each in told if each)


def _duty_changes(contract: Contract, old: _Duties, new: _Duties) -> Iterator[DutyChange]:
    """Those whose outcome differs; a deadline alone that moved is told only where the duty is still open."""
    order = {norm.name: n for n, norm in enumerate(contract.norms)}

    def place(key: tuple[str, str]) -> tuple[int, int, str]:
        verdict, _ = new.get(key) or old[key]
        return order.get(key[0], len(order)), verdict.opened, key[1]

    for key in sorted({*old, *new}, key=place):
        before, after = old.get(key), new.get(key)
        if before is not None and after is not None:
            moved = after[0].live and before[0].due != after[0].due
            if before[1] == after[1] and not moved:
                continue
        some = after or before
        assert some is not None
        sides = (None if each is None else (each[1], each[0].due) for each in (before, after))
        yield DutyChange(key[0], some[0].key, key[1], *sides)


# ------------------------------------------------------------------------------------ what came about
def _events(contract: Contract, ledger: Ledger, name: Callable[[str], str]) -> set[tuple[str, str, Key, int]]:
    forms = {n.name: n.form for n in contract.norms}
    words = {rule.name: rule.clause.word for rule in contract.rules}
    found = set()
    for entry in ledger.outcome:
        what = ""
        if entry.kind == "RightOpened":
            what = "right"
        elif entry.kind == "Escalated" and forms.get(entry.clause) == "level":
            what = "escalation"
        elif entry.kind == "Fired" and words.get(entry.clause) == "trigger":
            what = "trigger"
        elif entry.kind == "Ended" and entry.clause == contract.name:
            what = "end"
        if what:
            found.add((what, name(entry.clause), entry.key, entry.at))
    return found


def _happened(
    old: set[tuple[str, str, Key, int]], new: set[tuple[str, str, Key, int]]
) -> Iterable[HappenedIn]:  # fmt: skip
    for each in sorted(old ^ new, key=lambda found: (found[3], found)):
        yield HappenedIn(*each, each in new)
