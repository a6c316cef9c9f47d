"""Lines of the ledger about single cases, of which a run makes most: put together from what a clause and kind share.

Each is what `formats.ledger_lines` makes of an entry otherwise, which a test holds it against; an entry that is not of
the plainest form is left to that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from bpodsl.record import Entry, Posted
from bpodsl.report.words import PLAIN, Words, noted
from bpodsl.terms.kinds import LENGTH

Pairs = tuple[tuple[str, str], ...]
Said = Callable[[Entry], "str | None"]
"""The end of the sentence of an entry; None where it is not of the plainest form."""

quoted = json.encoder.encode_basestring
_MOST: Final = 8_192


class Quick:
    """Makes such lines, but for what stands before the id and between the key and the causes."""

    def __init__(self, words: Words, version: str) -> None:
        self._words = words
        self._version = version
        self._parts: dict[tuple[str, str], tuple[Said, str, str, str] | None] = {}
        self._keys: dict[Pairs, tuple[str, str]] = {}

    def line(self, posted: Posted, moment: str) -> str | None:
        """The line from its id on; `moment`: its instants, as they stand in it. None: it is not of the plainest
        form."""
        entry = posted.entry
        if posted.act or posted.n or entry.period or not entry.key:
            return None
        of = entry.kind, entry.clause
        if of not in self._parts:
            self._parts[of] = self._made(*of)
        parts = self._parts[of]
        said = None if parts is None else parts[0](entry)
        if parts is None or said is None:
            return None
        _, before, between, head = parts
        found = self._keys.get(entry.key)
        if found is None:
            if len(self._keys) > _MOST:
                self._keys.clear()
            found = self._keys[entry.key] = self._key(entry.key)
        key, which = found
        name = quoted(entry.instance)
        numbers = ",".join([
            f'"{n.name}":"{n.text if n.base != "instant" or n.value != entry.at else moment[6:moment.index(",") - 1]}"'
            for n in entry.numbers
        ])  # fmt: skip
        events, entries = ",".join(map(quoted, entry.event_causes)), ",".join(map(quoted, entry.entry_causes))
        return (
            f'{before}{name[1:]}{between}{name},"period":"","key":{key},{moment}","replaces":"","event_causes":'
            f'[{events}],"entry_causes":[{entries}],"numbers":{{{numbers}}},"says":"{head}{which}: {said}"}}\n'
        )

    def _key(self, key: Pairs) -> tuple[str, str]:
        """A key as an object, and as the sentence has it."""
        pairs = dict(key)
        texts = ", ".join([f"{name} {text}" if name else text for name, text in key])
        made = ",".join([f"{quoted(n)}:{quoted(t)}" for n, t in pairs.items()])
        return "{" + made + "}", quoted(f" for {texts}")[1:-1]

    def _made(self, kind: str, clause: str) -> tuple[Said, str, str, str] | None:
        said = self._said(kind, clause)
        found = self._words.clause_of(clause)
        title = self._words.clause(clause)
        if said is None or found is None or not title:
            return None
        before = f'"id":{quoted(f"{clause}/{kind}/")[:-1]}'
        between = (
            f',"kind":"{kind}","of":"{kind}","clause":{quoted(clause)},"reference":{quoted(found.reference)},'
            f'"version":{self._version},"instance":'
        )
        return said, before, between, quoted(title)[1:-1]

    def _said(self, kind: str, clause: str) -> Said | None:
        words = self._words
        norm = words.norm(clause)
        if kind == "Fired":
            return lambda entry: "is the case" if not entry.numbers else None
        if kind == "Noted":
            return lambda entry: quoted(noted(entry.words))[1:-1]
        if norm is None or norm.answers is not None or norm.form not in ("obligation", "level"):
            return None
        if words.windowed(clause) and (norm.by or norm.members):
            # Which window an instance of several is of stands in its name.
            return None
        in_days = words.in_days(clause)

        def due(entry: Entry, word: str = "due") -> str:
            number = entry.numbers[-1] if entry.numbers else None
            return "" if number is None or number.name != "due" else f", {word} {words.show.when(number.value)}"  # type: ignore[arg-type]

        def performed(entry: Entry) -> str | None:
            if not entry.numbers or entry.numbers[0].name != "reading" or not _plain(entry):
                return None
            shown = in_days or any(n.name == "due" and n.base == "day" for n in entry.numbers)
            after = "" if shown else f", after {words.show.value(entry.numbers[0].value, LENGTH)}"
            return f"{PLAIN[kind]}{after}{due(entry)}"

        match kind:
            case "Opened" | "Missed":
                return lambda entry: f"{kind.lower()}{due(entry)}" if _plain(entry) else None
            case "Escalated":
                return lambda entry: (
                    f"escalated to {quoted(entry.words or 'this level')[1:-1]}{due(entry, 'until')}"
                    if _plain(entry) else None
                )  # fmt: skip
            case "Lapsed":
                own = f"{clause}/Escalated/"
                return lambda entry: "lapsed" if _plain(entry) and _only_from(own, entry) else None
            case "Fulfilled" | "Late":
                return performed
            case _:
                return None


def _only_from(begin: str, entry: Entry) -> bool:
    """Whether one entry led to it, of which the name begins so."""
    return len(entry.entry_causes) == 1 and entry.entry_causes[0].startswith(begin)


def _plain(entry: Entry) -> bool:
    """Whether its numbers are no others than those of every case, each once."""
    found = [n.name for n in entry.numbers]
    return found in ([], ["due"], ["reading"], ["reading", "due"])
