"""What happened: events in, entries out."""

from bpodsl.record.amendments import AMENDMENT, amendments
from bpodsl.record.entry import (
    BEGIN,
    DETERMINE,
    EARLY,
    KINDS,
    LATE,
    OPEN,
    PERFORM,
    REST,
    SETTLE,
    SETTLE_LATE,
    START,
    STATUSES,
    STRUCTURE,
    TERM_END,
    Entry,
    Number,
    Posted,
    identity_key,
    order_key,
    texts,
)  # fmt: skip
from bpodsl.record.event import Event, identity_order
from bpodsl.record.ledger import Journal, Ledger

__all__ = [
    "AMENDMENT", "BEGIN", "DETERMINE", "EARLY", "KINDS", "LATE", "OPEN", "PERFORM", "REST", "SETTLE", "SETTLE_LATE",
    "START", "STATUSES", "STRUCTURE", "TERM_END", "Entry", "Event", "Journal", "Ledger", "Number", "Posted",
    "amendments", "identity_key", "identity_order", "order_key", "texts",
]  # fmt: skip
