"""Names that sort as instances do."""

from __future__ import annotations

from bpodsl.record import identity_key


class Ordered(str):
    """The name of an instance. Compares by source, then id; worked out only when two are compared."""

    __slots__ = ()

    def __lt__(self, other: object) -> bool:
        return identity_key(self) < identity_key(str(other))

    def __gt__(self, other: object) -> bool:
        return identity_key(self) > identity_key(str(other))


NO_NAME = Ordered("")
