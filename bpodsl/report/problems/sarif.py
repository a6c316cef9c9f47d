"""Problems as SARIF, the format that code hosts take from analysers.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

from bpodsl.report.problems.json import end_of
from bpodsl.text import Problem, Span

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(problems: Iterable[Problem], version: str) -> str:
    """One run of the tool of that version: the codes that were found, each with its page, and every problem."""
    found = list(problems)
    kinds = sorted({(problem.code, *problem.page(), problem.severity.value) for problem in found})
    order = {code: n for n, (code, *_) in enumerate(kinds)}
    driver = {"name": "bpodsl", "semanticVersion": version, "rules": [_rule(*kind) for kind in kinds]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, order[problem.code]) for problem in found],
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, name: str, page: str, level: str) -> dict[str, Any]:
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": page.partition("\n")[0]},
        "help": {"text": page},
        "defaultConfiguration": {"level": level},
    }


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    hint, trace = problem.hint(), problem.shown()
    said = [problem.message(), *([] if hint is None else [hint]), *(() if trace is None else trace.told())]
    found: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity.value,
        "message": {"text": "\n".join(said)},
    }
    if problem.span is not None:
        found["locations"] = [{"physicalLocation": _place(problem.span)}]
    related = [
        {"id": n, "message": {"text": other.label}, "physicalLocation": _place(other.span)}
        for n, other in enumerate(problem.related(), start=1)
    ]
    return found | ({"relatedLocations": related} if related else {})



def _place(span: Span) -> dict[str, Any]:
    (line, column), (last, end) = span.place, end_of(span)
    region = {"startLine": line, "startColumn": column, "endLine": last, "endColumn": end}
    return {"artifactLocation": {"uri": quote(PurePath(span.source.name).as_posix())}, "region": region}
