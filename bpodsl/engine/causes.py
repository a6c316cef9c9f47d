"""What an effect follows from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bpodsl.engine.instances import Pairs
from bpodsl.engine.scopes import Scope
from bpodsl.record.many import many
from bpodsl.values import Window


@many(eq=False)
class Cause:
    """An outcome of a norm or a firing of a rule, as its effects see it.

    `clause`, `instance`, `period`, `key` are those of its entry, named `entry`; `values` the key by name. `fields`,
    `declared`: the opening event's; `opener`: the ref of the event that led here in this instant, or "".
    """

    clause: str
    level: int
    entry: str
    instance: str
    period: str
    key: Pairs
    values: Mapping[str, Any]
    fields: Mapping[str, Any]
    declared: tuple[str, ...]
    opener: str
    scope: Callable[[], Scope]
    """Where what an effect says is evaluated."""
    acted: Mapping[str, Any] = MappingProxyType({})
    """The fields of the act by which an instance was performed in time."""
    about: Window | None = None
    """The window that it is about."""
    told: Mapping[str, Any] = MappingProxyType({})
    """Of a firing, the fields by which it is told apart."""

    @property
    def base(self) -> str:
        """What an instance imposed is called."""
        return self.instance or "/".join((self.period, *(text for _, text in self.key)))
