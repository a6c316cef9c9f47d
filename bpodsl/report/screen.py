"""Tables and lines on a screen, or in a plain file.

A table is laid out here and not by rich: a run of a portfolio writes some for each agreement, and rich takes as long
for one as the evaluation of a quiet agreement. It looks as rich's own with a ruled head do; a test compares them.
"""

from __future__ import annotations

from typing import Final

from attrs import define, field
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

NAME_WIDTH: Final = 20
"""A name is broken into lines no shorter than this (or than its longest word)."""

BETWEEN: Final = 3
"""Blanks between two columns."""

_Line = str | Text
"""Text without style where the screen has no colours: it is made a hundred times as fast."""


@define
class Column:
    """A column: its title, whether numbers stand in it (flush right), its cells; how wide it is, if that is said."""

    title: str
    right: bool = False
    cells: list[str | Text] = field(factory=list)
    width: int | None = None

    def texts(self, console: Console) -> list[list[_Line]]:
        """The lines of its title and of each cell."""
        title = self.title if plain(console) else Text(self.title, style="bold")
        return [_lines(console, each, self.width) for each in (title, *self.cells)]


@define
class Table:
    """Rows below a ruled head. `sections`: after how many rows a line is left free."""

    columns: list[Column] = field(factory=list)
    sections: list[int] = field(factory=list)

    def add_column(self, title: str, justify: str = "left") -> None:
        """Another column; `justify` "right" for numbers."""
        self.columns.append(Column(title, justify == "right"))

    def add_row(self, *cells: str | Text) -> None:
        """Another row; a cell may have several lines."""
        for column, cell in zip(self.columns, cells, strict=True):
            column.cells.append(cell)

    def add_section(self) -> None:
        """Leave a line free before what follows."""
        self.sections.append(len(self.columns[0].cells))

    def width(self, console: Console) -> int:
        """How wide it is, with one blank on either side."""
        return sum(self._widths([each.texts(console) for each in self.columns])) + self._blanks + 2

    def lines(self, console: Console) -> list[_Line]:
        """As wide as its cells ask for: no number is cut, whatever the width of the screen."""
        texts = [each.texts(console) for each in self.columns]
        widths = self._widths(texts)
        rule = "─" * (sum(widths) + self._blanks)
        rows: list[_Line] = ["", *self._row(texts, widths, 0), f" {rule}"]
        for number in range(1, len(texts[0])):
            if number - 1 in self.sections and number > 1:
                rows.append("")
            rows += self._row(texts, widths, number)
        return [*rows, ""]

    @property
    def _blanks(self) -> int:
        return BETWEEN * (len(self.columns) - 1)

    def _widths(self, texts: list[list[list[_Line]]]) -> list[int]:
        return [
            column.width or max(_length(line) for lines in cells for line in lines)
            for column, cells in zip(self.columns, texts, strict=True)
        ]

    def _row(self, texts: list[list[list[_Line]]], widths: list[int], number: int) -> list[_Line]:
        cells = [column[number] for column in texts]
        found: list[_Line] = []
        height = max(map(len, cells))
        if not number:  # Titles stand on the rule, cells hang from the top.
            cells = [[*[""] * (height - len(lines)), *lines] for lines in cells]
        for at in range(height):
            parts: list[_Line] = [" "]
            blanks = 0
            for column, lines, width in zip(self.columns, cells, widths, strict=True):
                line = lines[at] if at < len(lines) else ""
                line = _ended(line) if column.right else line
                free = width - _length(line)
                before = blanks + (free if column.right else 0)
                parts += [" " * before, line]
                blanks = BETWEEN + (0 if column.right else free)
            if all(type(part) is str for part in parts):
                found.append("".join(map(str, parts)).rstrip())
            else:
                joined = Text.assemble(*parts)
                joined.rstrip()
                found.append(joined)
        return found


def plain(console: Console) -> bool:
    """Whether a console takes text as it is, without colours: a file, or a pipe."""
    return console.color_system is None and not console.is_terminal


def table_of(*columns: str) -> Table:
    """An empty table with these heads."""
    made = Table()
    for title in columns:
        made.add_column(title)
    return made


def fits(console: Console, shown: Table) -> bool:
    """Whether a table has room on the screen, nothing of it cut off: if need be its names are broken into lines."""
    beyond = shown.width(console) - console.width
    if beyond > 0:
        names = shown.columns[0]
        longest = max(cell_len(str(cell)) for cell in names.cells)
        names.width = min(longest, max(NAME_WIDTH, longest - beyond))
        beyond -= longest - names.width
    return beyond <= 0


def print_table(console: Console, shown: Table) -> None:
    """Print a table; its lines end where their last word does."""
    for line in shown.lines(console):
        put(console, line)


def put(console: Console, line: str | Text) -> None:
    """Print a line as it is, however long it is."""
    if plain(console) and (text := str(line)).isprintable():
        # Of a thousand lines rich takes longer to find that there is nothing to do than all else takes.
        console.file.write(f"{text}\n")
    else:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _length(line: _Line) -> int:
    return cell_len(line) if type(line) is str else cell_len(line.plain)  # type: ignore[union-attr]


def _lines(console: Console, cell: str | Text, width: int | None) -> list[_Line]:
    """A cell in lines, none longer than the width, if there is one."""
    if plain(console) and width is None:
        return [part if part.isprintable() else _clean(part) for part in str(cell).split("\n")]
    text = cell if isinstance(cell, Text) else console.render_str(cell, markup=False, emoji=False)
    if width is not None:
        wrapped = text.wrap(console, width, justify="left", overflow="ellipsis", tab_size=8, no_wrap=False)
        found = list(wrapped) or [Text("")]
    else:
        text = text.copy()
        text.expand_tabs(8)
        found = list(text.split("\n", allow_blank=True))
    return [each.plain for each in found] if plain(console) else [*found]


def _ended(line: _Line) -> _Line:
    """A line that ends where its last word does."""
    if isinstance(line, Text):
        line.rstrip()
        return line
    return line.rstrip()


def _clean(text: str) -> str:
    """Without what is no text to a screen."""
    made = Text(text)
    made.expand_tabs(8)
    return made.plain
