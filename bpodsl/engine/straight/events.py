"""Events that came in full, as those that a run which tells in short takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bpodsl.engine.straight.loop import of_day
from bpodsl.record.brief import is_plain
from bpodsl.record.event import Event, escaped
from bpodsl.values import moment

Key = tuple[Any, ...]


class Full:
    """An event that came in full, as one in short: its fields by name (`get`), and as its parts."""

    def __init__(
        self, event: Event, number: int, key: Key, fields: Mapping[str, Any], names: Sequence[str]
    ) -> None:  # fmt: skip
        self.event = event
        self.at = moment(event.acts)
        self.number = number
        self.get = fields.get
        self.id = event.id
        self.begin, self.plain = f"{escaped(event.source)}/", event.id.isalnum()
        self.__dict__ |= {f"key{place}": value for place, value in enumerate(key)}
        self.__dict__ |= {f"f{place}": fields.get(name) for place, name in enumerate(names)}


def may_be_short(event: Event, key: Key) -> bool:
    """Whether its case may be decided so."""
    return not of_day(event) and all(isinstance(each, str) and is_plain(each) for each in (*key, event.identity))
