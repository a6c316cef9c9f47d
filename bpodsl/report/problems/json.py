"""Problems as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bpodsl.text import Problem, Severity, Span


def json_text(problems: Iterable[Problem], agreements: Sequence[str], more: Mapping[str, Any] | None = None) -> str:
    """`{"format": 1, "agreements": […], "problems": […], "counts": {"error": 0, …}}`, the problems in their order.

    Lines and columns count from 1, columns in characters; `end` is the first place behind. A problem without a place
    has null for `path`, `start` and `end`. `more` stands behind all that.
    """
    found = list(problems)
    counts = {severity.value: sum(p.severity is severity for p in found) for severity in Severity}
    shown = [_problem(problem) for problem in found]
    whole = {"format": 1, "agreements": list(agreements), "problems": shown, "counts": counts, **(more or {})}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _problem(problem: Problem) -> dict[str, Any]:
    trace = problem.shown()
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message(),
        "hint": problem.hint(),
        **place(problem.span),
        "trace": [] if trace is None else list(trace.lines),
        "trace_until": trace.until or None if trace is not None else None,
        "trace_finds": trace.finds or None if trace is not None else None,
        "related": [{"message": other.label, **place(other.span)} for other in problem.related()],
    }


def place(span: Span | None) -> dict[str, Any]:
    """Where something is: `path`, `start` and `end`."""
    if span is None:
        return {"path": None, "start": None, "end": None}
    return {"path": span.source.name, "start": _point(*span.place), "end": _point(*end_of(span))}


def end_of(span: Span) -> tuple[int, int]:
    """Line and column of the first place behind a stretch, both from 1."""
    return span.source.place(span.end)


def _point(line: int, column: int) -> dict[str, int]:
    return {"line": line, "column": column}
