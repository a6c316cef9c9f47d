"""bpodsl: contract-as-code for business process outsourcing.

An agreement (`.bpo`) and its events go in; a ledger that explains itself comes out.
"""

__version__ = "0.1.0"

SEMANTICS = 1
"""The version of `docs/semantics.md`: raised when an agreement and its events come to another ledger than before."""
