"""Names that sort as instances do."""

from __future__ import annotations

from functools import lru_cache

from bpodsl.record import identity_key

# Deadlines of many instances fall due at one instant, such as the opening of a calendar: names are compared often.
_key = lru_cache(maxsize=1 << 16)(identity_key)


class Ordered(str):
    """The name of an instance. Compares by source, then id; worked out only when two are compared."""

    __slots__ = ("_text",)

    def __str__(self) -> str:
        """The plain text, the same object each time: every entry of an instance holds it."""
        try:
            return self._text
        except AttributeError:
            self._text: str = str.__str__(self)
            return self._text

    def __lt__(self, other: object) -> bool:
        return _key(str(self)) < _key(str(other))

    def __gt__(self, other: object) -> bool:
        return _key(str(self)) > _key(str(other))

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other


NO_NAME = Ordered("")
