"""Problems as people read them: the message, the place in the text, underlined, and one next step."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bpodsl.lean import frozen
from bpodsl.text.problem import Problem, Severity
from bpodsl.text.source import Source, Span

TAB: Final = 4
WIDEST: Final = 160
"""A longer line is shown only around what is underlined."""
TALLEST: Final = 6
"""Of a longer stretch of lines only the first and the last are shown."""

_RESET: Final = "\033[0m"
_BOLD: Final = "\033[1m"
_GUTTER: Final = "\033[1;34m"
_COLOURS: Final = {Severity.ERROR: "\033[1;31m", Severity.WARNING: "\033[1;33m", Severity.NOTE: "\033[1;36m"}


def render(problem: Problem, colour: bool = False) -> str:
    """Draw one problem. No escape sequences unless `colour`; never a control character out of the text."""
    pen = _Pen(colour)
    tone = _COLOURS[problem.severity]
    head = pen.draw(tone, f"{problem.severity.value}[{problem.code}]")
    lines = [f"{head}{pen.draw(_BOLD, ': ' + plain(problem.message()))}"]
    marks = list(_marks(problem, tone))
    margin = max((len(str(_last_line(mark))) for mark in marks), default=1)
    for n, (source, own) in enumerate(_by_source(marks)):
        arrow = "-->" if n == 0 else ":::"
        line, column = own[0].span.place
        lines.append(f"{' ' * margin}{pen.draw(_GUTTER, arrow)} {plain(source.name)}:{line}:{column}")
        lines.append(pen.gutter(margin))
        lines.extend(_excerpt(own, margin, pen))
    hint = problem.hint()
    if hint is not None:
        first, *rest = plain_lines(hint)
        lines.append(f"{' ' * margin} {pen.draw(_GUTTER, '=')} {pen.draw(_BOLD, 'hint')}: {first}")
        lines.extend(f"{' ' * margin}         {line}" for line in rest)
    trace = problem.shown()
    if trace is not None:
        lines.append(f"{' ' * margin} {pen.draw(_GUTTER, '=')} {pen.draw(_BOLD, 'shown by')}:")
        lines.extend(f"{' ' * margin}   {plain(line)}" for line in trace.told())
    return "\n".join(line.rstrip() for line in lines)


def render_all(problems: Iterable[Problem], limit: int = 100, colour: bool = False) -> str:
    """Draw problems in order of their places, at most `limit` of them, and sum them up."""
    ordered = in_order(problems)
    drawn = [render(problem, colour) for problem in ordered[:limit]]
    if len(ordered) > limit:
        drawn.append(f"… and {len(ordered) - limit} more.")
    return "\n\n".join([*drawn, summary(ordered)])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by source, place and code; those without a place first; equals as they came."""
    return sorted(problems, key=_order)


def summary(problems: Iterable[Problem]) -> str:
    """2 errors, 1 warning"""
    found = [problem.severity for problem in problems]
    counts = [(found.count(severity), severity.value) for severity in Severity]
    said = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n]
    return ", ".join(said) or "no problems"


def plain(text: str) -> str:
    """A text for one line of a terminal: without control characters and marks of direction."""
    return "".join(map(_harmless, text.replace("\t", " ").replace("\r\n", " ").replace("\n", " ")))


def plain_lines(text: str) -> list[str]:
    """As `plain`, keeping the line ends."""
    return [plain(line) for line in text.split("\n")]


def width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _order(problem: Problem) -> tuple[str, int, int, str]:
    span = problem.span
    return ("", 0, 0, problem.code) if span is None else (span.source.name, 1, span.start, problem.code)


def _harmless(character: str) -> str:
    """The character, or a stand-in for one that a terminal would obey instead of show."""
    if character.isprintable() or character in "\u00a0\u202f\u3000":
        return character
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


# ------------------------------------------------------------------------------------ drawing
@frozen
class _Pen:
    colour: bool

    def draw(self, tone: str, text: str) -> str:
        return f"{tone}{text}{_RESET}" if self.colour and text else text

    def gutter(self, margin: int, number: int | None = None, content: str = "") -> str:
        shown = "" if number is None else str(number)
        return f"{self.draw(_GUTTER, f'{shown:>{margin}} |')} {content}"


