"""Which days a report tells of."""

from __future__ import annotations

from typing import Final

from bpodsl.record import Ledger
from bpodsl.report.review.model import Span
from bpodsl.terms import Contract
from bpodsl.values import Period, Zone, add_days, period_of

WHOLE: Final = "whole run"


def span_of(contract: Contract, ledger: Ledger, month: Period | None, whole: bool = False) -> Span:
    """The days of a month; without one, of the last month that was over (else of the one that runs); or of all."""
    zone = Zone.load(contract.zone)
    latest = zone.day(max(ledger.until - 1, 0))
    first = contract.term.effective
    if whole:
        return Span(WHOLE, min(first, latest), latest, True)
    if month is None:
        month = period_of(latest, "month")
        over = zone.start_of(add_days(month.last, 1)) <= ledger.until
        if not over and month > period_of(first, "month"):
            month = period_of(add_days(month.first, -1), "month")
    complete = zone.start_of(add_days(month.last, 1)) <= ledger.until
    return Span(month.label, month.first, month.last, complete)
