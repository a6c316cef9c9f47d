"""Money of the days told of: each sum with its steps, and from the gross amount to what is payable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from bpodsl.record import Entry
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Balance, Bar, Exact, Number, Step, Sum, Waterfall
from bpodsl.terms import Figure, Kind, walk
from bpodsl.terms import expressions as ex

_OF_STEPS = ("rate",)


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
        tuple(_steps(desk, entry, caps, currency)),
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
        tuple(_cap_steps(desk, caps, line.currency)),
    )  # fmt: skip


def _kind(desk: Desk, payer: str, payee: str, word: str) -> str:
    """What the client pays is a charge and what the provider pays a credit, unless the clause has the word."""
    if word in ("charge", "credit"):
        return word
    roles = {party.name: party.role for party in desk.contract.parties}
    return "credit" if roles.get(payer) == "provider" or roles.get(payee) == "client" else "charge"


def _steps(desk: Desk, entry: Entry, caps: Sequence[Entry], currency: str) -> Iterator[Step]:
    """Gross, row of the table, exact amount, rounding, caps, what is owed; each as the ledger has it."""
    causes = (desk.run.by_name.get(name) for name in entry.entry_causes)
    settled = next((e for e in causes if e is not None and e.kind == "Settled"), None)
    if settled is not None:
        yield from _of_figure(desk, settled)
    exact, amount = entry.number("exact"), entry.number("amount")
    if isinstance(exact, int | Fraction) and not isinstance(exact, bool):
        wanted = caps[0].number("wanted") if caps else amount
        yield Step("worked out", Number(desk.show.money(exact, currency), exact, "money", currency))
        if isinstance(wanted, int | Fraction) and wanted != exact:
            yield Step("rounded", desk.money(wanted, currency))
    yield from _cap_steps(desk, caps, currency)
    if isinstance(amount, int | Fraction):
        yield Step("owed", desk.money(amount, currency))


def _cap_steps(desk: Desk, caps: Sequence[Entry], currency: str) -> Iterator[Step]:
    for cap in caps:
        limit, used, wanted, left = (cap.number(name) for name in ("limit", "used", "wanted", "posted"))
        title = desk.cited(cap.clause).shown
        for what, value in ((f"limit of {title}", limit), (f"used of it before, {title}", used)):
            if isinstance(value, int | Fraction):
                yield Step(what, desk.money(value, currency, desk.detail(cap.clause, cap)))
        if isinstance(wanted, int | Fraction) and isinstance(left, int | Fraction):
            yield Step(f"cut by {title}", desk.money(Fraction(left) - wanted, currency, desk.detail(cap.clause, cap)))


def _of_figure(desk: Desk, settled: Entry) -> Iterator[Step]:
    """What a settled amount was made of: the figures it reads in its own window, and the parts it states."""
    figure = desk.show.figures.get(settled.clause)
    if figure is None:
        return
    for name in dict.fromkeys(_read(figure)):
        found = desk.run.found(name, settled)
        if found is not None:
            number = desk.figure(name, found.number("value"), desk.detail(name, found))
            yield Step(desk.words.clause(name), number)
    shows = dict(figure.shows)
    for part in settled.numbers:
        if part.name in shows or part.name.partition(" ")[0] in _OF_STEPS:
            yield Step(part.name, desk.number(part.value, _kind_of(shows.get(part.name), part.base)))


def _kind_of(part: object, base: str) -> Kind:
    """The kind of a part that is stated: of a table that of its rows, where they are written out."""
    if isinstance(part, ex.Table):
        rows = (*(row.result for row in part.rows), part.otherwise)
        return next((row.kind for row in rows if isinstance(row, ex.Literal)), Kind(base))
    return Kind(base)


def _read(figure: Figure) -> Iterator[str]:
    for part in walk(figure.value):
        if isinstance(part, ex.FigureAt) and isinstance(part.shift, ex.Same):
            yield part.figure


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
        payable = desk.money(total, currency)
        bars.append(Bar("payable" if total >= 0 else "payable the other way", "total", payable, 0, total))
        yield Waterfall(payer, payee, currency, tuple(bars), payable)


def _add(desk: Desk, bars: list[Bar], sums: Sequence[Sum], sign: int, kind: str, currency: str) -> None:
    at: Exact = bars[-1].after if bars else 0
    by_clause: dict[str, list[Sum]] = {}
    for each in sums:
        by_clause.setdefault(each.clause.shown, []).append(each)
    cuts: dict[str, Fraction] = {}
    for title, mine in by_clause.items():
        wanted = sum((Fraction(each.wanted.exact or 0) for each in mine), Fraction(0))
        cut = sum((Fraction(each.cut.exact or 0) for each in mine), Fraction(0))
        change = desk.money(sign * wanted, currency, mine[0].owed.detail if len(mine) == 1 else "")
        bars.append(Bar(title, kind, change, at, at + sign * wanted))
        at = bars[-1].after
        if cut:
            cuts[title] = cut
    for title, cut in cuts.items():
        bars.append(Bar(f"cut by caps: {title}", "cap", desk.money(-sign * cut, currency), at, at - sign * cut))
        at = bars[-1].after


def balances_of(desk: Desk) -> Iterator[Balance]:
    """Sums of money that are carried from window to window: figures that read their own window before."""
    for figure in desk.contract.figures:
        own = (p for p in walk(figure.value) if isinstance(p, ex.FigureAt) and p.figure == figure.name)
        if figure.kind.base != "money" or "." in figure.name or not any(True for _ in own):
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
                desk.figure(figure.name, before.number("value")) if before is not None else Number("none"),
                desk.figure(figure.name, last.number("value"), desk.detail(figure.name, last)),
            )  # fmt: skip
