"""What a contract manager wants first, as plain data for every format."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from bpodsl.record import Entry, Event, Ledger
from bpodsl.record.verdicts import Verdict, judge
from bpodsl.report.waiting import Waiting, sums_for_want, sums_that_wait
from bpodsl.terms import Contract, Figure, NotMeasured
from bpodsl.values import Zone


@frozen
class Cell:
    """One window of one service level. `standing`: met, missed, below minimum, not measured or "" (no target).

    `target` is the level that applied; None or `NotMeasured` where there is none. `at`: when it settled.
    """

    figure: str
    group: tuple[tuple[str, str], ...]
    period: str
    value: object
    standing: str
    target: object
    at: int = 0


@frozen
class Owed:
    """The sum of a line over the run: `amount` in the line's currency, from payer to payee."""

    line: str
    payer: str
    payee: str
    currency: str
    amount: int | Fraction
    count: int


@frozen
class OpenRight:
    """A right that is open now: since when, until when (None: without end), by which grounds, and when the latest came.

    One without grounds is open at will.
    """

    right: str
    key: tuple[tuple[str, str], ...]
    holders: tuple[str, ...]
    since: int
    until: int | date | None
    grounds: tuple[str, ...]
    latest: int
    instance: str = ""


@frozen
class OpenState:
    """A state that holds now: for which key, and since when."""

    state: str
    key: tuple[tuple[str, str], ...]
    since: int


@frozen
class OpenLevel:
    """An escalation under way: its ladder, level, roles, since when and until when it stands there."""

    ladder: str
    level: int
    key: tuple[tuple[str, str], ...]
    roles: str
    since: int
    until: int | date | None


@frozen
class Summary:
    """All that the first screen shows. `until` is exclusive."""

    contract: Contract
    until: int
    levels: tuple[Cell, ...]
    owed: tuple[Owed, ...]
    missed: tuple[Verdict, ...]
    due: tuple[Verdict, ...]
    escalations: tuple[OpenLevel, ...]
    rights: tuple[OpenRight, ...]
    states: tuple[OpenState, ...]
    raised: tuple[Entry, ...]
    provisional: tuple[Entry, ...]
    counts: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    restated: int
    ended: int | None
    waiting: tuple[Waiting, ...] = ()
    for_want: tuple[Waiting, ...] = ()
    """Sums that came to nothing for want of a value."""


def summarise(contract: Contract, ledger: Ledger, events: Collection[Event] | None = None) -> Summary:
    """Read a ledger as a contract manager would. `events`: those from which it was made; without them it is not told
    which sums wait."""
    verdicts = tuple(judge(contract, ledger.outcome))
    forms = {n.name: n.form for n in contract.norms}
    duties = [v for v in verdicts if forms[v.norm] in ("obligation", "prohibition")]
    now = _assigned(contract, ledger.outcome)
    return Summary(
        contract=contract,
        until=ledger.until,
        levels=tuple(_levels(contract, ledger.outcome)),
        owed=tuple(_owed(contract, ledger.outcome)),
        missed=tuple(v for v in duties if v.status == "missed"),
        due=tuple(v for v in duties if v.live),
        escalations=tuple(_escalations(contract, verdicts)),
        rights=tuple(sorted(_rights(now, verdicts, ledger.until), key=lambda r: -r.latest)),
        states=tuple(sorted(_states(contract, ledger.outcome), key=lambda s: -s.since)),
        raised=tuple(e for e in ledger.outcome if e.kind in ("Raised", "BasisWithdrawn")),
        provisional=tuple(_provisional(ledger.outcome)),
        counts=tuple(_counts(contract, duties)),
        restated=sum(1 for p in ledger.posted if p.act),
        ended=next((e.at for e in ledger.outcome if e.kind == "Ended" and e.clause == contract.name), None),
        waiting=() if events is None else tuple(sums_that_wait(contract, ledger, events)),
        for_want=tuple(sums_for_want(contract, ledger)) if contract.series else (),
    )


def _provisional(outcome: Iterable[Entry]) -> Iterable[Entry]:
    """The windows that wait for an answer, each as the entry that says so."""
    entries = list(outcome)
    settled = {(e.clause, e.period, e.key) for e in entries if e.kind == "Settled"}
    waits = (e for e in entries if e.kind == "Provisional" and e.period)
    return (e for e in waits if (e.clause, e.period, e.key) not in settled)


