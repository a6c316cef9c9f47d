"""Cells between separators (CSV), read strictly: RFC 4180, any one separator, LF or CRLF.

A quoted cell may hold line ends, which are read as line feeds. A quotation mark that never closes would swallow the
rest of the file: so a row takes at most `ROW_LINES` lines, and where it does not come out right its first line is
refused and each line that it had taken is read again as a row of its own.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bpodsl.lean import define, field
from bpodsl.record.fields import normal
from bpodsl.record.refusals import BAD_QUOTES, CELL_COUNT, NO_HEADER, NOT_UTF8, Refused, quoted
from bpodsl.record.rows import BadLine, Cut, NoRows, RawRow, Row
from bpodsl.store.jsonl import BOM, unread, utf16
from bpodsl.store.lines import LINE_LIMIT, Lines

ROW_LINES: Final = 1000

_INSTANT: Final = re.compile(r"\s*\"?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")

_OTHER: Final = re.compile(r"[;\t|,]")
_SIGNS: Final = {"\t": "tab"}

_Line = tuple[int, bytes, "Refused | None"]
"""Its number, its bytes without line end, and why it cannot be read at all."""

_Record = tuple[int, bytes, "list[str] | Refused"]
"""The number of its first line, its bytes, and its cells or why there are none."""


def rows(file: str, batches: Iterable[Lines], separator: str) -> Iterator[Row]:
    """The rows below the header; blank lines are none."""
    records = _Records(_lines(batches), _parser(separator), separator)
    header: list[str] | Refused | None = None
    number, said = 0, False
    for line, raw, cells in records:
        if header is None:
            header = _header(cells)
            if b"\r" in raw:
                said = True
                yield Cut(file, "its lines end in carriage returns, so that it has only one")
            continue
        number += 1
        values = _row(header, cells)
        if isinstance(values, Refused):
            yield BadLine(file, line, values.refusal(f"{file}:{line}"), raw)
        else:
            yield RawRow(file, line, number, values, raw)
    if isinstance(header, Refused) and not number:
        yield Cut(file, "its header " + dict(header.values)["why"])
    elif not number and not said:
        yield NoRows(file)


def header_of(line: bytes, separator: str) -> list[str] | None:
    """The names of the columns, of a first line without quotation marks; None where no row can be read."""
    ((_, raw, cells),) = _Records(_lines([Lines(1, [line])]), _parser(separator), separator)
    header = _header(cells)
    return None if isinstance(header, Refused) or b"\r" in raw else header


def rows_below(
    file: str, header: list[str], batches: Iterable[Lines], separator: str
) -> Iterator[RawRow | BadLine]:  # fmt: skip
    """The rows of lines below a header that is known; their numbers are those of their lines."""
    for line, raw, cells in _Records(_lines(batches), _parser(separator), separator):
        values = _row(header, cells)
        if isinstance(values, Refused):
            yield BadLine(file, line, values.refusal(f"{file}:{line}"), raw)
        else:
            yield RawRow(file, line, line, values, raw)


def _lines(batches: Iterable[Lines]) -> Iterator[_Line]:
    for batch in batches:
        if batch.too_long or batch.cut:
            yield batch.first, batch.lines[0], unread(batch)
            continue
        for number, line in enumerate(batch.lines, batch.first):
            text = line.removesuffix(b"\r")
            yield number, text.removeprefix(BOM) if number == 1 else text, None


@define
class _Records:
    """Lines put together to records. `alone_until`: up to that line each is a record of its own."""

    lines: Iterator[_Line]
    parse: Callable[[str], list[str] | None]
    separator: str
    back: deque[_Line] = field(factory=deque)
    alone_until: int = 0

    def __iter__(self) -> Iterator[_Record]:
        while (line := self._next()) is not None:
            number, raw, refused = line
            if refused is not None:
                yield number, raw, refused
            elif not raw or raw.isspace():
                continue
            elif b'"' not in raw:
                text = _text(raw)
                yield number, raw, text if isinstance(text, Refused) else text.split(self.separator)
            else:
                yield self._quoted(line)

    def _next(self) -> _Line | None:
        return self.back.popleft() if self.back else next(self.lines, None)

    def _quoted(self, first: _Line) -> _Record:
        """A record whose first line holds quotation marks."""
        taken = self._taken(first) if first[0] > self.alone_until else [first]
        raw = b"\n".join(line for _, line, _ in taken)
        text = _text(raw)
        if isinstance(text, str):
            cells = self.parse(text) if raw.count(b'"') % 2 == 0 and taken[-1][2] is None else None
            if cells is not None:
                return first[0], raw, cells
            text = Refused(BAD_QUOTES)
        if len(taken) > 1:
            self.back.extendleft(reversed(taken[1:]))
            self.alone_until = taken[-1][0]
            text = _or_bad_quotes(_text(first[1]))
        return first[0], first[1], text

    def _taken(self, first: _Line) -> list[_Line]:
        """The lines up to the one in which the last open quotation mark is closed."""
        taken, size, marks = [first], len(first[1]), first[1].count(b'"')
        while marks % 2 and len(taken) < ROW_LINES and size < LINE_LIMIT and taken[-1][2] is None:
            line = self._next()
            if line is None:
                break
            taken.append(line)
            size += len(line[1])
            marks += line[1].count(b'"')
        return taken


def _or_bad_quotes(text: str | Refused) -> Refused:
    return text if isinstance(text, Refused) else Refused(BAD_QUOTES)


def _text(raw: bytes) -> str | Refused:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return Refused(NOT_UTF8, hint=utf16(raw))


def _parser(separator: str) -> Callable[[str], list[str] | None]:
    """Splits a record with quotation marks into cells; None if they do not match."""
    stop = re.escape(separator)
    plain = rf"[^\"{stop}]*+" if len(separator) == 1 else rf"(?:(?!{stop})[^\"])*+"
    cell = re.compile(rf'(?:"((?:[^"]++|"")*+)"|({plain}))({stop}|\Z)')

    between = f'"{separator}"'

    def parse(text: str) -> list[str] | None:
        # Where every cell is quoted and holds no quotation mark, the marks tell where the cells are.
        cells, at = text[1:-1].split(between), 0
        if text[0] == text[-1] == '"' and text.count('"') == 2 * len(cells):
            return cells
        cells = []
        while match := cell.match(text, at):
            inside, plain, after = match.groups()
            cells.append(plain if inside is None else inside.replace('""', '"'))
            if not after:
                return cells
            at = match.end()
        return None

    return parse


def _header(cells: list[str] | Refused) -> list[str] | Refused:
    """The names of the columns, or why no row can be read."""
    if isinstance(cells, Refused):
        # The rows are none the better for another separator: what is wrong with this line is to be mended.
        why = f"cannot be read ({cells.reason.title.lower()})"
        return Refused(NO_HEADER, why=why, cure=cells.reason.step.removesuffix("."))
    names = [normal(name) for name in cells]
    if any(_INSTANT.match(cell) for cell in cells):
        return Refused(NO_HEADER, why="holds a date and time, as a row does, and no names of columns")
    likely = _OTHER.search(cells[0]) if len(cells) == 1 else None
    if likely is not None:
        why = f"is one cell; its columns seem to be separated by “{_SIGNS.get(likely[0], likely[0])}”"
        return Refused(NO_HEADER, why=why)
    counts = Counter(names)
    twice = next((name for name in names if name and counts[name] > 1), None)
    if twice is not None:
        return Refused(NO_HEADER, why=f"names the column “{quoted(twice)}” twice")
    return names


def _row(header: list[str] | Refused, cells: list[str] | Refused) -> dict[str, object] | Refused:
    if isinstance(cells, Refused):
        return cells
    if isinstance(header, Refused):
        return header
    if len(cells) != len(header):
        return Refused(CELL_COUNT, cells=str(len(cells)), columns=str(len(header)))
    return dict(zip(header, cells, strict=True))
