"""Money of the days told of: each sum with its steps, and from the gross amount to what is payable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bpodsl.record import Entry
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Balance, Bar, Exact, Number, Sum, Waterfall
from bpodsl.report.review.steps import is_balance, steps_of, steps_of_caps


def sums_of(desk: Desk) -> tuple[Sum, ...]:
    """Every sum owed of the days told of, in the order of the agreement, then of their windows."""
    order = {line.name: place for place, line in enumerate(desk.contract.lines)}
    words = {line.name: line.clause.word for line in desk.contract.lines}
    capped = desk.run.capped
    found = []
    for entry in desk.ledger.outcome:
        amount = entry.number("amount")
        if entry.kind == "Accrued" and isinstance(amount, int | Fraction) and desk.told(desk.day(entry)):
            name = "/".join(part for part in (entry.clause, entry.instance) if part)
            caps = capped.get((name, entry.period, entry.key), [])
            found.append(_sum(desk, entry, amount, caps, words.get(entry.clause, "")))
    # What is cut to nothing is not posted; that it was wanted is told still.
    posted = {(s.clause.name, s.period, s.which) for s in found}
    for (name, period, key), caps in capped.items():
        clause = name.partition("/")[0]
        which = desk.group(key)
        if caps[-1].number("posted") == 0 and (clause, period, which) not in posted and desk.told(desk.day(caps[0])):
            found.append(_cut_to_nothing(desk, clause, period, which, caps))
    return tuple(sorted(found, key=lambda s: (order.get(s.clause.name, len(order)), s.day, s.period, s.which)))


def _sum(desk: Desk, entry: Entry, amount: Exact, caps: Sequence[Entry], word: str) -> Sum:
    currency = str(entry.number("currency") or desk.contract.currency)
    detail = desk.detail(entry.clause, entry)
    wanted = next((w for w in (cap.number("wanted") for cap in caps) if isinstance(w, int | Fraction)), amount)
    payer, payee = str(entry.number("payer")), str(entry.number("payee"))
    cut = Fraction(wanted) - amount
    return Sum(
        desk.cited(entry.clause), entry.period, desk.group(entry.key) or ("" if entry.period else entry.instance),
        desk.day(entry), payer, payee, _kind(desk, payer, payee, word), desk.money(wanted, currency, detail),
        desk.money(cut, currency, detail if cut else ""), desk.money(amount, currency, detail),
        tuple(steps_of(desk, entry, caps, currency)),
    )  # fmt: skip


def _cut_to_nothing(desk: Desk, clause: str, period: str, which: str, caps: Sequence[Entry]) -> Sum:
    line = next(x for x in desk.contract.lines if x.name == clause)
    wanted = caps[0].number("wanted")
    assert isinstance(wanted, int | Fraction)
    detail = desk.detail(clause, *caps)
    return Sum(
        desk.cited(clause), period, which, desk.day(caps[0]), line.payer, line.payee,
        _kind(desk, line.payer, line.payee, line.clause.word), desk.money(wanted, line.currency, detail),
        desk.money(wanted, line.currency, detail), desk.money(0, line.currency, detail),
        tuple(steps_of_caps(desk, caps, line.currency)),
    )  # fmt: skip


def _kind(desk: Desk, payer: str, payee: str, word: str) -> str:
    """What the client pays is a charge and what the provider pays a credit, unless the clause has the word."""
    if word in ("charge", "credit"):
        return word
    roles = {party.name: party.role for party in desk.contract.parties}
    return "credit" if roles.get(payer) == "provider" or roles.get(payee) == "client" else "charge"


def waterfalls_of(desk: Desk, sums: Sequence[Sum]) -> Iterator[Waterfall]:
    """For each pair of parties and currency: charges, credits as they were wanted, what caps took off them, total."""
    roles = {party.name: party.role for party in desk.contract.parties}
    pairs: dict[tuple[str, str, str], list[Sum]] = {}
    for each in sums:
        one, other = sorted((each.payer, each.payee), key=lambda name: (roles.get(name) != "client", name))
        pairs.setdefault((one, other, each.owed.currency), []).append(each)
    for (payer, payee, currency), mine in sorted(pairs.items()):
        bars: list[Bar] = []
        for forth, kind in ((True, "charge"), (False, "credit")):
            of_side = [each for each in mine if (each.payer == payer) is forth]
            _add(desk, bars, of_side, 1 if forth else -1, kind, currency)
        total = bars[-1].after if bars else 0
        title = f"What {desk.words.party(payer)} owes {desk.words.party(payee)}, {desk.span.label}, in {currency}"
        detail = desk.detail_of_lines(desk.contract.name, title, _added(desk, bars, total))
        payable = desk.money(total, currency, detail)
        bars.append(Bar("payable" if total >= 0 else "payable the other way", "total", payable, 0, total))
        yield Waterfall(payer, payee, currency, tuple(bars), payable)


def _add(desk: Desk, bars: list[Bar], sums: Sequence[Sum], sign: int, kind: str, currency: str) -> None:
    at: Exact = bars[-1].after if bars else 0
    by_clause: dict[str, list[Sum]] = {}
    for each in sums:
        by_clause.setdefault(each.clause.shown, []).append(each)
    cuts: dict[str, tuple[Fraction, str]] = {}
    for title, mine in by_clause.items():
        wanted = sum((Fraction(each.wanted.exact or 0) for each in mine), Fraction(0))
        cut = sum((Fraction(each.cut.exact or 0) for each in mine), Fraction(0))
        change = desk.money(sign * wanted, currency, _all_of(desk, title, mine, "owed"))
        bars.append(Bar(title, kind, change, at, at + sign * wanted))
        at = bars[-1].after
        if cut:
            cuts[title] = cut, _all_of(desk, title, [each for each in mine if each.cut.exact], "cut")
    for title, (cut, detail) in cuts.items():
        bars.append(Bar(f"cut by caps: {title}", "cap", desk.money(-sign * cut, currency, detail), at, at - sign * cut))
        at = bars[-1].after


def _all_of(desk: Desk, title: str, sums: Sequence[Sum], what: str) -> str:
    """The calculation of several sums together: each, and below it its own."""
    if len(sums) == 1:
        number: Number = getattr(sums[0], what)
        return number.detail
    lines = []
    for each in sums:
        number = getattr(each, what)
        which = " ".join(filter(None, (each.period, each.which)))
        lines += [f"{which}: {number.shown}", *(f"  {line}" for line in desk.lines_of(number.detail))]
    word = "in all" if what == "owed" else "cut by caps in all"
    return desk.detail_of_lines(sums[0].clause.name, f"{title} {word}", lines)


def _added(desk: Desk, bars: Sequence[Bar], total: Exact) -> Iterator[str]:
    """The steps of a waterfall as a sum that is added up."""
    yield from (f"{bar.what}: {bar.change.shown}" for bar in bars)
    if bars:
        yield f"makes {desk.money(total, bars[0].change.currency).shown}"


def balances_of(desk: Desk) -> Iterator[Balance]:
    """Sums of money that are carried from window to window: figures that read their own window before."""
    for figure in desk.contract.figures:
        if not is_balance(figure):
            continue
        by_group: dict[tuple[tuple[str, str], ...], list[Entry]] = {}
        for entry in desk.run.figures_of(figure.name):
            if desk.told(desk.day(entry)):
                by_group.setdefault(entry.key, []).append(entry)
        for key, mine in sorted(by_group.items()):
            mine.sort(key=lambda e: (desk.day(e), e.at))
            first, last = mine[0], mine[-1]
            causes = (desk.run.by_name.get(name) for name in first.entry_causes)
            past = (e for e in causes if e and e.kind == "Settled" and (e.clause, e.key) == (figure.name, key))
            before = next(past, None)
            period = last.period if first is last else f"{first.period} to {last.period}"
            yield Balance(
                desk.cited(figure.name), " ".join(filter(None, (period, desk.group(key)))),
                desk.figure(figure.name, before.number("value"), desk.detail(figure.name, before))
                if before is not None else Number("none"),
                desk.figure(figure.name, last.number("value"), desk.detail(figure.name, last)),
            )  # fmt: skip
