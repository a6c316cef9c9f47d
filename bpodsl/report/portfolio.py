"""How a portfolio stands, as JSON, JSON lines and CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO

from bpodsl.report.formats import harmless
from bpodsl.report.standings import Amount, Item, Portfolio, Standing
from bpodsl.values import show_plain, show_utc

COLUMNS = (
    "agreement", "world", "title", "client", "provider", "until", "ended", "levels_met", "levels_missed",
    "levels_below_minimum", "levels_not_measured", "duties_missed", "duties_due", "escalations_open", "rights_open",
    "provisional", "waiting", "restated", "lines", "applied", "quarantined", "currency", "client_owes",
    "client_is_owed", "client_owes_net",
)  # fmt: skip
TOTAL = "(total)"
_SUMS = ("client_owes", "client_is_owed", "client_owes_net")


def portfolio_csv(portfolio: Portfolio) -> Iterator[str]:
    """CSV: a row for each agreement and currency, then one for each currency in total. Counts stand in the first row
    of an agreement only, so that a column can be summed."""
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in (*(row for each in portfolio.standings for row in _rows(each)), *_total_rows(portfolio)):
        writer.writerow([_cell(row.get(column, ""), column) for column in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: object, column: str) -> object:
    return value if column in _SUMS else harmless(value, column)


def _rows(each: Standing) -> Iterator[dict[str, object]]:
    account = dict(each.account)
    of_role: dict[str, str] = {}
    for role, party in each.parties:
        of_role.setdefault(role, party)
    counts = {
        "title": each.title, "client": of_role.get("client", ""), "provider": of_role.get("provider", ""),
        "until": show_utc(each.until), "ended": each.ended, **_counts([each]),
        **{name: account.get(name, 0) for name in ("lines", "applied", "quarantined")},
    }  # fmt: skip
    yield from _by_currency({"agreement": each.agreement, "world": each.world}, counts, [each])


def _total_rows(portfolio: Portfolio) -> Iterator[dict[str, object]]:
    account = dict(portfolio.account)
    counts = _counts(portfolio.counted) | {
        name: account.get(name, 0) for name in ("lines", "applied", "quarantined")
    }
    yield from _by_currency({"agreement": TOTAL}, counts, portfolio.counted)


def _by_currency(
    which: dict[str, object], counts: dict[str, object], standings: list[Standing]
) -> Iterator[dict[str, object]]:
    sums = _of_clients(standings) or {"": None}
    for number, (currency, amounts) in enumerate(sums.items()):
        money = {} if amounts is None else dict(zip(_SUMS, map(show_plain, amounts), strict=True))
        yield which | (counts if not number else {}) | {"currency": currency} | money


def _of_clients(standings: Iterable[Standing]) -> dict[str, tuple[Amount, Amount, Amount] | None]:
    """What clients owe, are owed and owe net, by currency."""
    owes: dict[str, Amount] = {}
    is_owed: dict[str, Amount] = {}
    for each in standings:
        for owed in each.owed:
            owes.setdefault(owed.currency, 0)
            is_owed.setdefault(owed.currency, 0)
            if owed.payer_role == "client":
                owes[owed.currency] += owed.amount
            if owed.payee_role == "client":
                is_owed[owed.currency] += owed.amount
    return {name: (owes[name], is_owed[name], owes[name] - is_owed[name]) for name in sorted(owes)}


def _counts(standings: Iterable[Standing]) -> dict[str, object]:
    found = list(standings)
    return {
        "levels_met": sum(each.level("met") for each in found),
        "levels_missed": sum(each.level("missed") for each in found),
        "levels_below_minimum": sum(each.level("below minimum") for each in found),
        "levels_not_measured": sum(each.level("not measured") for each in found),
        "duties_missed": sum(each.duties_missed for each in found),
        "duties_due": sum(each.duties_due for each in found),
        "escalations_open": sum(len(each.escalations) for each in found),
        "rights_open": sum(len(each.rights) for each in found),
        "provisional": sum(each.provisional for each in found),
        "waiting": sum(each.waiting for each in found),
        "restated": sum(each.restated for each in found),
    }  # fmt: skip


def standing_data(each: Standing) -> dict[str, object]:
    """One agreement as plain data; sums are exact, as text."""
    return {
        "agreement": each.agreement,
        **({"world": each.world} if each.world else {}),
        "title": each.title,
        "parties": [{"role": role, "party": party} for role, party in each.parties],
        "until": show_utc(each.until),
        "ended": each.ended or None,
        **_counts([each]),
        "owed": [
            {
                "line": o.line, "shown": o.shown, "payer": o.payer, "payee": o.payee, "currency": o.currency,
                "sum": show_plain(o.amount), "count": o.count,
            }
            for o in each.owed
        ],
        "client_owes_net": {currency: show_plain(amount) for currency, amount in sorted(each.nets.items())},
        "rights": _said(each.rights),
        "escalations": _said(each.escalations),
        "levels_missed_latest": _said(each.levels_missed),
        "duties_missed_latest": _said(each.missed),
        "duties_due_next": _said(each.due),
        "account": dict(each.account),
    }  # fmt: skip


def portfolio_data(portfolio: Portfolio) -> dict[str, object]:
    """The whole as plain data."""
    return {
        "agreements": [standing_data(each) for each in portfolio.standings],
        "total": {
            "agreements": portfolio.agreements,
            **_counts(portfolio.counted),
            "client_owes_net": {currency: show_plain(amount) for currency, amount in portfolio.nets().items()},
            "parties": [
                {
                    "party": p.party, "currency": p.currency, "owes": show_plain(p.owes),
                    "is_owed": show_plain(p.is_owed), "net": show_plain(p.net),
                }
                for p in portfolio.parties()
            ],
        },
        "not_run": [{"agreement": name, "why": why} for name, why in portfolio.not_run],
        "account": dict(portfolio.account),
        "notes": [{"place": place, "note": words} for place, words in portfolio.notes],
    }  # fmt: skip


def portfolio_lines(portfolio: Portfolio) -> Iterator[str]:
    """One JSON object a line, for each agreement."""
    return (json.dumps(standing_data(each), ensure_ascii=False) + "\n" for each in portfolio.standings)


def _said(items: Iterable[Item]) -> list[str]:
    return [each.says for each in items]
