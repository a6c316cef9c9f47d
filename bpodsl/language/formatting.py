"""One form for every agreement: the same text whatever blanks its author chose.

Only blanks and line ends change. Lines of a clause are indented by two blanks, what goes on with a line by two more;
columns and tables are aligned, references stand in one column. Comments, line breaks within a sentence and single
blank lines stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from bpodsl.language.columns import cells
from bpodsl.language.layout import HEAD, LINE, ROW, SUB, Block, lay_out
from bpodsl.language.parse import parse
from bpodsl.lean import define
from bpodsl.text import Problem, Severity, Source

INDENT: Final = 2
REFERENCE_AT: Final = 77
"""Where a reference at the end of a line begins, counted from 0, if the line is not longer."""

_TABLES: Final = frozenset({"credit", "list", "periods", "series"})
"""Clauses whose rows are their own; elsewhere a table belongs to the line above it."""
_DEPTH: Final = {HEAD: 0, LINE: 1, SUB: 2}
_PART: Final = re.compile(r'"[^"\n]*"?|\[[^\[\]\n]*\]|#.*|[^"\[#]+|\[')
_REFERENCE: Final = re.compile(r"(.*\S) *(\[[^\[\]\n]*\])")
_BAR: Final = re.compile(r'("[^"\n]*"|\[[^\[\]\n]*\])|\|')
_NUMERIC: Final = re.compile(r"-?[0-9][0-9 ]*(?:\.[0-9]+)? ?(?:%|[A-Z]{3})?")


@define
class _Line:
    """A line of the text: how deep it stands, what it says, its comment, and what it belongs to. `goes_on`: with the
    line above it."""

    depth: int
    clause: str
    row: bool = False
    goes_on: bool = False
    text: str = ""
    comment: str = ""


def format_text(source: Source) -> tuple[str, tuple[Problem, ...]]:
    """The text in its one form; or as it is, with the problems that it could not be read for."""
    file, problems = parse(source)
    wrong = tuple(problem for problem in problems if problem.severity is Severity.ERROR)
    if wrong:
        return source.text, wrong
    text = "".join(f"{line}\n" for line in _squeezed(_drawn(_lines(source))))
    new = Source(source.name, text)
    if _said(source) != _said(new) or _structure(source) != _structure(new) or parse(new)[0].clauses != file.clauses:
        raise AssertionError(f"formatting would change what {source.name} says")
    return text, ()


def _said(source: Source) -> str:
    """A text without its blanks, but for those in words for people and comments."""
    lines = (_pieces(source.line(number)) for number in range(1, source.line_count + 1))
    found = "".join(part if kept else re.sub(r"\s", "", part) for line in lines for part, kept in line)
    return found.removeprefix("\ufeff")


def _structure(source: Source) -> list[tuple[str, list[str]]]:
    """The clauses and what opens each of their lines."""
    return [(block.word, [piece.mark for piece in block.pieces]) for block in lay_out(source).blocks]


# ------------------------------------------------------------------------------------ reading
def _lines(source: Source) -> list[_Line | None]:
    """Every line of the text in its order, None for a blank one."""
    layout = lay_out(source)
    comments = {comment.span.place[0]: comment for comment in layout.comments}
    found = _placed(source, layout.blocks)
    for number, line in found.items():
        comment = comments.pop(number, None)
        text = source.line(number).removeprefix("\ufeff")
        if comment is not None:
            text, line.comment = source.text[source.offset(number, 1) : comment.span.start], comment.text
        line.text = _single(text)
    for number in sorted(comments, reverse=True):
        # A comment that stands alone stands as deep as the line below it, but at the margin if it was there.
        below = next((found[n] for n in range(number + 1, source.line_count + 1) if n in found), None)
        at_margin = comments[number].span.place[1] == 1
        if at_margin or below is None or not below.depth:
            line = _Line(0 if at_margin else 1, "")
        else:
            line = _Line(below.depth, below.clause, below.row, below.goes_on)
        line.comment = comments[number].text
        found[number] = line
    return [found.get(number) for number in range(1, source.line_count + 1)]


def _placed(source: Source, blocks: Iterable[Block]) -> dict[int, _Line]:
    """Where each line that says something stands."""
    found: dict[int, _Line] = {}
    for block in blocks:
        depth = 0
        for piece in block.pieces:
            row = piece.mark == ROW
            if not row:
                depth = _DEPTH[piece.mark]
            own = 1 if row and block.word in _TABLES else depth + row
            first, last = source.place(piece.start)[0], source.place(piece.end)[0]
            found[first] = _Line(own, block.word, row)
            found |= {number: _Line(own + 1, block.word, row, True) for number in range(first + 1, last + 1)}
    return found


def _pieces(line: str) -> list[tuple[str, bool]]:
    """The parts of a line, and whether each stays as it is: words in quotes, references and comments."""
    found = [match[0] for match in _PART.finditer(line)]
    return [(part.rstrip() if part[0] == "#" else part, part[0] in '"#' or part[-1] == "]") for part in found]


def _single(text: str) -> str:
    """A line with single blanks, none before a comma and one behind it."""
    parts = []
    for part, kept in _pieces(text):
        if not kept:
            part = re.sub(r"[ \t]+", " ", part)
            part = re.sub(r" ?, ?", ", ", part)
        parts.append(part)
    return "".join(parts).strip()


# ------------------------------------------------------------------------------------ drawing
def _drawn(lines: Iterable[_Line | None]) -> Iterator[str]:
    """The lines as they are written. Neighbours of one clause, depth and sort are aligned with each other."""
    for sort, group in groupby(lines, key=_sort):
        own = [line for line in group if line is not None]
        texts = [line.text for line in own]
        if sort is None:
            yield ""
        elif sort.goes_on or not sort.depth:
            yield from map(_ended, own, texts)
        elif sort.row:
            yield from map(_ended, own, _table(texts))
        else:
            yield from map(_ended, own, _aligned(sort.clause, texts))


def _sort(line: _Line | None) -> _Line | None:
    """What a line has in common with those that it is aligned with."""
    return None if line is None else _Line(line.depth, line.clause, line.row, line.goes_on)


def _ended(line: _Line, text: str) -> str:
    """A line with its indentation, its reference in its column and its comment."""
    text = " " * (INDENT * line.depth) + text
    match = None if line.row else _REFERENCE.fullmatch(text)
    if match is not None:
        text = f"{match[1]:{REFERENCE_AT - 2}}  {match[2]}"
    if not line.comment:
        return text.rstrip()
    return f"{text}  {line.comment}" if line.text else f"{text}{line.comment}"


def _aligned(clause: str, texts: Sequence[str]) -> list[str]:
    """Lines with their cells one below the other."""
    split = []
    for text in texts:
        match = _REFERENCE.fullmatch(text)
        split.append((*cells(clause, match[1]), f" {match[2]}") if match else (*cells(clause, text), ""))
    widths: dict[int, int] = {}
    for row in split:
        for n, cell in enumerate(row[:-2]):
            widths[n] = max(widths.get(n, 0), len(cell))
    return ["".join(f"{cell:{widths[n]}}  " for n, cell in enumerate(row[:-2])) + row[-2] + row[-1] for row in split]


def _table(rows: Sequence[str]) -> list[str]:
    """Rows with their bars one below the other; columns of numbers stand to the right."""
    split = [_cells(row) for row in rows]
    table = [row for row in split if row is not None]
    if not table:
        return list(rows)
    count = max(len(cells) for cells, _ in table)
    right = [_is_numeric([cells[n] for cells, _ in table if n < len(cells)]) for n in range(count)]
    width = [max(len(cells[n]) for cells, _ in table if n < len(cells)) for n in range(count)]
    drawn = []
    for text, row in zip(rows, split, strict=True):
        if row is None:
            drawn.append(text)
            continue
        padded = (f"{cell:>{width[n]}}" if right[n] else f"{cell:{width[n]}}" for n, cell in enumerate(row[0]))
        drawn.append(f"| {' | '.join(padded)} | {row[1]}".rstrip())
    return drawn


def _is_numeric(column: Sequence[str]) -> bool:
    """Whether all but its title and blanks are numbers."""
    body = [cell for cell in column if cell]
    numbers = [cell for cell in body if _NUMERIC.fullmatch(cell)]
    return bool(numbers) and all(cell in numbers for cell in body[1:]) and len(numbers) >= len(body) - 1


def _cells(row: str) -> tuple[list[str], str] | None:
    """The cells of a row and what stands behind its last bar; None if it has no second bar."""
    bars = [match.start() for match in _BAR.finditer(row) if match[0] == "|"]
    if len(bars) < 2:
        return None
    return [row[a + 1 : b].strip() for a, b in pairwise(bars)], row[bars[-1] + 1 :].strip()


def _squeezed(lines: Iterable[str]) -> Iterator[str]:
    """Without blank lines at the start and the end; never two in a row."""
    first = True
    held = False
    for line in lines:
        if line and held:
            yield ""
        held = not line and not first
        if line:
            first = False
            yield line
