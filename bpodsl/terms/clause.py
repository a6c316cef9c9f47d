"""The written unit that a term comes from."""

from __future__ import annotations

from bpodsl.lean import field, frozen
from bpodsl.text import Span


@frozen
class Clause:
    """A clause as the agreement wrote it: what every entry of the ledger points back to.

    `word` is its keyword (`obligation`, `measure`, …), `reference` the place in the paper
    agreement without brackets (`Sch C 2.1`) or "", `prose` the paper's own words or "".
    """

    name: str
    word: str
    title: str = ""
    reference: str = ""
    prose: str = ""
    span: Span | None = field(default=None, eq=False, repr=False)

    @property
    def shown(self) -> str:
        """Title if there is one, else the name with blanks for underscores."""
        return self.title or self.name.replace("_", " ")
