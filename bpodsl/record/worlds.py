"""Worlds: a run split by a field of its events. What names no world belongs to all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bpodsl.record.entry import Number
from bpodsl.record.event import Event
from bpodsl.record.history import Identity
from bpodsl.record.refusals import Refused
from bpodsl.record.relating import Related, relate
from bpodsl.terms import Contract


def worlds(contract: Contract, events: Sequence[Event]) -> tuple[str, ...]:
    """The worlds that events name, in order of their names; none where the agreement has none or no event names one."""
    found = set(_named(contract, events).values()) - {""}
    return tuple(sorted(found, key=str.encode))


def of_world(contract: Contract, events: Sequence[Event], world: str) -> list[Event]:
    """The events of a world: those that name it, and those that name none. For "" only the latter."""
    named = _named(contract, events)
    return [event for event in events if named.get((event.source, event.id), "") in ("", world)]


def parted(contract: Contract, events: Sequence[Event], until: int) -> dict[str, Related]:
    """What each world that is named knows: its events and those of all, related to each other there and nowhere else.
    Where none is named, all events under the name ""."""
    names = worlds(contract, events)
    if not names:
        return {"": relate(contract, events, until)}
    return {name: relate(contract, of_world(contract, events, name), until) for name in names}


def in_all(parts: Mapping[str, Related]) -> Related:
    """The same of all worlds together: an event waits, is withdrawn or refused if it is so in every world that it
    belongs to."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    events: dict[tuple[str, str, int, int], list[Event]] = {}
    there: Counter[Identity] = Counter()
    waiting: Counter[Identity] = Counter()
    withdrawn: Counter[Identity] = Counter()
    refused: Counter[Identity] = Counter()
    why: dict[Identity, Refused] = {}
    for part in parts.values():
        for event in part.events:
            same = events.setdefault((event.source, event.id, event.rev, event.known), [])
            if event not in same:
                same.append(event)
        why |= dict(part.refused)
        apart = {identity for identity, _ in part.refused}
        there.update({(event.source, event.id) for event in part.events} | part.waiting | part.withdrawn | apart)
        waiting.update(part.waiting)
        withdrawn.update(part.withdrawn)
        refused.update(apart)
    return Related(
        tuple(event for same in events.values() for event in same),
        frozenset(identity for identity, n in waiting.items() if n == there[identity]),
        frozenset(identity for identity, n in withdrawn.items() if n == there[identity]),
        tuple((identity, why[identity]) for identity, n in sorted(refused.items()) if n == there[identity]),
        tuple(dict.fromkeys(each for part in parts.values() for each in part.late)),
    )


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
