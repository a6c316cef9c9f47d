"""Tables on a screen."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

WIDEST: Final = 1000
NAME_WIDTH: Final = 20
"""A name is broken into lines no shorter than this (or than its longest word)."""


def table_of(*columns: str) -> Table:
    """An empty table with these heads."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in columns:
        made.add_column(title)
    return made


def table_lines(console: Console, shown: Table) -> list[list[Segment]]:
    """The lines of a table, as wide as its cells ask for: no number is cut, whatever the width of the screen."""
    return console.render_lines(shown, console.options.update(max_width=WIDEST), pad=False)


def fits(console: Console, shown: Table) -> bool:
    """Whether a table has room on the screen, nothing of it cut off: if need be its names are broken into lines."""
    beyond = max(Segment.get_line_length(line) for line in table_lines(console, shown)) - console.width
    if beyond > 0:
        names = shown.columns[0]
        longest = max(cell_len(str(cell)) for cell in names.cells)
        names.width = min(longest, max(NAME_WIDTH, longest - beyond))
        beyond -= longest - names.width
    return beyond <= 0


def print_table(console: Console, shown: Table) -> None:
    """Print a table; its lines end where their last word does."""
    for segments in table_lines(console, shown):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        console.print(line, highlight=False, soft_wrap=True)
