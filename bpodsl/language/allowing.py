"""Comments that allow a problem: `# allow BPO205: the reason`, at the end of its line or alone above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bpodsl.language.expected import nearest
from bpodsl.language.layout import lay_out
from bpodsl.language.problems_of_allowing import AllowsNothing, CannotAllow, NoReason
from bpodsl.lean import define
from bpodsl.text import Problem, Severity, Source, Span

_ALLOW: Final = re.compile(r"# allow\s+(BPO\w*(?:\s*,\s*BPO\w*)*)\s*(?::\s*(.*))?$")
_CODE: Final = re.compile(r"BPO\w*")


@define
class _Allowed:
    """One code of one comment: the line that it speaks of, and whether it was needed."""

    code: str
    span: Span
    line: int
    used: bool = False


def allow(sources: Iterable[Source], problems: Iterable[Problem], codes: Mapping[str, Severity]) -> list[Problem]:
    """The problems that remain after what comments allow, and what is wrong with these comments.

    `codes` are all there are. Only warnings and notes can be allowed.
    """
    remaining: list[Problem] = []
    found: dict[tuple[str, int, str], _Allowed] = {}
    for source in sources:
        for each in _written(source, codes, remaining):
            found[source.name, each.line, each.code] = each
    for problem in problems:
        meant = None
        if problem.span is not None and problem.severity is not Severity.ERROR:
            meant = found.get((problem.span.source.name, problem.span.place[0], problem.code))
        if meant is None:
            remaining.append(problem)
        else:
            meant.used = True
    remaining += [AllowsNothing(each.span, each.code) for each in found.values() if not each.used]
    return remaining


def _written(source: Source, codes: Mapping[str, Severity], problems: list[Problem]) -> Iterator[_Allowed]:
    """What the comments of a source allow. Those that cannot are reported."""
    for comment in lay_out(source).comments:
        match = _ALLOW.match(comment.text)
        if match is None:
            continue
        line = _line_meant(source, comment.span)
        for code in _CODE.finditer(match[1]):
            start = comment.span.start + match.start(1) + code.start()
            span = Span(source, start, start + len(code[0]))
            severity = codes.get(code[0])
            if severity is None or severity is Severity.ERROR:
                near = nearest(code[0], codes) if severity is None else None
                problems.append(CannotAllow(span, code[0], near, severity is not None))
            elif not (match[2] or "").strip():
                problems.append(NoReason(span, code[0]))
            else:
                yield _Allowed(code[0], span, line)


def _line_meant(source: Source, comment: Span) -> int:
    """The line that a comment stands in; if it stands there alone, the next that is neither blank nor a comment."""
    line = comment.place[0]
    while line < source.line_count and source.line(line).lstrip()[:1] in ("", "#"):
        line += 1
    return line
