"""Problems as an editor shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from lsprotocol import types

from bpodsl.lean import frozen
from bpodsl.lsp.desk import Agreement, Page
from bpodsl.lsp.shelf import Shelf
from bpodsl.lsp.trying import failures
from bpodsl.pipeline import NOTHING_MORE, Asked
from bpodsl.text import Problem, Severity

SOURCE: Final = "bpodsl"
Chosen = Callable[[Iterable[Problem]], list[Problem]]
"""Which problems count."""


@frozen
class Wanted:
    """What the project of a file wants: which problems count, and what is asked besides what is always asked. `wrong`:
    why its settings cannot be; then everything counts."""

    chosen: Chosen = list
    asked: Asked = NOTHING_MORE
    wrong: str = ""


_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_UNNEEDED: Final = frozenset({"BPO205", "BPO222"})
"""Of what is not needed: editors show it faded."""


def of_page(agreements: Iterable[Agreement], page: Page, shelf: Shelf, chosen: Chosen) -> list[types.Diagnostic]:
    """What is wrong in a page, in any of the agreements that it belongs to, with the tests that failed; each said
    once."""
    found: dict[tuple[str, int, int, str], types.Diagnostic] = {}
    for agreement in agreements:
        own = agreement.pages.get(page.path)
        if own is None:
            continue
        tested = (each for each in failures(agreement) if each.span and agreement.page_of(each.span) is own)
        for problem in chosen([*agreement.problems_in(own), *tested]):
            made = diagnostic(agreement, problem, shelf)
            start = made.range.start
            found.setdefault((problem.code, start.line, start.character, made.message), made)
    return list(found.values())


def diagnostic(agreement: Agreement, problem: Problem, shelf: Shelf) -> types.Diagnostic:
    """One problem; one without a place lies at the head of the first file."""
    placed = None if problem.span is None else agreement.place(problem.span)
    hint = problem.hint()
    related = [(each.span, each.label) for each in problem.related()]
    if problem.span is not None and problem.span.source.used_at is not None:
        related.append((problem.span.source.used_at, "the template is filled in here"))
    return types.Diagnostic(
        range=types.Range(types.Position(0, 0), types.Position(0, 0))
        if placed is None
        else placed[0].lines.range(placed[1], placed[2]),
        message=problem.message() if hint is None else f"{problem.message()}\n{hint}",
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if problem.code in _UNNEEDED else None,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(shelf.uri(where[0].path), where[0].lines.range(where[1], where[2])), label
            )
            for span, label in related
            if (where := agreement.place(span)) is not None
        ]
        or None,
    )
