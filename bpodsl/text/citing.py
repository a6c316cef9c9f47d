"""Where an agreement cites its paper."""

from __future__ import annotations

from bpodsl.lean import frozen
from bpodsl.text.source import Span


@frozen
class Cited:
    """One reference in brackets: its text, the clause that has it, and whether that is stated and not computed."""

    reference: str
    clause: str
    stated: bool
    span: Span
