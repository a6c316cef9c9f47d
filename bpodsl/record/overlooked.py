"""What a line holds that is not read as its sender may have meant it, and who reports it where nobody says so.

Reading is strict, so a misspelt word is never taken for the right one. But it must not be dropped silently either:
the field that was meant then has its default, or is absent. Each remark is made once for a file, with the count of its
lines; so its words name the kind and the word, and nothing of a single line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bpodsl.lean import define, field
from bpodsl.record.event import Event
from bpodsl.record.intake import Intake, named
from bpodsl.record.refusals import NO_HEADER, NO_ID, NO_TYPE, quoted, shown
from bpodsl.record.rows import RawRow
from bpodsl.terms import Mapping

ENVELOPE: Final = frozenset(
    ("id", "source", "type", "subject", "time", "recordedtime", "rev", "retract", "reporter", "data")
)
"""The words of an event besides its fields."""

_ALIKE: Final = 0.75
"""How near a word must come: one letter wrong, left out or twice; capitals; an `s` at the end."""


_REMEMBERED: Final = 1_000
"""Of how many different lists of names, and sources, what is remarked on them is remembered."""

_NO_EVENT: Final = (NO_HEADER.code, NO_ID.code, NO_TYPE.code)


@define(eq=False)
class Overlooked:
    """Makes the remarks on lines, and keeps of each the first line and how many there are."""

    intake: Intake
    _fields: dict[str, frozenset[str]] = field(init=False)
    _reporters: dict[str, tuple[str, ...]] = field(init=False)
    _flat: dict[str, frozenset[str]] = field(init=False)
    _near: dict[tuple[frozenset[str], str], str] = field(factory=dict, init=False)
    _columns: dict[str, frozenset[str]] = field(factory=dict, init=False)
    _mappings: dict[str, Mapping | None] = field(factory=dict, init=False)
    _seen: dict[tuple[str, str], tuple[int, int]] = field(factory=dict, init=False)
    _unmapped: dict[str, str] = field(factory=dict, init=False)
    _quiet: dict[str, bool] = field(factory=dict, init=False)
    _usual: set[tuple[object, ...]] = field(factory=set, init=False)
    _nobody: dict[str, str] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        kinds = self.intake.contract.events
        self._fields = {kind.name: frozenset(each.name for each in kind.fields if each.reported) for kind in kinds}
        self._flat = {name: fields | ENVELOPE for name, fields in self._fields.items()}
        self._reporters = {kind.name: kind.reporters for kind in kinds}

    def notes(self) -> Iterator[tuple[str, str]]:
        """All remarks, each with the place of the first line that it is about."""
        for (file, words), (first, count) in self._seen.items():
            yield f"{file}:{first}", words + (f" ({count} lines)" if count > 1 else "")
        yield from self._unmapped.items()

    def refused(self, file: str, code: str) -> None:
        """A line of this file was refused: if it is no event at all, perhaps because no `reads` is for the file."""
        mappings = self.intake.contract.mappings
        if mappings and code in _NO_EVENT and file not in self._unmapped and self._mapping(file) is None:
            patterns = ", ".join(f"“{quoted(each.files)}”" for each in mappings)
            self._unmapped[file] = f"no `reads` clause is for a file of this name, only for {patterns}"

    def see(self, row: RawRow, events: Iterable[Event]) -> None:
        """A line that made these events."""
        if self._silent(row.file):
            return
        for words in self._remarks(row, events, self._mapping(row.file)):
            first, count = self._seen.get((row.file, words), (row.line, 0))
            self._seen[row.file, words] = min(first, row.line), count + 1

    def _silent(self, file: str) -> bool:
        """Whether nothing can be remarked on a file: it is no CSV, a `reads` says where its fields are, and anyone may
        report what it holds."""
        found = self._quiet.get(file)
        if found is None:
            mapping = self._mapping(file)
            found = self._quiet[file] = mapping is not None and mapping.format != "csv" and not any(
                self._reporters[row.event] for row in mapping.rows
            )
        return found

    def _mapping(self, file: str) -> Mapping | None:
        if file not in self._mappings:
            self._mappings[file] = self.intake.mapping(file)
        return self._mappings[file]

    def _remarks(self, row: RawRow, events: Iterable[Event], mapping: Mapping | None) -> Iterator[str]:
        nobody = next((each for each in events if not each.reporter and self._reporters[each.kind]), None)
        if nobody is not None:
            yield self._not_asked(nobody.source)
        for event in events:
            if mapping is None and not self._is_usual(event.kind, row.values, event.retracts):
                yield from self._of_event(event.kind, row.values, event.retracts)
        if mapping is not None and mapping.format == "csv":
            yield from self._of_columns(mapping, row.values)

    def _not_asked(self, source: str) -> str:
        words = self._nobody.get(source)
        if words is None:
            told = shown(quoted(source))
            words = f"who may report was not asked: there is no `reporter`, and the source “{told}” is no party"
            if len(self._nobody) < _REMEMBERED:
                self._nobody[source] = words
        return words

    # ------------------------------------------------------------------ events
    def _is_usual(self, kind: str, values: dict[str, object], retracts: bool) -> bool:
        """Whether there is no word in an event, by the names alone, on which there could be a remark: most events of a
        kind have the same names."""
        data = values.get("data")
        inner = data if isinstance(data, dict) else None
        key = kind, retracts, tuple(values), None if inner is None else tuple(inner)
        if key in self._usual:
            return True
        fields = self._fields[kind]
        if inner is None:
            odd = values.keys() - (ENVELOPE if retracts else self._flat[kind])
        else:
            odd = values.keys() - ENVELOPE
            if not retracts:
                odd |= inner.keys() - fields - ENVELOPE
        if odd:
            return False
        if len(self._usual) < _REMEMBERED:
            self._usual.add(key)
        return True

    def _of_event(self, kind: str, values: dict[str, object], retracts: bool) -> Iterator[str]:
        fields, data = self._fields[kind], values.get("data")
        if isinstance(data, dict):
            if not retracts:
                yield from self._beside(kind, fields, values, data)
                yield from self._misspelt(kind, fields, data)
            yield from self._misspelt(kind, ENVELOPE, values)
        else:
            yield from self._misspelt(kind, ENVELOPE if retracts else self._flat[kind], values)

    def _beside(
        self, kind: str, fields: frozenset[str], values: dict[str, object], data: dict[str, object]
    ) -> Iterator[str]:
        """Fields that stand beside `data`."""
        for name in sorted((values.keys() & fields) - ENVELOPE):
            if name not in data:
                yield f"`{kind}`: `{name}` stands beside `data` and is not read; put it into `data`"
            elif data[name] != values[name]:
                yield f"`{kind}`: `{name}` stands in `data`, where it is read, and beside it, with another value"

    def _misspelt(self, kind: str, known: frozenset[str], values: dict[str, object]) -> Iterator[str]:
        """Words that come near one that is left out."""
        for word in sorted(values.keys() - known - ENVELOPE):
            meant = self._alike(word, known)
            if meant and values.get(meant) in (None, ""):
                yield f"`{kind}`: “{shown(quoted(word))}” is not read; did you mean `{meant}`?"

    def _alike(self, word: str, known: frozenset[str]) -> str:
        key = known, word
        found = self._near.get(key)
        if found is None:
            from difflib import get_close_matches

            lower = {name.lower(): name for name in sorted(known, reverse=True)}
            near = get_close_matches(word[:80].lower(), lower, 1, _ALIKE)
            found = self._near[key] = lower[near[0]] if near else ""
        return found

    # ------------------------------------------------------------------ columns
    def _of_columns(self, mapping: Mapping, values: dict[str, object]) -> Iterator[str]:
        """Columns that a `reads` clause names and the file does not have."""
        columns = self._columns.get(mapping.name)
        if columns is None:
            columns = self._columns[mapping.name] = frozenset(named(mapping))
        for name in sorted(columns - values.keys()):
            from difflib import get_close_matches

            near = get_close_matches(name[:80], sorted(values), 1, 0.6)
            hint = f"; did you mean “{shown(quoted(near[0]))}”?" if near else ""
            yield f"there is no column “{shown(quoted(name))}”, which `reads {mapping.name}` names{hint}"
