"""One stream for many agreements: to which of them a row belongs, and why to none.

A row belongs to the agreement whose name its subject is. Where the subject stands is said by each agreement: in the
column that the `reads` clause for the file names, else in the row's own `subject`. Where a file is read by the `reads`
of one agreement only, and that names no column of a subject, all its rows belong to it but those that name another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table

from attrs import define, evolve, field, frozen

from bpodsl.record.fields import missing, near
from bpodsl.record.intake import fitting, set_aside_before, word
from bpodsl.record.refusals import (
    NO_SUBJECT,
    NOT_RUN,
    NOT_THERE,
    SEVERAL_SUBJECTS,
    UNKNOWN_SUBJECT,
    Refusal,
    Refused,
    quoted,
)
from bpodsl.record.rows import Layout, RawRow
from bpodsl.record.shapes import Fetch, fetcher
from bpodsl.terms import Column, Mapping

_SUBJECT = Column(("subject",))

_MOST_HINTS = 200
"""For how many unknown subjects a near name is looked for: among thousands of names that takes a while."""


@frozen
class Addressee:
    """An agreement as one who hands out rows sees it. `why`: why it takes none, in words for the end of a sentence."""

    name: str
    mappings: tuple[Mapping, ...] = ()
    why: str = ""


@frozen
class _File:
    """How a file tells whose rows its rows are: each way to find a subject, and the agreements that go by it.

    `reader`: the only agreement with a `reads` for it, if that names no column of a subject; else None.
    """

    ways: tuple[tuple[Fetch, Table[str, int]], ...]
    reader: int | None


@define
class Router:
    """Tells of each row to which agreement of a portfolio it belongs. It keeps nothing of the rows."""

    addressees: Sequence[Addressee]
    _alike: dict[tuple[object, ...], list[int]] = field(factory=dict, init=False)
    _files: dict[str, _File] = field(factory=dict, init=False)
    _names: dict[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._names = {each.name: at for at, each in enumerate(self.addressees)}
        # Many agreements of one template read files alike: what holds of one of them holds of all.
        for at, each in enumerate(self.addressees):
            key = tuple((m.files, m.name, m.format, m.separator, m.subject) for m in each.mappings)
            self._alike.setdefault(key, []).append(at)

    def layouts(self, file: str) -> list[tuple[Layout, str]]:
        """The different layouts that agreements give for a file, each with the first of them that does; none if no
        agreement says anything. A file has one: two mean that it cannot be read for all."""
        found: dict[Layout, str] = {}
        for members in self._alike.values():
            first = next(iter(fitting(self.addressees[members[0]].mappings, file)), None)
            if first is not None:
                layout = Layout(first.format, first.separator or ",")
                found.setdefault(layout, self.addressees[members[0]].name)
        return list(found.items())

    def route(self, row: RawRow) -> int | Refusal:
        """The place of the agreement among `addressees`, or why the row belongs to none."""
        ways = self._files.get(row.file)
        if ways is None:
            ways = self._files[row.file] = self._ways(row.file)
        found = self._found(row, ways)
        if isinstance(found, int) and self.addressees[found].why:
            to = self.addressees[found]
            return Refused(NOT_RUN, subject=to.name, why=to.why).refusal(row.place)
        return found

    def _found(self, row: RawRow, file: _File) -> int | Refusal:
        values = row.values
        if len(file.ways) == 1:
            fetch, names = file.ways[0]
            raw = fetch(values)
            if type(raw) is str and raw in names:
                return names[raw]
        try:
            told = self._told(values, file)
        except Refused as refused:
            return refused.refusal(row.place)
        own = [names[text] for text, names in told if text in names]
        if len(own) > 1:
            one, other = (self.addressees[at].name for at in own[:2])
            return Refused(SEVERAL_SUBJECTS, one=one, other=other).refusal(row.place)
        if own:
            return own[0]
        if file.reader is not None:
            return file.reader
        if told:
            subject = told[0][0]
            reason = NOT_THERE if subject in self._names else UNKNOWN_SUBJECT
            return Refused(reason, subject=quoted(subject)).refusal(row.place)
        return (set_aside_before(values) or Refused(NO_SUBJECT)).refusal(row.place)

    def _told(self, values: dict[str, object], file: _File) -> list[tuple[str, Table[str, int]]]:
        """The subject by each way that finds one."""
        found = []
        for fetch, names in file.ways:
            raw = fetch(values)
            text = None if missing(raw) else word("subject", raw)
            if text is not None:
                found.append((text, names))
        return found

    def hinted(self, refusals: Iterable[Refusal]) -> list[Refusal]:
        """The same refusals; those of unknown subjects with the name that may have been meant."""
        found = list(refusals)
        unknown = sorted({dict(each.values)["subject"] for each in found if each.reason is UNKNOWN_SUBJECT})
        hints = {subject: near(subject, self._names) for subject in unknown[:_MOST_HINTS]}
        return [
            evolve(each, values=(*each.values, ("near", hints.get(dict(each.values)["subject"], ""))))
            if each.reason is UNKNOWN_SUBJECT
            else each
            for each in found
        ]

    def _ways(self, file: str) -> _File:
        by_column: dict[Column, dict[str, int]] = {}
        readers: list[int] = []
        named = False
        for members in self._alike.values():
            first = next(iter(fitting(self.addressees[members[0]].mappings, file)), None)
            column = _SUBJECT if first is None or first.subject is None else first.subject
            by_column.setdefault(column, {}).update((self.addressees[at].name, at) for at in members)
            if first is not None:
                readers += members
                named = named or first.subject is not None
        ways = tuple((fetcher(column), names) for column, names in by_column.items())
        return _File(ways, readers[0] if len(readers) == 1 and not named else None)
