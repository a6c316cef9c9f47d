"""Cases that see nothing but their own events, decided by a generated loop; see `which` for which cases those are."""

from bpodsl.engine.straight.which import Family, families, reasons

__all__ = ["Family", "families", "reasons"]
