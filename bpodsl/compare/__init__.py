"""Two versions of an agreement: what differs in meaning, what hangs on it, and what it changes in a ledger."""

from bpodsl.compare.comparing import ClauseChange, Comparison, compare
from bpodsl.compare.difference import Difference

__all__ = ["ClauseChange", "Comparison", "Difference", "compare"]
