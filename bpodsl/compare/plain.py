"""A comparison as plain data, for other programs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bpodsl.compare.comparing import ClauseChange, Comparison
from bpodsl.compare.replaying import Replayed
from bpodsl.record import Number
from bpodsl.terms import Clause
from bpodsl.values import show_exact, show_utc


def as_data(comparison: Comparison) -> dict[str, object]:
    """What differs in meaning, as JSON takes it."""
    return {
        "agreement": comparison.new.name,
        "old": {"name": comparison.old.name, "digest": comparison.old.digest},
        "new": {"name": comparison.new.name, "digest": comparison.new.digest},
        "same": comparison.same,
        "renames": dict(comparison.renames),
        "changes": [_change(each) for each in comparison.changes],
    }


def _change(change: ClauseChange) -> dict[str, object]:
    return {
        "what": change.what,
        "word": change.key[0],
        "name": change.key[1],
        "title": change.clause.title,
        "reference": change.clause.reference,
        "old_place": _place(change.old),
        "new_place": _place(change.new),
        "lines": list(change.lines),
        "differences": [{"part": d.part, "old": d.old or None, "new": d.new or None} for d in change.differences],
        "hangs_on_it": {sort: list(names) for sort, names in change.hanging.items()},
    }


def _place(clause: Clause | None) -> dict[str, object] | None:
    if clause is None or clause.span is None:
        return None
    return {"file": clause.span.source.name, "line": clause.span.place[0]}


def replay_data(found: Replayed) -> dict[str, object]:
    """What differs between two ledgers. Sums and values are exact, instants UTC; a sum is owed by payer to payee."""
    return {
        "until": show_utc(found.until),
        "same": found.same,
        "sums": [
            {
                "line": s.line, "payer": s.payer, "payee": s.payee, "currency": s.currency, "period": s.period,
                "old": show_exact(s.old), "new": show_exact(s.new), "difference": show_exact(s.difference),
            }
            for s in found.sums
        ],
        "totals": [
            {
                "payer": t.payer, "payee": t.payee, "currency": t.currency, "old": show_exact(t.old),
                "new": show_exact(t.new), "difference": show_exact(t.new - t.old),
            }
            for t in found.totals
        ],
        "levels": [
            {
                "figure": x.figure, "group": dict(x.group), "period": x.period,
                "old": _level(x.old), "new": _level(x.new),
            }
            for x in found.levels
        ],
        "duties": [
            {
                "norm": d.norm, "key": dict(d.key), "instance": d.instance, "old": _duty(d.old), "new": _duty(d.new),
            }
            for d in found.duties
        ],
        "in_one_only": [
            {
                "what": h.what, "clause": h.clause, "key": dict(h.key), "at": show_utc(h.at),
                "in": "new" if h.new else "old",
            }
            for h in found.happened
        ],
    }  # fmt: skip


def _level(side: tuple[object, str] | None) -> dict[str, object] | None:
    if side is None:
        return None
    value, standing = side
    told = show_exact(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None
    return {"value": told or Number("", "", value).text, "standing": standing}  # type: ignore[arg-type]


def _duty(side: tuple[str, int | date | None] | None) -> dict[str, object] | None:
    if side is None:
        return None
    status, due = side
    return {"status": status, "due": due.isoformat() if isinstance(due, date) else due and show_utc(due)}
