"""How each agreement of a portfolio stands, and all of them together, as plain data for every format."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from attrs import evolve, field, frozen

from bpodsl.record import Event, Ledger
from bpodsl.report.sentences import Sentences, of_key
from bpodsl.report.show import Show
from bpodsl.report.summary import Cell, Summary, summarise
from bpodsl.report.words import Words
from bpodsl.terms import Contract
from bpodsl.values import Zone, add_days, show_wall

LATEST = 10
"""How many of the windows and duties missed, and of those due, are told one by one; the ledger has all."""

Amount = int | Fraction


@frozen
class Item:
    """Something of an agreement that is told in a sentence. `at`: the instant by which it is ordered."""

    at: int
    says: str


@frozen
class Sum:
    """The sum of a line of money: who owes whom, by name, by what they are called and by role."""

    line: str
    shown: str
    payer: str
    payee: str
    payer_shown: str
    payee_shown: str
    payer_role: str
    payee_role: str
    currency: str
    amount: Amount
    count: int


@frozen
class Standing:
    """One agreement, or one world of it. `levels`: how many windows of its service levels stand how, by the word for
    that; `levels_missed`, `missed`: the latest windows and duties that were missed; `due`: the next duties that are
    due. How many there are of all is said beside them. `rights` are those that have a ground. `account` is that of the
    whole agreement, all its worlds together. `waiting`: how many sums are not in `owed`, for want of what they rest on.
    """

    agreement: str
    title: str
    world: str
    parties: tuple[tuple[str, str], ...]
    until: int
    until_shown: str
    zone: str
    ended: str
    owed: tuple[Sum, ...]
    levels: tuple[tuple[str, int], ...]
    levels_missed: tuple[Item, ...]
    duties_missed: int
    missed: tuple[Item, ...]
    duties_due: int
    due: tuple[Item, ...]
    escalations: tuple[Item, ...]
    rights: tuple[Item, ...]
    provisional: int
    restated: int
    account: tuple[tuple[str, int], ...] = ()
    waiting: int = 0

    def level(self, standing: str) -> int:
        """How many windows stand so."""
        return dict(self.levels).get(standing, 0)

    @property
    def windows_missed(self) -> int:
        """How many windows of service levels missed their target or minimum."""
        return self.level("missed") + self.level("below minimum")

    @property
    def windows(self) -> int:
        """How many windows could have been met or missed."""
        return self.windows_missed + self.level("met")

    @property
    def nets(self) -> dict[str, Amount]:
        """What the client owes less what it is owed, by currency."""
        found: dict[str, Amount] = {}
        for each in self.owed:
            sign = (each.payer_role == "client") - (each.payee_role == "client")
            found[each.currency] = found.get(each.currency, 0) + sign * each.amount
        return found

    @property
    def calm(self) -> tuple[int, ...]:
        """What asks to be looked at first is the least."""
        told = len(self.rights), len(self.escalations), self.windows_missed, self.duties_missed, self.duties_due
        return tuple(-each for each in told)


@frozen
class PartySum:
    """What a party owes and is owed over all agreements, in a currency."""

    party: str
    currency: str
    owes: Amount
    is_owed: Amount

    @property
    def net(self) -> int | Fraction:
        """What it is to receive; less than nothing: to pay."""
        received: int | Fraction = self.is_owed - self.owes
        return received


@frozen
class Portfolio:
    """All agreements of a run. `not_run`: those that could not be, each with why. `worlds`: agreements of which there
    are several worlds; as these exclude each other, none of them is in the totals. `beyond`: how many of the lines of
    the account that wait are known only from `until` on."""

    standings: tuple[Standing, ...]
    not_run: tuple[tuple[str, str], ...] = ()
    account: tuple[tuple[str, int], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    beyond: int = 0
    worlds: tuple[str, ...] = field(init=False)

    @worlds.default
    def _worlds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.agreement for each in self.standings if each.world))

    @property
    def counted(self) -> list[Standing]:
        """Those that are in the totals."""
        return [each for each in self.standings if not each.world]

    @property
    def agreements(self) -> int:
        """How many were run."""
        return len({each.agreement for each in self.standings})

    def parties(self) -> list[PartySum]:
        """By party, as it is called, and currency."""
        owes: dict[tuple[str, str], Amount] = {}
        is_owed: dict[tuple[str, str], Amount] = {}
        for each in self.counted:
            for owed in each.owed:
                payer, payee = (owed.payer_shown, owed.currency), (owed.payee_shown, owed.currency)
                owes[payer] = owes.get(payer, 0) + owed.amount
                is_owed[payee] = is_owed.get(payee, 0) + owed.amount
        keys = sorted({*owes, *is_owed})
        return [PartySum(*key, owes.get(key, 0), is_owed.get(key, 0)) for key in keys]

    def nets(self) -> dict[str, Amount]:
        """What clients owe less what they are owed, by currency."""
        found: dict[str, Amount] = {}
        for each in self.counted:
            for currency, amount in each.nets.items():
                found[currency] = found.get(currency, 0) + amount
        return dict(sorted(found.items()))


def standings(
    contract: Contract, ledgers: Sequence[tuple[str, Ledger]], account: Iterable[tuple[str, int]] = (),
    events: Mapping[str, Collection[Event]] | None = None,
) -> tuple[Standing, ...]:  # fmt: skip
    """How an agreement stands, in each of its worlds. `events`: those of each world."""
    words = Words(Show(contract))
    counts = tuple(account)
    known = events or {}
    return tuple(
        _standing(summarise(contract, ledger, known.get(world)), words, world, counts) for world, ledger in ledgers
    )


def stays(contract: Contract, ledgers: Sequence[tuple[str, Ledger]]) -> bool:
    """Whether an agreement stands as it does as long as its ledgers are these, however far time is known: nobody's
    place is taken from a day on, and no window that ends waits for what may be reported."""
    asked = contract.assignments or any(series.event for series in contract.series)
    return not asked and not any(entry.kind == "Provisional" for _, ledger in ledgers for entry in ledger.outcome)


def later(standing: Standing, until: int) -> Standing:
    """The same, with time known until another instant."""
    return evolve(standing, until=until, until_shown=show_wall(Zone.load(standing.zone).wall_ticks(until)))


def _standing(summary: Summary, words: Words, world: str, account: tuple[tuple[str, int], ...]) -> Standing:
    contract, show = summary.contract, words.show
    say = Sentences(contract, words)
    levels: dict[str, int] = {}
    for cell in summary.levels:
        if cell.standing:
            levels[cell.standing] = levels.get(cell.standing, 0) + 1
    missed = sorted(summary.missed, key=lambda v: (-(v.decided or 0), v.norm, v.instance))
    due = sorted(summary.due, key=lambda v: (_by(show, v.due), v.norm, v.instance))
    return Standing(
        contract.name, contract.clause.shown, world,
        tuple((p.role, p.title or p.name) for p in contract.parties),
        summary.until, show.instant(summary.until), contract.zone,
        "" if summary.ended is None else show.instant(summary.ended),
        tuple(_sums(summary, words)), tuple(sorted(levels.items())),
        tuple(_latest([Item(c.at, _level(c, words)) for c in summary.levels if c.standing in _MISSED])[:LATEST]),
        len(missed), tuple(Item(v.decided or 0, say.missed(v)) for v in missed[:LATEST]),
        len(due), tuple(Item(_by(show, v.due), say.due(v)) for v in due[:LATEST]),
        tuple(_latest([Item(each.since, say.escalation(each)) for each in summary.escalations])),
        tuple(_latest([Item(each.latest, say.open_right(each)) for each in summary.rights if each.grounds])),
        len(summary.provisional), summary.restated, account, sum(len(each.periods) for each in summary.waiting),
    )  # fmt: skip


_MISSED = ("missed", "below minimum")
_NEVER = 1 << 62


def _latest(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda each: (-each.at, each.says))


def _by(show: Show, due: int | date | None) -> int:
    """The instant by which something is due, of a day its end."""
    if due is None:
        return _NEVER
    return show.zone.start_of(add_days(due, 1)) if isinstance(due, date) else due


def _level(cell: Cell, words: Words) -> str:
    standing = "below the minimum" if cell.standing == "below minimum" else "target missed"
    of = of_key(cell.group)
    return f"{words.apart(cell.figure)}{of} in {cell.period}: {words.show.figure(cell.figure, cell.value)}, {standing}"


def _sums(summary: Summary, words: Words) -> Iterable[Sum]:
    contract = summary.contract
    roles = {party.name: party.role for party in contract.parties}
    for each in contract.assignments:
        # Who steps into a client's place is one.
        if roles.get(each.new, "other") == "other":
            roles[each.new] = roles.get(each.old, "other")
    for owed in summary.owed:
        yield Sum(
            owed.line, words.apart(owed.line), owed.payer, owed.payee, words.party(owed.payer),
            words.party(owed.payee), roles.get(owed.payer, "other"), roles.get(owed.payee, "other"), owed.currency,
            owed.amount, owed.count,
        )  # fmt: skip
