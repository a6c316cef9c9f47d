"""What was restated: what was said before and is said instead, and what was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import groupby

from bpodsl.record import Posted
from bpodsl.report.review.desk import Desk
from bpodsl.report.review.model import Restatement

_TAKEN_BACK = ("Reversed", "Withdrawn")


def restatements_of(desk: Desk) -> Iterator[Restatement]:
    """Every restatement that became known in the days told of, in the order of the ledger."""
    late = sorted((e for e in desk.events if e.rev or e.retracts or e.acts < e.known), key=lambda e: e.order)
    stood: dict[str, Posted] = {}
    zone = desk.show.zone
    for known, group in groupby(desk.ledger.posted, key=lambda each: each.known):
        posted = list(group)
        # What lies before the events of a midnight is known with the day that is over.
        day = zone.day(known - 1 if known and all(each.half == 0 for each in posted if each.act) else known)
        if desk.told(day) and any(each.act for each in posted):
            learnt = tuple(desk.run.told(event) for event in late if event.known == known)
            new = {each.entry.name: each for each in posted if each.act not in _TAKEN_BACK}
            for name in dict.fromkeys(each.entry.name for each in posted if each.act):
                old, now = stood.get(name), new.get(name)
                if old is not None:
                    yield _restated(desk, known, day, learnt, old, now)
        for each in posted:
            if each.act in _TAKEN_BACK:
                stood.pop(each.entry.name, None)
            else:
                stood[each.entry.name] = each


def _restated(
    desk: Desk, known: int, day: date, learnt: tuple[str, ...], old: Posted, now: Posted | None
) -> Restatement:
    change = None
    standing = desk.run.by_name.get(old.entry.name) if now is None else now.entry
    if standing is not None:
        detail = desk.detail(old.entry.clause, standing)
    else:
        said = f"{desk.words.entry(old.entry)}: no longer so"
        detail = desk.detail_of_lines(old.entry.clause, said, learnt)
    before, after = old.entry.number("amount"), None if now is None else now.entry.number("amount")
    if old.entry.kind == "Accrued" and isinstance(before, int | Fraction):
        less = after if isinstance(after, int | Fraction) else 0
        currency = str(old.entry.number("currency") or desk.contract.currency)
        change = desk.money(Fraction(less) - before, currency, detail)
    return Restatement(
        desk.show.instant(known), day, learnt, desk.cited(old.entry.clause), desk.words.entry(old.entry),
        desk.words.entry(now.entry) if now is not None else "no longer so", change, detail,
    )  # fmt: skip
