"""The ledger through a filter, a page at a time, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from bpodsl.record import Posted
from bpodsl.record.ledger import is_routine
from bpodsl.serve.looking import Stand

PAGE: Final = 60
FILTERS: Final = ("text", "clause", "kind", "party", "since", "until")


@frozen
class Row:
    """A posting. `amount` is shown, "" where none is owed; `stands`: whether it can be explained: what was taken back
    has no explanation of its own."""

    posted: Posted
    says: str
    clause: str
    amount: str
    sides: str
    known: str
    at: str
    stands: bool
    events: tuple[str, ...]


@frozen
class Found:
    """A page of what a filter lets through: how many there are in all, and the choices that filters have."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    clauses: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    parties: tuple[tuple[str, str], ...]


def found(stand: Stand, asked: Mapping[str, str]) -> Found:
    """What of the ledger is asked for. `routine`: with what is routine; `page` from 1."""
    fits = [posted for posted in reversed(stand.ledger.posted) if _fits(stand, posted, asked)]
    pages = max(1, -(-len(fits) // PAGE))
    wanted = asked.get("page", "1")
    page = min(int(wanted), pages) if wanted.isdecimal() and wanted.isascii() and len(wanted) < 9 and int(wanted) else 1
    shown = fits[(page - 1) * PAGE : page * PAGE]
    names = dict.fromkeys(posted.entry.clause for posted in stand.ledger.posted)
    clauses = sorted(((name, stand.words.apart(name)) for name in names), key=lambda each: each[1])
    kinds = sorted({posted.kind for posted in stand.ledger.posted})
    parties = tuple((party.name, party.title or party.name) for party in stand.contract.parties)
    return Found(tuple(_rows(stand, shown)), len(fits), page, pages, tuple(clauses), tuple(kinds), parties)


def _rows(stand: Stand, shown: list[Posted]) -> Iterator[Row]:
    show, by_name = stand.show, stand.explainer.run.by_name
    for posted in shown:
        entry = posted.entry
        amount, sides = entry.number("amount"), ""
        if entry.kind == "Accrued":
            payer, payee = (stand.words.party(str(entry.number(side))) for side in ("payer", "payee"))
            sides = f"{payer} → {payee}"
        shown_amount = show.money(amount, str(entry.number("currency"))) if sides else ""  # type: ignore[arg-type]
        yield Row(
            posted, stand.words.posted(posted), stand.words.clause(entry.clause), shown_amount, sides,
            show.instant(posted.known), show.instant(entry.at), entry.name in by_name, entry.event_causes[:3],
        )  # fmt: skip


def _fits(stand: Stand, posted: Posted, asked: Mapping[str, str]) -> bool:
    entry = posted.entry
    if not asked.get("routine") and not asked.get("kind") and is_routine(entry.kind, entry.instance):
        return False
    if asked.get("clause") and entry.clause != asked["clause"]:
        return False
    if asked.get("kind") and posted.kind != asked["kind"]:
        return False
    party = asked.get("party")
    if party and party not in _parties(stand, posted):
        return False
    day = stand.show.day(posted.known)
    if (asked.get("since") or day) > day or (asked.get("until") or day) < day:
        return False
    text = asked.get("text", "").casefold()
    return not text or text in f"{stand.words.posted(posted)} {posted.id} {' '.join(entry.event_causes)}".casefold()


def _parties(stand: Stand, posted: Posted) -> tuple[str, ...]:
    """The parties that a posting is about: who owes whom, or who bears the duty or holds the right."""
    entry = posted.entry
    norm = stand.words.norm(entry.clause)
    sides = [str(entry.number(side)) for side in ("payer", "payee") if entry.number(side) is not None]
    return (*sides, *(norm.bearer if norm else ()))
