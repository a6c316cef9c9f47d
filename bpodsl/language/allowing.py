"""Comments that allow a problem: `# allow BPO205: the reason`, at the end of its line or alone above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from bpodsl.language.expected import nearest
from bpodsl.language.layout import lay_out
from bpodsl.language.problems_of_allowing import AllowedUntil, AllowsNothing, CannotAllow, NoReason
from bpodsl.lean import define
from bpodsl.text import Problem, Severity, Source, Span

_ALLOW: Final = re.compile(r"#[ \t]*[Aa]llow\s+(BPO\w*(?:\s*,\s*BPO\w*)*)\s*(?::\s*(.*))?$")
_CODE: Final = re.compile(r"BPO\w*")
_NO_HEADINGS: Final[Mapping[int, Span]] = {}
_UNTIL: Final = re.compile(r"^(.*?)[\s,;]*\buntil (\d{4}-\d{2}-\d{2})\.?$")


@define
class _Allowed:
    """One code of one comment: the line that it speaks of, the last day on which it is allowed (as written), and
    whether it was needed."""

    code: str
    span: Span
    line: int
    until: str = ""
    over: bool = False
    used: bool = False


def allow(
    sources: Iterable[Source], problems: Iterable[Problem], codes: Mapping[str, Severity], today: date | None = None,
    unasked: Iterable[str] = (), headings: Mapping[int, Span] = _NO_HEADINGS,
) -> list[Problem]:  # fmt: skip
    """The problems that remain after what comments allow, and what is wrong with these comments.

    `codes` are all there are. Only warnings and notes can be allowed. On the day `today` (None: on any day) what was
    allowed until an earlier day is allowed no more. `unasked`: codes that were not looked for. `headings`: of some
    problems, by their `id`, the heading of the clause, where they may be allowed as well.
    """
    remaining: list[Problem] = []
    found: dict[tuple[str, int, str], _Allowed] = {}
    for source in sources:
        for each in _written(source, codes, today, remaining):
            found[source.name, each.line, each.code] = each
    for problem in problems:
        meant = None
        if problem.span is not None and problem.severity is not Severity.ERROR:
            spans = (problem.span, headings.get(id(problem), problem.span))
            named = [(span.source.name, span.place[0], problem.code) for span in spans]
            meant = found.get(named[0]) or found.get(named[1])
        if meant is not None:
            meant.used = True
        if meant is None or meant.over:
            remaining.append(problem)
    for each in found.values():
        if not each.used and each.code not in unasked:
            remaining.append(AllowsNothing(each.span, each.code))
        elif each.used and each.over:
            remaining.append(AllowedUntil(each.span, each.code, each.until, True))
    return remaining


def allows(problem: Problem, today: date | None = None) -> bool:
    """Whether a comment where a warning or note stands allows it; for what is found later than the rest."""
    if problem.span is None or problem.severity is Severity.ERROR:
        return False
    source, line = problem.span.source, problem.span.place[0]
    if "llow" not in source.text:  # Of `allow` or `Allow`: most texts have neither.
        return False
    written = _written(source, {problem.code: problem.severity}, today, [])
    return any(each.line == line and each.code == problem.code and not each.over for each in written)


def _written(
    source: Source, codes: Mapping[str, Severity], today: date | None, problems: list[Problem]
) -> Iterator[_Allowed]:  # fmt: skip
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
                continue
            reason = (match[2] or "").strip()
            limited = _UNTIL.match(reason)
            last = None if limited is None else _day(limited[2])
            if limited is not None and last is None:
                problems.append(AllowedUntil(span, code[0], limited[2], False))
            elif not (reason if limited is None else limited[1]):
                problems.append(NoReason(span, code[0]))
            else:
                over = last is not None and today is not None and today > last
                yield _Allowed(code[0], span, line, "" if limited is None else limited[2], over)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line_meant(source: Source, comment: Span) -> int:
    """The line that a comment stands in; if it stands there alone, the next that is neither blank nor a comment."""
    line = comment.place[0]
    while line < source.line_count and source.line(line).lstrip()[:1] in ("", "#"):
        line += 1
    return line
