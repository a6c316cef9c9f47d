"""Classes of which a run makes millions.

They are frozen classes of attrs to whoever checks types, and nobody changes an object of theirs. But attrs makes a
frozen object with slots seven times as slowly as one that may be changed, since each part is set through
`object.__setattr__`; so to the machine they are the latter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attrs import frozen as many
else:
    from attrs import define

    def many(cls: Any = None, *, eq: bool = True) -> Any:
        """Like `attrs.frozen`, in which a part can be set but never is."""
        if cls is None:
            return lambda found: many(found, eq=eq)
        return define(cls, eq=eq, unsafe_hash=True if eq else None)


__all__ = ["many"]