def standing(entry: Entry) -> str:
    """How a settled window stands, worst word first."""
    if isinstance(entry.number("value"), NotMeasured):
        return "not measured"
    if entry.number("below minimum") is True:
        return "below minimum"
    return str(entry.number("standing") or "")


def _levels(contract: Contract, outcome: Iterable[Entry]) -> Iterable[Cell]:
    shown: dict[str, Figure] = {f.name: f for f in contract.figures if f.target or f.purpose == "measure"}
    order = {name: i for i, name in enumerate(shown)}
    cells = [
        Cell(e.clause, e.key, e.period, e.number("value"), standing(e), e.number("target"), e.at)
        for e in outcome
        if e.kind == "Settled" and e.clause in shown
    ]
    return sorted(cells, key=lambda c: (order[c.figure], c.group, c.period))


def _owed(contract: Contract, outcome: Iterable[Entry]) -> Iterable[Owed]:
    sums: dict[tuple[str, str, str, str], tuple[int | Fraction, int]] = {}
    for entry in outcome:
        if entry.kind == "Accrued":
            amount = entry.number("amount")
            key = (entry.clause, *(str(entry.number(n)) for n in ("payer", "payee", "currency")))
            if isinstance(amount, int | Fraction):
                before, count = sums.get(key, (0, 0))  # type: ignore[arg-type]
                sums[key] = (before + amount, count + 1)  # type: ignore[index]
    order = {line.name: i for i, line in enumerate(contract.lines)}
    for key in sorted(sums, key=lambda k: order.get(k[0], 0)):
        amount, count = sums[key]
        yield Owed(*key, amount, count)


def _escalations(contract: Contract, verdicts: Iterable[Verdict]) -> Iterable[OpenLevel]:
    levels = {n.name: n for n in contract.norms if n.form == "level"}
    for verdict in verdicts:
        if verdict.live and verdict.norm in levels:
            norm = levels[verdict.norm]
            words = verdict.entries[0].words
            yield OpenLevel(norm.ladder, norm.level, verdict.key, words, verdict.opened, verdict.due)


def _assigned(contract: Contract, outcome: Iterable[Entry]) -> Contract:
    """The contract with the days on which its assignments took effect."""
    days: dict[str, date] = {}
    for entry in outcome:
        day = entry.number("effective")
        if entry.kind == "Amended" and isinstance(day, date):
            days[entry.clause] = day
    found = (evolve(each, day=days.get(each.name)) for each in contract.assignments)
    return evolve(contract, assignments=tuple(found))


def _rights(contract: Contract, verdicts: Iterable[Verdict], until: int) -> Iterable[OpenRight]:
    """The parties named are those that hold the rights now."""
    zone = Zone.load(contract.zone)
    rights = {n.name: n for n in contract.norms if n.form == "right"}
    for verdict in verdicts:
        if verdict.live and verdict.norm in rights:
            grounds = tuple(c for e in verdict.entries for c in e.entry_causes)
            opened, last = zone.day(verdict.opened), zone.day(max(verdict.opened, until - 1))
            holders = contract.holders(rights[verdict.norm].bearer, opened, last)
            latest = max(e.at for e in verdict.entries)
            due = verdict.due
            yield OpenRight(verdict.norm, verdict.key, holders, verdict.opened, due, grounds, latest, verdict.instance)


def _states(contract: Contract, outcome: Iterable[Entry]) -> Iterable[OpenState]:
    names = {state.name for state in contract.states}
    entries = [entry for entry in outcome if entry.clause in names]
    # A beginning that was restated comes after the end.
    over = {(entry.clause, entry.instance) for entry in entries if entry.kind == "Closed"}
    for entry in entries:
        if entry.kind == "Opened" and (entry.clause, entry.instance) not in over:
            yield OpenState(entry.clause, entry.key, entry.at)


def _counts(
    contract: Contract, verdicts: Iterable[Verdict]
) -> Iterable[tuple[str, tuple[tuple[str, int], ...]]]:
    tally: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        by_status = tally.setdefault(verdict.norm, {})
        by_status[verdict.status] = by_status.get(verdict.status, 0) + 1
    for norm in contract.norms:
        if norm.name in tally:
            yield norm.name, tuple(sorted(tally[norm.name].items()))