@frozen
class _Mark:
    """A stretch to underline: by `sign` in `tone`, with a label."""

    span: Span
    sign: str
    tone: str
    label: str


@frozen
class _Piece:
    """The part of a mark that lies in one line, columns `[start, end)` of characters from 0."""

    line: int
    start: int
    end: int
    mark: _Mark
    labelled: bool


def _marks(problem: Problem, tone: str) -> Iterator[_Mark]:
    if problem.span is not None:
        yield _Mark(problem.span, "^", tone, "")
        if problem.span.source.used_at is not None:
            yield _Mark(problem.span.source.used_at, "-", _GUTTER, "the template is filled in here")
    for other in problem.related():
        yield _Mark(other.span, "-", _GUTTER, plain(other.label))


def _by_source(marks: Sequence[_Mark]) -> list[tuple[Source, list[_Mark]]]:
    """Marks of one source together, in order of first mention."""
    found: list[tuple[Source, list[_Mark]]] = []
    for mark in marks:
        own = next((group for source, group in found if source == mark.span.source), None)
        if own is None:
            found.append((mark.span.source, [mark]))
        else:
            own.append(mark)
    return found


def _last_line(mark: _Mark) -> int:
    source = mark.span.source
    return source.place(max(mark.span.start, min(mark.span.end, len(source.text)) - 1))[0]


def _pieces(mark: _Mark) -> Iterator[_Piece]:
    """A mark line by line."""
    source = mark.span.source
    first, column = mark.span.place
    last = _last_line(mark)
    for number in [first, first + 1, last] if last - first >= TALLEST else range(first, last + 1):
        text = source.line(number)
        begin = source.offset(number, 1)
        start = column - 1 if number == first else len(text) - len(text.lstrip())
        end = min(len(text), mark.span.end - begin)
        start = min(start, len(text))
        if number == first or end > start:
            yield _Piece(number, start, max(end, start), mark, number == last)


def _excerpt(marks: Sequence[_Mark], margin: int, pen: _Pen) -> Iterator[str]:
    source = marks[0].span.source
    pieces = sorted((piece for mark in marks for piece in _pieces(mark)), key=lambda p: (p.line, p.start, p.end))
    before: int | None = None
    for number in sorted({piece.line for piece in pieces}):
        own = [piece for piece in pieces if piece.line == number]
        if before is not None and number == before + 2:
            yield pen.gutter(margin, before + 1, _shown(source.line(before + 1), 0)[0])
        elif before is not None and number > before + 1:
            yield pen.draw(_GUTTER, "…".rjust(margin))
        before = number
        from_column = max(0, own[0].start - WIDEST // 2) if len(source.line(number)) > WIDEST else 0
        text, columns = _shown(source.line(number), from_column)
        yield pen.gutter(margin, number, text)
        for piece in own:
            yield pen.gutter(margin, None, _underline(piece, columns, pen))


def _shown(line: str, from_column: int) -> tuple[str, list[int]]:
    """A line as it is shown, and the screen column where each of its characters (and its end) begins."""
    shown: list[str] = ["… "] if from_column else []
    columns = [0] * from_column
    at = 2 if from_column else 0
    for n, character in enumerate(line[from_column:]):
        columns.append(at)
        if n >= WIDEST:
            shown.append(" …")
            columns.extend([at] * (len(line) - from_column - n))
            return "".join(shown), columns
        drawn = " " * (TAB - at % TAB) if character == "\t" else _harmless(character)
        shown.append(drawn)
        at += sum(map(width, drawn))
    columns.append(at)
    return "".join(shown), columns


def _underline(piece: _Piece, columns: Sequence[int], pen: _Pen) -> str:
    start, end = columns[piece.start], columns[piece.end]
    drawn = " " * start + pen.draw(piece.mark.tone, piece.mark.sign * max(1, end - start))
    label = piece.mark.label if piece.labelled else ""
    return f"{drawn} {pen.draw(piece.mark.tone, label)}" if label else drawn
