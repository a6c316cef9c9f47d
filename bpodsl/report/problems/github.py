"""Problems as the commands of GitHub's workflows, which show them beside the lines of a change.

Source: "Workflow commands for GitHub Actions", setting an error, warning or notice message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bpodsl.report.problems.json import end_of
from bpodsl.text import Problem, Severity
from bpodsl.text.render import plain

_WORDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(problems: Iterable[Problem]) -> str:
    """One line for each problem."""
    return "".join(f"{_line(problem)}\n" for problem in problems)


def _line(problem: Problem) -> str:
    said = {"title": problem.code}
    if problem.span is not None:
        (line, column), (last, end) = problem.span.place, end_of(problem.span)
        said |= {"file": problem.span.source.name, "line": str(line)}
        # Columns mean something only within one line.
        said |= {"col": str(column), "endColumn": str(end)} if last == line else {"endLine": str(last)}
    about = ",".join(f"{name}={_value(value)}" for name, value in said.items())
    hint = problem.hint()
    message = plain(problem.message()) + ("" if hint is None else "\n" + hint)
    return f"::{_WORDS[problem.severity]} {about}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
