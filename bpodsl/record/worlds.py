"""Worlds: a run split by a field of its events. What names no world belongs to all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bpodsl.record.entry import Number
from bpodsl.record.event import Event
from bpodsl.terms import Contract


def worlds(contract: Contract, events: Sequence[Event]) -> tuple[str, ...]:
    """The worlds that events name, in order of their names; none where the agreement has none or no event names one."""
    found = set(_named(contract, events).values()) - {""}
    return tuple(sorted(found, key=str.encode))


def of_world(contract: Contract, events: Sequence[Event], world: str) -> list[Event]:
    """The events of a world: those that name it, and those that name none. For "" only the latter."""
    named = _named(contract, events)
    return [event for event in events if named.get((event.source, event.id), "") in ("", world)]


def _named(contract: Contract, events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """The world of each event: the one that its highest revision names."""
    name = contract.worlds
    if not name:
        return {}
    fields = {kind.name: kind.field(name) for kind in contract.events}
    highest: dict[tuple[str, str], tuple[int, str]] = {}
    for event in events:
        field = fields.get(event.kind)
        if field is None:
            continue
        value = event.fields.get(name)
        value = field.default if value is None else value
        text = "" if value is None else Number(name, "", value).text  # type: ignore[arg-type]
        have = highest.get((event.source, event.id))
        if have is None or have[0] < event.rev:
            highest[event.source, event.id] = event.rev, text
    return {identity: text for identity, (_, text) in highest.items()}
