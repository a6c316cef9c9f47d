"""Fields that events are lent by earlier events of their case, so that they may be grouped by them.

What comes out is a function of what is known: an event has a version for each instant at which what it is lent changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from bpodsl.lean import evolve
from bpodsl.record.event import Event
from bpodsl.record.history import History, Identity
from bpodsl.terms import Contract, Lending

_Versions = dict[Identity, list[Event]]
"""Of each event its versions, in order of `known`, then of `rev`."""

_Values = tuple[object, ...]


def lend(contract: Contract, events: Iterable[Event]) -> list[Event]:
    """All events, with the fields that those of their case lend them."""
    histories: _Versions = {}
    kinds: dict[str, list[Identity]] = {}
    for event in sorted(events, key=lambda each: (each.known, each.rev)):
        identity = event.source, event.id
        if identity not in histories:
            kinds.setdefault(event.kind, []).append(identity)
        histories.setdefault(identity, []).append(event)
    lenders = {each: _Lenders(contract, each, kinds, histories) for each in contract.lendings}
    for to, lendings in groupby(sorted(contract.lendings, key=lambda each: each.to), key=lambda each: each.to):
        borrowed = [lenders[each] for each in lendings]
        for identity in kinds.get(to, ()):
            histories[identity] = _with_lent(histories[identity], borrowed)
    return [version for versions in histories.values() for version in versions]


class _Lenders:
    """The events that lend a field, by the values that tell their case."""

    def __init__(
        self, contract: Contract, lending: Lending, kinds: dict[str, list[Identity]], histories: _Versions
    ) -> None:
        self.lending = lending
        kind = next(each for each in contract.events if each.name == lending.event)
        self.defaults = {field.name: field.default for field in kind.fields if field.default is not None}
        to = next(each for each in contract.events if each.name == lending.to)
        self.own = {field.name: field.default for field in to.fields if field.default is not None}
        self.found: dict[_Values, dict[Identity, list[Event]]] = {}
        for identity in kinds.get(lending.event, ()):
            versions = histories[identity]
            for version in versions:
                values = self._values(version, self.defaults)
                if not version.retracts and None not in values:
                    self.found.setdefault(values, {})[identity] = versions

    def _values(self, event: Event, defaults: dict[str, object]) -> _Values:
        return tuple(self._value(event, name, defaults) for name in self.lending.keys)

    def _value(self, event: Event, name: str, defaults: dict[str, object]) -> object:
        value = event.fields.get(name)
        return defaults.get(name) if value is None else value

    def change(self, event: Event) -> set[int]:
        """The instants at which what this version is lent may change."""
        of_case = self.found.get(self._values(event, self.own), {})
        return {each.known for versions in of_case.values() for each in versions}

    def over(self, event: Event, known: int) -> bool:
        """Whether what lends it the field becomes otherwise at an instant only since a time in days was over."""
        of_case = self.found.get(self._values(event, self.own), {})
        return all(each.over for versions in of_case.values() for each in versions if each.known == known)

    def lent(self, event: Event, known: int) -> object:
        """What it is lent, as known at an instant: what the latest before it says; None if there is none."""
        values, latest = self._values(event, self.own), None
        for versions in self.found.get(values, {}).values():
            now = next((each for each in reversed(versions) if each.known <= known), None)
            if now is None or now.retracts or not now.effective or self._values(now, self.defaults) != values:
                continue
            value = self._value(now, self.lending.name, self.defaults)
            place = now.acts, now.order
            if value is not None and place < (event.acts, event.order) and (latest is None or place > latest[0]):
                latest = place, value
        return None if latest is None else latest[1]


def _with_lent(reported: list[Event], lenders: list[_Lenders]) -> list[Event]:
    """Its versions with what they are lent, numbered 0, 1, 2 …, whether that ever changes or not: so those that are
    there keep their numbers when it changes later."""
    versions = History.of(reported).versions
    first, own = versions[0].known, {each.known for each in versions}
    more = {
        instant for each in versions for lender in lenders for instant in lender.change(each) if instant > first
    } - own  # fmt: skip
    found: list[Event] = []
    for instant in sorted(own | more):
        now = next(each for each in reversed(versions) if each.known <= instant)
        if instant in own:
            found.append(_at(now, instant, lenders))
            continue
        over = all(lender.over(now, instant) for lender in lenders)
        version = _at(evolve(now, known=instant, over=over), instant, lenders)
        if version.fields != found[-1].fields:
            found.append(version)
    return [evolve(each, rev=rev) for rev, each in enumerate(found)]


def _at(event: Event, known: int, lenders: list[_Lenders]) -> Event:
    if event.retracts:
        return event
    lent = {each.lending.name: each.lent(event, known) for each in lenders}
    given = {name: value for name, value in lent.items() if value is not None}
    return evolve(event, fields=event.fields | given) if given else event
