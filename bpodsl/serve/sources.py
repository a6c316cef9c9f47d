"""The text of the agreement with what is wrong with it, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from bpodsl.graph.draw.boxes import places
from bpodsl.serve.looking import Desk, Stand
from bpodsl.text import Problem

_PIECES: Final = re.compile(
    r'(?P<note>#.*)|(?P<words>"(?:[^"\\]|\\.)*"?)|(?P<paper>\[[^\]\n]*\])'
    r"|(?P<figure>\b[0-9][0-9A-Za-z:.,+-]*(?: [0-9]{3}\b)*%?)|(?P<name>[A-Za-z_][\w.]*)"
)


@frozen
class Line:
    """A line in pieces, each with its kind ("note", "words", "paper", "figure", "head" or ""). `box`: the box of the
    graph that begins here; `problems`: the numbers of those that stand here."""

    number: int
    pieces: tuple[tuple[str, str], ...]
    box: str
    problems: tuple[int, ...]


@frozen
class Trouble:
    """A problem for people; `at` is the anchor of its line, "" where it has no place."""

    number: int
    code: str
    severity: str
    message: str
    hint: str
    place: str
    at: str


@frozen
class File:
    name: str
    lines: tuple[Line, ...]


def files(desk: Desk, stand: Stand) -> tuple[tuple[File, ...], tuple[Trouble, ...]]:
    """The files as they are now, errors and all, and their problems, the gravest first."""
    rank = {"error": 0, "warning": 1, "note": 2}
    found = sorted(desk.problems, key=lambda each: rank[each.severity.value])
    starts = _boxes(stand)
    made = []
    for name, text in desk.files:
        at: dict[int, list[int]] = {}
        for number, each in enumerate(found, 1):
            if each.span is not None and _base(each.span.source.name) == name:
                at.setdefault(each.span.place[0], []).append(number)
        lines = text.split("\n")
        made.append(File(name, tuple(_lines(lines[:-1] if lines[-1] == "" else lines, name, starts, at))))
    return tuple(made), tuple(_trouble(n, each, desk.files) for n, each in enumerate(found, 1))


def _lines(
    lines: Sequence[str], name: str, starts: dict[tuple[str, int], str], at: dict[int, list[int]]
) -> Iterator[Line]:  # fmt: skip
    for number, line in enumerate(lines, 1):
        yield Line(number, tuple(_pieces(line)), starts.get((name, number), ""), tuple(at.get(number, ())))


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """A line in pieces for the eye; what the words mean is the editor's to say."""
    last = 0
    heading = bool(line) and not line[0].isspace()
    for found in _PIECES.finditer(line):
        kind = str(found.lastgroup)
        if found.start() > last:
            yield "", line[last : found.start()]
        if kind == "name":
            kind = "head" if heading and found.start() == 0 else ""
        yield kind, found[0]
        last = found.end()
    if last < len(line):
        yield "", line[last:]


def _boxes(stand: Stand) -> dict[tuple[str, int], str]:
    """By file and line, the box that the clause there is drawn in."""
    drawn = places(stand.contract)
    found: dict[tuple[str, int], str] = {}
    for box, sheet in drawn.sheets.items():
        span = sheet.clause.span
        if span is not None:
            found.setdefault((_base(span.source.name), span.place[0]), box)
    return found


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _trouble(number: int, problem: Problem, texts: Sequence[tuple[str, str]]) -> Trouble:
    place = at = ""
    if problem.span is not None:
        name, line = _base(problem.span.source.name), problem.span.place[0]
        place, at = f"{name}:{line}", anchor([n for n, _ in texts].index(name) if name in dict(texts) else 0, line)
    hint = problem.hint() or ""
    return Trouble(number, problem.code, problem.severity.value, problem.message(), hint, place, at)


def anchor(file: int, line: int) -> str:
    """The name of a line on the page."""
    return f"f{file + 1}l{line}"
