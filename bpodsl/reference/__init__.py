"""The same, slowly: the semantics one can read."""

from bpodsl.reference.ledger import run

__all__ = ["run"]
